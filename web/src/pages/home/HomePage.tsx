import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Quote } from "../../api/desk";
import { marketQuery, quotesQuery, watchlistsQuery } from "../../api/queries";
import { Notice, Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import * as format from "../../lib/format";
import { useTitle } from "../../lib/hooks";
import { Calendar } from "./Calendar";
import styles from "./HomePage.module.css";
import { Movers } from "./Movers";
import { Watchlist } from "./Watchlist";

/** What moved, and does it concern me? */
export function HomePage() {
  useTitle("Watchlist");
  const [params] = useSearchParams();
  const lists = useQuery(watchlistsQuery());
  const market = useQuery(marketQuery());
  const list = lists.data?.watchlists.find(({ id }) => String(id) === params.get("list")) ?? lists.data?.watchlists[0];
  const quotes = useQuery(quotesQuery(list?.symbols ?? []));

  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>
          {list && quotes.data ? (
            headline(quotes.data.quotes)
          ) : list?.symbols.length === 0 ? (
            "Watchlist"
          ) : (
            <Skeleton width={420} height={28} />
          )}
        </h1>
        {market.data && <Calendar market={market.data} at={market.dataUpdatedAt} />}
      </header>
      <div className={styles.columns}>
        <section aria-label="Watchlist" className={styles.main}>
          {lists.isError && !lists.data && <Trouble error={lists.error} onRetry={lists.refetch} />}
          {lists.isPending && <Skeleton height="max(640px, 100vh)" />}
          {lists.data && list && <Watchlist key={list.id} list={list} lists={lists.data.watchlists} quotes={quotes} />}
          {lists.data && !list && (
            <Notice title="There is no watchlist">Restart the desk; it makes one when it starts.</Notice>
          )}
        </section>
        <Movers />
      </div>
    </div>
  );
}

/** `11 of 20 rose; most of all VOLT, +2.10 %. TIDE fell most, −1.30 %.` */
export function headline(quotes: readonly Quote[]): string {
  const moved = quotes.filter((quote) => quote.change_pct !== null);
  const [first, ...rest] = [...moved].sort((a, b) => (b.change_pct ?? 0) - (a.change_pct ?? 0));
  if (!first) return "No prices yet";
  const last = rest.at(-1) ?? first;
  const rose = moved.filter(({ change_pct }) => (change_pct ?? 0) > 0).length;
  if (moved.length === 1) return `${first.symbol} ${format.percentUnit(first.change_pct)}`;
  const up = rose > 0 ? `; ${first.symbol} most, ${format.percentUnit(first.change_pct)}` : "";
  const down = rose < moved.length ? `. ${last.symbol} did worst, ${format.percentUnit(last.change_pct)}` : "";
  return `${rose === moved.length ? `All ${rose}` : `${rose} of ${moved.length}`} rose${up}${down}`;
}
