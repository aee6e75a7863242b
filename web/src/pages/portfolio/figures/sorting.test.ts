import { expect, test } from "vitest";
import { sortedBy } from "./sorting";

const sorted = (cells: (string | number | null)[], descending: boolean) => sortedBy(cells, (cell) => cell, descending);

test("amounts that are told as texts are in the order of numbers", () => {
  expect(sorted(["9.5", "-100", "10", "0"], false)).toEqual(["-100", "0", "9.5", "10"]);
});

test("what is missing comes last, whichever way", () => {
  expect(sorted(["2", null, "1"], false)).toEqual(["1", "2", null]);
  expect(sorted([2, null, 3], true)).toEqual([3, 2, null]);
});

test("words are in the order of the alphabet", () => {
  expect(sorted(["shell", "Apple", "Zoom"], false)).toEqual(["Apple", "shell", "Zoom"]);
});
