import type { Market } from "../../api/desk";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks";
import styles from "./MarketClock.module.css";

const STATES = { open: "open", pre: "pre-market", post: "after hours", closed: "closed" };
const NEXT: Record<string, string> = { open: "opens", pre: "pre-market", post: "closes", closed: "ends" };

interface MarketClockProps {
  market: Market;
  /** When `market.now` was true on the reader's own clock, in milliseconds. */
  at: number;
}

/** `NYSE open, closes in 2 h 14 min`, on the desk's clock; `Demo market open, never closes`. */
export function MarketClock({ market, at }: MarketClockProps) {
  const seconds = useCountdown(market, at);
  const special = market.holiday ?? (market.half_day ? "half day" : null);
  return (
    <span className={styles.clock}>
      <span className={market.state === "open" ? styles.open : styles.shut} aria-hidden="true" />
      <span className={styles.name}>{shortName(market.name)}</span> {STATES[market.state]}
      {special && ` (${special})`}
      {seconds === null ? (
        ", never closes"
      ) : (
        <>
          , {nextWord(market)} in <span className={styles.count}>{format.span(seconds)}</span>
        </>
      )}
    </span>
  );
}

/** Seconds to the next bell on the desk's clock, which need not be the reader's. */
function useCountdown(market: Market, at: number): number | null {
  const ahead = useNow() - at;
  if (!market.next_change) return null;
  return (Date.parse(market.next_change) - Date.parse(market.now) - ahead) / 1000;
}

function nextWord({ state, next_state }: Market): string {
  if (state === "open") return "closes";
  if (state === "post") return "ends";
  return NEXT[next_state ?? ""] ?? "changes";
}

const SHORT_NAMES: Record<string, string> = {
  "New York Stock Exchange": "NYSE",
  "Simulated exchange": "Demo market",
};

export function shortName(name: string): string {
  return SHORT_NAMES[name] ?? name;
}
