/** What lots cost and are worth, and what a unit cost day by day: the line that a price is above where one has gained. */

import type { Action, Lots, OpenLot, Position } from "../../../api/desk";
import { product, rounded } from "../../../lib/decimal";
import * as format from "../../../lib/format";

type Split = Pick<Action, "kind" | "ex_date" | "ratio">;

interface Held {
  from: string;
  /** The first day on which it is no longer held; null: it is. */
  until: string | null;
  /** In units of today. */
  units: number;
  cost: number;
}

/** The currency that all were bought in; undefined where they were bought in several. */
export function boughtIn(lots: readonly OpenLot[]): string | undefined {
  const currencies = new Set(lots.map(({ cost }) => cost.currency));
  return currencies.size === 1 ? [...currencies][0] : undefined;
}

/** What a lot is worth at the price of its position, in that price's currency; null where it has none. */
export function worthOf(lot: OpenLot, row: Position | undefined): string | null {
  if (!row?.price || !row.currency) return null;
  const value = product(row.price.price, lot.units);
  return value && rounded(value, format.decimalsOf(row.currency));
}

/**
 * The average cost of a unit at the end of each of `days`, in units of `today`; null where none was held. Lots that are
 * held are told in units of `until`, a closed one in those of the day that it was closed on: `splits` since are counted.
 */
export function costLine(
  lots: Lots,
  splits: readonly Split[],
  days: readonly string[],
  until: string,
  today: string,
): (number | null)[] {
  const made = (units: string, since: string) => Number(units) * splitSince(since, today, splits);
  const held = [
    ...lots.open.map(({ acquired, units, cost }) => lot(acquired, null, made(units, until), cost.amount)),
    ...lots.closed
      .filter(({ short }) => !short)
      .map(({ acquired, day, units, cost }) => lot(acquired, day, made(units, day), cost.amount)),
  ];
  return days.map((day) => {
    const there = held.filter(({ from, until }) => from <= day && (until === null || day < until));
    const units = there.reduce((sum, each) => sum + each.units, 0);
    return units > 0 ? there.reduce((sum, each) => sum + each.cost, 0) / units : null;
  });
}

/** How many units one of that day has become. */
function splitSince(day: string, today: string, splits: readonly Split[]): number {
  const since = splits.filter(({ kind, ex_date }) => kind === "split" && day < ex_date && ex_date <= today);
  return since.reduce((product, { ratio }) => product * (ratio ?? 1), 1);
}

function lot(from: string, until: string | null, units: number, cost: string | null): Held {
  return { from, until, units, cost: cost === null ? Number.NaN : Number(cost) };
}
