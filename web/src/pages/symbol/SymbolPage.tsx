import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useParams } from "react-router";
import type { Bars, Market, Quote } from "../../api/desk";
import type { Minute } from "../../api/live";
import { Problem } from "../../api/problem";
import { instrumentQuery, marketQuery, quotesQuery } from "../../api/queries";
import { latestOf, withLatest } from "../../charts/latest";
import { PriceChart } from "../../charts/PriceChart";
import { Notice, Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { useMarkets } from "../../components/shell/markets";
import { type ChartAddress, inRange, isOwnStretch, isTicker } from "../../lib/address";
import { useTitle } from "../../lib/hooks";
import { indicatorOf } from "../../lib/indicators";
import { useQuotesLag, useTold, withTold } from "../../lib/quotes";
import { Actions } from "./Actions";
import { useAlerts } from "./alerts";
import { BarsTable } from "./BarsTable";
import { Controls } from "./Controls";
import { useBars, useChartAddress, useFirstPrice, useNeighbours, useOnScale } from "./chartState";
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
  const [asked, to] = useChartAddress();
  const { bars, shown: address, refusal } = useBars(ticker, asked);
  const quotes = useQuery(quotesQuery([ticker]));
  const instrument = useQuery(instrumentQuery(ticker));
  const near = useNeighbours(ticker, address, bars.isSuccess);
  const known = quotes.data?.quotes.find(({ symbol }) => symbol === ticker);
  const told = useTold(ticker);
  const quote = useMemo(
    () => known && withTold(known, quotes.dataUpdatedAt, told),
    [known, quotes.dataUpdatedAt, told],
  );
  const missing = quotes.data?.missing.find(({ symbol }) => symbol === ticker);
  const lag_s = useQuotesLag(quotes);
  const answered = quotes.isSuccess && !quotes.isPlaceholderData;
  const today = (quotes.data?.now ?? new Date().toISOString()).slice(0, 10);
  const answer = useOnScale(bars.data, address, today);
  useFirstPrice(answered, quote !== undefined, bars.refetch);

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
        answered={answered}
        now={quotes.data?.now}
        lag_s={lag_s}
        zone={bars.data?.zone ?? "UTC"}
      />
      <Controls address={address} answer={bars.data} to={to} onNear={near} />
      <Dated address={address} to={to} />
      <div className={styles.wide}>
        <div
          className={styles.chart}
          aria-busy={bars.isPlaceholderData}
          style={{ minHeight: `calc(${heightOf(address)} + 56px)` }}
        >
          {answer ? (
            <Drawn
              answer={answer}
              refusal={refusal}
              quote={quote}
              minutes={told?.minutes ?? NO_MINUTES}
              address={address}
              maxTo={to(inRange("Max"))}
              pastTo={to({ trial: null })}
            />
          ) : bars.isError ? (
            <Trouble error={bars.error} onRetry={bars.refetch} />
          ) : (
            <Skeleton height={heightOf(address)} />
          )}
        </div>
        <div className={styles.below}>
          <Facts quote={quote} instrument={instrument.data} answer={bars.data} now={quotes.data?.now} />
          <Actions symbol={ticker} address={address} today={today} />
        </div>
      </div>
      {bars.data && <Rhythm answer={bars.data} wanted={address} />}
    </article>
  );
}

const NO_MINUTES: readonly Minute[] = [];

interface DrawnProps {
  answer: Bars;
  /** Why the interval is not the one of the address. */
  refusal: string | null;
  quote: Quote | undefined;
  minutes: readonly Minute[];
  address: ChartAddress;
  maxTo: string;
  /** The same chart without a trial. */
  pastTo: string;
}

function Drawn({ answer, refusal, quote, minutes, address, maxTo, pastTo }: DrawnProps) {
  const session = useSession(answer.exchange ?? ALWAYS_OPEN);
  const { to, hours, asOf } = address;
  const latest = useMemo(
    () => (to ? [] : latestOf(answer, { quote, minutes, session, hours })),
    [answer, quote, minutes, session, hours, to],
  );
  const { sentence, ...alerts } = useAlerts(answer.symbol, address.trial, answer.decimals);
  if (answer.bars.ts.length === 0) return <NoBars answer={answer} maxTo={maxTo} />;
  return (
    <>
      {sentence && (
        <p className={styles.trial}>
          {sentence} <Link to={pastTo}>Hide</Link>
        </p>
      )}
      {address.table ? (
        <BarsTable answer={withLatest(answer, latest)} />
      ) : (
        <PriceChart
          answer={answer}
          latest={latest}
          scale={address.scale}
          oneDay={isOneDay(address)}
          alerts={asOf ? null : alerts}
          height={heightOf(address)}
        />
      )}
      {[...(refusal ? [`${refusal} Shown in its place: ${answer.interval}.`] : []), ...answer.notes].map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
    </>
  );
}

/** Where hours are not told apart. */
const ALWAYS_OPEN = "24/7";

/** The session of `exchange` that is under way, else the next one. */
function useSession(exchange: string): Market | undefined {
  const { own } = useMarkets();
  const isOwn = own.data?.exchange === exchange;
  const other = useQuery({ ...marketQuery(exchange), enabled: own.isSuccess && !isOwn });
  return isOwn ? own.data : other.data;
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
  return `calc(clamp(320px, 100vh - 340px, 840px) + ${panes * 110}px)`;
}
