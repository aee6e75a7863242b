/** How old a price is, and whether that is as it should be. */

import type { Quote } from "../api/desk";
import * as format from "../lib/format";
import { useAtNow } from "../lib/hooks";
import { type LiveQuote, useLineState } from "../lib/quotes";
import styles from "./Freshness.module.css";

interface FreshnessProps {
  quote: Aged & Pick<LiveQuote, "heard">;
  /** The desk's clock when it answered, in milliseconds. */
  now: number;
  /** Seconds since the desk last answered, where it should have again by now; else 0. */
  lag_s: number;
  /** Whose days and times these are: the exchange's. */
  zone: string;
}

/** A desk that has been silent for longer than this no longer vouches for its prices. */
const SILENT_S = 15;
const DAY_S = 86_400;
const POLLED = ". The live line is down: prices are asked for every 2 seconds until it is back.";

type Aged = Pick<Quote, "freshness" | "ts" | "age_s">;

/** Whether a price is older than it should be, or the desk has fallen silent since. */
export function isStale(quote: Aged, lag_s: number): boolean {
  return quote.freshness === "stale" || lag_s > SILENT_S;
}

export function Freshness({ quote, now, lag_s, zone }: FreshnessProps) {
  const { ts } = quote;
  const asked = useLineState() === "down" && lag_s === 0;
  const freshness = isStale(quote, lag_s) ? "stale" : quote.freshness;
  const day = format.tradeDay(ts);
  const wordsAt = (clock: number): string => {
    const age_s = quote.age_s + Math.max(0, clock - quote.heard) / 1000;
    if (freshness === "live") return `${format.ago(age_s)}${asked ? ", polled" : ""}`;
    if (freshness === "delayed") return `${format.age(age_s)} late`;
    if (freshness === "closed") return `close of ${format.dayNear(day, now, zone)}`;
    // Days are no measure of years.
    return `stale, ${age_s < DAY_S ? format.age(age_s) : format.day(day, zone)}`;
  };
  const words = useAtNow(wordsAt);
  return (
    <time
      className={styles[freshness]}
      dateTime={ts ?? undefined}
      title={`${freshness}: as of ${format.exchangeTime(ts, zone)}${asked ? POLLED : ""}`}
    >
      {words}
    </time>
  );
}
