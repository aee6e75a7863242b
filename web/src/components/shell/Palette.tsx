/** The palette: symbols, pages and actions, found by typing. */

import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import {
  Autocomplete,
  Collection,
  Dialog,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Modal,
  ModalOverlay,
  SearchField,
} from "react-aria-components";
import { useNavigate } from "react-router";
import type { Instrument, Symbols } from "../../api/desk";
import { Problem } from "../../api/problem";
import { symbolsQuery } from "../../api/queries";
import { alertAsked, alertsPath, isTicker, newAlertPath, symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useSettled } from "../../lib/hooks";
import { chooseMoves, chooseTheme, hideAmounts, MOVES, MOVES_NAMES, THEME_NAMES, THEMES } from "../../lib/look";
import { useMay } from "../../lib/me";
import { type Pick, useOverlays } from "../../lib/palette";
import { Icon } from "../Icon";
import { Simulated } from "../Simulated";
import styles from "./Palette.module.css";
import { PAGES } from "./Shell";

interface Entry {
  id: string;
  label: string;
  note?: string | undefined;
  /** The keys that do the same. */
  keys?: string;
  simulated?: boolean;
  act: () => void;
  /** Whether the palette stays, to show what the act brings. */
  stays?: boolean;
}

interface PaletteProps {
  pick: Pick | null;
  text: string;
  onText: (text: string) => void;
  onClose: () => void;
}

export default function Palette({ pick, text, onText, onClose }: PaletteProps) {
  const { sections, note, remote, ready, fresh } = useEntries(text.trim(), pick);
  const [first] = sections[0]?.entries ?? [];
  const [entered, setEntered] = useState<string | null>(null);
  /** What was typed when an arrow went through what was found. */
  const walked = useRef<string | null>(null);
  const run = (id: string | number) => {
    const entry = sections.flatMap(({ entries }) => entries).find((each) => each.id === id);
    if (!entry?.stays) onClose();
    entry?.act();
  };
  const act = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
    if (event.key.startsWith("Arrow")) walked.current = text;
    // What is found is chosen a moment after it is shown; who is faster means the first of what will be found.
    const hasty = walked.current !== text && (!fresh || nothingChosen(event.target));
    if (event.key === "Enter" && hasty && !event.nativeEvent.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      setEntered(text);
    }
  };
  useEffect(() => {
    if (entered === null || !fresh) return;
    setEntered(null);
    if (first && entered === text) run(first.id);
  });
  const title = pick?.title ?? "Search symbols, pages, actions";
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className={styles.veil ?? ""}>
      <Modal className={styles.modal ?? ""}>
        <Dialog className={styles.dialog ?? ""} aria-label={title}>
          {/* Left to itself the field would only clear what is written. */}
          <div onKeyDownCapture={act}>
            <Autocomplete inputValue={text} onInputChange={onText}>
              <SearchField className={styles.field ?? ""} aria-label={title} autoFocus>
                <Icon name="search" size={18} />
                <Input className={styles.input ?? ""} placeholder={title} />
              </SearchField>
              <ListBox
                className={styles.list ?? ""}
                aria-label="Found"
                items={sections}
                onAction={run}
                key={ready ? "found" : "looking"}
                autoFocus="first"
                renderEmptyState={() => !remote && <p className={styles.none}>{note}</p>}
              >
                {({ title, entries }) => (
                  <ListBoxSection id={title}>
                    <Header className={styles.heading ?? ""}>{title}</Header>
                    <Collection items={entries}>
                      {(entry) => (
                        <ListBoxItem id={entry.id} textValue={entry.label} className={styles.entry ?? ""}>
                          <span className={styles.label}>{entry.label}</span>
                          <span className={styles.note}>{entry.note}</span>
                          {entry.keys && <span className={styles.keys}>{entry.keys}</span>}
                          {entry.simulated && <Simulated brief />}
                        </ListBoxItem>
                      )}
                    </Collection>
                  </ListBoxSection>
                )}
              </ListBox>
              <p className={styles.status} role="status">
                {remote && note}
              </p>
            </Autocomplete>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function nothingChosen(field: EventTarget): boolean {
  return field instanceof HTMLInputElement && !field.getAttribute("aria-activedescendant");
}

interface Section {
  id: string;
  title: string;
  entries: Entry[];
}

interface Found {
  sections: Section[];
  /** What to read where nothing was found, or not all could be asked. */
  note: string | null;
  /** Whether the note is told though there are entries: the sources were asked too, or nobody could be. */
  remote: boolean;
  /** Whether symbols have been looked for at all, so that the first entry is the first for good. */
  ready: boolean;
  /** Whether what was found is of what is typed now. */
  fresh: boolean;
}

