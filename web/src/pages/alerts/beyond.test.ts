import { expect, test } from "vitest";
import type { Rule } from "../../api/desk";
import { beyondName } from "./beyond";

const target: Rule["target"] = { type: "Symbol", symbol: "QUORB" };

test("what the name says is not said again", () => {
  expect(beyondName({ name: "QUORB reaches 80.50", sentence: "reaches 80.5, every time", target })).toBe("Every time");
  const minute = { name: "QUORB moves 0.01 % in 1 min", sentence: "moves 0.01 % in 1 minute, once, in regular hours" };
  expect(beyondName({ ...minute, target })).toBe("Once, in regular hours");
});

test("a name that says less, or something else, leaves the sentence as it is", () => {
  const sentence = "moves 1 % from the previous close, every time";
  expect(beyondName({ name: "QUORB moves 1 %", sentence, target })).toBe(sentence);
  expect(beyondName({ name: "Mine", sentence, target: null })).toBe(sentence);
});
