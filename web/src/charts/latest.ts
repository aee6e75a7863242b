/** The last bar and the live price: told at different times, shown as one. */

import type { Bars, Quote } from "../api/desk";
import { endOf, isIntraday } from "../lib/interval";
import { wallSeconds } from "../lib/zone";

/** The newest bar as it is by now. */
export interface Latest {
  ts: number;
  open: number | null;
  high: number | null;
  low: number | null;
  close: number;
  volume: number | null;
}

/** How many bars within the day the desk's may be behind the price, for the price to begin the next one. */
const BEHIND = 3;

/**
 * The last bar with a live price told since, or the bar that the price begins; null where it belongs to no bar here, or
 * is no news.
 */
export function latestOf(answer: Bars, quote: Quote | undefined): Latest | null {
  const { bars, interval, as_of } = answer;
  const ts = bars.ts.at(-1);
  if (!quote || ts === undefined || as_of !== null || !["live", "delayed"].includes(quote.freshness)) return null;
  const told = clockOf(quote.ts, answer);
  const { price } = quote;
  const length = endOf(ts, interval) - ts;
  if (told < ts || price === bars.close.at(-1)) return null;
  if (told < ts + length) {
    const [open = null, high, low, volume = null] = [bars.open, bars.high, bars.low, bars.volume].map((of) =>
      of.at(-1),
    );
    return {
      ts,
      open,
      high: high == null ? null : Math.max(high, price),
      low: low == null ? null : Math.min(low, price),
      close: price,
      volume,
    };
  }
  if (!isIntraday(interval) || told >= ts + (1 + BEHIND) * length) return null;
  const begun = ts + Math.floor((told - ts) / length) * length;
  return { ts: begun, open: price, high: price, low: price, close: price, volume: null };
}

/** The instant `ts` in seconds as the bars of `answer` are labelled: instants, or the dates of the exchange. */
function clockOf(ts: string, { interval, zone }: Bars): number {
  const at = Date.parse(ts) / 1000;
  return isIntraday(interval) ? at : (wallSeconds([at], zone)[0] ?? at);
}

/** `answer` with its last bar as it is by now. */
export function withLatest(answer: Bars, latest: Latest | null): Bars {
  if (!latest) return answer;
  const { bars } = answer;
  const kept = bars.ts.at(-1) === latest.ts ? bars.ts.length - 1 : bars.ts.length;
  const ended = <Value>(column: readonly Value[], value: Value) => [...column.slice(0, kept), value];
  return {
    ...answer,
    bars: {
      ts: ended(bars.ts, latest.ts),
      open: ended(bars.open, latest.open),
      high: ended(bars.high, latest.high),
      low: ended(bars.low, latest.low),
      close: ended(bars.close, latest.close),
      volume: ended(bars.volume, latest.volume),
    },
  };
}
