import type { Absent, Instrument, Quote } from "../../api/desk";
import { Freshness } from "../../components/Freshness";
import { Live } from "../../components/Live";
import { Move } from "../../components/Move";
import { Simulated } from "../../components/Simulated";
import { Skeleton } from "../../components/Skeleton";
import * as format from "../../lib/format";
import styles from "./Head.module.css";

interface HeadProps {
  ticker: string;
  instrument: Instrument | undefined;
  quote: Quote | undefined;
  missing: Absent | undefined;
  now: string | undefined;
  lag_s: number;
}

/** Which symbol this is, and what it costs now. */
export function Head({ ticker, instrument, quote, missing, now, lag_s }: HeadProps) {
  const name = instrument?.name ?? quote?.name;
  const place = [instrument?.exchange, instrument?.currency ?? quote?.currency].filter(Boolean).join(" · ");
  return (
    <header className={styles.head}>
      <div className={styles.who}>
        <h1>
          {ticker} <span className={styles.name}>{name}</span>
        </h1>
        <p className={styles.place}>
          {place || "\u00a0"} {quote?.simulated && <Simulated brief />}
        </p>
      </div>
      <div className={styles.now}>
        {quote ? (
          <Priced quote={quote} now={now ? Date.parse(now) : 0} lag_s={lag_s} />
        ) : missing ? (
          <p className="quiet">{missing.detail ?? "No price yet"}</p>
        ) : (
          <Skeleton width={220} height={44} />
        )}
      </div>
    </header>
  );
}

function Priced({ quote, now, lag_s }: { quote: Quote; now: number; lag_s: number }) {
  const { price, change, change_pct, decimals } = quote;
  return (
    <>
      <p className={styles.price}>
        <Live value={price}>{format.price(price, decimals)}</Live>
      </p>
      <p className={styles.change}>
        <Move value={change} text={`${format.change(change, decimals)} (${format.percentUnit(change_pct)})`} arrow />{" "}
        <Freshness quote={quote} now={now} lag_s={lag_s} />
      </p>
    </>
  );
}
