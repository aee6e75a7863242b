/** The figures that the desk can be asked about, as the page calls them, and how an address asks. */

import type { WhyFigure } from "../../../api/desk";
import type { Dimension } from "../../../api/portfolios";
import { rangeOf, scopeOf, wholeOf } from "../address";

export const FIGURES: Record<WhyFigure, string> = {
  value: "Value",
  net_invested: "Net invested",
  gain: "Gain",
  contribution: "Contribution to the gain",
  twr: "Time-weighted return",
  mwr: "Money-weighted return",
  income: "Income",
  fees: "Fees",
  taxes: "Taxes",
  currency_gain: "Gain by currencies",
  day_change: "Change today",
  drawdown: "Deepest fall",
  benchmark: "The same money in the benchmark",
  benchmark_twr: "Time-weighted return of the benchmark",
  benchmark_mwr: "Money-weighted return of the benchmark",
  share: "Share of the whole",
  received: "Received",
  announced: "Announced",
  yield_on_cost: "Yield on cost",
  yield_on_value: "Yield on value",
  simple: "Simple return",
  cost: "Cost",
  unrealised: "Gain of what is held",
  realised: "Gain of what was sold",
  price: "Price",
  check: "Check",
};

/** What a figure is of: an instrument, an account, a slice of an allocation; all of it where nothing is said. */
export interface Asked {
  why: WhyFigure;
  of?: string | undefined;
  inside?: number | undefined;
  by?: Dimension | undefined;
  slice?: string | undefined;
  /** Of the lots that this transaction opened, */
  lot?: number | undefined;
  /** and that this one closed; the page tells those of every day. */
  sale?: number | undefined;
}

/** The part of an address that opens the figure. */
export function askedParams({ why, of, inside, by, slice, lot, sale }: Asked): Record<string, string> {
  return {
    why,
    ...(of && { of }),
    ...(inside && { in: String(inside) }),
    ...(by && { by }),
    ...(slice && { slice }),
    ...(lot && { lot: String(lot) }),
    ...(sale && { sale: String(sale) }),
  };
}

export function figureOf(params: URLSearchParams): WhyFigure | null {
  const why = params.get("why");
  return why !== null && Object.hasOwn(FIGURES, why) ? (why as WhyFigure) : null;
}

/** What the desk is asked by an address. */
export function questionOf(params: URLSearchParams) {
  const [of, inside] = [params.get("of"), wholeOf(params.get("in"))];
  const [by, slice] = [params.get("by"), params.get("slice")];
  const [lot, sale] = [wholeOf(params.get("lot")), wholeOf(params.get("sale"))];
  return {
    ...scopeOf(params),
    ...(lot ? { lot } : { range: rangeOf(params) }),
    ...(sale && { sale }),
    ...(of && { instrument: of }),
    ...(inside && { account: inside }),
    ...(by && { by: by as Dimension }),
    ...(slice && { key: slice }),
  };
}
