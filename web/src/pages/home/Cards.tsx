/** A watchlist on a phone in a view of many columns: a card for each symbol. */

import type { ReactNode } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { Quote, Watchlist } from "../../api/desk";
import { Select } from "../../components/Select";
import { useMarkets } from "../../components/shell/markets";
import { homeAddress, homePath, type ListView, symbolPath } from "../../lib/address";
import { useTold, withTold } from "../../lib/quotes";
import styles from "./Cards.module.css";
import { reasonOf } from "./rows";
import { type Column, type Shown, VIEWS } from "./views";
import { type Told, untold } from "./Watchlist";

interface CardsProps {
  list: Watchlist;
  told: Told;
  view: ListView;
}

export default function Cards({ list, told, view }: CardsProps) {
  const zone = useMarkets().own.data?.zone ?? "UTC";
  const now = told.quotes ? Date.parse(told.quotes.now) : 0;
  return (
    <>
      <SortSelect view={view} />
      <ul aria-label={list.name}>
        {told.order.map((symbol) => {
          const quote = told.known.get(symbol);
          const missing = told.absent.get(symbol) ?? (told.answered ? untold(symbol) : undefined);
          return (
            <li key={symbol} className={styles.card}>
              {quote ? (
                <Card
                  columns={VIEWS[view].columns}
                  quote={quote}
                  heard={told.heard}
                  figures={told.figures.get(symbol)}
                  now={now}
                  lag_s={told.lag_s}
                  zone={zone}
                />
              ) : (
                <>
                  <Head symbol={symbol} name={null} />
                  <p className={styles.absent}>{missing && reasonOf(missing, now)}</p>
                </>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

interface CardProps extends Omit<Shown, "quote"> {
  quote: Quote;
  columns: readonly Column[];
  heard: number;
}

/** The first column's figure, the price, stands beside the name; the others below it. */
function Card({ quote: answered, columns: [first, ...others], heard, ...rest }: CardProps) {
  const shown = { ...rest, quote: withTold(answered, heard, useTold(answered.symbol)) };
  return (
    <>
      <Head symbol={answered.symbol} name={answered.name}>
        <span className={styles.price}>{first?.show(shown)}</span>
      </Head>
      <dl className={styles.figures}>
        {others.map(({ key, title, show }) => (
          <div key={title} data-wide={key === "year" || key === "sector" || undefined}>
            <dt>{title}</dt>
            <dd>{show(shown)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Head({ symbol, name, children }: { symbol: string; name: string | null; children?: ReactNode }) {
  return (
    <Link to={symbolPath(symbol)} className={styles.head}>
      <span className={styles.ticker}>{symbol}</span>
      <span className={styles.name}>{name}</span>
      {children}
    </Link>
  );
}

/** Where there are no headings to sort by. */
function SortSelect({ view }: { view: ListView }) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const address = homeAddress(params);
  const sorts = VIEWS[view].columns.flatMap(({ key, title, text }) => {
    if (!key) return [];
    const [up, down] = text && key !== "year" ? ["A to Z", "Z to A"] : ["lowest first", "highest first"];
    return [
      { value: `-${key}`, label: `${title}, ${down}` },
      { value: key, label: `${title}, ${up}` },
    ];
  });
  const options = [{ value: "", label: "Own order" }, { value: "symbol", label: "Symbol, A to Z" }, ...sorts];
  return (
    <Select
      label="Order"
      value={address.sort ?? ""}
      options={options}
      onChoose={(sort) => navigate(homePath({ ...address, sort }))}
    />
  );
}
