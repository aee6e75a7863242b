import { expect, test } from "vitest";
import type { Bars, Quote } from "../api/desk";
import type { Minute } from "../api/live";
import { type Heard, latestOf, withLatest } from "./latest";

const at = (text: string) => Date.parse(`${text}Z`) / 1000;

/** Two bars, of which the desk had stored all up to `end`. */
function chart(interval: string, last: string, end = last, zone = "America/New_York"): Bars {
  const bars = { ts: [0, at(last)], open: [9, 10], high: [9, 11], low: [9, 9.5], close: [9, 10.5], volume: [1, 2] };
  return { interval, zone, as_of: null, end: `${end}Z`, bars } as unknown as Bars;
}

const session = { open: "2026-11-20T14:30:00Z", close: "2026-11-20T21:00:00Z" };

function heard(more: Partial<Heard>): Heard {
  return { quote: undefined, minutes: [], session, hours: "regular", ...more };
}

const quote = (price: number, ts: string, freshness = "live", volume: number | null = null) =>
  ({ price, ts: `${ts}Z`, freshness, volume }) as Quote;

const minute = (ts: string, open: number, high: number, low: number, close: number, volume: number): Minute => ({
  ts: at(ts),
  open,
  high,
  low,
  close,
  volume,
});

test("a minute the desk had not stored widens the bar it falls in; one it had counts once", () => {
  const half = chart("30m", "2026-11-20T15:00:00", "2026-11-20T15:07:00");
  const minutes = [
    minute("2026-11-20T15:06:00", 1, 99, 1, 1, 500),
    minute("2026-11-20T15:07:00", 10.6, 12, 9, 11.5, 3),
  ];
  const latest = latestOf(half, heard({ minutes }));
  expect(latest).toEqual([{ ts: at("2026-11-20T15:00:00"), open: 10, high: 12, low: 9, close: 11.5, volume: 5 }]);
  expect(withLatest(half, latest).bars).toEqual({
    ts: [0, at("2026-11-20T15:00:00")],
    open: [9, 10],
    high: [9, 12],
    low: [9, 9],
    close: [9, 11.5],
    volume: [1, 5],
  });
});

test("told first as running minutes and then stored, a bar is the same", () => {
  const minutes = [minute("2026-11-20T15:07:00", 10.6, 12, 9, 11.5, 3)];
  const before = chart("30m", "2026-11-20T15:00:00", "2026-11-20T15:07:00");
  const after = chart("30m", "2026-11-20T15:00:00", "2026-11-20T15:08:00");
  Object.assign(after.bars, { high: [9, 12], low: [9, 9], close: [9, 11.5], volume: [1, 5] });
  expect(latestOf(after, heard({ minutes }))).toEqual([]);
  expect(withLatest(before, latestOf(before, heard({ minutes }))).bars).toEqual(after.bars);
});

test("minutes after the last bar begin bars on the session's grid", () => {
  const hours = chart("1h", "2026-11-20T14:30:00", "2026-11-20T15:30:00");
  const minutes = [minute("2026-11-20T15:30:00", 11, 11, 11, 11, 4), minute("2026-11-20T15:31:00", 12, 13, 12, 13, 5)];
  expect(latestOf(hours, heard({ minutes })).slice(1)).toEqual([
    { ts: at("2026-11-20T15:30:00"), open: 11, high: 13, low: 11, close: 13, volume: 9 },
  ]);
});

test("the first minute of a session begins its first bar, however long ago the last one was", () => {
  const yesterday = chart("30m", "2026-11-19T20:30:00", "2026-11-19T21:00:00");
  const minutes = [minute("2026-11-20T14:31:00", 11, 11, 11, 11, 4)];
  expect(latestOf(yesterday, heard({ minutes })).at(-1)?.ts).toBe(at("2026-11-20T14:30:00"));
});

test("minutes after the close are in extended hours only, in bars of their own", () => {
  const hours = chart("1h", "2026-11-20T20:30:00", "2026-11-20T21:00:00");
  const minutes = [minute("2026-11-20T21:05:00", 11, 11, 11, 11, 4)];
  expect(latestOf(hours, heard({ minutes }))).toEqual([]);
  expect(latestOf(hours, heard({ minutes, hours: "extended" })).at(-1)?.ts).toBe(at("2026-11-20T21:00:00"));
});

test("the price closes the bar it falls in, and begins one where no minute has", () => {
  const minutes = chart("1m", "2026-11-20T15:00:00");
  expect(latestOf(minutes, heard({ quote: quote(12, "2026-11-20T15:00:30") }))).toEqual([
    { ts: at("2026-11-20T15:00:00"), open: 10, high: 12, low: 9.5, close: 12, volume: 2 },
  ]);
  expect(latestOf(minutes, heard({ quote: quote(12, "2026-11-20T15:02:30") })).at(-1)).toEqual({
    ts: at("2026-11-20T15:02:00"),
    open: 12,
    high: 12,
    low: 12,
    close: 12,
    volume: null,
  });
});

test("a day's bar is that of the exchange's date and of its regular hours, with the volume of the session", () => {
  const days = chart("1d", "2026-11-20T00:00:00");
  const of = (price: number, ts: string) => latestOf(days, heard({ quote: quote(price, ts, "live", 7) }));
  expect(of(9, "2026-11-20T20:00:00")).toEqual([
    { ts: at("2026-11-20T00:00:00"), open: 10, high: 11, low: 9, close: 9, volume: 7 },
  ]);
  expect(of(9, "2026-11-20T21:30:00")).toEqual([]);
  const before = chart("1d", "2026-11-19T00:00:00");
  expect(latestOf(before, heard({ quote: quote(9, "2026-11-20T15:00:00") })).at(-1)).toMatchObject({
    ts: at("2026-11-20T00:00:00"),
    open: 9,
  });
});

test("where no session is known, bars go on from the last one for a while", () => {
  const half = chart("30m", "2026-11-20T15:00:00");
  const of = (ts: string) => latestOf(half, heard({ session: undefined, quote: quote(12, ts) })).at(-1)?.ts;
  expect(of("2026-11-20T15:40:00")).toBe(at("2026-11-20T15:30:00"));
  expect(of("2026-11-20T18:00:00")).toBeUndefined();
});

test("a price of a closed market, or the past's point of view, changes no bar", () => {
  const half = chart("30m", "2026-11-20T15:00:00");
  const now = quote(12, "2026-11-20T15:07:00");
  expect(latestOf(half, heard({ quote: { ...now, freshness: "closed" } }))).toEqual([]);
  expect(latestOf({ ...half, as_of: "2026-11-20T15:07:00Z" }, heard({ quote: now }))).toEqual([]);
  expect(latestOf(half, heard({}))).toEqual([]);
});

test("a series of closes stays one", () => {
  const closes = chart("1d", "2026-11-20T00:00:00");
  closes.bars.open = closes.bars.high = closes.bars.low = [null, null];
  const [latest] = latestOf(closes, heard({ quote: quote(9, "2026-11-20T20:00:00") }));
  expect(latest).toMatchObject({ open: null, high: null, low: null, close: 9 });
});
