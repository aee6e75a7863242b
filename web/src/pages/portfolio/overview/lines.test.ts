import { expect, test } from "vitest";
import type { ValueHistory } from "../../../api/desk";
import { gapsOf, linesOf, summaryOf } from "./lines";

const history: ValueHistory = {
  base: "EUR",
  days: ["2026-01-01", "2026-01-02", "2026-01-03"],
  value: [1000, null, 1210],
  invested: [1000, 1000, 1100],
  index: [1, null, 1.1],
  drawdown: [0, null, -0.05],
  benchmark: [1000, 1010, 1150],
  benchmark_id: "SPY",
  gaps: [{ day: "2026-01-02", without: ["AAA", "BBB", "CCC", "DDD", "EEE"] }],
  total_gaps: 1,
};

test("value, what was put in and the benchmark are three lines, and what is missing is missing", () => {
  const { series } = linesOf(history, "value", "SPY", false);
  expect(series.map(({ symbol, shape, values }) => [symbol, shape, values])).toEqual([
    ["Value", "area", [1000, null, 1210]],
    ["Invested", "step", [1000, 1000, 1100]],
    ["SPY", "gapped", [1000, 1010, 1150]],
  ]);
});

test("a return is told in percent from where the stretch begins", () => {
  const [line] = linesOf(history, "return", "SPY", true).series;
  expect(line?.values.map((value) => value && Math.round(value))).toEqual([0, null, 10]);
});

test("the chart is told in a sentence, with the days whose value is not known", () => {
  expect(summaryOf(history, linesOf(history, "value", "SPY", false))).toBe(
    "Value from 1\u202f000 on 1 Jan 2026 to 1\u202f210 on 3 Jan 2026; highest 1\u202f210 on 3 Jan 2026, " +
      "lowest 1\u202f000 on 1 Jan 2026. The value of 1 day is not known, the last 2 Jan 2026, for want of a price of " +
      "AAA, BBB, CCC and 2 others.",
  );
});

test("a position in two accounts is named once, and one more is one other", () => {
  const gaps = [{ day: "2026-01-02", without: ["AAA", "BBB", "AAA", "CCC", "DDD"] }];
  expect(gapsOf({ gaps, total_gaps: 1 })).toMatch(/for want of a price of AAA, BBB, CCC and 1 other\.$/);
});

test("an amount that is hidden is not in the sentence either", () => {
  expect(summaryOf(history, linesOf(history, "value", "SPY", true))).not.toMatch(/1.?000|1.?210/);
});

test("where nothing is known, that is said", () => {
  const none = { ...history, value: [null, null, null] };
  expect(summaryOf(none, linesOf(none, "value", null, false))).toBe("No value is known in this stretch.");
  expect(gapsOf({ gaps: [], total_gaps: 0 })).toBe(null);
});
