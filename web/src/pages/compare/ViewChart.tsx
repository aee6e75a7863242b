import { useMemo } from "react";
import type { Comparison } from "../../api/desk";
import { LinesChart } from "../../charts/LinesChart";
import { Notice } from "../../components/Notice";
import { type Column, Table } from "../../components/Table";
import type { View } from "../../lib/address";
import * as format from "../../lib/format";
import { isIntraday } from "../../lib/interval";
import styles from "./ViewChart.module.css";
import { CHART_HEIGHT, readingOf, type Seen, seen } from "./views";

interface ViewChartProps {
  comparison: Comparison;
  /** The symbols in the order of their colours. */
  compared: readonly string[];
  view: View;
  table: boolean;
}

/** The chosen view as a chart, or as the table behind it. */
export function ViewChart({ comparison, compared, view, table }: ViewChartProps) {
  const lines = useMemo(() => seen(comparison, view, compared, format.READERS_ZONE), [comparison, view, compared]);
  if (lines.ts.length === 0) return <Notice title="No prices in this range">Choose a longer one.</Notice>;
  if (view === "average" && comparison.daily.note)
    return <Notice title="There is no average of a day here">{comparison.daily.note}</Notice>;
  const time = (index: number) => format.barTime(lines.ts[index] ?? 0, lines.zone, isIntraday(lines.interval));
  const reading = (symbol: string, index: number) => readingOf(comparison, view, lines, symbol, index);
  const drawn = lines.series.map(({ symbol }) => symbol);
  if (table) return <ViewTable lines={lines} time={time} reading={reading} name={view} />;
  return (
    <LinesChart
      label={`${lines.what}: ${drawn.join(", ")}`}
      summary={`${lines.what}, ${drawn.length} symbols, ${time(0)} to ${time(lines.ts.length - 1)}.`}
      measures={measuresOf(comparison, lines, view)}
      lines={lines}
      height={CHART_HEIGHT}
      legend={(index) => (
        <div className={styles.legend}>
          <span className={styles.time}>{time(index)}</span>
          {lines.series.map(({ symbol, colour }) => (
            <span key={symbol}>
              <span className={styles.swatch} style={{ background: `var(--line-${colour})` }} aria-hidden="true" />
              {symbol} {reading(symbol, index)}
            </span>
          ))}
        </div>
      )}
      spoken={(index) => `${time(index)}: ${drawn.map((symbol) => `${symbol} ${reading(symbol, index)}`).join("; ")}.`}
    />
  );
}

/** The currency of prices, and the reader's own clock: the only one that several exchanges have in common. */
function measuresOf({ statistics }: Comparison, { interval, log }: Seen, view: View): string {
  const currencies = [...new Set(statistics.flatMap(({ currency }) => currency ?? []))];
  const prices = view === "moving" || view === "average" || view === "high" ? currencies.join(", ") : "";
  return [prices, log && "logarithmic axis", isIntraday(interval) && `${format.zoneName(format.READERS_ZONE)}`]
    .filter(Boolean)
    .join(" · ");
}

interface ViewTableProps {
  lines: Seen;
  time: (index: number) => string;
  reading: (symbol: string, index: number) => string;
  name: string;
}

function ViewTable({ lines, time, reading, name }: ViewTableProps) {
  const columns: Column<number>[] = [
    {
      title: isIntraday(lines.interval) ? "Time" : "Date",
      show: time,
      cell: (index) => new Date((lines.ts[index] ?? 0) * 1000).toISOString(),
    },
    ...lines.series.map(({ symbol, values }) => ({
      title: symbol,
      number: true,
      show: (index: number) => reading(symbol, index),
      cell: (index: number) => values[index],
    })),
  ];
  const newestFirst = lines.ts.map((_, index) => lines.ts.length - 1 - index);
  return (
    <Table
      caption={isIntraday(lines.interval) ? `${lines.what}, ${format.zoneName(lines.zone)}` : lines.what}
      captioned
      pageSize="window"
      columns={columns}
      rows={newestFirst}
      keyOf={(index) => lines.ts[index] ?? index}
      file={`compare-${name}`}
    />
  );
}
