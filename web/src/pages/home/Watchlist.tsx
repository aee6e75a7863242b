/** The watchlist: one row per symbol, sortable by address, edited at once and undone if need be. */

import type { UseQueryResult } from "@tanstack/react-query";
import { type CSSProperties, type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import { useSearchParams } from "react-router";
import type { Absent, Watchlist as List, Quotes } from "../../api/desk";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Icon } from "../../components/Icon";
import { Notice, Trouble } from "../../components/Notice";
import { useMarkets } from "../../components/shell/markets";
import { sortOf } from "../../lib/address";
import { useEdits } from "../../lib/edits";
import * as format from "../../lib/format";
import { useMay } from "../../lib/me";
import { useOverlays } from "../../lib/palette";
import { useQuotesLag } from "../../lib/quotes";
import { ColumnHeads } from "./ColumnHeads";
import { AbsentCells, PendingCells, QuoteCells, Row } from "./rows";
import { COLUMNS, sorted } from "./sorting";
import styles from "./Watchlist.module.css";

interface WatchlistProps {
  list: List;
  lists: readonly List[];
  quotes: UseQueryResult<Quotes>;
}

export function Watchlist({ list, lists, quotes }: WatchlistProps) {
  const { add, remove } = useEdits(list);
  const { search } = useOverlays();
  const may = useMay("member");
  const lag_s = useQuotesLag(quotes);
  // Of a list that was just changed, the answer to what it was before stays until its own is there.
  const answered = quotes.isPlaceholderData ? undefined : quotes.data;
  const askForSymbol = () => search({ title: `Add to ${list.name}`, pick: add, has: list.symbols });
  return (
    <>
      <div className={styles.bar}>
        {lists.length > 1 ? <Lists lists={lists} chosen={list} /> : <h2>{list.name}</h2>}
        <Partial quotes={answered} symbols={list.symbols} />
        {may && (
          <Button look="quiet" onClick={askForSymbol}>
            <Icon name="plus" size={16} /> Add
          </Button>
        )}
      </div>
      {list.symbols.length === 0 ? (
        <Empty name={list.name} onAdd={may ? askForSymbol : null} />
      ) : quotes.isError && !quotes.data ? (
        <Trouble error={quotes.error} onRetry={quotes.refetch} />
      ) : (
        <Rows
          list={list}
          quotes={quotes.data}
          heard={quotes.dataUpdatedAt}
          answered={answered !== undefined}
          lag_s={lag_s}
          onRemove={may ? remove : null}
        />
      )}
    </>
  );
}

interface RowsProps {
  list: List;
  quotes: Quotes | undefined;
  /** When they were answered, in milliseconds by the reader's clock. */
  heard: number;
  /** Whether they are of just these symbols. */
  answered: boolean;
  lag_s: number;
  /** Null: the reader may only read. */
  onRemove: ((symbol: string) => void) | null;
}

/** In the order of what the desk last answered: rows do not change places while one reads them. */
function Rows({ list, quotes, heard, answered, lag_s, onRemove }: RowsProps) {
  const [params] = useSearchParams();
  const sort = sortOf(params.get("sort"), COLUMNS);
  const known = new Map(quotes?.quotes.map((quote) => [quote.symbol, quote]));
  const absent = new Map(quotes?.missing.map((missing) => [missing.symbol, missing]));
  const each = [...known.values()].map((quote) => quote.decimals).sort((one, other) => one - other);
  const decimals = Math.max(2, ...each);
  // The headings stand over where most of their numbers end.
  const usual = each[Math.floor(each.length / 2)] ?? decimals;
  const padding = { "--pad": decimals - usual } as CSSProperties;
  const now = quotes ? Date.parse(quotes.now) : 0;
  const table = useRef<HTMLTableElement>(null);
  useFirstRow(table);
  const zone = useMarkets().own.data?.zone ?? "UTC";
  return (
    <table ref={table} className={styles.table} style={padding} onKeyDown={walkRows}>
      <caption className="aside">{list.name}: price, change since the previous close, the day, volume and age</caption>
      <ColumnHeads sort={sort} />
      <tbody>
        {sorted(list.symbols, known, sort).map((symbol) => {
          const quote = known.get(symbol);
          const missing = absent.get(symbol) ?? (answered ? untold(symbol) : undefined);
          return (
            <Row key={symbol} symbol={symbol} name={quote?.name} onRemove={onRemove}>
              {quote ? (
                <QuoteCells quote={quote} heard={heard} decimals={decimals} now={now} lag_s={lag_s} zone={zone} />
              ) : missing ? (
                <AbsentCells missing={missing} now={now} />
              ) : (
                <PendingCells />
              )}
            </Row>
          );
        })}
      </tbody>
    </table>
  );
}

function Lists({ lists, chosen }: { lists: readonly List[]; chosen: List }) {
  const options = lists.map(({ id, name }) => ({ value: String(id), label: name, to: `/?list=${id}` }));
  return <Choice label="Watchlists" chosen={String(chosen.id)} options={options} />;
}

function Empty({ name, onAdd }: { name: string; onAdd: (() => void) | null }) {
  if (!onAdd) return <Notice title={`${name} is empty`}>Members of the desk put symbols on it.</Notice>;
  return (
    <Notice
      title={`${name} is empty`}
      action={
        <Button look="main" onClick={onAdd}>
          Add a symbol
        </Button>
      }
    >
      Search by ticker or by name. The desk fetches the prices of what it does not hold yet.
    </Notice>
  );
}

/** A symbol of which the desk told neither a price nor why there is none. */
function untold(symbol: string): Absent {
  return { symbol, state: "no_data", detail: "", next_try: null };
}

/** `12 of 20 priced, next try 14:05`. */
function Partial({ quotes, symbols }: { quotes: Quotes | undefined; symbols: readonly string[] }) {
  const priced = new Set(quotes?.quotes.map(({ symbol }) => symbol));
  const count = symbols.filter((symbol) => priced.has(symbol)).length;
  if (!quotes || count === symbols.length) return <span className={styles.partial} />;
  const [soonest] = quotes.missing.flatMap(({ next_try }) => (next_try ? [next_try] : [])).sort();
  return (
    <span className={styles.partial} role="status">
      {count} of {symbols.length} priced{soonest && `, next try ${format.soon(soonest, Date.parse(quotes.now))}`}
    </span>
  );
}

/** Arrow down goes to the first row where nothing else has the focus. */
function useFirstRow(table: RefObject<HTMLTableElement | null>): void {
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      const nowhere = [document.body, document.getElementById("content")].includes(
        document.activeElement as HTMLElement,
      );
      if (event.key !== "ArrowDown" || !nowhere || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      table.current?.querySelector<HTMLElement>("tbody a")?.focus();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [table]);
}

/** Arrows go from row to row; Delete takes the row's symbol off the list. */
function walkRows(event: KeyboardEvent<HTMLTableElement>): void {
  if (!(event.target instanceof HTMLElement)) return;
  const row = event.target.closest("tbody tr");
  if (event.key === "Delete") row?.querySelector("button")?.click();
  const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key];
  const link = next?.querySelector<HTMLElement>("a, button");
  if (!link) return;
  event.preventDefault();
  link.focus();
}
