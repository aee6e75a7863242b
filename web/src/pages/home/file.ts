/** A watchlist as a file: the rows and columns that are shown, with their figures in full. */

import type { Watchlist } from "../../api/desk";
import { line } from "../../api/live";
import type { ListView } from "../../lib/address";
import { type Cell, csvOf, download } from "../../lib/csv";
import { withTold } from "../../lib/quotes";
import { type Column, VIEWS } from "./views";
import type { Told } from "./Watchlist";

type File = NonNullable<Column["file"]>;

/** Whether all that the file would hold has been answered. */
export function isTold({ answered, figures }: Told, view: ListView): boolean {
  return answered !== undefined && (!VIEWS[view].figures || figures.size > 0);
}

export function takeAway(list: Watchlist, told: Told, view: ListView): void {
  download(`${list.name}.csv`, fileOf(told, view));
}

function fileOf({ order, known, figures, heard }: Told, view: ListView): string {
  const columns: File = VIEWS[view].columns.flatMap(
    ({ title, value, file }) => file ?? (value ? [[title.toLowerCase(), value] as const] : []),
  );
  const rows = order.map((symbol): Cell[] => {
    const answered = known.get(symbol);
    if (!answered) return [symbol, null, ...columns.map(() => null)];
    const quote = withTold(answered, heard, line.told(symbol));
    return [symbol, quote.name, ...columns.map(([, cell]) => cell(quote, figures.get(symbol)))];
  });
  return csvOf(["symbol", "name", ...columns.map(([title]) => title)], rows);
}
