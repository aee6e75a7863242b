import { expect, test } from "vitest";
import { yearOf } from "./year";

const risk = { since: "2025-03-06", low: 10, high: 20, volatility: null, max_drawdown: null, beta: null, returns: 9 };
const quote = (price: number, low: number | null = null, high: number | null = null) =>
  ({ price, low, high, freshness: "live" }) as const;

test("a price has its place between the low and the high of the year", () => {
  expect(yearOf(quote(12.5), risk)).toEqual({ low: 10, high: 20, place: 0.25 });
  expect(yearOf(quote(20), risk)?.place).toBe(1);
});

test("what today has added belongs to the range, but not a price of another day", () => {
  expect(yearOf(quote(21, 9, 22), risk)).toEqual({ low: 9, high: 22, place: 12 / 13 });
  expect(yearOf({ ...quote(25), freshness: "stale" }, risk)).toEqual({ low: 10, high: 20, place: 1 });
});

test("a year that is not known, or in which nothing moved, has no range", () => {
  expect(yearOf(quote(12), null)).toBeNull();
  expect(yearOf(quote(12), { ...risk, low: null })).toBeNull();
  expect(yearOf(quote(10), { ...risk, high: 10 })).toBeNull();
});
