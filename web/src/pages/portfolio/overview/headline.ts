/** The answer to “how am I really doing?” in a sentence. */

import type { Benchmark, Performance } from "../../../api/desk";
import type { Range } from "../../../lib/address";
import { signOf, sum } from "../../../lib/decimal";
import * as format from "../../../lib/format";

export const SPANS: Record<Range, string> = {
  "1D": "in a day",
  "5D": "in five days",
  "1M": "in a month",
  "3M": "in three months",
  "6M": "in six months",
  YTD: "this year",
  "1Y": "in a year",
  "5Y": "in five years",
  Max: "since the beginning",
};

/** The first day that a range reaches back to, as seen from its last day (ISO dates); null: as far as there is. */
function reachOf(range: Range, last: string): string | null {
  const day = new Date(`${last}T00:00:00Z`);
  const months = MONTHS[range];
  if (range === "YTD") return `${day.getUTCFullYear() - 1}-12-31`;
  if (months === undefined) return null;
  const back = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - months, 1));
  const length = new Date(Date.UTC(back.getUTCFullYear(), back.getUTCMonth() + 1, 0)).getUTCDate();
  back.setUTCDate(Math.min(day.getUTCDate(), length));
  return back.toISOString().slice(0, 10);
}

const MONTHS: Partial<Record<Range, number>> = { "1M": 1, "3M": 3, "6M": 6, "1Y": 12, "5Y": 60 };

/** Days by which a stretch may begin later than its range: no sessions are on weekends and long holidays. */
const PAUSE = 7;
const DAY = 86_400_000;

/** `in a year`; where there is less than that to tell of, `since 5 Jan 2026`. */
export function spanOf({ first, last }: Performance, range: Range): string {
  return reaches(first, last, range) ? SPANS[range] : `since ${format.day(first)}`;
}

/** `1Y`, or the day that figures begin with where that is later. */
export function labelOf({ first, last }: Performance, range: Range): string {
  return reaches(first, last, range) ? range : `since ${format.day(first)}`;
}

function reaches(first: string, last: string, range: Range): boolean {
  if (range === "Max") return true;
  if (range === "1D" || range === "5D") {
    const [sessions, days] = [Number.parseInt(range, 10), (Date.parse(last) - Date.parse(first)) / DAY];
    return sessions <= days && days <= sessions + PAUSE;
  }
  const reach = reachOf(range, last);
  return reach === null || Date.parse(first) - Date.parse(reach) <= PAUSE * DAY;
}

/** What of a sentence is an amount, so that it can be hidden. */
export type Said = readonly (string | { amount: string })[];

/** `You gained 1 234 EUR (+8.20 % time-weighted) in a year; the same deposits into SPY would be worth 420 EUR more.` */
export function headline(told: Performance, benchmark: Benchmark | null, base: string, range: Range): Said {
  const { gain, twr, end } = told;
  if (gain === null) return ["The gain cannot be told: something that it needs is missing"];
  const way = signOf(gain);
  const span = `${spanOf(told, range)}${without(told.uncounted)}`;
  if (way === 0) return [`Neither gained nor lost ${span}`];
  const amount = format.roughMoney(Math.abs(Number(gain)), base);
  const rate = twr === null ? "" : ` (${format.gain(twr)} time-weighted)`;
  const said: Said = [way > 0 ? "You gained " : "You lost ", { amount }, `${rate} ${span}`];
  return [...said, ...besides(benchmark, end, base)];
}

/** What is in no gain: more of it was given away than was ever held. */
function without(names: readonly string[]): string {
  const [first, ...others] = names;
  if (!first) return "";
  const more = others.length === 0 ? "" : others.length === 1 ? ` and ${others[0]}` : ` and ${others.length} more`;
  return `, without ${first}${more}, whose purchase is missing`;
}

function besides(benchmark: Benchmark | null, end: string | null, base: string): Said {
  if (!benchmark || benchmark.value === null || end === null) return [];
  const more = benchmark.value - Number(end);
  const amount = format.roughMoney(Math.abs(more), base);
  if (Number(Math.abs(more).toFixed(2)) === 0) return [`, as much as in ${benchmark.ticker}`];
  return [`; with the same flows ${benchmark.ticker} would be worth `, { amount }, more > 0 ? " more" : " less"];
}

/** What was gained on top of what came and went: the benchmark’s own gain. */
export function gainOf(value: number | null, { start, paid_in, taken_out }: Performance): string | null {
  if (value === null || start === null || paid_in === null || taken_out === null) return null;
  const paid = sum(start, paid_in);
  return paid && sum(String(value.toFixed(2)), taken_out, negative(paid));
}

function negative(text: string): string {
  return text.startsWith("-") ? text.slice(1) : `-${text}`;
}
