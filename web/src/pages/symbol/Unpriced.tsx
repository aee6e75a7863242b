import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Absent } from "../../api/desk";
import type { Problem } from "../../api/problem";
import { watchlistsQuery } from "../../api/watchlists";
import { Button } from "../../components/Button";
import { Notice } from "../../components/Notice";
import { Words } from "../../components/Words";
import { mayChange, useEdits } from "../../lib/edits";
import * as format from "../../lib/format";
import { useMay } from "../../lib/me";
import { useOverlays } from "../../lib/palette";

interface UnpricedProps {
  ticker: string;
  error: Problem;
  missing: Absent | undefined;
}

/** A symbol without any prices: on their way, to be had by asking for them, or misspelt. */
export function Unpriced({ ticker, error, missing }: UnpricedProps) {
  const { search } = useOverlays();
  if (missing?.state === "fetching" || missing?.state === "rate_limited") {
    const next = missing.next_try ? ` Next try ${format.clock(missing.next_try)}.` : "";
    return (
      <Notice whole title={`The prices of ${ticker} are on their way`}>
        {missing.detail}
        {next} This page shows them when they are here.
      </Notice>
    );
  }
  return (
    <Notice
      whole
      title={`There are no prices of ${ticker} here`}
      action={
        <>
          <Follow ticker={ticker} />
          <Button onClick={() => search()}>Search</Button>
          <Link to="/">Go to the watchlist</Link>
        </>
      }
    >
      {/* That there is no data is what the title says. */}
      {missing && missing.state !== "no_data" && (
        <p>
          <Words text={missing.detail} />
        </p>
      )}
      {error.remedy && (
        <p>
          <Words text={error.remedy} />
        </p>
      )}
    </Notice>
  );
}

/** Letters that no exchange would list: nothing to ask for, but perhaps a name to search by. */
export function NoTicker({ text }: { text: string }) {
  const { search } = useOverlays();
  return (
    <Notice
      whole
      title={`“${text}” cannot be a ticker`}
      action={
        <>
          <Button look="main" onClick={() => search()}>
            Search
          </Button>
          <Link to="/">Go to the watchlist</Link>
        </>
      }
    >
      A ticker has at most 20 letters, digits and the signs . - ^ = / _ between them. Search finds symbols by their
      names too.
    </Notice>
  );
}

/** Following a symbol is what makes the desk fetch it; one that nobody knows is taken off again. */
function Follow({ ticker }: { ticker: string }) {
  const { data } = useQuery(watchlistsQuery());
  const list = data?.watchlists.find(mayChange);
  const { add, remove } = useEdits(list);
  const may = useMay("member");
  if (!list || !may) return null;
  if (list.symbols.includes(ticker)) {
    return (
      <Button onClick={() => remove(ticker)}>
        Take {ticker} off {list.name}
      </Button>
    );
  }
  return (
    <Button look="main" onClick={() => add(ticker)}>
      Add {ticker} to {list.name}
    </Button>
  );
}
