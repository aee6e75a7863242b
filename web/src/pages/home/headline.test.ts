import { expect, test } from "vitest";
import { headline } from "./headline";

const quote = (symbol: string, change_pct: number | null, stale?: string) =>
  ({ symbol, change_pct, freshness: stale ? "stale" : "live", ts: stale ?? "2026-11-20T21:00:00Z" }) as const;
const list = (changes: Record<string, number | null>) =>
  headline(
    Object.entries(changes).map(([symbol, change_pct]) => quote(symbol, change_pct)),
    "America/New_York",
  );

test("the headline says how many rose, and names the best and the worst", () => {
  expect(list({ NOVA: 1.5, HARB: -2.25, TIDE: 0 })).toBe(
    "1 of 3 rose; NOVA most, +1.50\u202f%. HARB fell most, \u22122.25\u202f%",
  );
});

test("when all rose nobody fell, and when none rose nobody did", () => {
  expect(list({ NOVA: 1.5, HARB: 2 })).toBe("All 2 rose; HARB most, +2.00\u202f%");
  expect(list({ NOVA: -1.5, HARB: 0 })).toBe("0 of 2 rose. NOVA fell most, \u22121.50\u202f%");
  expect(list({ NOVA: 1.5, HARB: 0 })).toBe("1 of 2 rose; NOVA most, +1.50\u202f%");
});

test("a stale price has not moved, and is said to be left out", () => {
  const olde = quote("OLDE", 9, "2025-08-29T00:00:00Z");
  expect(headline([olde, quote("NOVA", 1.5)], "UTC")).toBe("NOVA +1.50\u202f%. 1 stale price left out");
  expect(headline([olde, olde, quote("NOVA", 1.5)], "UTC")).toBe("NOVA +1.50\u202f%. 2 stale prices left out");
});

test("prices that are all stale are told by their day, on the exchange's calendar", () => {
  const [old, older] = [quote("AAPL", 1, "2025-12-02T01:00:00Z"), quote("FB", 1, "2016-12-30T21:00:00Z")];
  expect(headline([old, old], "America/New_York")).toBe("Prices are from 1 Dec 2025");
  expect(headline([older, old], "America/New_York")).toBe("The newest prices are from 1 Dec 2025");
});

test("a symbol without a change counts neither way", () => {
  expect(list({ NOVA: 1.5, NEW: null })).toBe("NOVA +1.50\u202f%");
  expect(list({ NEW: null })).toBe("No closes yet to compare the prices with");
  expect(list({})).toBe("No prices yet");
});
