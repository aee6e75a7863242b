/** The order of the watchlist's rows. */

import type { Quote, SymbolFigures } from "../../api/desk";
import type { Sort } from "../../lib/address";

type FigureOf = (quote: Quote, figures: SymbolFigures | undefined) => number | string | null;

/**
 * `symbols` in the reader's own order, or by `sort`; what has no figure comes last either way. `figureOf` is its
 * column's; without one the symbols themselves are sorted.
 */
export function sorted(
  symbols: readonly string[],
  quotes: ReadonlyMap<string, Quote>,
  figures: ReadonlyMap<string, SymbolFigures>,
  sort: Sort<string> | null,
  figureOf: FigureOf | undefined,
): string[] {
  if (!sort || (!figureOf && sort.key !== "symbol")) return [...symbols];
  const way = sort.descending ? -1 : 1;
  const keyed = symbols.map((symbol) => {
    if (!figureOf) return { symbol, value: symbol };
    const quote = quotes.get(symbol);
    return { symbol, value: quote ? figureOf(quote, figures.get(symbol)) : null };
  });
  return keyed
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return a.value < b.value ? -way : a.value > b.value ? way : 0;
    })
    .map(({ symbol }) => symbol);
}
