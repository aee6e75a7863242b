import { expect, test } from "vitest";
import type { Bars } from "../api/desk";
import { happenedOn, summaryOf } from "./summary";

const at = (text: string) => Date.parse(`${text}Z`) / 1000;
const ACME = { symbol: "ACME", decimals: 2, zone: "UTC", summary: "As the desk said." };

function chart(interval: string, stamps: [string, string], more: Partial<Bars>): Bars {
  const ts = stamps.map(at);
  const bars = { ts, open: [9, 10], high: [12, 11], low: [9, 9.5], close: [10, 10.5], volume: [1, 2] };
  return { ...ACME, interval, bars, previous_close: null, change_pct: 5, ...more } as unknown as Bars;
}

const bar = (ts: string, close: number) => ({ ts: at(ts), open: 10, high: 11, low: 9, close, volume: 1 });

test("where nothing was told since, the sentence is the desk's", () => {
  expect(summaryOf(chart("1d", ["2026-11-19", "2026-11-20"], {}), [])).toBe("As the desk said.");
});

test("a price told since ends the sentence, measured from where the desk measured", () => {
  const days = chart("1d", ["2026-11-19T00:00:00", "2026-11-20T00:00:00"], {});
  expect(summaryOf(days, [bar("2026-11-20T00:00:00", 11)])).toBe(
    "ACME rose 10.0\u202f%, from 10.00 to 11.00, 19 Nov 2026 to 20 Nov 2026; highest 12.00, 19 Nov 2026.",
  );
});

test("a day of minutes is told by the clock, from the close before, to the newest bar", () => {
  const minutes = chart("1m", ["2026-11-20T09:30:00", "2026-11-20T09:31:00"], { previous_close: 12 });
  expect(summaryOf(minutes, [bar("2026-11-20T09:31:00", 10.5), bar("2026-11-20T09:32:00", 10.2)])).toBe(
    "ACME fell 15.0\u202f%, from 12.00, the close before, to 10.20, 09:30 to 09:32; highest 12.00, 09:30.",
  );
  expect(summaryOf(minutes, [bar("2026-11-20T09:31:00", 12)])).toContain("ACME hardly moved, from 12.00");
});

test("bars of weeks begin on the day that the desk told", () => {
  const told = "ACME rose 1.0 %, from 10.00 to 10.50, 18 Nov 2025 to 20 Nov 2025; highest 12.00, in the week.";
  const weeks = chart("1w", ["2025-11-17T00:00:00", "2025-11-24T00:00:00"], { summary: told });
  const sentence = summaryOf(weeks, [bar("2025-11-24T00:00:00", 11)]);
  expect(sentence).toContain("to 11.00, 18 Nov 2025 to ");
  expect(sentence).toContain("highest 12.00, in the bar of 17 Nov 2025.");
});

test("one alert on a bar is told in its own words, and several by their number", () => {
  expect(happenedOn(["Alert at 10.00"])).toBe("Alert at 10.00");
  expect(happenedOn(Array(26).fill("Alert at 10.00"))).toBe("26 alerts on this bar");
});
