import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { Link, useParams } from "react-router";
import type { Bars, Quote } from "../../api/desk";
import { Problem } from "../../api/problem";
import { barsQuery, instrumentQuery, quotesQuery } from "../../api/queries";
import { latestOf, withLatest } from "../../charts/latest";
import { PriceChart } from "../../charts/PriceChart";
import { Notice, Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { type ChartAddress, inRange, isOwnStretch, isTicker } from "../../lib/address";
import { useLag, useTitle } from "../../lib/hooks";
import { indicatorOf } from "../../lib/indicators";
import { Actions } from "./Actions";
import { BarsTable } from "./BarsTable";
import { Controls } from "./Controls";
import { useChartAddress, useNeighbours } from "./chartState";
import { Dated } from "./Dated";
import { Facts } from "./Facts";
import { Head } from "./Head";
import { Rhythm } from "./Rhythm";
import styles from "./SymbolPage.module.css";
import { NoTicker, Unpriced } from "./Unpriced";

/** Where has this been, where is it now? */
export default function SymbolPage() {
  const { ticker = "" } = useParams();
  useTitle(ticker);
  // What no exchange could list need not be asked for.
  return isTicker(ticker) ? <Priced key={ticker} ticker={ticker} /> : <NoTicker text={ticker} />;
}

function Priced({ ticker }: { ticker: string }) {
  const [address, to] = useChartAddress();
  const bars = useQuery({
    ...barsQuery(ticker, address),
    // The chart of the last range stays until this one's is there; that of another symbol does not.
    placeholderData: (before) => (before?.symbol === ticker ? before : undefined),
  });
  const quotes = useQuery(quotesQuery([ticker]));
  const instrument = useQuery(instrumentQuery(ticker));
  const near = useNeighbours(ticker, address, bars.isSuccess);
  const quote = quotes.data?.quotes.find(({ symbol }) => symbol === ticker);
  const missing = quotes.data?.missing.find(({ symbol }) => symbol === ticker);
  const lag_s = useLag(quotes);
  const { isError: refused, refetch } = bars;
  const priced = quote !== undefined;
  useEffect(() => {
    // The first price of a symbol that had none comes with its bars.
    if (priced && refused) void refetch();
  }, [priced, refused, refetch]);

  if (!bars.data && bars.error instanceof Problem && bars.error.status === 404) {
    return <Unpriced ticker={ticker} error={bars.error} missing={missing} />;
  }
  return (
    <article>
      <Head
        ticker={ticker}
        instrument={instrument.data}
        quote={quote}
        missing={missing}
        answered={quotes.isSuccess && !quotes.isPlaceholderData}
        now={quotes.data?.now}
        lag_s={lag_s}
      />
      <Controls address={address} answer={bars.data} to={to} onNear={near} />
      <Dated address={address} to={to} />
      <div
        className={styles.chart}
        aria-busy={bars.isPlaceholderData}
        style={{ minHeight: `calc(${heightOf(address)} + 56px)` }}
      >
        {bars.data ? (
          <Drawn answer={bars.data} quote={quote} address={address} maxTo={to(inRange("Max"))} />
        ) : bars.isError ? (
          <Trouble error={bars.error} onRetry={bars.refetch} />
        ) : (
          <Skeleton height={heightOf(address)} />
        )}
      </div>
      <div className={styles.below}>
        <Facts quote={quote} instrument={instrument.data} answer={bars.data} now={quotes.data?.now} />
        <Actions symbol={ticker} />
      </div>
      {bars.data && <Rhythm answer={bars.data} wanted={address} />}
    </article>
  );
}

interface DrawnProps {
  answer: Bars;
  quote: Quote | undefined;
  address: ChartAddress;
  maxTo: string;
}

function Drawn({ answer, quote, address, maxTo }: DrawnProps) {
  const latest = useMemo(() => (address.to ? null : latestOf(answer, quote)), [answer, quote, address.to]);
  if (answer.bars.ts.length === 0) return <NoBars answer={answer} maxTo={maxTo} />;
  return (
    <>
      {address.table ? (
        <BarsTable answer={withLatest(answer, latest)} />
      ) : (
        <PriceChart
          answer={answer}
          latest={latest}
          scale={address.scale}
          oneDay={isOneDay(address)}
          height={heightOf(address)}
        />
      )}
      {answer.notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
    </>
  );
}

function NoBars({ answer, maxTo }: { answer: Bars; maxTo: string }) {
  if (answer.as_of) return <Notice title={`The desk knew no prices of ${answer.symbol} in this range then`} />;
  return (
    <Notice title={`No prices of ${answer.symbol} in this range`} action={<Link to={maxTo}>Show all there is</Link>}>
      {answer.notes.length > 0 ? answer.notes.join(" ") : "The desk holds none, or it has not traded then."}
    </Notice>
  );
}

function isOneDay(address: ChartAddress): boolean {
  return address.range === "1D" && !isOwnStretch(address);
}

/** The chart's height: what the window leaves, and room for each pane below. */
function heightOf({ indicators }: ChartAddress): string {
  const panes = indicators.filter((key) => indicatorOf(key)?.pane === "own").length;
  return `calc(clamp(320px, 100vh - 340px, 600px) + ${panes * 110}px)`;
}
