/** The rows of the watchlist: priced, not priced (and why), and not answered yet. */

import type { CSSProperties, MouseEvent } from "react";
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
import styles from "./Watchlist.module.css";

interface QuoteRowProps {
  quote: Quote;
  /** The most decimals in the column; rows with fewer are padded so that the points stand in one line. */
  decimals: number;
  now: number;
  lag_s: number;
  onRemove: (symbol: string) => void;
}

export function QuoteRow({ quote, decimals, now, lag_s, onRemove }: QuoteRowProps) {
  const { symbol, name, price, change, change_pct, volume, spark, previous_close } = quote;
  const padding = { "--pad": decimals - quote.decimals } as CSSProperties;
  return (
    <tr>
      <td className={styles.symbol}>
        <Link to={symbolPath(symbol)} title={name ?? undefined}>
          <span className={styles.ticker}>{symbol}</span>
          <span className={styles.name}>{name}</span>
        </Link>
      </td>
      <td className={styles.number} data-stale={isStale(quote, lag_s)}>
        <span className={`${styles.price} ${styles.padded}`} style={padding}>
          <Live value={price}>{format.price(price, quote.decimals)}</Live>
        </span>
      </td>
      <td className={`${styles.number} ${styles.changeColumn}`}>
        <span className={styles.padded} style={padding}>
          <Move value={change} text={format.change(change, quote.decimals)} />
        </span>
      </td>
      <td className={styles.number}>
        <Live value={change_pct}>
          <Move value={change_pct} text={format.percent(change_pct)} arrow />
        </Live>
      </td>
      <td className={styles.sparkColumn}>
        <Sparkline close={spark?.close ?? []} previousClose={previous_close} />
      </td>
      <td className={`${styles.number} ${styles.volumeColumn}`}>{format.compact(volume)}</td>
      <td className={`${styles.number} ${styles.ageColumn}`}>
        <Freshness quote={quote} now={now} lag_s={lag_s} />
      </td>
      <RemoveCell symbol={symbol} onRemove={onRemove} />
    </tr>
  );
}

const REASONS: Record<Absent["state"], string> = {
  fetching: "Fetching its prices",
  rate_limited: "Its source is at its limit",
  unknown: "No source knows this symbol",
  no_data: "No prices yet: fetch or import them",
  failed: "Could not be fetched",
};

interface AbsentRowProps {
  missing: Absent;
  now: number;
  onRemove: (symbol: string) => void;
}

export function AbsentRow({ missing: { symbol, state, detail, next_try }, now, onRemove }: AbsentRowProps) {
  const reason = next_try ? `${REASONS[state]}, next try ${format.soon(next_try, now)}` : REASONS[state];
  return (
    <tr>
      <td className={styles.symbol}>
        <Link to={symbolPath(symbol)}>
          <span className={styles.ticker}>{symbol}</span>
        </Link>
      </td>
      <td className={styles.absent} data-state={state} title={detail ?? undefined}>
        {reason}
      </td>
      <EmptyCells />
      <RemoveCell symbol={symbol} onRemove={onRemove} />
    </tr>
  );
}

interface PendingRowProps {
  symbol: string;
  onRemove: (symbol: string) => void;
}

export function PendingRow({ symbol, onRemove }: PendingRowProps) {
  return (
    <tr>
      <td className={styles.symbol}>
        <Link to={symbolPath(symbol)}>
          <span className={styles.ticker}>{symbol}</span>
        </Link>
      </td>
      <td>
        <Skeleton height={16} />
      </td>
      <EmptyCells />
      <RemoveCell symbol={symbol} onRemove={onRemove} />
    </tr>
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
