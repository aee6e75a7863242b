import { expect, test } from "vitest";
import {
  barOf,
  brokenLineOf,
  clustered,
  gappedLineOf,
  inPlaces,
  lineOf,
  marksOf,
  onlyCloses,
  stacked,
} from "./columns";

const at = (text: string) => Date.parse(`${text}Z`) / 1000;
const WEEKS = ["2026-11-02", "2026-11-09", "2026-11-16"].map((date) => at(`${date}T00:00:00`));
const MINUTES = ["2026-11-18T20:59:00", "2026-11-19T14:30:00", "2026-11-19T14:31:00"].map(at);
const action = (ex_date: string, kind: string) => ({ ex_date, kind, text: kind });

test("a gap in the values is a gap on the line", () => {
  expect(lineOf([1, 2, 3], [10, null, 0])).toEqual([{ time: 1, value: 10 }, { time: 2 }, { time: 3, value: 0 }]);
});

test("a line is not drawn over more than a month without a value, but over shorter holes it is", () => {
  const wall = ["2021-03-30", "2021-03-31", "2021-04-20", "2025-08-28"].map((date) => at(`${date}T00:00:00`));
  expect(brokenLineOf(wall, [1, null, 2, 3])).toEqual([
    { time: wall[0], value: 1 },
    { time: wall[1] },
    { time: wall[2], value: 2, color: "transparent" },
    { time: wall[3], value: 3 },
  ]);
});

test("a place that has no bar is left empty", () => {
  const slots = { wall: [1, 2, 9], ofBar: [0, 2], barAt: [0, -1, 1] };
  expect(inPlaces(lineOf([1, 9], [10, 11]), slots)).toEqual([
    { time: 1, value: 10 },
    { time: 2 },
    { time: 9, value: 11 },
  ]);
});

test("closes alone are a line; a bar or two without an open are not", () => {
  const columns = (open: (number | null)[]) => ({
    ts: [1, 2, 3],
    open,
    high: open,
    low: open,
    close: [1, 2, 3],
    volume: [],
  });
  expect(onlyCloses(columns([null, null, null]))).toBe(true);
  expect(onlyCloses(columns([1, null, 3]))).toBe(false);
});

test("an action on a Wednesday belongs to the week that holds it", () => {
  expect(barOf(WEEKS, at("2026-11-11T00:00:00"), false)).toBe(1);
  expect(barOf(WEEKS, at("2026-11-16T00:00:00"), false)).toBe(2);
  expect(barOf(WEEKS, at("2026-11-18T00:00:00"), false)).toBe(2);
});

test("an action before the first bar is not on the chart", () => {
  expect(barOf(WEEKS, at("2026-10-30T00:00:00"), false)).toBe(-1);
});

test("intraday, an action stands on its day's first bar", () => {
  expect(barOf(MINUTES, at("2026-11-19T00:00:00"), true)).toBe(1);
});

test("two actions of one week are one mark", () => {
  const marks = marksOf(WEEKS, [action("2026-11-10", "dividend"), action("2026-11-12", "split")], false);
  expect(marks).toEqual([{ index: 1, letter: "D S", text: "dividend; split" }]);
});

test("stacked columns are running totals, and a missing part adds nothing", () => {
  expect(stacked([[1, null], [2, 5], [3, 1]])).toEqual([[1, 0], [3, 5], [6, 6]]); // biome-ignore format: a small matrix
});

test("marks that would crowd are told by the year or so, each with its count; others stay as they are", () => {
  const quarterly = Array.from({ length: 9 }, (_, quarter) => ({ index: quarter * 13, letter: "D", text: "" }));
  expect(clustered(quarterly, 2)).toEqual(quarterly);
  expect(clustered(quarterly, 1.7).map(({ index, letter }) => [index, letter])).toEqual([
    [26, "5\u00a0D"],
    [78, "4\u00a0D"],
  ]);
});

test("a split is told first among dividends", () => {
  const marks = ["D", "S D", "D"].map((letter, place) => ({ index: place * 2, letter, text: "" }));
  expect(clustered(marks, 1).map(({ letter }) => letter)).toEqual(["S 3\u00a0D"]);
});

test("a line is not drawn from a value to one that follows a missing one", () => {
  const line = gappedLineOf([1, 2, 3, 4], [10, null, 12, 13]);
  expect(line.map((point) => ("value" in point ? [point.value, "color" in point] : null))).toEqual([
    [10, true],
    null,
    [12, false],
    [13, false],
  ]);
});
