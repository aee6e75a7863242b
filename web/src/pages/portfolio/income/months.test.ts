import { expect, test } from "vitest";
import { barsOf } from "./months";

const sums = (key: string, net: string | null, announced: string | null = "0") => ({
  key,
  net,
  announced,
  gross: net,
  tax: "0",
  fee: "0",
});

test("months in which nothing came have their place, over the turn of a year too", () => {
  expect(barsOf([sums("2026-02", "5", "7.5"), sums("2025-11", "12.75")])).toEqual([
    { month: "2025-11", came: 12.75, comes: 0 },
    { month: "2025-12", came: 0, comes: 0 },
    { month: "2026-01", came: 0, comes: 0 },
    { month: "2026-02", came: 5, comes: 7.5 },
  ]);
});

test("without income there are no months", () => {
  expect(barsOf([])).toEqual([]);
});
