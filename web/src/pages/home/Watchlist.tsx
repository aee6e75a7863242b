/** A watchlist in one of its views: one row per symbol, sortable by address, edited at once and undone if need be. */

import type { UseQueryResult } from "@tanstack/react-query";
import { type CSSProperties, type KeyboardEvent, lazy, type RefObject, Suspense, useEffect, useRef } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Absent, Figures, Watchlist as List, Quotes } from "../../api/desk";
import { Button } from "../../components/Button";
import { Notice, Trouble } from "../../components/Notice";
import { useMarkets } from "../../components/shell/markets";
import { homeAddress, homePath, type Sort, sortOf } from "../../lib/address";
import { mayChange, useEdits } from "../../lib/edits";
import { useRoom } from "../../lib/hooks";
import { movedBy } from "../../lib/moving";
import { useOverlays } from "../../lib/palette";
import { useQuotesLag } from "../../lib/quotes";
import { say } from "../../lib/toast";
import { ColumnHeads } from "./ColumnHeads";
import { useDragging } from "./dragging";
import { ListBar } from "./ListBar";
import { AbsentCells, PendingCells, QuoteCells, Row } from "./rows";
import { sorted } from "./sorting";
import { COLUMN_KEYS, type ColumnKey, figureOf, VIEWS } from "./views";
import styles from "./Watchlist.module.css";

const Arrange = lazy(() => import("./Arrange"));
const Cards = lazy(() => import("./Cards"));

interface WatchlistProps {
  list: List;
  lists: readonly List[];
  quotes: UseQueryResult<Quotes>;
  figures: UseQueryResult<Figures>;
}

export function Watchlist({ list, lists, quotes, figures }: WatchlistProps) {
  const { add, remove, arrange } = useEdits(list);
  const { search } = useOverlays();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const address = homeAddress(params);
  const told = useAnswers(list, quotes, figures);
  const askForSymbol = () => search({ title: `Add to ${list.name}`, pick: add, has: list.symbols });
  const empty = list.symbols.length === 0;
  const arranging = address.arrange && mayChange(list) && !empty;
  return (
    <>
      <ListBar list={list} lists={lists} told={told} onAdd={askForSymbol} />
      {address.view === "risk" && figures.data && !empty && <Benchmark figures={figures.data} />}
      {empty ? (
        <Empty list={list} onAdd={askForSymbol} />
      ) : arranging ? (
        <Suspense>
          <Arrange
            list={list}
            onArrange={arrange}
            onRemove={remove}
            onDone={() => navigate(homePath({ ...address, arrange: false }))}
          />
        </Suspense>
      ) : quotes.isError && !quotes.data ? (
        <Trouble error={quotes.error} onRetry={quotes.refetch} />
      ) : figures.isError && !figures.data && VIEWS[address.view].figures ? (
        <Trouble error={figures.error} onRetry={figures.refetch} />
      ) : (
        <Rows list={list} told={told} onRemove={remove} onArrange={arrange} />
      )}
    </>
  );
}

/** What is known of a list's symbols. */
export interface Told {
  quotes: Quotes | undefined;
  /** Of just these symbols: of a list that was just changed, the answer to what it was stays until its own is there. */
  answered: Quotes | undefined;
  /** When they were answered, in milliseconds by the reader's clock. */
  heard: number;
  lag_s: number;
  known: ReadonlyMap<string, Quotes["quotes"][number]>;
  absent: ReadonlyMap<string, Absent>;
  figures: ReadonlyMap<string, Figures["figures"][number]>;
  sort: Sort<ColumnKey> | null;
  /** The list's symbols as they are shown. */
  order: readonly string[];
}

/** In the order of what the desk last answered: rows do not change places while one reads them. */
function useAnswers(list: List, quotes: UseQueryResult<Quotes>, figures: UseQueryResult<Figures>): Told {
  const [params] = useSearchParams();
  const { view, sort: asked } = homeAddress(params);
  const sort = sortOf(asked, COLUMN_KEYS);
  const lag_s = useQuotesLag(quotes);
  const known = new Map(quotes.data?.quotes.map((quote) => [quote.symbol, quote]));
  const past = new Map(figures.data?.figures.map((each) => [each.symbol, each]));
  return {
    quotes: quotes.data,
    answered: quotes.isPlaceholderData ? undefined : quotes.data,
    heard: quotes.dataUpdatedAt,
    lag_s,
    known,
    absent: new Map(quotes.data?.missing.map((missing) => [missing.symbol, missing])),
    figures: past,
    sort,
    order: sorted(list.symbols, known, past, sort, sort ? figureOf(sort.key, view) : undefined),
  };
}

interface RowsProps {
  list: List;
  told: Told;
  onRemove: (symbol: string) => void;
  onArrange: (next: (symbols: string[]) => string[], moved: string) => void;
}

function Rows(props: RowsProps) {
  const [params] = useSearchParams();
  const { view } = homeAddress(params);
  const phone = useRoom().phone;
  if (!phone || view === "price") return <Table {...props} />;
  return (
    <Suspense>
      <Cards list={props.list} told={props.told} view={view} />
    </Suspense>
  );
}

