/** The chart in one sentence, as the desk tells it, and anew where the price has moved since. */

import type { Bars } from "../api/desk";
import * as format from "../lib/format";
import { isIntraday } from "../lib/interval";
import { type Latest, withLatest } from "./latest";

/** Percent that do not count as a move. */
const HARDLY = 0.05;

/** `ACME rose 3.2 %, from 183.00, the close before, to 189.00, 12 Apr 2026 to 12 May 2026; highest 192.00, 3 May 2026.` */
export function summaryOf(answer: Bars, latest: readonly Latest[]): string {
  const last = latest.at(-1);
  const base = baseOf(answer);
  if (!last || base === null) return answer.summary;
  const { symbol, decimals, previous_close, bars } = withLatest(answer, latest);
  const price = (value: number) => format.price(value, decimals);
  const change = (last.close / base - 1) * 100;
  const amount = format.share(Math.abs(change) / 100);
  const moved = change > HARDLY ? `rose ${amount}` : change < -HARDLY ? `fell ${amount}` : "hardly moved";
  const tops = bars.ts.map((_, bar) => bars.high[bar] ?? bars.close[bar] ?? Number.NEGATIVE_INFINITY);
  const top = tops.reduce((best, value, bar) => (value > (tops[best] ?? value) ? bar : best), 0);
  const { first, end, within } = times(answer, bars.ts[0] ?? last.ts, last.ts);
  const before = previous_close === null ? "" : ", the close before,";
  const way = `from ${price(base)}${before} to ${price(last.close)}, ${first} to ${end}`;
  return `${symbol} ${moved}, ${way}; highest ${price(tops[top] ?? last.close)}, ${within(bars.ts[top] ?? last.ts)}.`;
}

/** What the chart's change is measured from. */
function baseOf({ bars, change_pct, previous_close }: Bars): number | null {
  const close = bars.close.findLast((value) => value !== null) ?? null;
  return previous_close ?? (change_pct === null || close === null ? null : close / (1 + change_pct / 100));
}

const DATES = /, (\d+ \w+ \d+) to \d+ \w+ \d+; highest/;

/** When the chart begins and ends, and how a bar is named; a bar longer than a day hides the days it begins with. */
function times({ interval, zone, summary }: Bars, from: number, to: number) {
  const day = (ts: number) => format.day(ts);
  if (interval === "1d") return { first: day(from), end: day(to), within: day };
  if (!isIntraday(interval)) {
    const [, first = day(from)] = DATES.exec(summary) ?? [];
    return { first, end: day(Date.now() / 1000), within: (ts: number) => `in the bar of ${day(ts)}` };
  }
  const oneDay = format.day(from, zone) === format.day(to, zone);
  const time = (ts: number) => (oneDay ? format.clock(ts, zone) : format.barTime(ts, zone, true));
  return { first: time(from), end: time(to), within: time };
}

/** What happened on a bar, in a line: one alert in its own words, several by their number. */
export function happenedOn(told: readonly string[]): string {
  return told.length > 1 ? `${format.counted(told.length, "alert")} on this bar` : told.join("");
}
