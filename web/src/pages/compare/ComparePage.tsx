import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Problem } from "../../api/problem";
import { compareQueryOf, quotesQuery } from "../../api/queries";
import { watchlistsQuery } from "../../api/watchlists";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Notice, Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import {
  ADJUSTS,
  type CompareAddress,
  compareAddress,
  compareQuery,
  RANGES,
  VIEWS,
  type View,
  WINDOWS,
} from "../../lib/address";
import { useTitle } from "../../lib/hooks";
import { CHOICES } from "../../lib/words";
import styles from "./ComparePage.module.css";
import { Correlation } from "./Correlation";
import { StatisticsTable } from "./StatisticsTable";
import { Symbols } from "./Symbols";
import { ViewChart } from "./ViewChart";
import { verdict } from "./verdict";
import { CHART_HEIGHT } from "./views";

const TITLES: Record<View, string> = {
  rebased: "Change",
  moving: "Moving average",
  average: "Daily average",
  high: "Hourly high",
  volume: "Daily volume",
  ratio: "Ratio",
};

type To = (change: Partial<CompareAddress>) => string;

/** Which of these did better, and how rough was the way? */
export default function ComparePage() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const address = useMemo(() => compareAddress(params), [params]);
  const to: To = (change) => `/compare?${compareQuery({ ...address, ...change })}`;
  const choose = (symbols: string[]) => navigate(to({ symbols }));
  const comparison = useQuery({ ...compareQueryOf(address), placeholderData: keepPreviousData });
  const { data, error } = comparison;
  useTitle(address.symbols.length > 0 ? `Compare ${address.symbols.join(", ")}` : "Compare");

  return (
    <article>
      <h1 className={styles.title}>{data && address.symbols.length >= 2 ? verdict(data.statistics) : "Compare"}</h1>
      <Symbols symbols={address.symbols} onChange={choose} />
      {address.symbols.length < 2 ? (
        <Start chosen={address.symbols} onChoose={choose} />
      ) : (
        <>
          <Controls address={address} to={to} />
          {error && !comparison.isFetching && (
            <Trouble error={error} onRetry={comparison.refetch}>
              {address.symbols
                .filter((symbol) => namedIn(error, symbol))
                .map((symbol) => (
                  <Button
                    key={symbol}
                    look="main"
                    onClick={() => choose(address.symbols.filter((each) => each !== symbol))}
                  >
                    Remove {symbol}
                  </Button>
                ))}
            </Trouble>
          )}
          {!data && !error && <Skeleton height={CHART_HEIGHT} />}
          {data && !error && (
            <div className={styles.answer} aria-busy={comparison.isPlaceholderData}>
              <ViewChart
                comparison={data}
                compared={comparison.isPlaceholderData ? data.symbols : address.symbols}
                view={address.view}
                table={address.table}
              />
              {[...data.missing.map(({ detail }) => detail), ...data.notes].map((note) => (
                <p key={note} className={styles.note}>
                  {note}
                </p>
              ))}
              <StatisticsTable comparison={data} />
              <Correlation comparison={data} />
            </div>
          )}
        </>
      )}
    </article>
  );
}

/** Whether it is for want of `symbol` that the desk refused. */
function namedIn(error: Error, symbol: string): boolean {
  return error instanceof Problem && error.status === 404 && error.detail.split(/[\s,]+|\.$/).includes(symbol);
}

function Controls({ address, to }: { address: CompareAddress; to: To }) {
  const navigate = useNavigate();
  const plain = (value: string) => ({ value, label: value });
  return (
    <div className={styles.controls}>
      <Choice
        label="View"
        chosen={address.view}
        options={VIEWS.map((view) => ({ value: view, label: TITLES[view], to: to({ view }) }))}
      />
      <Choice
        label="Range"
        chosen={address.range}
        options={RANGES.map((range) => ({ ...plain(range), to: to({ range }) }))}
      />
      {address.view === "moving" && (
        <Choice
          label="Window in bars"
          chosen={String(address.window)}
          options={WINDOWS.map((window) => ({ ...plain(window), to: to({ window: Number(window) }) }))}
        />
      )}
      <Choice
        label="Adjustment"
        chosen={address.adjust}
        options={ADJUSTS.map((adjust) => ({
          value: adjust,
          label: CHOICES[adjust][0],
          hint: CHOICES[adjust][1],
          to: to({ adjust }),
        }))}
      />
      <Button
        look="quiet"
        aria-pressed={address.table}
        onClick={() => navigate(to({ table: !address.table }), { replace: true })}
      >
        Table
      </Button>
    </div>
  );
}

/** Nothing to compare yet: the first of the watchlist are one click away. */
function Start({ chosen, onChoose }: { chosen: readonly string[]; onChoose: (symbols: string[]) => void }) {
  const { data } = useQuery(watchlistsQuery());
  const listed = data?.watchlists[0]?.symbols.filter((symbol) => !chosen.includes(symbol)) ?? [];
  const quotes = useQuery(quotesQuery(listed, false));
  // What is old has no stretch in common with the rest.
  const fresh = quotes.data?.quotes.filter(({ freshness }) => freshness !== "stale").map(({ symbol }) => symbol) ?? [];
  const offer = [...chosen, ...fresh].slice(0, 4);
  return (
    <Notice
      title={chosen.length === 1 ? "Add a second symbol" : "Choose two to eight symbols"}
      action={
        offer.length >= 2 && (
          <Button look="main" onClick={() => onChoose(offer)}>
            Compare {offer.join(", ")}
          </Button>
        )
      }
    >
      The chart shows how each has moved since the start of the range.
    </Notice>
  );
}
