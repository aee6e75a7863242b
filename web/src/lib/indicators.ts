/** The indicators a chart offers, as the desk names them (`sma:20`), and where each one is drawn. */

export interface Indicator {
  key: string;
  title: string;
  /** What it says, in a sentence a newcomer understands. */
  meaning: string;
  /** `price`: on the candles. `own`: in a pane below. */
  pane: "price" | "own";
  /** What its values are: on the price's scale, a fraction to show in per cent, or a plain figure. */
  unit: "price" | "fraction" | "figure";
}

const KINDS: Record<string, Omit<Indicator, "key"> & { numbers: readonly number[] }> = {
  sma: { title: "SMA", meaning: "The mean close of the last n bars.", pane: "price", unit: "price", numbers: [20] },
  ema: {
    title: "EMA",
    meaning: "A mean close that weighs recent bars more.",
    pane: "price",
    unit: "price",
    numbers: [20],
  },
  bollinger: {
    title: "Bollinger",
    meaning: "The mean close, and two bands that many standard deviations away.",
    pane: "price",
    unit: "price",
    numbers: [20, 2],
  },
  mean: {
    title: "Mean of the range",
    meaning: "The mean close of all bars shown so far.",
    pane: "price",
    unit: "price",
    numbers: [],
  },
  macd: {
    title: "MACD",
    meaning: "A fast EMA less a slow one, and the EMA of that as a signal.",
    pane: "own",
    unit: "price",
    numbers: [12, 26, 9],
  },
  rsi: {
    title: "RSI",
    meaning: "Strength of rises against falls, 0 to 100.",
    pane: "own",
    unit: "figure",
    numbers: [14],
  },
  atr: {
    title: "ATR",
    meaning: "How far the price usually travels in a bar.",
    pane: "own",
    unit: "price",
    numbers: [14],
  },
  obv: {
    title: "OBV",
    meaning: "Volume added on rises and taken off on falls.",
    pane: "own",
    unit: "figure",
    numbers: [],
  },
  volatility: {
    title: "Volatility",
    meaning: "Yearly standard deviation of the last n bars' returns.",
    pane: "own",
    unit: "fraction",
    numbers: [20],
  },
  drawdown: {
    title: "Drawdown",
    meaning: "How far below its highest close so far.",
    pane: "own",
    unit: "fraction",
    numbers: [],
  },
};

/** The line tokens that are told apart from candles that rose and fell. */
const LINES = 6;

/** The number of the line token for the indicator at `place` of those chosen. */
export function lineNumber(place: number): number {
  return (place % LINES) + 1;
}

const OFFERED = [
  "sma:20",
  "sma:50",
  "sma:200",
  "ema:20",
  "ema:50",
  "bollinger:20,2",
  "mean",
  "macd:12,26,9",
  "rsi:14",
  "atr:14",
  "obv",
  "volatility:20",
  "drawdown",
];

/** The indicator named by `key`, or null where there is no such one or its numbers do not fit. */
export function indicatorOf(key: string): Indicator | null {
  const [name = "", given] = key.split(":");
  const kind = KINDS[name];
  const numbers = given === undefined ? [] : given.split(",").map(Number);
  if (!kind || numbers.length !== kind.numbers.length || numbers.some((n) => !(n > 0))) return null;
  const title = [kind.title, numbers.join(", ")].filter(Boolean).join(" ");
  return { key, title, meaning: kind.meaning, pane: kind.pane, unit: kind.unit };
}

/** What the menu lists: the usual ones, and those chosen by address that are not among them. */
export function offered(chosen: readonly string[]): Indicator[] {
  return [...new Set([...OFFERED, ...chosen])].map(indicatorOf).filter((indicator) => indicator !== null);
}
