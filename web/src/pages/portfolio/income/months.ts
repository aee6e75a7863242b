/** Income by month, with the months in which nothing came. */

import type { Income } from "../../../api/desk";
import type { MonthBar } from "../../../charts/MonthBars";

type Sums = Income["by_month"];

const MOST_MONTHS = 240;

/** One bar for every month from the first in which something came to the last in which something comes. */
export function barsOf(months: Sums): MonthBar[] {
  const told = new Map(months.map((each) => [each.key, each]));
  const keys = [...told.keys()].sort();
  const [first, last] = [keys[0], keys.at(-1)];
  if (!first || !last) return [];
  const bars: MonthBar[] = [];
  for (let month = first; month <= last && bars.length < MOST_MONTHS; month = after(month)) {
    const { net = "0", announced = "0" } = told.get(month) ?? {};
    bars.push({ month, came: Number(net ?? 0), comes: Number(announced ?? 0) });
  }
  return bars;
}

/** The month after `2025-12`: `2026-01`. */
function after(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}
