/** The columns of each view of a watchlist: what a cell shows, what it sorts by, and what a file holds of it. */

import type { ReactNode } from "react";
import type { Quote, SymbolFigures } from "../../api/desk";
import { Freshness, isStale } from "../../components/Freshness";
import { Live } from "../../components/Live";
import { Move } from "../../components/Move";
import { Sparkline } from "../../components/Sparkline";
import type { ListView } from "../../lib/address";
import type { Cell } from "../../lib/csv";
import * as format from "../../lib/format";
import type { LiveQuote } from "../../lib/quotes";
import styles from "./Watchlist.module.css";
import { YearRange } from "./YearRange";
import { yearOf } from "./year";

export const COLUMN_KEYS = [
  "symbol",
  "price",
  "change",
  "change_pct",
  "volume",
  "age",
  "5D",
  "1M",
  "3M",
  "YTD",
  "1Y",
  "volatility",
  "max_drawdown",
  "beta",
  "year",
  "bid",
  "bid_size",
  "ask",
  "ask_size",
  "type",
  "sector",
] as const;
export type ColumnKey = (typeof COLUMN_KEYS)[number];

/** One symbol, as its row shows it. */
export interface Shown {
  quote: LiveQuote;
  figures: SymbolFigures | undefined;
  /** The desk's clock when it answered, in milliseconds. */
  now: number;
  lag_s: number;
  /** The exchange's clock. */
  zone: string;
}

export interface Column {
  /** Null: it does not sort. */
  key: ColumnKey | null;
  title: string;
  /** What the heading means, in full. */
  hint?: string;
  /** A text is led from the start of its cell, a figure to the end. */
  text?: boolean;
  className?: string | undefined;
  show: (shown: Shown) => ReactNode;
  /** What rows are sorted by; null where there is no figure. */
  value?: (quote: Quote, figures: SymbolFigures | undefined) => number | string | null;
  /** The file's columns, where they are not just `value` under the title. */
  file?: readonly (readonly [title: string, cell: (quote: Quote, figures: SymbolFigures | undefined) => Cell])[];
}

/** What is stale did not move today. */
const fresh = <Value,>(quote: Quote, value: Value): Value | null => (quote.freshness === "stale" ? null : value);

function Glowing({ text }: { text: string }) {
  return <Live value={text}>{text}</Live>;
}

function Moved({
  value,
  text,
  arrow = false,
  past,
}: {
  value: number | null;
  text: string;
  arrow?: boolean;
  past: boolean;
}) {
  return (
    <Live value={text}>
      <Move value={value} text={text} arrow={arrow} past={past} />
    </Live>
  );
}

function StaleDay({ quote, now, zone }: Shown) {
  if (quote.freshness !== "stale") return null;
  return <span className={styles.day}>{format.dayNear(format.tradeDay(quote.ts), now, zone)}</span>;
}

const PRICE: Column = {
  key: "price",
  title: "Price",
  className: styles.priceColumn,
  show: (shown) => (
    <>
      <span className={`${styles.price} ${styles.padded}`} data-stale={isStale(shown.quote, shown.lag_s)}>
        <Glowing text={format.price(shown.quote.price, shown.quote.decimals)} />
      </span>
      <StaleDay {...shown} />
    </>
  ),
  value: ({ price }) => price,
};

const CHANGE_PCT: Column = {
  key: "change_pct",
  title: "%",
  hint: "Change since the previous close",
  className: styles.pctColumn,
  show: ({ quote: { change_pct, freshness } }) => (
    <Moved value={change_pct} text={format.percent(change_pct)} arrow past={freshness === "stale"} />
  ),
  value: (quote) => fresh(quote, quote.change_pct),
  file: [["change %", ({ change_pct }) => change_pct]],
};

const VOLUME: Column = {
  key: "volume",
  title: "Volume",
  className: styles.volumeColumn,
  show: ({ quote }) => <Glowing text={format.compact(quote.volume)} />,
  value: ({ volume }) => volume,
};

const AGE: Column = {
  key: "age",
  title: "Updated",
  className: styles.ageColumn,
  show: ({ quote, now, lag_s, zone }) => <Freshness quote={quote} now={now} lag_s={lag_s} zone={zone} />,
  value: ({ age_s }) => age_s,
  file: [["at", ({ ts }) => ts]],
};

/** A span's change from the close before it to the price as it is now. */
function spanColumn(span: "5D" | "1M" | "3M" | "YTD" | "1Y", hint: string): Column {
  const changeOf = ({ price }: Quote, figures: SymbolFigures | undefined) => {
    const from = figures?.changes[span];
    return from ? (price / from.close - 1) * 100 : null;
  };
  return {
    key: span,
    title: `${span} %`,
    hint: `${hint}; without dividends`,
    className: styles.spanColumn,
    show: ({ quote, figures }) => {
      if (!figures) return null;
      const [change, from] = [changeOf(quote, figures), figures.changes[span]];
      const since = from && `since the close of ${format.day(from.since)}, ${format.price(from.close, quote.decimals)}`;
      return (
        <span title={since}>
          <Moved value={change} text={format.percent(change)} past={quote.freshness === "stale"} />
        </span>
      );
    },
    value: (quote, figures) => fresh(quote, changeOf(quote, figures)),
  };
}

