import { expect, test } from "vitest";
import type { Quote, SymbolFigures } from "../../api/desk";
import type { ListView } from "../../lib/address";
import { sorted } from "./sorting";
import { type ColumnKey, figureOf } from "./views";

const quote = (symbol: string, change_pct: number | null) => [symbol, { symbol, change_pct } as Quote] as const;
const QUOTES = new Map([quote("UP", 2), quote("DOWN", -3), quote("FLAT", 0), quote("NONE", null)]);
const LIST = ["NONE", "FLAT", "WAIT", "UP", "DOWN"];

const by = (
  key: ColumnKey,
  descending: boolean,
  { list = LIST, quotes = QUOTES, figures = new Map<string, SymbolFigures>(), view = "price" as ListView } = {},
) => sorted(list, quotes, figures, { key, descending }, figureOf(key, view));

test("without a sort, or by a column of another view, the list keeps the reader's own order", () => {
  expect(sorted(LIST, QUOTES, new Map(), null, undefined)).toEqual(LIST);
  expect(by("beta", true)).toEqual(LIST);
});

test("what has no figure comes last, upwards and downwards", () => {
  expect(by("change_pct", true)).toEqual(["UP", "FLAT", "DOWN", "NONE", "WAIT"]);
  expect(by("change_pct", false)).toEqual(["DOWN", "FLAT", "UP", "NONE", "WAIT"]);
});

test("symbols sort by name, also those without a price yet", () => {
  expect(by("symbol", false)).toEqual(["DOWN", "FLAT", "NONE", "UP", "WAIT"]);
});

test("a stale price has not moved: it comes last by its change, and keeps its place by its price", () => {
  const stale = { symbol: "OLDE", change_pct: 9, price: 5, freshness: "stale" } as Quote;
  const told = { list: ["OLDE", "UP", "DOWN"], quotes: new Map([...QUOTES, ["OLDE", stale] as const]) };
  expect(by("change_pct", true, told)).toEqual(["UP", "DOWN", "OLDE"]);
  expect(by("price", true, told)[0]).toBe("OLDE");
});

test("figures of days past sort from the price as it is now", () => {
  const quotes = new Map(["A", "B", "C"].map((symbol, nth) => [symbol, { symbol, price: 10 * (nth + 1) } as Quote]));
  const close = (price: number) => ({ changes: { "1M": { since: "2026-02-03", close: price, change_pct: 0 } } });
  const figures = new Map([
    ["A", { symbol: "A", risk: null, ...close(5) }],
    ["B", { symbol: "B", risk: null, ...close(25) }],
  ]);
  expect(by("1M", true, { list: ["C", "B", "A"], quotes, figures, view: "performance" })).toEqual(["A", "B", "C"]);
});
