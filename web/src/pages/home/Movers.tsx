import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Movers as Answer, Quote } from "../../api/desk";
import { moversQuery } from "../../api/queries";
import { Live } from "../../components/Live";
import { Move } from "../../components/Move";
import { Skeleton } from "../../components/Skeleton";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useTold, withTold } from "../../lib/quotes";
import styles from "./Movers.module.css";

interface MoversProps {
  /** Whose dates they are. */
  zone: string;
  /** Whether a watchlist has a symbol. */
  followed: boolean;
}

/** What rose and fell most of all that is in one's watchlists. */
export function Movers({ zone, followed }: MoversProps) {
  const { data, dataUpdatedAt, isError } = useQuery(moversQuery());
  if (isError && !data) return null;
  const none = data && data.up.length === 0 && data.down.length === 0;
  return (
    <aside className={styles.movers} aria-label="Movers">
      {none ? (
        <section>
          <h2 className={styles.title}>Movers</h2>
          <p className={styles.none}>
            {followed ? noneOf(data, zone) : "Nothing yet: movers come from your watchlists, and these are empty."}
          </p>
        </section>
      ) : (
        <>
          <Group title="Rose most" none="Nothing rose." quotes={data?.up} heard={dataUpdatedAt} />
          <Group title="Fell most" none="Nothing fell." quotes={data?.down} heard={dataUpdatedAt} />
        </>
      )}
    </aside>
  );
}

/** Why nothing can be ranked. */
function noneOf({ stale, newest }: Answer, zone: string): string {
  if (stale === 0 || !newest) return "Nothing yet: movers need two days of prices.";
  const day = format.day(format.tradeDay(newest), zone);
  return `Nothing moved lately: the newest price is from ${day}. Fetch or import newer ones.`;
}

interface GroupProps {
  title: string;
  none: string;
  quotes: Quote[] | undefined;
  heard: number;
}

function Group({ title, none, quotes, heard }: GroupProps) {
  return (
    <section>
      <h2 className={styles.title}>{title}</h2>
      {!quotes && <Skeleton height={160} />}
      {quotes?.length === 0 && <p className={styles.none}>{none}</p>}
      <ul>
        {quotes?.map((quote) => (
          <Mover key={quote.symbol} quote={quote} heard={heard} />
        ))}
      </ul>
    </section>
  );
}

function Mover({ quote, heard }: { quote: Quote; heard: number }) {
  const { symbol, name, change_pct } = withTold(quote, heard, useTold(quote.symbol));
  const text = format.percentUnit(change_pct);
  return (
    <li>
      <Link to={symbolPath(symbol)} className={styles.row}>
        <span className={styles.symbol}>{symbol}</span>
        <span className={styles.name}>{name}</span>
        <Live value={text}>
          <Move value={change_pct} text={text} arrow />
        </Live>
      </Link>
    </li>
  );
}
