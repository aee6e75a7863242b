import { expect, test } from "vitest";
import { actionText } from "./actions";

const split = (ex_date: string, ratio: number) => ({
  ex_date,
  kind: "split",
  ratio,
  amount: null,
  currency: null,
  text: "Split",
});
const paid = {
  ex_date: "2014-02-06",
  kind: "dividend",
  ratio: null,
  amount: 3.05,
  currency: "USD",
  text: "Dividend 3.05 USD",
};
const all = [paid, split("2005-02-28", 2), split("2014-06-09", 7), split("2020-08-31", 4), split("2027-01-01", 2)];

test("a dividend before splits is told for a unit of today where prices are, those yet to come left out", () => {
  expect(actionText(paid, all, "split", "2026-11-21")).toBe("Dividend 0.1089 USD, 3.05 before splits");
  expect(actionText(paid, all, "total", "2014-12-01")).toBe("Dividend 0.4357 USD, 3.05 before splits");
});

test("as traded, and where nothing was split since, it is what was paid", () => {
  expect(actionText(paid, all, "raw", "2026-11-21")).toBe("Dividend 3.05 USD");
  expect(actionText({ ...paid, ex_date: "2026-11-06" }, all, "split", "2026-11-21")).toBe("Dividend 3.05 USD");
});

test("dividends have decimals alike", () => {
  expect(actionText({ ...paid, amount: 0.2, text: "Dividend 0.2 USD" }, [], "split", "2026-11-21")).toBe(
    "Dividend 0.20 USD",
  );
});
