/** The six ways to look at a comparison, each as lines for a chart. */

import type { Comparison } from "../../api/desk";
import type { Lines } from "../../charts/LinesPlot";
import { isIntraday } from "../../charts/PricePlot";
import type { View } from "../../lib/address";
import * as format from "../../lib/format";

export const CHART_HEIGHT = "clamp(300px, calc(100vh - 420px), 480px)";

type Columns = Record<string, readonly (number | null)[]>;

export interface Seen extends Lines {
  /** What the figures are, for the legend and the table. */
  what: string;
}

/** What `view` shows of `comparison`; times on the clock of `zone`. */
export function seen(comparison: Comparison, view: View, zone: string): Seen {
  const { ts, interval, rebased, moving_average, ratio, window, daily, hourly_high, symbols } = comparison;
  const days = daily.dates.map((date) => Date.parse(date) / 1000);
  const bars = { ts, intraday: isIntraday(interval), zone };
  const daysOnly = { ts: days, intraday: false, zone };
  const decimals = format.columnDecimals(comparison.statistics.map(({ low }) => low));
  const price = {
    kind: "lines",
    level: null,
    decimals,
    show: (value: number) => format.price(value, decimals),
  } as const;
  const percent = { kind: "lines", level: 0, decimals: 2, show: (value: number) => format.percentUnit(value) } as const;
  const plain = { kind: "lines", level: 1, decimals: 4, show: (value: number) => format.figure(value, 4) } as const;
  const columns = { kind: "stacked", level: null, decimals: 0, show: format.compact } as const;
  const of = (values: Columns) => symbols.flatMap((symbol) => ({ symbol, values: values[symbol] ?? [] }));
  const views: Record<View, Seen> = {
    rebased: { ...bars, ...percent, series: of(rebased), what: "Change since the start of the range" },
    moving: { ...bars, ...price, series: of(moving_average), what: `Mean close of ${window} bars of ${interval}` },
    average: { ...daysOnly, ...price, series: of(daily.average), what: "Average price of each day" },
    high: {
      ...price,
      ts: hourly_high.ts,
      intraday: true,
      zone,
      series: of(hourly_high.high),
      what: "Highest price of each hour",
    },
    volume: { ...daysOnly, ...columns, series: of(daily.volume), what: "Units traded each day" },
    ratio: { ...bars, ...plain, series: of(ratio), what: `Price in units of ${symbols[0]}` },
  };
  return views[view];
}

/** A symbol's reading at `index`, with its share of the day where volumes are shown. */
export function readingOf(
  comparison: Comparison,
  view: View,
  { series, show }: Seen,
  symbol: string,
  index: number,
): string {
  const value = series.find((each) => each.symbol === symbol)?.values[index];
  if (value == null) return format.NONE;
  const share = view === "volume" ? comparison.daily.share[symbol]?.[index] : undefined;
  return share == null ? show(value) : `${show(value)}, ${format.share(share)}`;
}
