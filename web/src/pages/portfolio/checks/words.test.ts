import { expect, test } from "vitest";
import { headline, numberText, shareTyped, thresholdText, typedPercent, wordsOf } from "./words";

test("shares are told in percent, and counts as they are", () => {
  expect([
    numberText({ name: "position", number: "0.408" }),
    numberText({ name: "price_missing", number: "2" }),
    numberText({ name: "cash", number: null }),
    thresholdText({ name: "sector", threshold: "0.4" }),
    thresholdText({ name: "price_stale", threshold: "5" }),
  ]).toEqual(["40.8\u202f%", "2", "\u2013", "40.0\u202f%", "5 days"]);
});

test("a check that the page does not know yet has its own name", () => {
  expect(wordsOf("too_many_orders").title).toBe("too many orders");
});

test("the headline says how many ask for attention", () => {
  expect(headline([{ state: "good" }, { state: "attention" }])).toBe("1 of 2 checks asks for attention");
  expect(headline([{ state: "attention" }, { state: "attention" }, { state: "unknown" }])).toBe(
    "2 of 3 checks ask for attention; 1 cannot be told",
  );
  expect(headline([{ state: "good" }])).toBe("All is as you want it");
  expect(headline([{ state: "unknown" }])).toBe("1 check cannot be told");
});

test("a threshold is typed in percent and kept as a share", () => {
  expect([
    typedPercent("0.2"),
    typedPercent("0.125"),
    shareTyped("12.5"),
    shareTyped("20"),
    shareTyped("much"),
  ]).toEqual(["20", "12.5", "0.125", "0.2", "much"]);
});
