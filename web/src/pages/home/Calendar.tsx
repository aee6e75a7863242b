import type { Market } from "../../api/desk";
import { MarketClock } from "../../components/shell/MarketClock";
import * as format from "../../lib/format";
import styles from "./Calendar.module.css";

/** The bell on a phone, and the next days on which it rings differently. */
export function Calendar({ market, at }: { market: Market; at: number }) {
  const next = market.upcoming.slice(0, 2);
  return (
    <p className={styles.line}>
      <span className={styles.phone}>
        <MarketClock market={market} at={at} />
      </span>
      {next.map(({ date, kind, name, close }) => (
        <span key={date} className={styles.day} title={name ?? undefined}>
          {format.weekday(date)} {kind === "holiday" ? "closed" : `until ${format.clock(close, market.zone)}`}
        </span>
      ))}
    </p>
  );
}
