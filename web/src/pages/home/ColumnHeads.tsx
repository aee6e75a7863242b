import { Link, useSearchParams } from "react-router";
import type { Sort } from "../../lib/address";
import type { ColumnKey } from "./sorting";
import styles from "./Watchlist.module.css";

const HEADS: readonly { key: ColumnKey | null; title: string; column: string | undefined; number?: boolean }[] = [
  { key: "symbol", title: "Symbol", column: styles.symbolColumn },
  { key: "price", title: "Price", column: styles.priceColumn, number: true },
  { key: "change", title: "Change", column: styles.changeColumn, number: true },
  { key: "change_pct", title: "%", column: styles.pctColumn, number: true },
  { key: null, title: "Day", column: styles.sparkColumn },
  { key: "volume", title: "Volume", column: styles.volumeColumn, number: true },
  { key: "age", title: "Updated", column: styles.ageColumn, number: true },
];

const ORDERS = { ascending: "M0 7 4 0l4 7z", descending: "M0 1l4 7 4-7z" };

/** Headings that sort: down first for numbers, up first for names, then the other way, then as the reader had it. */
export function ColumnHeads({ sort }: { sort: Sort<ColumnKey> | null }) {
  const [params] = useSearchParams();
  const to = (key: ColumnKey) => {
    const next = new URLSearchParams(params);
    const first = key === "symbol" ? key : `-${key}`;
    const second = key === "symbol" ? `-${key}` : key;
    const wanted = sort?.key !== key ? first : params.get("sort") === first ? second : null;
    if (wanted) next.set("sort", wanted);
    else next.delete("sort");
    return `?${next}`;
  };
  return (
    <thead>
      <tr>
        {HEADS.map(({ key, title, column, number }) => {
          const order = key && sort?.key === key ? (sort.descending ? "descending" : "ascending") : undefined;
          return (
            <th
              key={title}
              scope="col"
              aria-sort={order}
              className={[column, number && styles.number].filter(Boolean).join(" ")}
            >
              {key === null ? (
                <span className={styles.sort}>{title}</span>
              ) : (
                <Link to={to(key)} className={styles.sort}>
                  {title}
                  {order && (
                    <svg className={styles.order} viewBox="0 0 8 8" aria-hidden="true">
                      <path d={ORDERS[order]} />
                    </svg>
                  )}
                </Link>
              )}
            </th>
          );
        })}
        <th className={styles.removeColumn}>
          <span className="aside">Remove</span>
        </th>
      </tr>
    </thead>
  );
}
