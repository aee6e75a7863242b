/** Splits and dividends in words; dividends also in units of today, as prices are that are adjusted for splits. */

import type { Action } from "../api/desk";
import type { Adjust } from "./address";
import * as format from "./format";

type Told = Pick<Action, "ex_date" | "kind" | "ratio" | "amount" | "currency" | "text">;

/**
 * The sentence for `action` among `all` of its symbol by `today` (a date): where prices are adjusted, a dividend that
 * was paid before splits is told for a unit of today.
 */
export function actionText(action: Told, all: readonly Told[], adjust: Adjust, today: string): string {
  const { kind, ex_date, amount, currency, text } = action;
  if (kind !== "dividend" || amount === null) return text;
  const paid = `Dividend ${[format.dividend(amount), currency].filter(Boolean).join(" ")}`;
  if (adjust === "raw") return paid;
  const units = all
    .filter((each) => each.kind === "split" && each.ratio !== null && each.ex_date > ex_date && each.ex_date <= today)
    .reduce((product, { ratio }) => product * (ratio ?? 1), 1);
  if (units === 1) return paid;
  return `Dividend ${[format.dividend(amount / units), currency].filter(Boolean).join(" ")}, ${format.dividend(amount)} before splits`;
}
