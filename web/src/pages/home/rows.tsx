/** The rows of the watchlist: priced, not priced (and why), and not answered yet. */

import type { ComponentProps, CSSProperties, MouseEvent, ReactNode } from "react";
import { Link } from "react-router";
import type { Absent, Quote } from "../../api/desk";
import { Freshness, isStale } from "../../components/Freshness";
import { Icon } from "../../components/Icon";
import { Live } from "../../components/Live";
import { Move } from "../../components/Move";
import { Skeleton } from "../../components/Skeleton";
import { Sparkline } from "../../components/Sparkline";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useTold, withTold } from "../../lib/quotes";
import styles from "./Watchlist.module.css";

interface RowProps {
  symbol: string;
  name?: string | null | undefined;
  onRemove: ((symbol: string) => void) | null;
  /** What is told of it; its link stays the same, and keeps the focus, when a price comes in. */
  children: ReactNode;
}

export function Row({ symbol, name, onRemove, children }: RowProps) {
  return (
    <tr>
      <td className={styles.symbol}>
        <Link to={symbolPath(symbol)} title={name ?? undefined}>
          <span className={styles.ticker}>{symbol}</span>
          {name && <span className={styles.name}>{name}</span>}
        </Link>
      </td>
      {children}
      {onRemove ? (
        <RemoveCell symbol={symbol} onRemove={onRemove} />
      ) : (
        <td className={`${styles.last} ${styles.removeColumn}`} />
      )}
    </tr>
  );
}

interface QuoteCellsProps {
  quote: Quote;
  /** When it was answered, in milliseconds by the reader's clock. */
  heard: number;
  /** The most decimals in the column; rows with fewer are padded so that the points stand in one line. */
  decimals: number;
  now: number;
  lag_s: number;
  /** The exchange's clock. */
  zone: string;
}

export function QuoteCells({ quote: answered, heard, decimals, now, lag_s, zone }: QuoteCellsProps) {
  const quote = withTold(answered, heard, useTold(answered.symbol));
  const { price, change, change_pct, volume, previous_close } = quote;
  const past = quote.freshness === "stale";
  const day = past && <span className={styles.day}>{format.dayNear(format.tradeDay(quote.ts), now, zone)}</span>;
  const padding = { "--pad": decimals - quote.decimals } as CSSProperties;
  return (
    <>
      <td className={styles.number} data-stale={isStale(quote, lag_s)}>
        <span className={`${styles.price} ${styles.padded}`} style={padding}>
          <Glowing text={format.price(price, quote.decimals)} />
        </span>
        {day}
      </td>
      <td className={`${styles.number} ${styles.changeColumn}`}>
        <span className={styles.padded} style={padding}>
          <GlowingMove value={change} text={format.change(change, quote.decimals)} past={past} />
        </span>
      </td>
      <td className={styles.number}>
        <GlowingMove value={change_pct} text={format.percent(change_pct)} arrow past={past} />
      </td>
      <td className={styles.sparkColumn}>
        <Sparkline close={lineOf(quote)} previousClose={previous_close} past={past} />
        {day}
      </td>
      <td className={`${styles.number} ${styles.volumeColumn}`}>
        <Glowing text={format.compact(volume)} />
      </td>
      <td className={`${styles.number} ${styles.ageColumn}`}>
        <Freshness quote={quote} now={now} lag_s={lag_s} zone={zone} />
      </td>
    </>
  );
}

function Glowing({ text }: { text: string }) {
  return <Live value={text}>{text}</Live>;
}

function GlowingMove(move: ComponentProps<typeof Move>) {
  return (
    <Live value={move.text}>
      <Move {...move} />
    </Live>
  );
}

/** The day's line up to the price; that of days gone by as it is. */
function lineOf({ spark, price, freshness }: Quote): readonly number[] {
  if (!spark) return [];
  return freshness === "live" || freshness === "delayed" ? [...spark.close, price] : spark.close;
}

const REASONS: Record<Absent["state"], string> = {
  fetching: "Fetching its prices",
  rate_limited: "Its source is at its limit",
  unknown: "No source knows this symbol",
  no_data: "No prices yet: fetch or import them",
  failed: "Could not be fetched",
};

export function AbsentCells({ missing: { state, detail, next_try }, now }: { missing: Absent; now: number }) {
  const reason = next_try ? `${REASONS[state]}, next try ${format.soon(next_try, now)}` : REASONS[state];
  return (
    <>
      <td className={styles.absent} data-state={state} title={detail ?? undefined}>
        {reason}
      </td>
      <EmptyCells />
    </>
  );
}

export function PendingCells() {
  return (
    <>
      <td>
        <Skeleton height={16} />
      </td>
      <EmptyCells />
    </>
  );
}

/** Columns without figures; spanning them would make room for the ones a phone hides. */
function EmptyCells() {
  return (
    <>
      <td className={styles.changeColumn} />
      <td />
      <td className={styles.sparkColumn} />
      <td className={styles.volumeColumn} />
      <td className={styles.ageColumn} />
    </>
  );
}

/** Gives the focus to the row after that of `element`, or else before it: it stays in the list when the row goes. */
function focusBeside(element: Element): void {
  const row = element.closest("tr");
  (row?.nextElementSibling ?? row?.previousElementSibling)?.querySelector("a")?.focus();
}

/** The pointer's way to take a row off; the keyboard has Delete, and so one stop per row. */
function RemoveCell({ symbol, onRemove }: { symbol: string; onRemove: (symbol: string) => void }) {
  const remove = (event: MouseEvent<HTMLButtonElement>) => {
    focusBeside(event.currentTarget);
    onRemove(symbol);
  };
  return (
    <td className={`${styles.last} ${styles.removeColumn}`}>
      <button type="button" tabIndex={-1} className={styles.remove} aria-label={`Remove ${symbol}`} onClick={remove}>
        <Icon name="close" size={16} />
      </button>
    </td>
  );
}
