/** The answer to “how am I really doing?” in a sentence. */

import type { Benchmark, Performance } from "../../../api/desk";
import type { Range } from "../../../lib/address";
import { signOf, sum } from "../../../lib/decimal";
import * as format from "../../../lib/format";

const SPANS: Record<Range, string> = {
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

/** What of a sentence is an amount, so that it can be hidden. */
export type Said = readonly (string | { amount: string })[];

/** `You gained 1 234 EUR (+8.20 %) in a year; the same deposits into SPY would be worth 420 EUR more.` */
export function headline(told: Performance, benchmark: Benchmark | null, base: string, range: Range): Said {
  const { gain, twr, end } = told;
  if (gain === null) return ["The gain cannot be told: something that it needs is missing"];
  const way = signOf(gain);
  const span = SPANS[range];
  if (way === 0) return [`Neither gained nor lost ${span}`];
  const amount = format.roughMoney(Math.abs(Number(gain)), base);
  const rate = twr === null ? "" : ` (${format.gain(twr)})`;
  const said: Said = [way > 0 ? "You gained " : "You lost ", { amount }, `${rate} ${span}`];
  return [...said, ...besides(benchmark, end, base)];
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
