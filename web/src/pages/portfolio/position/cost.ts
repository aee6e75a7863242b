/** What a unit that was held cost, day by day: the line that a price is above where one has gained. */

import type { Action, ClosedLot, Lots } from "../../../api/desk";

type Split = Pick<Action, "kind" | "ex_date" | "ratio">;

interface Held {
  from: string;
  /** The first day on which it is no longer held; null: it is. */
  until: string | null;
  /** In units of today. */
  units: number;
  cost: number;
}

/**
 * The average cost of a unit at the end of each of `days`, in units of today; null where none was held. A closed lot is
 * told in units of the day that it was closed on: `splits` since then are counted.
 */
export function costLine(lots: Lots, splits: readonly Split[], days: readonly string[]): (number | null)[] {
  const held = [
    ...lots.open.map(({ acquired, units, cost }): Held => lot(acquired, null, Number(units), cost.amount)),
    ...lots.closed.filter(({ short }) => !short).map((each) => closedLot(each, splits)),
  ];
  return days.map((day) => {
    const there = held.filter(({ from, until }) => from <= day && (until === null || day < until));
    const units = there.reduce((sum, each) => sum + each.units, 0);
    return units > 0 ? there.reduce((sum, each) => sum + each.cost, 0) / units : null;
  });
}

function closedLot({ acquired, day, units, cost }: ClosedLot, splits: readonly Split[]): Held {
  const since = splits.filter(({ kind, ex_date }) => kind === "split" && ex_date > day);
  const factor = since.reduce((product, { ratio }) => product * (ratio ?? 1), 1);
  return lot(acquired, day, Number(units) * factor, cost.amount);
}

function lot(from: string, until: string | null, units: number, cost: string | null): Held {
  return { from, until, units, cost: cost === null ? Number.NaN : Number(cost) };
}
