import { expect, test } from "vitest";
import { barOf, lineOf, marksOf, stacked } from "./columns";

const at = (text: string) => Date.parse(`${text}Z`) / 1000;
const WEEKS = ["2026-11-02", "2026-11-09", "2026-11-16"].map((date) => at(`${date}T00:00:00`));
const MINUTES = ["2026-11-18T20:59:00", "2026-11-19T14:30:00", "2026-11-19T14:31:00"].map(at);
const action = (ex_date: string, kind: string) => ({ ex_date, kind, text: kind });

test("a gap in the values is a gap on the line", () => {
  expect(lineOf([1, 2, 3], [10, null, 0])).toEqual([{ time: 1, value: 10 }, { time: 2 }, { time: 3, value: 0 }]);
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
