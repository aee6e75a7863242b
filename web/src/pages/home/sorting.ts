/** The order of the watchlist's rows. */

import type { Quote } from "../../api/desk";
import type { Sort } from "../../lib/address";

export const COLUMNS = ["symbol", "price", "change", "change_pct", "volume", "age"] as const;
export type ColumnKey = (typeof COLUMNS)[number];

function figure(quote: Quote, key: ColumnKey): number | string | null {
  if (key === "symbol") return quote.symbol;
  // What is stale did not move today.
  if (quote.freshness === "stale" && (key === "change" || key === "change_pct")) return null;
  return key === "age" ? quote.age_s : quote[key];
}

/** `symbols` in the reader's own order, or by `sort`; what has no figure comes last either way. */
export function sorted(
  symbols: readonly string[],
  quotes: ReadonlyMap<string, Quote>,
  sort: Sort<ColumnKey> | null,
): string[] {
  if (!sort) return [...symbols];
  const way = sort.descending ? -1 : 1;
  const keyed = symbols.map((symbol) => {
    const quote = quotes.get(symbol);
    return { symbol, value: quote ? figure(quote, sort.key) : sort.key === "symbol" ? symbol : null };
  });
  return keyed
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return a.value < b.value ? -way : a.value > b.value ? way : 0;
    })
    .map(({ symbol }) => symbol);
}
