import { Link } from "react-router";
import type { Absent, Instrument } from "../../api/desk";
import { Freshness } from "../../components/Freshness";
import { Live } from "../../components/Live";
import { Move } from "../../components/Move";
import { Simulated } from "../../components/Simulated";
import { Skeleton } from "../../components/Skeleton";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import type { LiveQuote } from "../../lib/quotes";
import styles from "./Head.module.css";
import { Ways } from "./Ways";

interface HeadProps {
  ticker: string;
  instrument: Instrument | undefined;
  quote: LiveQuote | undefined;
  missing: Absent | undefined;
  /** Whether the desk has told what it knows of the price. */
  answered: boolean;
  now: string | undefined;
  lag_s: number;
  /** The exchange's clock. */
  zone: string;
}

/** Which symbol this is, and what it costs now. */
export function Head({ ticker, instrument, quote, missing, answered, now, lag_s, zone }: HeadProps) {
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
          {quote?.renamed_to && <RenamedTo ticker={quote.renamed_to} />}
        </p>
      </div>
      <Ways ticker={ticker} />
      <div className={styles.now}>
        {quote ? (
          <Priced quote={quote} now={now ? Date.parse(now) : 0} lag_s={lag_s} zone={zone} />
        ) : missing || answered ? (
          <p className="quiet">{missing?.detail || "No price yet"}</p>
        ) : (
          <Skeleton width={220} height={44} />
        )}
      </div>
    </header>
  );
}

function RenamedTo({ ticker }: { ticker: string }) {
  return (
    <>
      {" · "}now <Link to={symbolPath(ticker)}>{ticker}</Link>
    </>
  );
}

interface PricedProps {
  quote: LiveQuote;
  now: number;
  lag_s: number;
  zone: string;
}

function Priced({ quote, now, lag_s, zone }: PricedProps) {
  const { price, change, change_pct, decimals, currency } = quote;
  const [told, moved] = [
    format.price(price, decimals),
    `${format.change(change, decimals)} (${format.percentUnit(change_pct)})`,
  ];
  return (
    <>
      <p className={styles.price}>
        <Live value={told}>{told}</Live> <span className={styles.currency}>{currency}</span>
      </p>
      <p className={styles.change}>
        {change !== null && (
          <Live value={moved}>
            <Move value={change} text={moved} arrow past={quote.freshness === "stale"} />
          </Live>
        )}{" "}
        <Freshness quote={quote} now={now} lag_s={lag_s} zone={zone} />
      </p>
    </>
  );
}
