import { expect, test } from "vitest";
import type { ClosedLot, Lots, OpenLot, Position } from "../../../api/desk";
import { boughtIn, costLine, worthOf } from "./cost";

const TODAY = "2025-12-31";
const amount = (told: string | null, currency = "USD") => ({
  amount: told,
  currency,
  base: told,
  fees: "0",
  taxes: "0",
});
const open = (acquired: string, units: string, cost: string | null) =>
  ({ acquired, units, cost: amount(cost), actions: [] }) as unknown as OpenLot;
const closed = (acquired: string, day: string, units: string, cost: string, short = false) =>
  ({ acquired, day, units, cost: amount(cost), short, actions: [] }) as unknown as ClosedLot;
const lots = (held: OpenLot[], gone: ClosedLot[]) => ({ open: held, closed: gone }) as unknown as Lots;

test("a unit costs what those that are held cost on average, and nothing while none is", () => {
  const told = lots([open("2025-03-01", "10", "200")], [closed("2025-01-01", "2025-04-01", "10", "100")]);
  expect(costLine(told, [], ["2024-12-31", "2025-01-01", "2025-03-01", "2025-04-01"], TODAY, TODAY)).toEqual([
    null,
    10,
    15,
    20,
  ]);
});

test("what was sold before a split is counted in units of today", () => {
  const split = { kind: "split", ex_date: "2025-06-01", ratio: 2 };
  const told = lots([open("2025-01-01", "20", "100")], [closed("2025-01-01", "2025-05-01", "10", "100")]);
  // Ten of thirty units of then, which are twenty and twenty of today.
  expect(costLine(told, [split], ["2025-02-01", "2025-07-01"], TODAY, TODAY)).toEqual([5, 5]);
});

test("what was sold without being held is no cost of what is held", () => {
  expect(
    costLine(lots([], [closed("2025-01-01", "2025-02-01", "5", "50", true)]), [], ["2025-01-15"], TODAY, TODAY),
  ).toEqual([null]);
});

test("lots of a day before a split are told in units of that day, and drawn in those of today", () => {
  const split = { kind: "split", ex_date: "2025-06-01", ratio: 4 };
  const told = lots([open("2025-01-01", "5", "400")], []);
  expect(costLine(told, [split], ["2025-02-01"], "2025-03-01", TODAY)).toEqual([20]);
  expect(costLine(told, [split], ["2025-02-01"], "2025-03-01", "2025-05-01")).toEqual([80]);
});

test("lots that were bought in several currencies have no one currency of their cost, and all are worth something", () => {
  const euros = { ...open("2025-01-01", "15", "100"), cost: amount("1360.75", "EUR") } as OpenLot;
  const dollars = open("2025-01-01", "5", "476.00");
  expect(boughtIn([dollars, dollars])).toBe("USD");
  expect(boughtIn([dollars, euros])).toBeUndefined();
  const row = { currency: "USD", price: { price: "115.82" } } as Position;
  expect([euros, dollars].map((each) => worthOf(each, row))).toEqual(["1737.3", "579.1"]);
  expect(worthOf(euros, undefined)).toBeNull();
});
