import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Quote } from "../../api/desk";
import { moversQuery } from "../../api/queries";
import { Live } from "../../components/Live";
import { Move } from "../../components/Move";
import { Skeleton } from "../../components/Skeleton";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import styles from "./Movers.module.css";

/** What rose and fell most of everything the desk holds. */
export function Movers() {
  const { data, isError } = useQuery(moversQuery());
  if (isError && !data) return null;
  return (
    <aside className={styles.movers} aria-label="Movers">
      <Group title="Rose most" quotes={data?.up} />
      <Group title="Fell most" quotes={data?.down} />
    </aside>
  );
}

function Group({ title, quotes }: { title: string; quotes: Quote[] | undefined }) {
  return (
    <section>
      <h2 className={styles.title}>{title}</h2>
      {!quotes && <Skeleton height={160} />}
      {quotes?.length === 0 && <p className={styles.none}>Nothing yet: movers need two days of prices.</p>}
      <ul>
        {quotes?.map(({ symbol, name, change_pct }) => (
          <li key={symbol}>
            <Link to={symbolPath(symbol)} className={styles.row}>
              <span className={styles.symbol}>{symbol}</span>
              <span className={styles.name}>{name}</span>
              <Live value={change_pct}>
                <Move value={change_pct} text={format.percentUnit(change_pct)} arrow />
              </Live>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
