import { expect, test } from "vitest";
import { differences, titleOf } from "./words";

test("a transaction is called by its kind, its units and its instrument", () => {
  expect([
    titleOf({ kind: "sell", ticker: "MSFT", instrument: "MSFT", quantity: "-12.50" }),
    titleOf({ kind: "deposit", ticker: null, instrument: null, quantity: "0" }),
    titleOf({ kind: "delivery_in", ticker: null, instrument: "own:3", quantity: "1" }),
  ]).toEqual(["Sell 12.5 MSFT", "Deposit", "Delivery in 1 own:3"]);
});

test("two versions differ where they say something else, not where they write it differently", () => {
  const mine = { quantity: "10.00", cash: "-100", note: "", tags: ["a", "b"] };
  const theirs = { quantity: "10", cash: "-101.5", note: "late", tags: ["a", "b"] };
  expect(differences(mine, theirs)).toEqual([
    { field: "Amount", mine: "\u2212100", theirs: "\u2212101.5" },
    { field: "Note", mine: "\u2013", theirs: "late" },
  ]);
});
