import { expect, test } from "vitest";
import type { ClosedLot, Lots, OpenLot } from "../../../api/desk";
import { costLine } from "./cost";

const amount = (told: string | null) => ({ amount: told, currency: "USD", base: told, fees: "0", taxes: "0" });
const open = (acquired: string, units: string, cost: string | null) =>
  ({ acquired, units, cost: amount(cost), actions: [] }) as unknown as OpenLot;
const closed = (acquired: string, day: string, units: string, cost: string, short = false) =>
  ({ acquired, day, units, cost: amount(cost), short, actions: [] }) as unknown as ClosedLot;
const lots = (held: OpenLot[], gone: ClosedLot[]) => ({ open: held, closed: gone }) as unknown as Lots;

test("a unit costs what those that are held cost on average, and nothing while none is", () => {
  const told = lots([open("2025-03-01", "10", "200")], [closed("2025-01-01", "2025-04-01", "10", "100")]);
  expect(costLine(told, [], ["2024-12-31", "2025-01-01", "2025-03-01", "2025-04-01"])).toEqual([null, 10, 15, 20]);
});

test("what was sold before a split is counted in units of today", () => {
  const split = { kind: "split", ex_date: "2025-06-01", ratio: 2 };
  const told = lots([open("2025-01-01", "20", "100")], [closed("2025-01-01", "2025-05-01", "10", "100")]);
  // Ten of thirty units of then, which are twenty and twenty of today.
  expect(costLine(told, [split], ["2025-02-01", "2025-07-01"])).toEqual([5, 5]);
});

test("what was sold without being held is no cost of what is held", () => {
  expect(costLine(lots([], [closed("2025-01-01", "2025-02-01", "5", "50", true)]), [], ["2025-01-15"])).toEqual([null]);
});