function useEntries(text: string, pick: Pick | null): Found {
  const navigate = useNavigate();
  const { shortcuts } = useOverlays();
  const [remoteFor, setRemoteFor] = useState<string | null>(null);
  const settled = useSettled(text, 120);
  const remote = settled !== "" && remoteFor === settled;
  // Of those asked for, the old ones are left out or moved down: more are wanted to choose from.
  const found = useQuery(symbolsQuery(settled, remote, pick?.fresh ? 50 : MOST_OFFERED));
  const has = new Set(pick?.has);
  const rank = (each: Instrument) => Number(has.has(each.ticker)) * 2 + Number(pick?.fresh === true && isOld(each));
  const choose = pick?.pick ?? ((ticker: string) => navigate(symbolPath(ticker)));

  // Until the answer to the last letter is there, the one before it may not stand: Enter would take a wrong symbol.
  const symbols = (found.data?.symbols ?? [])
    .filter(({ ticker, name }) => remote || speaksOf(`${ticker} ${name ?? ""}`, text))
    .filter((each) => !pick?.fresh || text !== "" || !isOld(each))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST_OFFERED)
    .map((each) => symbolEntry(each, choose));
  const [ofMembers, ofOwners] = [useMay("member"), useMay("owner")];
  const alert = pick || !ofMembers ? null : alertAsked(text);
  const further: Entry[] = [];
  const asked = remote && !found.isError;
  // Signs alone name nothing that anybody could know.
  if (/[\p{L}\d]/u.test(text) && !asked && !alert)
    further.push({
      id: "ask the sources",
      label: `Ask the sources for “${text}”`,
      note: "beyond what the desk holds",
      act: () => {
        setRemoteFor(text);
        if (remote) void found.refetch();
      },
      stays: true,
    });
  if (pick && isTicker(text)) {
    const ticker = text.toUpperCase();
    further.push({
      id: "as typed",
      label: `Take ${ticker} as typed`,
      note: "the desk will look for it",
      act: () => pick.pick(ticker),
    });
  }
  const sections = [
    { id: "Alert", title: "Alert", entries: alert ? [alertEntry(alert, navigate)] : [] },
    { id: "Symbols", title: "Symbols", entries: symbols.length > 0 ? [...symbols, ...further] : [] },
    { id: "Pages", title: "Pages", entries: pick ? [] : pageEntries(text, navigate, ofOwners) },
    { id: "Actions", title: "Actions", entries: pick ? [] : actionEntries(text, shortcuts, navigate, ofMembers) },
    // Where no symbol is known by that name, what the desk has by it comes before asking others.
    { id: "Further", title: "Symbols", entries: symbols.length > 0 ? [] : further },
  ].filter(({ entries }) => entries.length > 0);
  return {
    sections,
    note: noteOf(found, symbols.length === 0),
    remote: remote || found.isError,
    ready: !found.isPending,
    fresh: alert !== null || (settled === text && !found.isPending && !found.isPlaceholderData),
  };
}

function noteOf({ isFetching, error, data }: UseQueryResult<Symbols>, nothing: boolean): string | null {
  if (isFetching) return "Looking…";
  if (error) return error instanceof Problem ? `${error.detail} ${error.remedy ?? ""}` : error.message;
  return data?.note ?? (nothing ? "Nothing by that name. Search by a ticker or a name, in letters or digits." : null);
}

const MOST_OFFERED = 8;
/** How long after its newest bar a symbol counts as no longer followed: two weeks of holidays are not so long. */
const OLD_MS = 16 * 86_400_000;

function isOld({ last }: Instrument): boolean {
  return last !== null && Date.now() - Date.parse(last) > OLD_MS;
}

function symbolEntry(instrument: Instrument, choose: (ticker: string) => void): Entry {
  const { ticker, name, exchange, simulated, last } = instrument;
  const note = [name, exchange, isOld(instrument) && `prices until ${format.day(last)}`].filter(Boolean).join(" · ");
  return { id: `symbol ${ticker}`, label: ticker, note, simulated, act: () => choose(ticker) };
}

function pageEntries(text: string, navigate: (to: string) => void, ofOwners: boolean): Entry[] {
  const railed = PAGES.map(({ to, label, key }) => ({
    id: `page ${to}`,
    label,
    keys: `g ${key}`,
    act: () => navigate(to),
  }));
  const people = { id: "page /admin", label: "People of the desk", act: () => navigate("/admin") };
  return [...railed, ...(ofOwners && text !== "" ? [people] : [])].filter(({ label }) => speaksOf(label, text));
}

/** `New alert on AAPL at 190`, for the reader who typed `alert AAPL 190`. */
function alertEntry(
  { symbol, level }: NonNullable<ReturnType<typeof alertAsked>>,
  navigate: (to: string) => void,
): Entry {
  return {
    id: "alert as typed",
    label: `New alert on ${symbol}${level === null ? "" : ` at ${level}`}`,
    act: () => navigate(newAlertPath(symbol, level)),
  };
}

function actionEntries(
  text: string,
  shortcuts: () => void,
  navigate: (to: string) => void,
  ofMembers: boolean,
): Entry[] {
  const themes = THEMES.map((theme) => ({ label: `Theme: ${THEME_NAMES[theme]}`, act: () => chooseTheme(theme) }));
  const moves = MOVES.map((each) => ({
    label: `Rise and fall: ${MOVES_NAMES[each]}`,
    act: () => chooseMoves(each),
  }));
  const alerts = [
    ...(ofMembers ? [{ label: "New alert", act: () => navigate(newAlertPath()) }] : []),
    { label: "Channels of alerts", act: () => navigate(alertsPath({ channels: true, panel: null })) },
  ];
  const changes = [
    { label: "New transaction", act: () => navigate("/portfolio?add=buy") },
    { label: "Import a broker’s file", act: () => navigate("/portfolio/import") },
  ];
  const portfolio = [
    ...(ofMembers ? changes : []),
    { label: "Hide amounts", act: () => hideAmounts(true) },
    { label: "Show amounts", act: () => hideAmounts(false) },
  ];
  return [...alerts, ...portfolio, ...themes, ...moves, { label: "Keyboard shortcuts", act: shortcuts }]
    .map((action) => ({ ...action, id: `action ${action.label}` }))
    .filter(({ label }) => text !== "" && speaksOf(label, text));
}

function speaksOf(label: string, text: string): boolean {
  return label.toLowerCase().includes(text.toLowerCase());
}