function Table({ list, told, onRemove, onArrange }: RowsProps) {
  const { quotes, answered, known, absent, figures, sort } = told;
  const [params] = useSearchParams();
  const { view } = homeAddress(params);
  const { title, columns } = VIEWS[view];
  const each = [...known.values()].map((quote) => quote.decimals).sort((one, other) => one - other);
  const decimals = Math.max(2, ...each);
  // The headings stand over where most of their numbers end.
  const usual = each[Math.floor(each.length / 2)] ?? decimals;
  const padding = { "--pad": decimals - usual } as CSSProperties;
  const now = quotes ? Date.parse(quotes.now) : 0;
  const table = useRef<HTMLTableElement>(null);
  useFirstRow(table);
  const zone = useMarkets().own.data?.zone ?? "UTC";
  const changeable = mayChange(list);
  const drag = useDragging(list.symbols, onArrange);
  const move = useMoves(list, sort !== null, table, onArrange);
  return (
    <table
      ref={table}
      className={styles.table}
      data-view={view}
      style={padding}
      onKeyDown={(event) => (changeable && move(event)) || walkRows(event)}
    >
      <caption className="aside">
        {list.name}, {title.toLowerCase()}
      </caption>
      <ColumnHeads columns={columns} sort={sort} />
      <tbody>
        {told.order.map((symbol) => {
          const quote = known.get(symbol);
          const missing = absent.get(symbol) ?? (answered ? untold(symbol) : undefined);
          return (
            <Row
              key={symbol}
              symbol={symbol}
              name={quote?.name}
              onRemove={changeable ? onRemove : undefined}
              drag={changeable && !sort ? drag(symbol) : undefined}
            >
              {quote ? (
                <QuoteCells
                  quote={quote}
                  figures={figures.get(symbol)}
                  columns={columns}
                  heard={told.heard}
                  decimals={decimals}
                  now={now}
                  lag_s={told.lag_s}
                  zone={zone}
                />
              ) : missing ? (
                <AbsentCells missing={missing} now={now} columns={columns} />
              ) : (
                <PendingCells columns={columns} />
              )}
            </Row>
          );
        })}
      </tbody>
    </table>
  );
}

function Empty({ list, onAdd }: { list: List; onAdd: () => void }) {
  if (!mayChange(list)) return <Notice title={`${list.name} is empty`}>{list.owner} has nothing on it yet.</Notice>;
  return (
    <Notice
      title={`${list.name} is empty`}
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

/** What beta is measured by, and a way to choose another. */
function Benchmark({ figures: { benchmark, benchmark_known } }: { figures: Figures }) {
  const { search } = useOverlays();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const choose = (ticker: string) => navigate(homePath({ ...homeAddress(params), benchmark: ticker }));
  return (
    <p className={styles.benchmark}>
      {benchmark_known ? `Beta is measured by ${benchmark}.` : `There are no prices of ${benchmark}, and so no beta.`}{" "}
      <button type="button" onClick={() => search({ title: "Measure beta by", pick: choose })}>
        Choose another
      </button>
    </p>
  );
}

/** A symbol of which the desk told neither a price nor why there is none. */
export function untold(symbol: string): Absent {
  return { symbol, state: "no_data", detail: "", next_try: null };
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

const MOVES: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** Alt and an arrow move the row that has the focus, which stays on it; tells whether that was asked. */
function useMoves(
  list: List,
  isSorted: boolean,
  table: RefObject<HTMLTableElement | null>,
  onArrange: (next: (symbols: string[]) => string[], moved: string) => void,
) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const follow = useRef<string | null>(null);
  useEffect(() => {
    if (list.symbols.length > 0 && follow.current) linkOf(table.current, follow.current)?.focus();
    follow.current = null;
  }, [list.symbols, table]);
  return (event: KeyboardEvent): boolean => {
    const way = MOVES[event.key];
    const symbol = event.target instanceof HTMLElement && event.target.closest("tr")?.dataset.symbol;
    if (!way || !event.altKey || !symbol) return false;
    event.preventDefault();
    if (isSorted) {
      const own = homePath({ ...homeAddress(params), sort: null });
      say({
        text: "The list is sorted by a column; symbols are moved in its own order.",
        action: { label: "Show that", act: () => navigate(own) },
      });
      return true;
    }
    if (movedBy(list.symbols, symbol, way)) {
      follow.current = symbol;
      onArrange((symbols) => movedBy(symbols, symbol, way) ?? symbols, symbol);
    }
    return true;
  };
}

function linkOf(table: HTMLElement | null, symbol: string): HTMLElement | null | undefined {
  return table?.querySelector<HTMLElement>(`tr[data-symbol="${CSS.escape(symbol)}"] a`);
}

/** Arrows go from row to row; Delete takes the row's symbol off the list. */
function walkRows(event: KeyboardEvent<HTMLTableElement>): void {
  if (!(event.target instanceof HTMLElement) || event.altKey) return;
  const row = event.target.closest("tbody tr");
  if (event.key === "Delete") row?.querySelector("button")?.click();
  const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key];
  const link = next?.querySelector<HTMLElement>("a, button");
  if (!link) return;
  event.preventDefault();
  link.focus();
}
