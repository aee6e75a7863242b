import { expect, test } from "vitest";
import { isNumber, negated, product, rounded, signOf, sum } from "./decimal";

test("sums are exact where floats are not", () => {
  expect([sum("0.1", "0.2"), sum("-1000000000000.01", "0.02"), sum()]).toEqual(["0.3", "-999999999999.99", "0"]);
});

test("a product keeps every digit, and idle zeros go", () => {
  expect([product("12", "189.42"), product("0.16431924", "-2.50"), product("3", "0")]).toEqual([
    "2273.04",
    "-0.4107981",
    "0",
  ]);
});

test("what is no number has no sum", () => {
  expect([sum("1", "one"), product("", "2"), rounded("1e", 2)]).toEqual([null, null, null]);
  expect(["1,5", ".", "", "1e400", "NaN"].map(isNumber)).toEqual([false, false, false, false, false]);
});

test("a power of ten is a number as the desk reads it", () => {
  expect([product("1e9", "60"), sum("2.5e-3", "1"), negated("1.25e1")]).toEqual(["60000000000", "1.0025", "-12.5"]);
});

test("a half is rounded away from zero", () => {
  expect([rounded("2.345", 2), rounded("-2.345", 2), rounded("2.3", 2)]).toEqual(["2.35", "-2.35", "2.3"]);
});

test("signs turn, those of words do not", () => {
  expect([negated("12.50"), negated("\u221212.50"), negated("0"), negated("many")]).toEqual([
    "-12.5",
    "12.5",
    "0",
    "many",
  ]);
  expect([signOf("-0.00"), signOf("0.01"), signOf("-3")]).toEqual([0, 1, -1]);
});
