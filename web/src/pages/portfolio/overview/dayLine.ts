/** The line of a day beside a position: only where it is of the price that the position has. */

import type { Position, Quote } from "../../../api/desk";

const DAY_MS = 86_400_000;

type Priced = Pick<Position, "price">;
type Drawn = Pick<Quote, "day" | "freshness" | "spark" | "ts">;

/**
 * The closes to be drawn; null where the position has no price, one by hand or of another day, and where the line is old:
 * it would look as if it were of now. A price within a day has an instant, whose day in UTC may be the one beside it.
 */
export function dayLine({ price }: Priced, quote: Drawn | undefined): readonly number[] | null {
  if (!price || price.source === "by hand" || !quote?.spark || quote.freshness === "stale") return null;
  const apart = Math.abs(Date.parse(quote.day ?? quote.ts.slice(0, 10)) - Date.parse(price.day));
  return apart <= (quote.day === null ? DAY_MS : 0) ? quote.spark.close : null;
}
