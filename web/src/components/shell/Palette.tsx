/** The palette: symbols, pages and actions, found by typing. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
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
import type { Instrument } from "../../api/desk";
import { symbolsQuery } from "../../api/queries";
import { symbolPath } from "../../lib/address";
import { useSettled } from "../../lib/hooks";
import { chooseMoves, chooseTheme, MOVES, THEMES } from "../../lib/look";
import { type Pick, useOverlays } from "../../lib/palette";
import { Icon } from "../Icon";
import { Simulated } from "../Simulated";
import styles from "./Palette.module.css";
import { PAGES } from "./Shell";

interface Entry {
  id: string;
  label: string;
  note?: string | undefined;
  simulated?: boolean;
  act: () => void;
  /** Whether the palette stays, to show what the act brings. */
  stays?: boolean;
}

interface PaletteProps {
  pick: Pick | null;
  onClose: () => void;
}

export default function Palette({ pick, onClose }: PaletteProps) {
  const [text, setText] = useState("");
  const { sections, note, remote } = useEntries(text.trim(), pick);
  const run = (id: string | number) => {
    const entry = sections.flatMap(({ entries }) => entries).find((each) => each.id === id);
    if (!entry?.stays) onClose();
    entry?.act();
  };
  const title = pick?.title ?? "Search symbols, pages, actions";
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className={styles.veil ?? ""}>
      <Modal className={styles.modal ?? ""}>
        <Dialog className={styles.dialog ?? ""} aria-label={title}>
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField className={styles.field ?? ""} aria-label={title} autoFocus>
              <Icon name="search" size={18} />
              <Input className={styles.input ?? ""} placeholder={title} />
            </SearchField>
            <ListBox
              className={styles.list ?? ""}
              aria-label="Found"
              items={sections}
              onAction={run}
              renderEmptyState={() => <p className={styles.none}>{note}</p>}
            >
              {({ title, entries }) => (
                <ListBoxSection id={title}>
                  <Header className={styles.heading ?? ""}>{title}</Header>
                  <Collection items={entries}>
                    {(entry) => (
                      <ListBoxItem id={entry.id} textValue={entry.label} className={styles.entry ?? ""}>
                        <span className={styles.label}>{entry.label}</span>
                        <span className={styles.note}>{entry.note}</span>
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
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
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
  /** Whether the sources were asked too. */
  remote: boolean;
}

function useEntries(text: string, pick: Pick | null): Found {
  const navigate = useNavigate();
  const { shortcuts } = useOverlays();
  const [remoteFor, setRemoteFor] = useState<string | null>(null);
  const settled = useSettled(text, 120);
  const remote = settled !== "" && remoteFor === settled;
  const found = useQuery(symbolsQuery(settled, remote));
  const choose = pick?.pick ?? ((ticker: string) => navigate(symbolPath(ticker)));

  // Until the answer to the last letter is there, the one before it may not stand: Enter would take a wrong symbol.
  const symbols = (found.data?.symbols ?? [])
    .filter(({ ticker, name }) => remote || speaksOf(`${ticker} ${name ?? ""}`, text))
    .map((each) => symbolEntry(each, choose));
  const further: Entry[] = [];
  if (text && !remote)
    further.push({
      id: "ask the sources",
      label: `Ask the sources for “${text}”`,
      note: "beyond what the desk holds",
      act: () => setRemoteFor(text),
      stays: true,
    });
  if (text && pick) {
    const ticker = text.toUpperCase();
    further.push({
      id: "as typed",
      label: `Take ${ticker} as typed`,
      note: "the desk will look for it",
      act: () => pick.pick(ticker),
    });
  }
  const sections = [
    { id: "Symbols", title: "Symbols", entries: [...symbols, ...further] },
    { id: "Pages", title: "Pages", entries: pick ? [] : pageEntries(text, navigate) },
    { id: "Actions", title: "Actions", entries: pick ? [] : actionEntries(text, shortcuts) },
  ].filter(({ entries }) => entries.length > 0);
  const nothing = symbols.length === 0 ? "Nothing by that name." : null;
  return { sections, note: found.isFetching ? "Looking…" : (found.data?.note ?? nothing), remote };
}

function symbolEntry({ ticker, name, exchange, simulated }: Instrument, choose: (ticker: string) => void): Entry {
  const note = [name, exchange].filter(Boolean).join(" · ");
  return { id: `symbol ${ticker}`, label: ticker, note, simulated, act: () => choose(ticker) };
}

function pageEntries(text: string, navigate: (to: string) => void): Entry[] {
  return PAGES.map(({ to, label, key }) => ({
    id: `page ${to}`,
    label,
    note: `g ${key}`,
    act: () => navigate(to),
  })).filter(({ label }) => speaksOf(label, text));
}

function actionEntries(text: string, shortcuts: () => void): Entry[] {
  const themes = THEMES.map((theme) => ({ label: `Theme: ${theme}`, act: () => chooseTheme(theme) }));
  const moves = MOVES.map((each) => ({
    label: `Rise and fall: ${each.replace("-", " and ")}`,
    act: () => chooseMoves(each),
  }));
  return [...themes, ...moves, { label: "Keyboard shortcuts", act: shortcuts }]
    .map((action) => ({ ...action, id: `action ${action.label}` }))
    .filter(({ label }) => text !== "" && speaksOf(label, text));
}

function speaksOf(label: string, text: string): boolean {
  return label.toLowerCase().includes(text.toLowerCase());
}
