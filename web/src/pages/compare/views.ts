/** The six ways to look at a comparison, each as lines for a chart. */

import type { Comparison } from "../../api/desk";
import type { Lines } from "../../charts/LinesPlot";
import type { View } from "../../lib/address";
import * as format from "../../lib/format";
import { isIntraday, lengthOf } from "../../lib/interval";

export const CHART_HEIGHT = "clamp(300px, calc(100vh - 420px), 480px)";

type Columns = Record<string, readonly (number | null)[]>;

export interface Seen extends Lines {
  /** What the figures are, for the legend and the table. */
  what: string;
}

/** The number of a symbol's colour: the same in the chips, the lines and the legend, whatever else is left out. */
export function colourOf(symbol: string, compared: readonly string[]): number {
  return compared.indexOf(symbol) + 1;
}

/**
 * What `view` shows of `comparison`, coloured by the places in `compared`. Its exchanges may keep different hours: times
 * are on the clock of `zone`.
 */
export function seen(comparison: Comparison, view: View, compared: readonly string[], zone: string): Seen {
  const { interval, rebased, moving_average, ratio, window, daily, hourly_high, statistics } = comparison;
  const drawn = present(comparison);
  const of = (values: Columns) =>
    drawn.flatMap((symbol) =>
      values[symbol] ? [{ symbol, colour: colourOf(symbol, compared), values: values[symbol] }] : [],
    );
  const bars = ({ ts, values }: Comparison["rebased"]) => ({
    ts,
    series: of(values),
    interval,
    zone,
  });
  const days = (values: Columns) => {
    const ts = daily.dates.map((date) => Date.parse(date) / 1000);
    return { ts, series: of(values), interval: "1d", zone };
  };
  const price = (columns: Columns) => {
    const priced = statistics.filter(({ symbol }) => columns[symbol]?.some((value) => value !== null));
    const decimals = Math.max(2, ...priced.map((row) => row.decimals));
    const show = (value: number) => format.price(value, decimals);
    return { kind: "lines", level: null, decimals, log: spread(drawn, columns), show } as const;
  };
  const views: Record<View, () => Seen> = {
    rebased: () => ({ ...bars(rebased), ...PERCENT, what: changeOf(comparison, zone) }),
    moving: () => ({
      ...bars(moving_average),
      ...price(moving_average.values),
      what: `Mean close of ${window} ${lengthOf(interval)} bars`,
    }),
    average: () => ({
      ...days(daily.average),
      ...price(daily.average),
      what: `Mean of each day’s ${lengthOf(interval)} closes`,
    }),
    high: () => ({
      ...bars(hourly_high),
      ...price(hourly_high.values),
      interval: "1h",
      what: "Highest price of each hour",
    }),
    volume: () => ({ ...days(daily.volume), ...VOLUME, what: "Units traded each day" }),
    ratio: () => ({
      ...bars(ratio),
      ...RATIO,
      log: spread(drawn, ratio.values),
      what: `${drawn[0]} in units of each other`,
    }),
  };
  return views[view]();
}

/** The symbols that have prices here. */
export function present({ symbols, missing }: Pick<Comparison, "symbols" | "missing">): string[] {
  const absent = new Set(missing.map(({ symbol }) => symbol));
  return symbols.filter((symbol) => !absent.has(symbol));
}

/** `Change since the close of 28 Feb 2000`: that of the first bar that all have. */
function changeOf({ common_start, interval }: Comparison, zone: string): string {
  if (!common_start) return "Change";
  const bar = format.barTime(Date.parse(common_start) / 1000, zone, isIntraday(interval));
  return interval === "1d"
    ? `Change since the close of ${bar}`
    : `Change since the ${lengthOf(interval)} bar of ${bar}`;
}

/** From so many times the lowest price on, the highest would leave a flat line of the others. */
const SPREAD = 10;

/** Whether `columns` are so far apart that only a logarithmic axis shows how each moves. */
function spread(symbols: readonly string[], columns: Columns): boolean {
  const last = symbols.flatMap((symbol) => columns[symbol]?.findLast((value) => value !== null) ?? []);
  return Math.min(...last) > 0 && Math.max(...last) > SPREAD * Math.min(...last);
}

const PERCENT = {
  kind: "lines",
  level: 0,
  log: false,
  decimals: 2,
  show: (value: number) => format.percentUnit(value),
} as const;
const RATIO = { kind: "lines", level: 1, decimals: 8, show: (value: number) => format.ratio(value) } as const;
const VOLUME = { kind: "stacked", level: null, log: false, decimals: 0, show: format.compact } as const;

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
