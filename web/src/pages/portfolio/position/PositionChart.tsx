/** The price of a position, what was done with it on the way, and what a unit of it cost. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { Bars, Portfolio } from "../../../api/desk";
import { lotsQuery, transactionsQuery } from "../../../api/portfolios";
import { actionsQuery, barsQuery } from "../../../api/queries";
import { LinesChart } from "../../../charts/LinesChart";
import type { Lines } from "../../../charts/LinesPlot";
import { Notice, Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import * as format from "../../../lib/format";
import { scopeOf } from "../address";
import { costLine } from "./cost";
import { marksOf } from "./marks";
import styles from "./Position.module.css";

const HEIGHT = "clamp(220px, calc(100vh - 560px), 360px)";

interface ChartProps {
  portfolio: Portfolio;
  instrument: string;
  ticker: string;
  from: string;
  to: string;
}

const MOST_MARKS = 500;

export function PositionChart({ portfolio, instrument, ticker, from, to }: ChartProps) {
  const [params] = useSearchParams();
  const scope = scopeOf(params);
  const daily = { range: "Max", from, to, interval: "1d", adjust: "split", hours: "regular" } as const;
  const bars = useQuery(barsQuery(ticker, { ...daily, indicators: [], asOf: null }));
  const actions = useQuery(actionsQuery(ticker, { asOf: null }));
  const lots = useQuery(lotsQuery(portfolio.id, { ...scope, instrument }));
  const asked = { instrument, ...(scope.account && { account: scope.account }), to, limit: MOST_MARKS };
  const done = useQuery(transactionsQuery(portfolio.id, asked));
  const drawn = useMemo(() => {
    if (!bars.data || !actions.data || !lots.data || !done.data) return null;
    const days = bars.data.bars.ts.map((ts) => new Date(ts * 1000).toISOString().slice(0, 10));
    const cost = lots.data.open.every(({ cost }) => cost.currency === bars.data.currency)
      ? costLine(lots.data, actions.data.actions, days, to, new Date().toISOString().slice(0, 10))
      : null;
    const marks = marksOf(bars.data.bars.ts, done.data.transactions, actions.data.actions, to);
    return linesOf(bars.data, cost, marks);
  }, [bars.data, actions.data, lots.data, done.data, to]);

  const error = bars.error ?? actions.error ?? lots.error ?? done.error;
  if (!drawn) {
    if (error) return <Trouble error={error} onRetry={bars.refetch} />;
    return <Skeleton height={HEIGHT} />;
  }
  if (drawn.ts.length === 0) return <Notice title="No prices in this stretch">Choose a longer one.</Notice>;
  const day = (index: number) => format.day(drawn.ts[index]);
  const reading = (index: number) =>
    drawn.series.map(({ symbol, values }) => `${symbol} ${shown(drawn, values[index])}`).join("; ");
  const happened = (index: number) => drawn.marks?.find((mark) => mark.index === index)?.text;
  return (
    <LinesChart
      label={`Price of ${ticker} and what it cost`}
      summary={summaryOf(ticker, drawn)}
      measures={`${bars.data?.currency ?? ""} · in units of today`}
      lines={drawn}
      height={HEIGHT}
      legend={(index) => (
        <div className={styles.legend}>
          <span className="quiet">{day(index)}</span>
          {drawn.series.map(({ symbol, colour, values }) => (
            <span key={symbol}>
              <span className={styles.swatch} style={{ background: `var(--line-${colour})` }} aria-hidden="true" />
              {symbol} {shown(drawn, values[index])}
            </span>
          ))}
          {happened(index) && <span className="amount">{happened(index)}</span>}
        </div>
      )}
      spoken={(index) => [`${day(index)}: ${reading(index)}.`, happened(index)].filter(Boolean).join(" ")}
    />
  );
}

function shown({ show }: Lines, value: number | null | undefined): string {
  return value == null ? format.NONE : show(value);
}

function linesOf({ bars, decimals }: Bars, cost: (number | null)[] | null, marks: NonNullable<Lines["marks"]>): Lines {
  const held = cost?.some((value) => value !== null)
    ? [{ symbol: "Cost of a unit", colour: 2, values: cost, shape: "step" as const }]
    : [];
  return {
    ts: bars.ts,
    interval: "1d",
    zone: "UTC",
    kind: "lines",
    level: null,
    log: false,
    decimals,
    show: (value) => format.price(value, decimals),
    series: [{ symbol: "Price", colour: 1, values: bars.close, shape: "area" }, ...held],
    marks,
  };
}

/** Where the price stands to what was paid. */
function summaryOf(ticker: string, { series, show, ts, marks }: Lines): string {
  const [price, cost] = series.map(({ values }) => values.findLast((value) => value !== null) ?? null);
  const first = series[0]?.values.find((value) => value !== null);
  if (price == null || first == null) return `${ticker} has no prices here.`;
  const way = price >= first ? "rose" : "fell";
  const moved = `${ticker} ${way} from ${show(first)} on ${format.day(ts[0])} to ${show(price)}`;
  const against = cost == null ? "" : `; a unit cost ${show(cost)} on average, ${format.gain(price / cost - 1)} since`;
  const happened = marks?.length ? ` ${format.counted(marks.length, "day")} with transactions or splits.` : "";
  return `${moved}${against}.${happened}`;
}
