import { expect, test } from "vitest";
import type { Quote } from "../../api/desk";
import { sorted } from "./sorting";

const quote = (symbol: string, change_pct: number | null) => [symbol, { symbol, change_pct } as Quote] as const;
const QUOTES = new Map([quote("UP", 2), quote("DOWN", -3), quote("FLAT", 0), quote("NONE", null)]);
const LIST = ["NONE", "FLAT", "WAIT", "UP", "DOWN"];

test("without a sort the list keeps the reader's own order", () => {
  expect(sorted(LIST, QUOTES, null)).toEqual(LIST);
});

test("what has no figure comes last, upwards and downwards", () => {
  expect(sorted(LIST, QUOTES, { key: "change_pct", descending: true })).toEqual(["UP", "FLAT", "DOWN", "NONE", "WAIT"]);
  expect(sorted(LIST, QUOTES, { key: "change_pct", descending: false })).toEqual([
    "DOWN",
    "FLAT",
    "UP",
    "NONE",
    "WAIT",
  ]);
});

test("symbols sort by name, also those without a price yet", () => {
  expect(sorted(LIST, QUOTES, { key: "symbol", descending: false })).toEqual(["DOWN", "FLAT", "NONE", "UP", "WAIT"]);
});

test("a stale price has not moved: it comes last by its change, and keeps its place by its price", () => {
  const stale = { symbol: "OLDE", change_pct: 9, price: 5, freshness: "stale" } as Quote;
  const quotes = new Map([...QUOTES, ["OLDE", stale] as const]);
  const by = (key: "change_pct" | "price") => sorted(["OLDE", "UP", "DOWN"], quotes, { key, descending: true });
  expect(by("change_pct")).toEqual(["UP", "DOWN", "OLDE"]);
  expect(by("price")[0]).toBe("OLDE");
});
