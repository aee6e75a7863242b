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
  /** Values at which readers look for a turn. */
  levels: readonly number[];
}

interface Kind extends Pick<Indicator, "pane" | "unit"> {
  title: string;
  meaning: (...numbers: number[]) => string;
  numbers: readonly number[];
  levels?: readonly number[];
}

const KINDS: Record<string, Kind> = {
  sma: {
    title: "SMA",
    meaning: (n) => `The mean close of the last ${n} bars.`,
    pane: "price",
    unit: "price",
    numbers: [20],
  },
  ema: {
    title: "EMA",
    meaning: (n) => `A mean close over about ${n} bars that weighs recent ones more.`,
    pane: "price",
    unit: "price",
    numbers: [20],
  },
  bollinger: {
    title: "Bollinger",
    meaning: (n, width) => `The mean close of ${n} bars, and two bands ${width} standard deviations away.`,
    pane: "price",
    unit: "price",
    numbers: [20, 2],
  },
  mean: {
    title: "Mean of the range",
    meaning: () => "The mean close of all bars shown so far.",
    pane: "price",
    unit: "price",
    numbers: [],
  },
  macd: {
    title: "MACD",
    meaning: (fast, slow, signal) =>
      `The EMA of ${fast} bars less that of ${slow}, and its EMA of ${signal} as a signal.`,
    pane: "own",
    unit: "price",
    numbers: [12, 26, 9],
  },
  rsi: {
    title: "RSI",
    meaning: (n) => `Strength of rises against falls over ${n} bars, 0 to 100; below 30 and above 70 are extreme.`,
    pane: "own",
    unit: "figure",
    numbers: [14],
    levels: [30, 70],
  },
  atr: {
    title: "ATR",
    meaning: (n) => `How far the price travels in a bar, averaged over ${n}.`,
    pane: "own",
    unit: "price",
    numbers: [14],
  },
  obv: {
    title: "OBV",
    meaning: () => "Volume added on rises and taken off on falls.",
    pane: "own",
    unit: "figure",
    numbers: [],
  },
  volatility: {
    title: "Volatility",
    meaning: (n) => `Yearly standard deviation of the last ${n} bars’ returns.`,
    pane: "own",
    unit: "fraction",
    numbers: [20],
  },
  drawdown: {
    title: "Drawdown",
    meaning: () => "How far below its highest close so far.",
    pane: "own",
    unit: "fraction",
    numbers: [],
  },
};

/** The line tokens that are told apart from candles that rose and fell. */
const LINES = 6;

/** The number of the line token for the indicator at `place` of those chosen. */
function lineNumber(place: number): number {
  return (place % LINES) + 1;
}

/** How a line of the indicator at `place` is drawn: in the colour of a line token, or in none; and whether dashed. */
export function strokeOf(name: string, place: number): { colour: number | null; dashed: boolean } {
  if (name === "histogram") return { colour: null, dashed: false };
  if (name === "signal") return { colour: lineNumber(place + 1), dashed: true };
  return { colour: lineNumber(place), dashed: name === "middle" };
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

/** The fewest and the most bars an indicator looks back on, as the desk allows. */
export const FEWEST_BARS = 2;
export const MOST_BARS = 2000;

/** The indicators whose number of bars a reader may choose, as `[name, title]`. */
export const WITH_BARS: readonly (readonly [name: string, title: string])[] = Object.entries(KINDS).flatMap(
  ([name, { title, numbers }]) => (numbers.length === 1 || name === "bollinger" ? [[name, title] as const] : []),
);

/** The key of the indicator `name` over `bars`; what else it has stays as usual. */
export function keyWith(name: string, bars: number): string {
  return `${name}:${[bars, ...(KINDS[name]?.numbers.slice(1) ?? [])].join(",")}`;
}

/** The indicator named by `key`, or null where there is no such one or its numbers do not fit. */
export function indicatorOf(key: string): Indicator | null {
  const [name = "", given] = key.split(":");
  const kind = KINDS[name];
  const numbers = given === undefined ? [] : given.split(",").map(Number);
  if (!kind || numbers.length !== kind.numbers.length || numbers.some((n) => !(n > 0))) return null;
  const { title, meaning, pane, unit, levels = [] } = kind;
  const named = numbers.length > 0 ? `${title} (${numbers.join(", ")})` : title;
  return { key, title: named, meaning: meaning(...numbers), pane, unit, levels };
}

/** What the menu lists: the usual ones, and those chosen by address that are not among them. */
export function offered(chosen: readonly string[]): Indicator[] {
  return [...new Set([...OFFERED, ...chosen])].map(indicatorOf).filter((indicator) => indicator !== null);
}
