import { expect, test } from "vitest";
import { slotsOf } from "./slots";

const days = (...dates: string[]) => dates.map((date) => Date.parse(date) / 1000);
/** As wide as three bars may be. */
const WIDTH = 60;

test("bars that follow one another stand side by side, over a weekend too", () => {
  const wall = days("2026-11-19", "2026-11-20", "2026-11-23");
  expect(slotsOf(wall, "1d", WIDTH)).toEqual({ wall, ofBar: [0, 1, 2], barAt: [0, 1, 2] });
});

test("where more than ten sessions are missing a place stays empty", () => {
  const wall = days("2021-03-31", "2025-08-28");
  const [before = 0, after = 0] = wall;
  expect(slotsOf(wall, "1d", WIDTH)).toEqual({ wall: [before, before + 1, after], ofBar: [0, 2], barAt: [0, -1, 1] });
});

test("a month's bar covers its month, and is no gap", () => {
  expect(slotsOf(days("2026-01-01", "2026-02-01"), "1mo", WIDTH).barAt).toEqual([0, 1]);
  expect(slotsOf(days("2026-01-01", "2026-03-01"), "1mo", WIDTH).barAt).toEqual([0, -1, 1]);
});

test("many gaps leave most of the chart to the bars", () => {
  const wall = Array.from({ length: 400 }, (_, bar) => bar * 40 * 86_400);
  expect(slotsOf(wall, "1d", 1000).wall.length).toBe(2 * wall.length - 1);
});

test("where a pixel is more than a bar, the first ones have room at the left", () => {
  const minutes = Array.from({ length: 480 }, (_, bar) => 86_400 + bar * 60);
  const { wall, ofBar, barAt } = slotsOf(minutes, "1m", 288);
  expect(barAt.slice(0, 4)).toEqual([-1, -1, 0, 1]);
  expect(wall.slice(0, 3)).toEqual([86_398, 86_399, 86_400]);
  expect(ofBar[0]).toBe(2);
});

test("few bars stand in the middle, each no wider than it may be", () => {
  const wall = days("2026-11-19", "2026-11-20");
  const { ofBar, barAt, wall: places } = slotsOf(wall, "1d", 300);
  expect(barAt).toEqual([-1, -1, -1, -1, 0, 1, -1, -1, -1, -1]);
  expect(ofBar).toEqual([4, 5]);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test("nothing to show has no places", () => {
  expect(slotsOf([], "1d", 300).wall).toEqual([]);
});
