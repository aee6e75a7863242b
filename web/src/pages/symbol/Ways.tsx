import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { watchlistsQuery } from "../../api/watchlists";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { comparePath } from "../../lib/address";
import { mayChange, useEdits } from "../../lib/edits";
import styles from "./Ways.module.css";

/** What to do with a symbol: follow it or no longer, and set it beside others. */
export function Ways({ ticker }: { ticker: string }) {
  return (
    <div className={styles.ways}>
      <Star ticker={ticker} />
      <Link to={comparePath([ticker])} className={styles.compare} aria-label={`Compare ${ticker}`}>
        <Icon name="compare" size={18} /> <span className={styles.word}>Compare</span>
      </Link>
    </div>
  );
}

/** Puts a symbol on the first watchlist that the reader may change, and takes it off again. */
function Star({ ticker }: { ticker: string }) {
  const { data } = useQuery(watchlistsQuery());
  const list = data?.watchlists.find(mayChange);
  const { add, remove } = useEdits(list);
  if (!list) return null;
  const on = list.symbols.includes(ticker);
  return (
    <Button
      look="quiet"
      className={styles.star}
      aria-pressed={on}
      aria-label={`On ${list.name}`}
      title={on ? `Take ${ticker} off ${list.name}` : `Put ${ticker} on ${list.name}`}
      onClick={() => (on ? remove(ticker) : add(ticker))}
    >
      <Icon name="star" size={18} />
    </Button>
  );
}
