import { expect, test } from "vitest";
import type { Benchmark, Performance } from "../../../api/desk";
import { gainOf, headline, labelOf, type Said, spanOf } from "./headline";

const NO_RATE = { annual: null, period: null, reason: "", also: [] };
const done: Performance = {
  first: "2025-01-01",
  last: "2025-12-31",
  start: "1000",
  end: "1600.50",
  paid_in: "500",
  taken_out: "0",
  gain: "100.50",
  simple: 0.067,
  twr: 0.082,
  twr_annual: 0.082,
  mwr: NO_RATE,
  income: "0",
  fees: "0",
  taxes: "0",
  currency_gain: "0",
  drawdown: null,
  uncounted: [],
  notes: [],
};
const spy: Benchmark = {
  instrument: "SPY",
  ticker: "SPY",
  value: 1700.5,
  twr: 0.2,
  twr_annual: 0.2,
  mwr: NO_RATE,
  notes: [],
};

const read = (said: Said) => said.map((part) => (typeof part === "string" ? part : part.amount)).join("");

test("the headline says what was gained, at which rate, and what the benchmark would have made of it", () => {
  expect(read(headline(done, spy, "EUR", "1Y"))).toBe(
    "You gained 100.50\u00a0EUR (+8.20\u202f% time-weighted) in a year; with the same flows SPY would be worth 100.00\u00a0EUR more",
  );
});

test("a loss is a loss, and without a benchmark nothing is said of one", () => {
  const lost = { ...done, gain: "-12345.6", twr: -0.1 };
  expect(read(headline(lost, null, "EUR", "Max"))).toBe(
    "You lost 12\u202f346\u00a0EUR (\u221210.00\u202f% time-weighted) since the beginning",
  );
});

test("a gain that is not known is no gain of nothing", () => {
  expect(read(headline({ ...done, gain: null }, spy, "EUR", "1Y"))).toMatch(/^The gain cannot be told/);
  expect(read(headline({ ...done, gain: "0.00" }, null, "EUR", "YTD"))).toBe("Neither gained nor lost this year");
});

test.each([
  ["1Y", "2026-01-05", "since 5 Jan 2026", "since 5 Jan 2026"],
  ["1Y", "2025-11-21", "in a year", "1Y"],
  ["1Y", "2025-11-24", "in a year", "1Y"],
  ["5Y", "2025-01-02", "since 2 Jan 2025", "since 2 Jan 2025"],
  ["YTD", "2025-12-31", "this year", "YTD"],
  ["YTD", "2026-01-05", "this year", "YTD"],
  ["YTD", "2026-03-02", "since 2 Mar 2026", "since 2 Mar 2026"],
  ["1M", "2026-10-21", "in a month", "1M"],
  ["1M", "2026-11-03", "since 3 Nov 2026", "since 3 Nov 2026"],
  ["1D", "2026-11-20", "in a day", "1D"],
  ["5D", "2026-11-14", "in five days", "5D"],
  ["5D", "2026-11-19", "since 19 Nov 2026", "since 19 Nov 2026"],
  ["1D", "2026-06-05", "since 5 Jun 2026", "since 5 Jun 2026"],
  ["Max", "2026-01-05", "since the beginning", "Max"],
] as const)("a stretch of %s that begins on %s is %s", (range, first, span, label) => {
  const told = { ...done, first, last: "2026-11-21" };
  expect([spanOf(told, range), labelOf(told, range)]).toEqual([span, label]);
});

test("the months of a range end with the last day of a shorter one", () => {
  expect(spanOf({ ...done, first: "2026-02-28", last: "2026-03-31" }, "1M")).toBe("in a month");
});

test("what was sold and never held is said to be in no gain", () => {
  const told = { ...done, gain: "0", uncounted: ["HAZLO"] };
  expect(read(headline(told, null, "EUR", "Max"))).toBe(
    "Neither gained nor lost since the beginning, without HAZLO, whose purchase is missing",
  );
  expect(read(headline({ ...told, gain: "5", twr: null, uncounted: ["A", "B", "C"] }, null, "EUR", "Max"))).toBe(
    "You gained 5.00\u00a0EUR since the beginning, without A and 2 more, whose purchase is missing",
  );
});

test("what the same money gained in the benchmark is what it is worth less what came", () => {
  expect(gainOf(1700.5, done)).toBe("200.5");
  expect(gainOf(null, done)).toBe(null);
});
