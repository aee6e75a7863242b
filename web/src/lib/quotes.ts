/** Quotes as the desk answered them, with what the line has told since. */

import { useCallback, useEffect, useReducer, useSyncExternalStore } from "react";
import type { Quote } from "../api/desk";
import { type LineState, line, type Told } from "../api/live";
import { useLag } from "./hooks";

export interface LiveQuote extends Quote {
  /** When it was heard that the price was `age_s` old, in milliseconds by the reader's clock. */
  heard: number;
}

/** As the desk judges it: younger than this, a price is live. */
const LIVE_S = 120;

/** `quote`, answered at `heard`, as it is by now: the line's price where that is not the older one. */
export function withTold(quote: Quote, heard: number, told: Told | undefined): LiveQuote {
  if (!told || told.price === null || Date.parse(told.ts) < Date.parse(quote.ts)) return { ...quote, heard };
  const { ts, price, age_s } = told;
  const before = quote.previous_close;
  return {
    ...quote,
    ts,
    day: Date.parse(ts) === Date.parse(quote.ts) ? quote.day : null,
    price,
    age_s,
    heard: told.heard,
    freshness: age_s <= LIVE_S ? "live" : quote.freshness,
    change: before === null ? null : price - before,
    change_pct: before ? (price / before - 1) * 100 : null,
    open: told.open ?? quote.open,
    high: told.high ?? quote.high,
    low: told.low ?? quote.low,
    volume: told.volume ?? quote.volume,
  };
}

/** What the line tells of `symbol`, each frame anew. */
export function useTold(symbol: string): Told | undefined {
  const follow = useCallback((tell: () => void) => line.follow(symbol, tell), [symbol]);
  return useSyncExternalStore(follow, () => line.told(symbol));
}

/** `quotes`, answered at `heard`, as they are by now; drawn anew every `pause_ms` at most. */
export function usePacedQuotes(quotes: readonly Quote[], heard: number, pause_ms: number): LiveQuote[] {
  const [, again] = useReducer((count: number) => count + 1, 0);
  const symbols = quotes.map(({ symbol }) => symbol).join(",");
  useEffect(() => {
    let timer = 0;
    const wait = () => {
      timer ||= window.setTimeout(() => {
        timer = 0;
        again();
      }, pause_ms);
    };
    const leave = symbols.split(",").map((symbol) => line.follow(symbol, wait));
    return () => {
      window.clearTimeout(timer);
      for (const each of leave) each();
    };
  }, [symbols, pause_ms]);
  return quotes.map((quote) => withTold(quote, heard, line.told(quote.symbol)));
}

const followState = (tell: () => void) => line.followState(tell);

export function useLineState(): LineState {
  return useSyncExternalStore(followState, () => line.state);
}

/** Seconds since the desk was last heard while it fails to answer; 0 while it does. */
export function useQuotesLag({ isError, dataUpdatedAt }: { isError: boolean; dataUpdatedAt: number }): number {
  const lost = useSyncExternalStore(followState, () => line.lost);
  return useLag({ isError, dataUpdatedAt: Math.max(dataUpdatedAt, lost) });
}
