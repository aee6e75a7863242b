import { expect, test } from "vitest";
import type { Comparison } from "../../api/desk";
import { colourOf, readingOf, seen } from "./views";

const at = (text: string) => Date.parse(`${text}Z`) / 1000;
const lines = (values: Record<string, (number | null)[]>) => ({
  ts: [at("2026-11-18T00:00:00"), at("2026-11-19T00:00:00")],
  values,
});
const row = (symbol: string, decimals: number) => ({ symbol, decimals }) as Comparison["statistics"][number];

const COMPARISON = {
  symbols: ["NOVA", "MICR", "GONE"],
  missing: [{ symbol: "GONE", detail: "GONE has no prices here." }],
  common_start: "2026-11-18T00:00:00Z",
  interval: "1d",
  window: 20,
  rebased: lines({ NOVA: [0, 1.5], MICR: [0, -2], GONE: [null, null] }),
  ratio: lines({ MICR: [0.0001, 0.0002] }),
  moving_average: lines({ NOVA: [null, 189.5], MICR: [null, 0.0217] }),
  hourly_high: lines({ NOVA: [190, 191], MICR: [0.02, 0.03] }),
  daily: {
    dates: ["2026-11-18", "2026-11-19"],
    average: { NOVA: [189, 190], MICR: [0.02, 0.02] },
    volume: { NOVA: [750, 1_500_000], MICR: [250, 500_000] },
    share: { NOVA: [0.75, 0.75], MICR: [0.25, 0.25] },
  },
  statistics: [row("NOVA", 2), row("MICR", 4)],
} as unknown as Comparison;

const COMPARED = ["NOVA", "MICR", "GONE"];

const read = (view: Parameters<typeof seen>[1], symbol: string, index: number) =>
  readingOf(COMPARISON, view, seen(COMPARISON, view, COMPARED, "UTC"), symbol, index);

test("a rebased line reads in per cent and has the start as its level", () => {
  expect([read("rebased", "NOVA", 1), read("rebased", "MICR", 1)]).toEqual(["+1.50\u202f%", "\u22122.00\u202f%"]);
  expect(seen(COMPARISON, "rebased", COMPARED, "UTC").level).toBe(0);
});

test("prices of one chart share the precision the smallest needs", () => {
  expect([read("moving", "NOVA", 1), read("moving", "MICR", 1)]).toEqual(["189.5000", "0.0217"]);
});

test("a symbol without a price in the view asks for no precision there", () => {
  const without = { ...COMPARISON, moving_average: lines({ NOVA: [null, 189.5], MICR: [null, null] }) };
  expect(seen(without, "moving", COMPARED, "UTC").decimals).toBe(2);
});

test("an average that has not begun has no reading", () => {
  expect(read("moving", "NOVA", 0)).toBe("\u2013");
});

test("volumes stand beside their share of the day", () => {
  expect([read("volume", "NOVA", 0), read("volume", "MICR", 1)]).toEqual([
    "750, 75.0\u202f%",
    "500.0\u202fK, 25.0\u202f%",
  ]);
  expect(seen(COMPARISON, "volume", COMPARED, "UTC").ts).toEqual([
    at("2026-11-18T00:00:00"),
    at("2026-11-19T00:00:00"),
  ]);
});

test("a ratio leaves out the symbol it is measured in", () => {
  const ratio = seen(COMPARISON, "ratio", COMPARED, "UTC");
  expect([ratio.what, ratio.series.map(({ symbol }) => symbol)]).toEqual(["NOVA in units of each other", ["MICR"]]);
});

test("a symbol has one colour, whichever view leaves others out", () => {
  const colours = (["rebased", "ratio", "volume"] as const).map(
    (view) => seen(COMPARISON, view, COMPARED, "UTC").series.find(({ symbol }) => symbol === "MICR")?.colour,
  );
  expect(colours).toEqual([2, 2, 2]);
  expect(colourOf("MICR", COMPARED)).toBe(2);
});

test("a change says since when, and leaves out what has no prices", () => {
  const { what, series } = seen(COMPARISON, "rebased", COMPARED, "UTC");
  expect([what, series.map(({ symbol }) => symbol)]).toEqual([
    "Change since the close of 18 Nov 2026",
    ["NOVA", "MICR"],
  ]);
});
