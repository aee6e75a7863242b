import { expect, test } from "vitest";
import type { Action, Transaction } from "../../../api/desk";
import { marksOf } from "./marks";

const at = (day: string) => Date.parse(day) / 1000;
const done = (kind: string, day: string, quantity = "0", price: string | null = null) =>
  ({ kind, day, quantity, price, ticker: "ACME", instrument: "ACME" }) as Transaction;
const days = ["2025-01-02", "2025-01-03", "2025-01-06"].map(at);

test("purchases, sales, dividends and splits stand on their days, several on one as one", () => {
  const split = { kind: "split", ex_date: "2025-01-06", ratio: 2, amount: null, currency: null, text: "Split 2:1" };
  const marks = marksOf(
    days,
    [done("dividend", "2025-01-06"), done("sell", "2025-01-03", "-5", "12.5"), done("buy", "2025-01-03", "10", "12")],
    [split as Action],
    "2025-02-01",
  );
  expect(marks.map(({ index, letter, text }) => [index, letter, text])).toEqual([
    [1, "S B", "Sell 5 ACME at 12.50; Buy 10 ACME at 12.00"],
    [2, "D ÷", "Dividend ACME; Split 2:1"],
  ]);
});

test("what happened before the chart begins is not on it", () => {
  expect(marksOf(days, [done("buy", "2024-12-01", "1")], [], "2025-02-01")).toEqual([]);
});

test("a split after the day that is looked at is not on its chart", () => {
  const split = { kind: "split", ex_date: "2025-01-07", ratio: 2, amount: null, currency: null, text: "Split 2:1" };
  expect(marksOf(days, [], [split as Action], "2025-01-06")).toEqual([]);
  expect(marksOf(days, [], [split as Action], "2025-01-07").map(({ index }) => index)).toEqual([2]);
});
