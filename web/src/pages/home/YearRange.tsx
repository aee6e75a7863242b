import type { Quote, SymbolFigures } from "../../api/desk";
import * as format from "../../lib/format";
import styles from "./YearRange.module.css";
import { yearOf } from "./year";

/** `183.20 ──●── 240.00`: the year's low and high, and where the price is between them. */
export function YearRange({ quote, risk }: { quote: Quote; risk: SymbolFigures["risk"] }) {
  const year = yearOf(quote, risk);
  if (!year) return <>{format.NONE}</>;
  const { low, high, place } = year;
  const since = risk && `${format.figure(place * 100, 0)} % of the way up, of prices since ${format.day(risk.since)}`;
  return (
    <span className={styles.range} title={since ?? undefined}>
      <span className={`figures ${styles.low}`}>{format.price(low, quote.decimals)}</span>
      <svg className={styles.bar} viewBox="0 0 64 8" aria-hidden="true">
        <path d="M0 4h64" />
        <circle cx={3 + place * 58} cy={4} r={3} />
      </svg>
      <span className="figures">{format.price(high, quote.decimals)}</span>
    </span>
  );
}
