import { expect, test } from "vitest";
import { wallSeconds } from "./zone";

const utc = (text: string) => Date.parse(`${text}Z`) / 1000;
const read = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19);

test("an instant reads as the exchange's clock, before and after the clocks change", () => {
  const wall = wallSeconds([utc("2026-03-06T14:30:00"), utc("2026-03-09T13:30:00")], "America/New_York");
  expect(wall.map(read)).toEqual(["2026-03-06T09:30:00", "2026-03-09T09:30:00"]);
});

test("a session that spans midnight in UTC stays one day on its own clock", () => {
  const wall = wallSeconds([utc("2026-01-12T23:00:00"), utc("2026-01-13T04:00:00")], "Australia/Sydney");
  expect(wall.map(read)).toEqual(["2026-01-13T10:00:00", "2026-01-13T15:00:00"]);
});

test("the hour a clock repeats stays in order", () => {
  const hours = ["2026-11-01T05:00:00", "2026-11-01T05:30:00", "2026-11-01T06:00:00", "2026-11-01T07:00:00"].map(utc);
  const wall = wallSeconds(hours, "America/New_York");
  expect(wall.map(read)).toEqual([
    "2026-11-01T01:00:00",
    "2026-11-01T01:30:00",
    "2026-11-01T01:30:01",
    "2026-11-01T02:00:00",
  ]);
});
