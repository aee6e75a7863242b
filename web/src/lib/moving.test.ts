import { expect, test } from "vitest";
import { movedBy, movedTo } from "./moving";

const ITEMS = ["a", "b", "c", "d"];

test("what is dropped on another takes its place, from before and from behind", () => {
  expect(movedTo(ITEMS, "a", "c")).toEqual(["b", "c", "a", "d"]);
  expect(movedTo(ITEMS, "d", "b")).toEqual(["a", "d", "b", "c"]);
  expect(movedTo(ITEMS, "b", "b")).toEqual(ITEMS);
});

test("a step moves by one place, and none leads beyond an end", () => {
  expect(movedBy(ITEMS, "b", 1)).toEqual(["a", "c", "b", "d"]);
  expect(movedBy(ITEMS, "b", -1)).toEqual(["b", "a", "c", "d"]);
  expect(movedBy(ITEMS, "a", -1)).toBeNull();
  expect(movedBy(ITEMS, "d", 1)).toBeNull();
});
