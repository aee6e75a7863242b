import { expect, test } from "vitest";
import type { InboxEntry } from "../../api/desk";
import { choices, decided, effect, inOrder, stateOf } from "./inbox";

const PREVIEW = {
  factor: 0.25,
  close_before: 104,
  close_after: 26.5,
  change_pct: -74.519,
  adjusted_change_pct: 1.923,
};

const told = (changes: Partial<InboxEntry>) =>
  ({ id: 1, state: "new", source: "yahoo", in_use: true, preview: PREVIEW, ...changes }) as InboxEntry;
const WAITING = told({ id: 2, source: "inferred", in_use: false });

test("an effect tells the factor, both closes and both changes", () => {
  expect(effect(told({}))).toBe(
    "Earlier prices are multiplied by 0.25. The close before it is 104.00, the one after it 26.50: " +
      "\u221274.52\u202f% as traded, and +1.92\u202f% adjusted.",
  );
});

test("what is not in the prices would change them, and what is not known is left out", () => {
  const unsure = { ...PREVIEW, factor: null, close_after: null, change_pct: null, adjusted_change_pct: null };
  expect(effect(told({ preview: unsure }))).toBe("The close before it is 104.00; there is none after it yet.");
  expect(effect({ ...WAITING, preview: { ...unsure, factor: 0.1 } })).toBe(
    "Applied, earlier prices would be multiplied by 0.1. The close before it is 104.00; the days from then on " +
      "were set aside, and are fetched once it is applied.",
  );
  expect(effect(told({ preview: { ...unsure, close_before: null } }))).toBe("There is no close before it.");
});

test("only what the prices suggest waits, until it is decided", () => {
  expect([WAITING, decided(WAITING, "apply"), decided(WAITING, "undo")].map(stateOf)).toEqual([
    "Waits for you",
    "Applied, in the prices",
    "Undone",
  ]);
  expect([told({}), told({ in_use: false })].map(stateOf)).toEqual(["New, in the prices", "New, not in the prices"]);
});

test("what can be done follows from how it stands", () => {
  const labels = (entry: InboxEntry) => choices(entry).map(({ label }) => label);
  expect(labels(WAITING)).toEqual(["Apply", "Dismiss"]);
  expect(labels(told({}))).toEqual(["Undo", "Keep"]);
  expect(labels(told({ state: "applied" }))).toEqual(["Undo"]);
  expect(labels(told({ state: "undone", in_use: false }))).toEqual(["Apply"]);
});

test("what waited stays on top", () => {
  expect(inOrder([told({}), WAITING], new Set([2])).map(({ id }) => id)).toEqual([2, 1]);
});
