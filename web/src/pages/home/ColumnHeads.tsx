import { Link, useSearchParams } from "react-router";
import { homeAddress, homePath, type Sort } from "../../lib/address";
import type { Column, ColumnKey } from "./views";
import styles from "./Watchlist.module.css";

const ORDERS = { ascending: "M0 7 4 0l4 7z", descending: "M0 1l4 7 4-7z" };

const SYMBOL = { key: "symbol", title: "Symbol", text: true, className: styles.symbolColumn } as const;

type Head = Pick<Column, "key" | "title" | "hint" | "text" | "className">;

interface ColumnHeadsProps {
  columns: readonly Head[];
  sort: Sort<ColumnKey> | null;
}

/** Headings that sort: down first for numbers, up first for texts, then the other way, then as the reader had it. */
export function ColumnHeads({ columns, sort }: ColumnHeadsProps) {
  const [params] = useSearchParams();
  const address = homeAddress(params);
  const to = (key: ColumnKey, text = false) => {
    const [first, second] = text ? [key, `-${key}`] : [`-${key}`, key];
    const wanted = sort?.key !== key ? first : address.sort === first ? second : null;
    return homePath({ ...address, sort: wanted });
  };
  return (
    <thead>
      <tr>
        {[SYMBOL, ...columns].map(({ key, title, hint, text, className }: Head) => {
          const order = key && sort?.key === key ? (sort.descending ? "descending" : "ascending") : undefined;
          return (
            <th
              key={`${key}${title}`}
              scope="col"
              aria-sort={order}
              title={hint}
              className={[className, !text && styles.number].filter(Boolean).join(" ")}
            >
              {key === null ? (
                <span className={styles.sort}>{title}</span>
              ) : (
                <Link to={to(key, text)} className={styles.sort}>
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
        <th className={styles.editColumn}>
          <span className="aside">Move or remove</span>
        </th>
      </tr>
    </thead>
  );
}
