/** Which last values stand as tags on the price axis of lines. */

import type { Tag } from "./Axes";
import type { Colours } from "./colours";
import type { Lines } from "./LinesPlot";

/** Pixels from which on a chart has room for tags, and for names beside its lines. */
const WIDE_ENOUGH = 600;

/** The last value of each line; on a phone none, where they would cover the axis: the legend tells them. */
export function tagsOf({ series, kind }: Lines, colours: Colours, width: number): Tag[] {
  if (kind === "stacked" || width < WIDE_ENOUGH) return [];
  return series.flatMap(({ symbol, colour, values }) => {
    const price = values.findLast((value) => value !== null);
    return price == null ? [] : [{ price, colour: colours.lines[colour - 1] ?? colours.ink, title: symbol }];
  });
}
