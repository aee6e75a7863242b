/** The rows of the watchlist: priced, not priced (and why), and not answered yet. */

import type { CSSProperties, MouseEvent, ReactNode } from "react";
import { Link } from "react-router";
import type { Absent, Quote } from "../../api/desk";
import { Icon } from "../../components/Icon";
import { Skeleton } from "../../components/Skeleton";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useTold, withTold } from "../../lib/quotes";
import type { Column, Shown } from "./views";
import styles from "./Watchlist.module.css";

interface RowProps {
  symbol: string;
  name?: string | null | undefined;
  /** Without one, the list is another's to change. */
  onRemove?: ((symbol: string) => void) | undefined;
  /** What makes it a thing to drag and to drop on, where it may be moved. */
  drag?: object | undefined;
  /** What is told of it; its link stays the same, and keeps the focus, when a price comes in. */
  children: ReactNode;
}

export function Row({ symbol, name, onRemove, drag, children }: RowProps) {
  return (
    <tr data-symbol={symbol} {...drag}>
      <td className={styles.symbol}>
        <Link to={symbolPath(symbol)} title={name ?? undefined} draggable={drag ? false : undefined}>
          <span className={styles.ticker}>{symbol}</span>
          {name && <span className={styles.name}>{name}</span>}
        </Link>
      </td>
      {children}
      <td className={`${styles.last} ${styles.editColumn}`}>
        {drag && (
          <span className={styles.grip}>
            <Icon name="grip" size={16} />
          </span>
        )}
        {onRemove && <RemoveButton symbol={symbol} onRemove={onRemove} />}
      </td>
    </tr>
  );
}

interface QuoteCellsProps extends Omit<Shown, "quote"> {
  quote: Quote;
  columns: readonly Column[];
  /** When it was answered, in milliseconds by the reader's clock. */
  heard: number;
  /** The most decimals in the column; rows with fewer are padded so that the points stand in one line. */
  decimals: number;
}

export function QuoteCells({ quote: answered, columns, heard, decimals, ...rest }: QuoteCellsProps) {
  const shown = { ...rest, quote: withTold(answered, heard, useTold(answered.symbol)) };
  const padding = { "--pad": decimals - answered.decimals } as CSSProperties;
  return columns.map((column) => (
    <td key={`${column.key}${column.title}`} className={cellClass(column)} style={padding}>
      {column.show(shown)}
    </td>
  ));
}

function cellClass({ className, text }: Column): string {
  return [className, !text && styles.number].filter(Boolean).join(" ");
}

const REASONS: Record<Absent["state"], string> = {
  fetching: "Fetching its prices",
  rate_limited: "Its source is at its limit",
  unknown: "No source knows this symbol",
  no_data: "No prices yet: fetch or import them",
  failed: "Could not be fetched",
};

export function reasonOf({ state, next_try }: Absent, now: number): string {
  return next_try ? `${REASONS[state]}, next try ${format.soon(next_try, now)}` : REASONS[state];
}

interface EmptyProps {
  columns: readonly Column[];
}

export function AbsentCells({ missing, now, columns }: EmptyProps & { missing: Absent; now: number }) {
  return (
    <>
      <td className={styles.absent} data-state={missing.state} title={missing.detail ?? undefined}>
        {reasonOf(missing, now)}
      </td>
      <EmptyCells columns={columns} />
    </>
  );
}

export function PendingCells({ columns }: EmptyProps) {
  return (
    <>
      <td>
        <Skeleton height={16} />
      </td>
      <EmptyCells columns={columns} />
    </>
  );
}

/** Columns without figures; spanning them would make room for the ones a phone hides. */
function EmptyCells({ columns }: EmptyProps) {
  return columns.slice(1).map((column) => <td key={`${column.key}${column.title}`} className={column.className} />);
}

/** Gives the focus to the row after that of `element`, or else before it: it stays in the list when the row goes. */
function focusBeside(element: Element): void {
  const row = element.closest("tr");
  (row?.nextElementSibling ?? row?.previousElementSibling)?.querySelector("a")?.focus();
}

/** The pointer's way to take a row off; the keyboard has Delete, and so one stop per row. */
function RemoveButton({ symbol, onRemove }: { symbol: string; onRemove: (symbol: string) => void }) {
  const remove = (event: MouseEvent<HTMLButtonElement>) => {
    focusBeside(event.currentTarget);
    onRemove(symbol);
  };
  return (
    <button type="button" tabIndex={-1} className={styles.remove} aria-label={`Remove ${symbol}`} onClick={remove}>
      <Icon name="close" size={16} />
    </button>
  );
}
