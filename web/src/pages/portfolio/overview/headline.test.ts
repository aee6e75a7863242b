import { expect, test } from "vitest";
import type { Benchmark, Performance } from "../../../api/desk";
import { gainOf, headline, type Said } from "./headline";

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
    "You gained 100.50\u202fEUR (+8.20\u202f%) in a year; with the same flows SPY would be worth 100.00\u202fEUR more",
  );
});

test("a loss is a loss, and without a benchmark nothing is said of one", () => {
  const lost = { ...done, gain: "-12345.6", twr: -0.1 };
  expect(read(headline(lost, null, "EUR", "Max"))).toBe(
    "You lost 12\u202f346\u202fEUR (\u221210.00\u202f%) since the beginning",
  );
});

test("a gain that is not known is no gain of nothing", () => {
  expect(read(headline({ ...done, gain: null }, spy, "EUR", "1Y"))).toMatch(/^The gain cannot be told/);
  expect(read(headline({ ...done, gain: "0.00" }, null, "EUR", "YTD"))).toBe("Neither gained nor lost this year");
});

test("what the same money gained in the benchmark is what it is worth less what came", () => {
  expect(gainOf(1700.5, done)).toBe("200.5");
  expect(gainOf(null, done)).toBe(null);
});
