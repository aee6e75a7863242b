import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Quote } from "../../api/desk";
import { figuresQuery, quotesQuery } from "../../api/queries";
import { watchlistsQuery } from "../../api/watchlists";
import { Button } from "../../components/Button";
import { Notice, Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { useMarkets } from "../../components/shell/markets";
import { homeAddress } from "../../lib/address";
import { useTitle } from "../../lib/hooks";
import { usePacedQuotes } from "../../lib/quotes";
import { Calendar } from "./Calendar";
import styles from "./HomePage.module.css";
import { headline } from "./headline";
import { useListEdits } from "./listEdits";
import { Movers } from "./Movers";
import { NameForm } from "./NameForm";
import { VIEWS } from "./views";
import { Watchlist } from "./Watchlist";

/** What moved, and does it concern me? */
export function HomePage() {
  const [params] = useSearchParams();
  const { list: asked, view, benchmark } = homeAddress(params);
  const lists = useQuery(watchlistsQuery());
  const list = lists.data?.watchlists.find(({ id }) => id === asked) ?? lists.data?.watchlists[0];
  useTitle(list?.name ?? "Watchlist");
  const quotes = useQuery(quotesQuery(list?.symbols ?? []));
  const figures = useQuery(
    figuresQuery(list?.symbols ?? [], view === "risk" ? benchmark : null, VIEWS[view].figures ?? false),
  );
  const zone = useMarkets().own.data?.zone ?? "UTC";

  return (
    <div className={styles.page}>
      <header className={styles.head}>
        {quotes.data && list && list.symbols.length > 0 ? (
          <Headline quotes={quotes.data.quotes} heard={quotes.dataUpdatedAt} zone={zone} />
        ) : (
          <h1>{list?.name ?? "Watchlist"}</h1>
        )}
        <Calendar />
      </header>
      <div className={styles.columns} data-wide={view === "details" || undefined}>
        <section aria-label="Watchlist" className={styles.main}>
          {lists.isError && !lists.data && <Trouble error={lists.error} onRetry={lists.refetch} />}
          {lists.isPending && <Skeleton height="max(640px, 100vh)" />}
          {lists.data && list && (
            <Watchlist key={list.id} list={list} lists={lists.data.watchlists} quotes={quotes} figures={figures} />
          )}
          {lists.data && !list && <NoList />}
        </section>
        {!lists.isPending && (
          <Movers zone={zone} followed={lists.data?.watchlists.some(({ symbols }) => symbols.length > 0) ?? true} />
        )}
      </div>
    </div>
  );
}

/** Told anew with each price, so that it never says another figure than the rows below it. */
function Headline({ quotes, heard, zone }: { quotes: readonly Quote[]; heard: number; zone: string }) {
  return <h1>{headline(usePacedQuotes(quotes, heard, 0), zone)}</h1>;
}

/** All were removed, or none was ever made. */
function NoList() {
  const { add } = useListEdits();
  const [naming, setNaming] = useState(false);
  const make = (
    <Button look="main" onClick={() => setNaming(true)}>
      New list
    </Button>
  );
  return (
    <>
      {naming && (
        <NameForm
          label="Name of the new list"
          name=""
          done="Make it"
          onName={add.mutateAsync}
          onClose={() => setNaming(false)}
        />
      )}
      <Notice title="There is no watchlist" action={naming ? undefined : make}>
        A list holds the symbols that you follow, with their prices.
      </Notice>
    </>
  );
}
