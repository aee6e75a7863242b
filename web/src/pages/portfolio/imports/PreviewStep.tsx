/** What would be booked, row by row, and what would not, and why. */

import { useNavigate, useSearchParams } from "react-router";
import type { Choices, Portfolio, Preview, PreviewRow } from "../../../api/desk";
import { ROWS } from "../../../api/imports";
import { Amount } from "../../../components/Amount";
import { Button } from "../../../components/Button";
import { Tick } from "../../../components/Field";
import { type Column, Pager, Table } from "../../../components/Table";
import { signOf } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { isKind, KINDS } from "../activity/kinds";
import { MoneyMoved } from "../activity/MoneyMoved";
import { priceOf, rateOf } from "../activity/words";
import { changed } from "../address";
import { CountedAs } from "./CountedAs";
import { isTurnable, turned } from "./choices";
import styles from "./Import.module.css";
import { Problems } from "./Problems";

interface PreviewProps {
  portfolio: Portfolio;
  preview: Preview;
  choices: Choices;
  offset: number;
  onChange: (choices: Choices) => void;
}

export function PreviewStep({ portfolio, preview, choices, offset, onChange }: PreviewProps) {
  const { rows, total, problems, ignored, notes, unheld } = preview;
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const pages = Math.max(1, Math.ceil(total / ROWS));
  return (
    <>
      {notes.map((note) => (
        <p key={note} className="quiet">
          {format.told(note)}
        </p>
      ))}
      {preview.counted_as && <CountedAs portfolio={portfolio} draft={preview.counted_as} />}
      {problems.length > 0 && <Problems problems={problems} title={headOf(problems)} />}
      {unheld.length > 0 && <Unheld preview={preview} choices={choices} onChange={onChange} />}
      <Rows preview={preview} rows={rows} onTurn={(row) => onChange(turned(choices, row))} />
      {pages > 1 && (
        <Pager
          page={Math.min(pages - 1, Math.floor(offset / ROWS))}
          pages={pages}
          rows={total}
          onPage={(page) => navigate(changed(params, { page: page === 0 ? null : String(page + 1) }))}
        />
      )}
      {ignored.length > 0 && (
        <details className={styles.ignored}>
          <summary>{format.counted(ignored.length, "row")} without effect</summary>
          <ul>
            {ignored.map(({ rows: at, reason, content }) => (
              <li key={`${at} ${reason}`}>
                Row {at.join(", ")}: {reason}. <code className="amount">{content}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** What is only remarked on is understood. */
function headOf(problems: Preview["problems"]): string {
  return problems.some(({ blocking }) => blocking) ? "Not understood" : "To be looked at";
}

/** What is sold that is not held, and paid before a purchase: a statement may begin in the middle, if one says so. */
function Unheld({ preview: { unheld, unheld_total }, choices, onChange }: Omit<PreviewProps, "offset" | "portfolio">) {
  return (
    <section className={styles.part}>
      <h2>Needs units that are not there</h2>
      <ul className={styles.problems}>
        {unheld.map(({ rows, what, remedy }) => (
          <li key={`${rows} ${what}`}>
            <strong>{rows.length > 0 ? `Row ${rows.join(", ")}` : "Here already"}</strong>:{" "}
            <span className="amount">{format.told(what)}</span> {format.told(remedy)}
          </li>
        ))}
      </ul>
      {unheld_total > unheld.length && <p className="quiet">And {unheld_total - unheld.length} more.</p>}
      <Tick
        label="The file begins in the middle: book these all the same"
        checked={choices.midway}
        onChange={(midway) => onChange({ ...choices, midway })}
      />
    </section>
  );
}

const STATES: Record<PreviewRow["state"], string> = {
  new: "New",
  alike: "Like one that is here",
  known: "Here already",
  future: "Yet to come",
  left: "Left out",
};

interface RowsProps {
  preview: Preview;
  rows: readonly PreviewRow[];
  onTurn: (row: PreviewRow) => void;
}

function Rows({ preview, rows, onTurn }: RowsProps) {
  const names = new Map(preview.instruments.map(({ key, ticker, name, named }) => [key, ticker ?? (name || named)]));
  const places = new Map(preview.accounts.map(({ told, name }) => [told, name]));
  const kindOf = ({ kind, to_account }: PreviewRow) =>
    [isKind(kind) ? KINDS[kind].label : kind, to_account && `to ${places.get(to_account) ?? to_account}`]
      .filter(Boolean)
      .join(" ");
  const columns: Column<PreviewRow>[] = [
    { title: "Row", number: true, show: ({ rows: at }) => at.join(", ") },
    {
      title: "State",
      show: ({ state, twin, unheld }) => (
        <span className={styles.state} data-state={state}>
          {STATES[state]}
          {twin && state === "new" && ", twice in the file"}
          {unheld && ", units not there"}
        </span>
      ),
    },
    { title: "Day", show: ({ day }) => format.day(day) },
    { title: "Kind", show: kindOf },
    { title: "Instrument", show: ({ instrument }) => instrument && (names.get(instrument) ?? instrument) },
    {
      title: "Units",
      number: true,
      show: ({ quantity }) => signOf(quantity) !== 0 && <span className="amount">{format.exactly(quantity)}</span>,
    },
    { title: "Price", number: true, show: (row) => priceOf(row) ?? rateOf(row) },
    {
      title: "Fee",
      number: true,
      show: ({ fee, fee_currency, currency }) =>
        signOf(fee) !== 0 && <Amount value={fee} currency={fee_currency || currency} named />,
    },
    {
      title: "Tax",
      number: true,
      show: ({ tax, currency }) => signOf(tax) !== 0 && <Amount value={tax} currency={currency} named />,
    },
    {
      title: "Amount",
      number: true,
      show: (row) => <MoneyMoved row={row} named />,
    },
    {
      title: "Decide",
      show: (row) =>
        isTurnable(row) && (
          <Button
            look="quiet"
            flush
            aria-label={`${row.state === "new" ? "Leave out" : "Take"} row ${row.rows.join(", ")}`}
            onClick={() => onTurn(row)}
          >
            {row.state === "new" ? "Leave out" : "Take"}
          </Button>
        ),
    },
  ];
  return (
    <Table
      caption="Rows of the file"
      columns={columns}
      rows={rows}
      keyOf={({ fingerprint }) => fingerprint}
      pageSize={ROWS}
      cards
    />
  );
}
