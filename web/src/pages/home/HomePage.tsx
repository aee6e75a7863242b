import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Quote } from "../../api/desk";
import { quotesQuery, watchlistsQuery } from "../../api/queries";
import { Notice, Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { useMarkets } from "../../components/shell/markets";
import { useTitle } from "../../lib/hooks";
import { usePacedQuotes } from "../../lib/quotes";
import { Calendar } from "./Calendar";
import styles from "./HomePage.module.css";
import { headline } from "./headline";
import { Movers } from "./Movers";
import { Watchlist } from "./Watchlist";

/** What moved, and does it concern me? */
export function HomePage() {
  useTitle("Watchlist");
  const [params] = useSearchParams();
  const lists = useQuery(watchlistsQuery());
  const list = lists.data?.watchlists.find(({ id }) => String(id) === params.get("list")) ?? lists.data?.watchlists[0];
  const quotes = useQuery(quotesQuery(list?.symbols ?? []));
  const zone = useMarkets().own.data?.zone ?? "UTC";

  return (
    <div className={styles.page}>
      <header className={styles.head}>
        {quotes.data && list && list.symbols.length > 0 ? (
          <Headline quotes={quotes.data.quotes} heard={quotes.dataUpdatedAt} zone={zone} />
        ) : (
          <h1>Watchlist</h1>
        )}
        <Calendar />
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
        {!lists.isPending && <Movers zone={zone} />}
      </div>
    </div>
  );
}

/** Told anew with each price, so that it never says another figure than the rows below it. */
function Headline({ quotes, heard, zone }: { quotes: readonly Quote[]; heard: number; zone: string }) {
  return <h1>{headline(usePacedQuotes(quotes, heard, 0), zone)}</h1>;
}
