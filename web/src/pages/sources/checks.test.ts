import { expect, test } from "vitest";
import type { Report } from "../../api/desk";
import { differing, newestOfEach } from "./checks";

const report = (symbol: string, day: string, agree: number | null, only_official = 0) =>
  ({ symbol, day, official: agree === null ? null : 10, agree, only_official }) as Report;

test("minutes that both told and that do not agree differ", () => {
  expect(differing(report("ACME", "2026-01-05", 7, 2))).toBe(1);
  expect(differing(report("ACME", "2026-01-05", null))).toBeNull();
});

test("each symbol has its newest report, and those that differ most come first", () => {
  const reports = [
    report("ACME", "2026-01-06", 10),
    report("BOLT", "2026-01-06", 7),
    report("CARP", "2026-01-06", 5, 5),
    report("ACME", "2026-01-05", 1),
  ];
  expect(newestOfEach(reports).map(({ symbol, day }) => `${symbol} ${day}`)).toEqual([
    "BOLT 2026-01-06",
    "CARP 2026-01-06",
    "ACME 2026-01-06",
  ]);
});
