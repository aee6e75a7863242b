import { expect, test } from "vitest";
import { askedOf, choicesOf } from "./log";

test("the desk is asked for one person, for one kind of deed, or for both; who had not signed in has no name", () => {
  expect([
    askedOf({ who: null, what: null }),
    askedOf({ who: "Ann", what: "signed in" }),
    askedOf({ who: "Nobody signed in", what: null }),
  ]).toEqual([{}, { name: "Ann", what: "signed in" }, { name: "" }]);
});

test("what is chosen is among the choices, also where there is none of it", () => {
  const values = (found: string[], chosen: string | null) => choicesOf(found, chosen).map(({ value }) => value);
  expect(values(["", "Ann", "Bob"], null)).toEqual(["Ann", "Bob", "Nobody signed in"]);
  expect(values(["login refused", "signed in"], "renamed")).toEqual(["login refused", "renamed", "signed in"]);
});