/** A figure of the last year's risk, told once the figures are there. */
function riskColumn(
  key: "volatility" | "max_drawdown" | "beta",
  title: string,
  hint: string,
  write: (value: number) => string,
): Column {
  const figureOf = (_: Quote, figures: SymbolFigures | undefined) => figures?.risk?.[key] ?? null;
  return {
    key,
    title,
    hint,
    className: styles.riskColumn,
    show: ({ quote, figures }) => {
      const value = figureOf(quote, figures);
      const risk = figures?.risk;
      const of = risk && `from ${format.counted(risk.returns, "daily return")} since ${format.day(risk.since)}`;
      return figures && <span title={of ?? undefined}>{value === null ? format.NONE : write(value)}</span>;
    },
    value: figureOf,
  };
}

function bookColumn(key: "bid" | "ask", title: string): Column {
  return {
    key,
    title,
    className: styles.bookColumn,
    show: ({ quote }) => <Glowing text={format.price(quote[key], quote.decimals)} />,
    value: (quote) => quote[key],
  };
}

function sizeColumn(key: "bid_size" | "ask_size", title: string): Column {
  return {
    key,
    title,
    className: styles.sizeColumn,
    show: ({ quote }) => <Glowing text={format.compact(quote[key])} />,
    value: (quote) => quote[key],
  };
}

function factColumn(key: "type" | "sector", title: string, className: string | undefined): Column {
  return {
    key,
    title,
    text: true,
    className,
    show: ({ quote }) => <span title={quote[key] ?? undefined}>{quote[key] ?? format.NONE}</span>,
    value: (quote) => quote[key],
  };
}

const percentOf = (value: number) => format.figure(value * 100, 1);

export const VIEWS: Record<ListView, { title: string; columns: readonly Column[]; figures?: boolean }> = {
  price: {
    title: "Price",
    columns: [
      PRICE,
      {
        key: "change",
        title: "Change",
        hint: "Since the previous close",
        className: styles.changeColumn,
        show: ({ quote }) => (
          <span className={styles.padded}>
            <Moved
              value={quote.change}
              text={format.change(quote.change, quote.decimals)}
              past={quote.freshness === "stale"}
            />
          </span>
        ),
        value: (quote) => fresh(quote, quote.change),
        file: [["change", ({ change }) => change]],
      },
      CHANGE_PCT,
      {
        key: null,
        title: "Day",
        text: true,
        className: styles.sparkColumn,
        show: (shown) => (
          <>
            <Sparkline
              close={lineOf(shown.quote)}
              previousClose={shown.quote.previous_close}
              past={shown.quote.freshness === "stale"}
            />
            <StaleDay {...shown} />
          </>
        ),
        file: [],
      },
      VOLUME,
      AGE,
    ],
  },
  performance: {
    title: "Performance",
    figures: true,
    columns: [
      PRICE,
      { ...CHANGE_PCT, title: "1D %", className: styles.spanColumn },
      spanColumn("5D", "Over the last five sessions"),
      spanColumn("1M", "Over a month"),
      spanColumn("3M", "Over three months"),
      spanColumn("YTD", "Since the year began"),
      spanColumn("1Y", "Over a year"),
    ],
  },
  risk: {
    title: "Risk",
    figures: true,
    columns: [
      PRICE,
      riskColumn("volatility", "Volatility %", "Of a year: how far daily returns lie apart", percentOf),
      riskColumn("max_drawdown", "Drawdown %", "The deepest fall from a high within 52 weeks", percentOf),
      riskColumn("beta", "Beta", "How much it moves with a move of the benchmark", format.figure),
      {
        key: "year",
        title: "52-week range",
        hint: "The lowest and highest price, and where the price is between them",
        text: true,
        className: styles.yearColumn,
        show: ({ quote, figures }) => figures && <YearRange quote={quote} risk={figures.risk} />,
        value: (quote, figures) => yearOf(quote, figures?.risk ?? null)?.place ?? null,
        file: [
          ["52-week low", (quote, figures) => yearOf(quote, figures?.risk ?? null)?.low],
          ["52-week high", (quote, figures) => yearOf(quote, figures?.risk ?? null)?.high],
        ],
      },
    ],
  },
  details: {
    title: "Details",
    columns: [
      PRICE,
      { ...AGE, title: "Last sale" },
      sizeColumn("bid_size", "Bid size"),
      bookColumn("bid", "Bid"),
      bookColumn("ask", "Ask"),
      sizeColumn("ask_size", "Ask size"),
      { ...VOLUME, className: styles.sizeColumn },
      factColumn("type", "Type", styles.typeColumn),
      factColumn("sector", "Sector", styles.sectorColumn),
    ],
  },
};

/** What `column` sorts a row by. */
export function figureOf(key: ColumnKey, view: ListView) {
  return VIEWS[view].columns.find((column) => column.key === key)?.value;
}

/** The day's line up to the price; that of days gone by as it is. */
function lineOf({ spark, price, freshness }: Quote): readonly number[] {
  if (!spark) return [];
  return freshness === "live" || freshness === "delayed" ? [...spark.close, price] : spark.close;
}
