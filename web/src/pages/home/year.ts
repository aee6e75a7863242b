/** The fifty-two weeks up to a price. */

import type { Quote, SymbolFigures } from "../../api/desk";

export interface Year {
  low: number;
  high: number;
  /** Where the price is between them: 0 at the low, 1 at the high. */
  place: number;
}

type Priced = Pick<Quote, "price" | "low" | "high" | "freshness">;

/** The range with what today has added to it; null where it is not known or has no width. */
export function yearOf(quote: Priced, risk: SymbolFigures["risk"]): Year | null {
  if (!risk || risk.low === null || risk.high === null) return null;
  const today = quote.freshness === "stale" ? [] : [quote.price, quote.low ?? quote.price, quote.high ?? quote.price];
  const [low, high] = [Math.min(risk.low, ...today), Math.max(risk.high, ...today)];
  return high > low ? { low, high, place: Math.min(1, Math.max(0, (quote.price - low) / (high - low))) } : null;
}
