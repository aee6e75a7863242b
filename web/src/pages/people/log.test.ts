import { expect, test } from "vitest";
import type { Entry } from "../../api/desk";
import { choicesOf, matching } from "./log";

const entry = (id: number, name: string, what: string): Entry => ({
  id,
  at: "2026-03-04T12:00:00Z",
  person: null,
  name,
  what,
  about: "",
  address: "203.0.113.7",
});
const LOG = [entry(4, "Ann", "signed in"), entry(3, "", "login refused"), entry(2, "Bob", "signed in")];
const ids = (asked: Parameters<typeof matching>[1]) => matching(LOG, asked).map(({ id }) => id);

test("the log is told of one person, of one kind of deed, or of both", () => {
  expect(ids({ who: null, what: null })).toEqual([4, 3, 2]);
  expect(ids({ who: "Ann", what: null })).toEqual([4]);
  expect(ids({ who: null, what: "signed in" })).toEqual([4, 2]);
  expect(ids({ who: "Ann", what: "login refused" })).toEqual([]);
  expect(ids({ who: "Nobody signed in", what: null })).toEqual([3]);
});

test("what is chosen is among the choices, also where there is none of it", () => {
  const values = (key: "who" | "what", chosen: string | null) => choicesOf(LOG, key, chosen).map(({ value }) => value);
  expect(values("who", null)).toEqual(["Ann", "Bob", "Nobody signed in"]);
  expect(values("what", "renamed")).toEqual(["login refused", "renamed", "signed in"]);
});
