import type { Bars, Profile, Quote } from "../../api/desk";
import { extremesOf } from "../../charts/columns";
import * as format from "../../lib/format";
import { averageOf } from "./average";
import styles from "./Facts.module.css";

interface FactsProps {
  quote: Quote | undefined;
  instrument: Profile | undefined;
  answer: Bars | undefined;
  /** The desk's clock when it told the quote. */
  now: string | undefined;
}

/** The session in figures, and where they come from; what is not known is left out. */
export function Facts({ quote, instrument, answer, now }: FactsProps) {
  const zone = answer?.zone ?? "UTC";
  const currency = quote?.currency ?? answer?.currency;
  const rows: (readonly [string, string])[] = [
    ...(quote ? sessionRows(quote, zone, now) : []),
    ...(instrument ? yearRows(instrument, quote, answer?.decimals) : []),
    ["Shown range", answer ? rangeOf(answer) : format.NONE],
    ["Prices since", format.day(instrument?.first)],
    ...(quote ? [["Price as of", asOf(quote, zone)] as const] : []),
    ["Source", answer?.sources.join(", ") || quote?.source || format.NONE],
  ];
  return (
    <section>
      <h2>Figures {currency && <span className={styles.unit}>in {currency}</span>}</h2>
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

/** `close of 3 Mar 2026`, or the exchange's time of a price within a day. */
function asOf({ ts, day }: Quote, zone: string): string {
  return day ? `close of ${format.day(day)}` : format.exchangeTime(ts, zone);
}

/** The session's figures, by its date where that is not today's. */
function sessionRows(quote: Quote, zone: string, now: string | undefined): (readonly [string, string])[] {
  const { open, low, high, previous_close, volume, decimals, ts } = quote;
  const price = (value: number | null) => format.price(value, decimals);
  const clock = now ? Date.parse(now) : 0;
  const day = format.dayNear(format.tradeDay(ts), clock, zone);
  const today = day === format.dayNear(new Date(clock), clock, zone);
  const rows: [string, string, number | null][] = [
    [today ? "Open" : `Open on ${day}`, price(open), open],
    [
      today ? "Day’s range" : `Range on ${day}`,
      low === null || high === null ? format.NONE : spanOf(low, high, decimals),
      low,
    ],
    [today ? "Previous close" : "Close before", price(previous_close), previous_close],
    [today ? "Volume today" : `Volume on ${day}`, format.whole(volume), volume],
  ];
  return rows.flatMap(([name, text, value]) => (value === null ? [] : [[name, text] as const]));
}

/** Fifty-two weeks, but for a week of holidays at either end. */
const NEARLY_A_YEAR_MS = 350 * 86_400_000;

/** The year up to the newest day, or as much of it as there is; a price of today may be beyond it. */
function yearRows(
  { year_since, first, last, year_low, year_high, average_volume }: Profile,
  quote: Quote | undefined,
  decimals = quote?.decimals,
): (readonly [string, string])[] {
  const prices = [
    year_low,
    year_high,
    ...(quote && quote.freshness !== "stale" ? [quote.low, quote.high, quote.price] : []),
  ];
  const known = prices.filter((price) => price !== null);
  const covered = !year_since || !last || Date.parse(last) - Date.parse(year_since) >= NEARLY_A_YEAR_MS;
  const name = covered ? "52-week range" : `Range since ${format.day(year_since)}`;
  const range = year_low === null ? [] : [[name, spanOf(Math.min(...known), Math.max(...known), decimals)] as const];
  return average_volume === null ? range : [...range, [averageOf(first, last), format.compact(average_volume)]];
}

function spanOf(low: number, high: number, decimals: number | undefined): string {
  return `${format.price(low, decimals)} to ${format.price(high, decimals)}`;
}

function rangeOf({ bars, decimals }: Bars): string {
  const [low, high] = extremesOf(bars);
  return high === 0 ? format.NONE : spanOf(low, high, decimals);
}
