import { expect, test } from "vitest";
import type { Quote } from "../api/desk";
import type { Told } from "../api/live";
import { withTold } from "./quotes";

const quote = {
  price: 10,
  ts: "2026-11-20T15:00:00Z",
  previous_close: 8,
  change: 2,
  change_pct: 25,
  open: 9,
  high: 10,
  volume: 100,
  age_s: 1,
  freshness: "delayed",
} as Quote;

const told = (more: Partial<Told>) =>
  ({
    price: 12,
    ts: "2026-11-20T15:00:05Z",
    age_s: 0.2,
    heard: 7,
    open: null,
    high: 12,
    volume: null,
    ...more,
  }) as Told;

test("a newer price changes the change with it, and is live; what was not told stays", () => {
  expect(withTold(quote, 5, told({}))).toMatchObject({
    price: 12,
    change: 4,
    change_pct: 50,
    open: 9,
    high: 12,
    volume: 100,
    freshness: "live",
    age_s: 0.2,
    heard: 7,
  });
});

test("an older price, or none, changes nothing", () => {
  for (const line of [undefined, told({ ts: "2026-11-20T14:59:59Z" }), told({ price: null })]) {
    expect(withTold(quote, 5, line)).toEqual({ ...quote, heard: 5 });
  }
});

test("an old price is as fresh as the desk said", () => {
  expect(withTold(quote, 5, told({ age_s: 600 })).freshness).toBe("delayed");
});
