/** Where the rows of the file go, and which instruments it means. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import type { Choices, Matched, Portfolio, Preview } from "../../../api/desk";
import { symbolsQuery } from "../../../api/queries";
import { Button } from "../../../components/Button";
import { type Column, Table } from "../../../components/Table";
import { useSettled } from "../../../lib/hooks";
import { besides } from "./choices";
import styles from "./Import.module.css";

interface MatchProps {
  portfolio: Portfolio;
  preview: Preview;
  choices: Choices;
  onChange: (choices: Choices) => void;
}

/** The choice to make an item of one’s own of an instrument. */
const OWN = "own";

export function MatchStep({ portfolio, preview: { accounts, instruments }, choices, onChange }: MatchProps) {
  const choose = (chosen: Record<string, string>) =>
    onChange({ ...choices, instruments: { ...choices.instruments, ...chosen } });
  const unknown = instruments.filter(({ id }) => id === null);
  return (
    <>
      {accounts.length > 0 && (
        <section className={styles.part}>
          <h2>Accounts</h2>
          {accounts.map((place) => (
            <AccountOf key={place.told} {...{ portfolio, place, choices, onChange }} />
          ))}
        </section>
      )}
      {instruments.length > 0 && (
        <section className={styles.part}>
          <h2>
            Instruments{" "}
            <span className="quiet">
              {unknown.length > 0 ? `· ${unknown.length} of ${instruments.length} to choose` : "· all are known"}
            </span>
          </h2>
          {unknown.length > 0 && (
            <p className="quiet">
              Type or choose a ticker, then press Enter or go to the next. “Go on” when all are known.
            </p>
          )}
          {unknown.length > 1 && (
            <p>
              <Button onClick={() => choose(Object.fromEntries(unknown.map(({ key }) => [key, OWN])))}>
                Make items of your own of all {unknown.length}
              </Button>{" "}
              <span className="quiet">Their prices are then yours to enter.</span>
            </p>
          )}
          <Instruments instruments={instruments} onChoose={(key, told) => choose({ [key]: told })} />
        </section>
      )}
    </>
  );
}

interface AccountProps extends Omit<MatchProps, "preview"> {
  place: Preview["accounts"][number];
}

function AccountOf({ portfolio, place: { told, account, name, currency }, choices, onChange }: AccountProps) {
  const id = useId();
  const options = portfolio.accounts.map((each) => [String(each.id), each.name] as const);
  const choose = (value: string) =>
    onChange({ ...choices, accounts: { ...choices.accounts, [told]: value === "" ? name : Number(value) } });
  return (
    <p className={styles.account}>
      <label htmlFor={id}>{told ? `“${told}” goes to` : "The file goes to"}</label>
      <select id={id} value={account === null ? "" : String(account)} onChange={(event) => choose(event.target.value)}>
        <option value="">
          A new account: {name}, {currency}
        </option>
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </p>
  );
}

const HOW: Record<string, string> = {
  chosen: "chosen by you",
  id: "by its number",
  isin: "by its ISIN",
  ticker: "by its ticker",
  item: "an item of yours",
  unknown: "new to the desk",
};

interface InstrumentsProps {
  instruments: readonly Matched[];
  onChoose: (key: string, told: string) => void;
}

function Instruments({ instruments, onChoose }: InstrumentsProps) {
  const columns: Column<Matched>[] = [
    {
      title: "In the file",
      show: ({ named, name, isin }) => (
        <span className={styles.named}>
          <strong>{name || named}</strong> <span className="quiet">{besides({ named, name, isin })}</span>
        </span>
      ),
    },
    { title: "Here", show: (match) => <Here match={match} onChoose={onChoose} /> },
    {
      title: "Known",
      show: ({ id, how, sure }) =>
        id === null ? (
          <span className={styles.wrong}>to be chosen</span>
        ) : (
          <span data-sure={sure}>{HOW[how] ?? how}</span>
        ),
    },
    {
      title: "Otherwise",
      show: ({ key, id, named, name }) =>
        id !== OWN && (
          <Button
            look="quiet"
            flush
            aria-label={`Make an item of your own of ${name || named}`}
            onClick={() => onChoose(key, OWN)}
          >
            Item of my own
          </Button>
        ),
    },
  ];
  return (
    <Table caption="Instruments of the file" columns={columns} rows={instruments} keyOf={({ key }) => key} cards />
  );
}

/** A ticker to type or to choose; taken when one leaves the field, or presses Enter. */
function Here({
  match: { key, id, ticker, named, name, candidates },
  onChoose,
}: { match: Matched } & Pick<InstrumentsProps, "onChoose">) {
  const list = useId();
  const told = id === OWN ? "" : (ticker ?? id ?? "");
  const [typed, setTyped] = useState(told);
  const last = useRef(told);
  useEffect(() => {
    // What the desk makes of the choice is what stands there.
    if (last.current !== told) setTyped(told);
    last.current = told;
  }, [told]);
  const asked = useSettled(typed.trim(), 200);
  const { data } = useQuery({ ...symbolsQuery(asked), enabled: asked !== "" && asked !== told });
  const take = () => {
    const wanted = typed.trim().toUpperCase();
    if (wanted && wanted !== told) onChoose(key, wanted);
  };
  const offered = candidates.length > 0 ? candidates : (data?.symbols ?? []);
  return (
    <>
      <input
        className={styles.ticker}
        aria-label={`Ticker of ${name || named}`}
        placeholder={id === OWN ? "An item of your own" : "Ticker"}
        list={list}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && take()}
      />
      <datalist id={list}>
        {offered.map((each) => (
          <option key={each.ticker} value={each.ticker}>
            {[each.name, each.exchange, each.currency].filter(Boolean).join(", ")}
          </option>
        ))}
      </datalist>
    </>
  );
}
