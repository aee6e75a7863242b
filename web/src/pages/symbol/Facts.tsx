import type { Bars, Instrument, Quote } from "../../api/desk";
import { extremesOf } from "../../charts/columns";
import * as format from "../../lib/format";
import { isIntraday } from "../../lib/interval";
import styles from "./Facts.module.css";

interface FactsProps {
  quote: Quote | undefined;
  instrument: Instrument | undefined;
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
    ["Shown range", answer ? rangeOf(answer) : format.NONE],
    ["Held since", format.day(instrument?.first)],
    ...(quote ? [["Price as of", asOf(quote, zone, answer?.intervals_offered.some(isIntraday) ?? true)] as const] : []),
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

/** `close of 3 Mar 2026` where there are only days to know it by; else the exchange's time. */
function asOf({ ts }: Quote, zone: string, toTheMinute: boolean): string {
  return toTheMinute ? format.exchangeTime(ts, zone) : `close of ${format.day(format.tradeDay(ts), zone)}`;
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
    [today ? "Day’s range" : `Range on ${day}`, `${price(low)} to ${price(high)}`, low],
    [today ? "Previous close" : "Close before", price(previous_close), previous_close],
    [today ? "Volume today" : `Volume on ${day}`, format.whole(volume), volume],
  ];
  return rows.flatMap(([name, text, value]) => (value === null ? [] : [[name, text] as const]));
}

function rangeOf({ bars, decimals }: Bars): string {
  const [low, high] = extremesOf(bars);
  return high === 0 ? format.NONE : `${format.price(low, decimals)} to ${format.price(high, decimals)}`;
}
