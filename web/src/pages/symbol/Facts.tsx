import type { ReactNode } from "react";
import type { Bars, Instrument, Quote } from "../../api/desk";
import * as format from "../../lib/format";
import styles from "./Facts.module.css";

interface FactsProps {
  quote: Quote | undefined;
  instrument: Instrument | undefined;
  answer: Bars | undefined;
}

/** The day in figures, and where they come from. */
export function Facts({ quote, instrument, answer }: FactsProps) {
  const price = (value: number | null | undefined) => format.price(value, quote?.decimals);
  const rows: [string, ReactNode][] = [
    ["Open", price(quote?.open)],
    ["Day’s range", `${price(quote?.low)} to ${price(quote?.high)}`],
    ["Previous close", price(quote?.previous_close)],
    ["Volume today", format.whole(quote?.volume)],
    ["Shown range", answer ? rangeOf(answer) : format.NONE],
    ["Held since", format.day(instrument?.first)],
    ["Price as of", format.moment(quote?.ts)],
    ["Source", answer?.sources.join(", ") || quote?.source || format.NONE],
  ];
  return (
    <section>
      <h2>Figures</h2>
      <dl className={styles.facts}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function rangeOf({ bars, decimals }: Bars): string {
  const lows = bars.low.filter((value) => value !== null);
  const highs = bars.high.filter((value) => value !== null);
  if (lows.length === 0 || highs.length === 0) return format.NONE;
  const low = lows.reduce((a, b) => Math.min(a, b));
  const high = highs.reduce((a, b) => Math.max(a, b));
  return `${format.price(low, decimals)} to ${format.price(high, decimals)}`;
}
