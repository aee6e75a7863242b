import { expect, test } from "vitest";
import { headline } from "./headline";

const list = (changes: Record<string, number | null>) =>
  headline(Object.entries(changes).map(([symbol, change_pct]) => ({ symbol, change_pct, freshness: "live" })));

test("the headline says how many rose, and names the best and the worst", () => {
  expect(list({ NOVA: 1.5, HARB: -2.25, TIDE: 0 })).toBe(
    "1 of 3 rose; NOVA most, +1.50\u202f%. HARB did worst, \u22122.25\u202f%",
  );
});

test("when all rose nobody did badly, and when none rose nobody did well", () => {
  expect(list({ NOVA: 1.5, HARB: 2 })).toBe("All 2 rose; HARB most, +2.00\u202f%");
  expect(list({ NOVA: -1.5, HARB: 0 })).toBe("0 of 2 rose. NOVA did worst, \u22121.50\u202f%");
});

test("a stale price has not moved", () => {
  const stale = { symbol: "OLDE", change_pct: 9, freshness: "stale" } as const;
  const live = { symbol: "NOVA", change_pct: 1.5, freshness: "live" } as const;
  expect(headline([stale, live])).toBe("NOVA +1.50\u202f%");
});

test("a symbol without a change counts neither way", () => {
  expect(list({ NOVA: 1.5, NEW: null })).toBe("NOVA +1.50\u202f%");
  expect(list({ NEW: null })).toBe("No prices yet");
});
