import { expect, test } from "vitest";
import type { Bars, Quote } from "../api/desk";
import { latestOf, withLatest } from "./latest";

const at = (text: string) => Date.parse(`${text}Z`) / 1000;

function chart(interval: string, last: string, zone = "America/New_York"): Bars {
  const bars = { ts: [0, at(last)], open: [9, 10], high: [9, 11], low: [9, 9.5], close: [9, 10.5], volume: [1, 2] };
  return { interval, zone, as_of: null, bars } as unknown as Bars;
}

const quote = (price: number, ts: string, freshness = "live") => ({ price, ts: `${ts}Z`, freshness }) as Quote;

test("a live price closes the bar it falls in, and widens it", () => {
  const minutes = chart("30m", "2026-11-20T15:00:00");
  const latest = latestOf(minutes, quote(12, "2026-11-20T15:07:00"));
  expect(latest).toEqual({ ts: at("2026-11-20T15:00:00"), open: 10, high: 12, low: 9.5, close: 12, volume: 2 });
  expect(withLatest(minutes, latest).bars).toEqual({ ...minutes.bars, high: [9, 12], close: [9, 12] });
});

test("a price told after the last bar begins the bar it falls in", () => {
  const minutes = chart("1m", "2026-11-20T15:00:00");
  const latest = latestOf(minutes, quote(12, "2026-11-20T15:02:30"));
  expect(latest).toEqual({ ts: at("2026-11-20T15:02:00"), open: 12, high: 12, low: 12, close: 12, volume: null });
  expect(withLatest(minutes, latest).bars).toEqual({
    ts: [0, at("2026-11-20T15:00:00"), at("2026-11-20T15:02:00")],
    open: [9, 10, 12],
    high: [9, 11, 12],
    low: [9, 9.5, 12],
    close: [9, 10.5, 12],
    volume: [1, 2, null],
  });
});

test("a day's bar is that of the exchange's date", () => {
  const days = chart("1d", "2026-11-20T00:00:00");
  expect(latestOf(days, quote(9, "2026-11-20T21:00:00"))).toMatchObject({ open: 10, high: 11, low: 9, close: 9 });
  expect(latestOf(days, quote(9, "2026-11-21T01:00:00"))?.close).toBe(9);
  expect(latestOf(days, quote(9, "2026-11-21T15:00:00"))).toBeNull();
});

test("a price of another time, of a closed market or from the past's point of view changes no bar", () => {
  const minutes = chart("30m", "2026-11-20T15:00:00");
  expect(latestOf(minutes, quote(12, "2026-11-20T18:00:00"))).toBeNull();
  expect(latestOf(minutes, quote(12, "2026-11-20T15:07:00", "closed"))).toBeNull();
  expect(latestOf({ ...minutes, as_of: "2026-11-20T15:07:00Z" }, quote(12, "2026-11-20T15:07:00"))).toBeNull();
  expect(latestOf(minutes, undefined)).toBeNull();
});

test("a series of closes stays one", () => {
  const closes = chart("1d", "2026-11-20T00:00:00");
  closes.bars.open = closes.bars.high = closes.bars.low = [null, null];
  const latest = latestOf(closes, quote(9, "2026-11-20T21:00:00"));
  expect(latest).toMatchObject({ open: null, high: null, low: null, close: 9 });
});
