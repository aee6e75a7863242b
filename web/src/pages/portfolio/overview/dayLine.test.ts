import { expect, test } from "vitest";
import { dayLine } from "./dayLine";

const spark = { ts: [1, 2], close: [10, 11] };
const price = { price: "11", day: "2026-03-03", source: "yahoo" };
const closed = { day: "2026-03-03", freshness: "closed", spark, ts: "2026-03-03T21:00:00Z" } as const;
const live = { day: null, freshness: "live", spark, ts: "2026-03-03T15:00:00Z" } as const;

test("a line of the session that the price is of is drawn", () => {
  expect(dayLine({ price }, closed)).toEqual([10, 11]);
  expect(dayLine({ price }, live)).toEqual([10, 11]);
  expect(dayLine({ price: { ...price, day: "2026-03-04" } }, { ...live, ts: "2026-03-03T23:10:00Z" })).toEqual([
    10, 11,
  ]);
});

test.each([
  ["without a price", { price: null }, closed],
  ["by hand", { price: { ...price, source: "by hand" } }, closed],
  ["of a day before", { price: { ...price, day: "2026-03-02" } }, closed],
  ["of a week before", { price: { ...price, day: "2026-02-24" } }, live],
  ["that is old", { price }, { ...closed, freshness: "stale" } as const],
  ["that nobody knows", { price }, undefined],
  ["without a line", { price }, { ...closed, spark: null }],
])("a price %s has none", (_, position, quote) => {
  expect(dayLine(position, quote)).toBe(null);
});
