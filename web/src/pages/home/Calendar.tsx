import type { Market } from "../../api/desk";
import { MarketClock, shortName } from "../../components/shell/MarketClock";
import { useMarkets } from "../../components/shell/markets";
import * as format from "../../lib/format";
import styles from "./Calendar.module.css";

/** The bell on a phone, and the next days on which New York's rings differently. */
export function Calendar() {
  const { demo, own, newYork } = useMarkets();
  return (
    <p className={styles.line}>
      {own.data && (
        <span className={styles.phone}>
          <MarketClock market={own.data} at={own.dataUpdatedAt} />
        </span>
      )}
      {newYork.data && <Days market={newYork.data} named={demo} />}
    </p>
  );
}

function Days({ market: { name, zone, upcoming }, named }: { market: Market; named: boolean }) {
  return upcoming.slice(0, 2).map(({ date, kind, name: holiday, close }, place) => (
    <span key={date} className={styles.day} title={kind === "holiday" ? holiday : "A half day"}>
      {named && place === 0 && `${shortName(name)} `}
      {format.weekday(date)}{" "}
      {kind === "holiday" ? "closed" : `until ${format.clock(close, zone)} ${format.zoneName(zone)}`}
    </span>
  ));
}
