/** The slices of an allocation as a donut shows them. */

import type { Allocation, Slice as Told } from "../../../api/desk";
import type { Dimension } from "../../../api/portfolios";
import type { Slice } from "../../../charts/Donut";
import * as format from "../../../lib/format";

export const DIMENSIONS = ["type", "sector", "country", "currency", "account", "instrument"] as const;

export const DIMENSION_NAMES: Record<Dimension, string> = {
  type: "Type",
  sector: "Sector",
  country: "Country",
  currency: "Currency",
  account: "Account",
  instrument: "Instrument",
  position: "Position",
};

/** What is drilled into: by account one sees what is in it, by what is in it which it is. */
export function innerOf(dimension: Dimension): Dimension {
  return dimension === "instrument" ? "account" : "instrument";
}

const COLOURS = 8;

/** Each of the largest has a colour; the others and what nobody knows share the quiet one. */
export function drawn(slices: readonly Told[]): Slice[] {
  return slices.map(({ key, label, share }, place) => ({
    key,
    label: labelOf(key, label),
    share: Number(share ?? 0),
    colour: key === "unknown" || place >= COLOURS ? 0 : place + 1,
  }));
}

const countries = new Intl.DisplayNames("en", { type: "region" });

export function labelOf(key: string, label: string, dimension?: Dimension): string {
  if (key === "unknown") return "Not known";
  if (dimension === "country" && /^[A-Z]{2}$/.test(key)) return countries.of(key) ?? label;
  if (key === "etf") return "ETF";
  if (key.startsWith("cash ")) return `Cash ${key.slice(5)}`;
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** `QUORB is the largest of 4 parts, 40.8 %`: the one to know of. */
export function headline(slices: readonly Told[], dimension: Dimension, unvalued: number): string {
  const [largest] = slices;
  if (!largest?.share) return "Where it lies";
  const share = format.share(Number(largest.share));
  const name = DIMENSION_NAMES[dimension].toLowerCase();
  if (largest.key === "unknown") return `The ${name} of ${share} is not known`;
  const label = labelOf(largest.key, largest.label, dimension);
  const of = unvalued > 0 ? " of what has a value" : "";
  if (slices.length === 1) return `All${of || " of it"} is ${label}`;
  return `${label} is the largest of ${slices.length} parts${of}, ${share}`;
}

type Unvalued = Pick<Allocation["unvalued"][number], "ticker" | "lacks">;

/** What has no value, by why it has none: `the currency of its price is not known: NKE, SLAB and 12 others`. */
export function unvaluedText(unvalued: readonly Unvalued[]): string[] {
  const why = new Map<string, string[]>();
  for (const { ticker, lacks } of unvalued) why.set(lacks, [...(why.get(lacks) ?? []), ticker]);
  return [...why].map(([lacks, tickers]) => {
    const few = tickers.length <= FEW + 1 ? tickers : tickers.slice(0, FEW);
    const others = tickers.length - few.length;
    return `${format.told(lacks)}: ${few.join(", ")}${others > 0 ? ` and ${format.counted(others, "other")}` : ""}`;
  });
}

const FEW = 8;

/** The largest slices in a sentence. */
export function summaryOf(slices: readonly Slice[]): string {
  const largest = slices.slice(0, NAMED).map(({ label, share }) => `${label} ${format.share(share)}`);
  const others = slices.length - largest.length;
  return `${largest.join(", ")}${others > 0 ? `, and ${format.counted(others, "other")}` : ""}.`;
}

const NAMED = 3;
