/** From the desk's columns to what a chart takes, and where on it a corporate action belongs. */

import type { LineData, SingleValueData, UTCTimestamp, WhitespaceData } from "lightweight-charts";
import type { BarAction, Bars } from "../api/desk";
import type { Slots } from "./slots";

type Point = SingleValueData<UTCTimestamp> | WhitespaceData<UTCTimestamp>;
type LinePoint = LineData<UTCTimestamp> | WhitespaceData<UTCTimestamp>;
type Column = readonly (number | null)[];

/** One value per time; what is missing leaves a gap. */
export function lineOf(wall: readonly number[], values: Column): Point[] {
  return wall.map((time, index) => {
    const value = values[index];
    return value == null ? { time: time as UTCTimestamp } : { time: time as UTCTimestamp, value };
  });
}

const DAY_S = 86_400;

/** The same points with the chart's empty places between them. */
export function inPlaces<Data>(
  points: readonly Data[],
  { wall, barAt }: Slots,
): (Data | WhitespaceData<UTCTimestamp>)[] {
  return barAt.map((bar, place) => points[bar] ?? { time: wall[place] as UTCTimestamp });
}

/** The same line, not drawn where more than `gap_s` lie between a value and the next. */
export function brokenLineOf(wall: readonly number[], values: Column, gap_s = 30 * DAY_S): LinePoint[] {
  const points = lineOf(wall, values);
  const drawn = points.filter((point): point is SingleValueData<UTCTimestamp> => "value" in point);
  const ends = new Set<Point>(
    drawn.filter((point, place) => (drawn[place + 1]?.time ?? point.time) - point.time > gap_s),
  );
  // What follows a point is drawn in the point's colour.
  return points.map((point) => (ends.has(point) ? { ...point, color: "transparent" } : point));
}

const HIDDEN = { color: "transparent", lineColor: "transparent", topColor: "transparent", bottomColor: "transparent" };

/** The same line, not drawn over times without a value: what is missing is seen to be. */
export function gappedLineOf(wall: readonly number[], values: Column): LinePoint[] {
  // What follows a point is drawn in the point's colour.
  return lineOf(wall, values).map((point, index) =>
    "value" in point && values[index + 1] === null ? { ...point, ...HIDDEN } : point,
  );
}

/** Whether closes are all there is, or nearly: then there is a line to draw and no candles. */
export function onlyCloses({ open, high, low, close }: Bars["bars"]): boolean {
  const candles = close.filter((_, bar) => open[bar] != null && high[bar] != null && low[bar] != null).length;
  return candles < close.filter((value) => value !== null).length / 2;
}

/** The lowest and the highest price of all bars; of nothing, 0 and 0. */
export function extremesOf({ high, low, close }: Bars["bars"]): [low: number, high: number] {
  const known = (column: Column, bar: number) => column[bar] ?? close[bar];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let bar = 0; bar < close.length; bar++) {
    least = Math.min(least, known(low, bar) ?? least);
    most = Math.max(most, known(high, bar) ?? most);
  }
  return least <= most ? [least, most] : [0, 0];
}

/**
 * The index of the bar an action of the day `at` (epoch seconds, 00:00 UTC) belongs to, or -1 where none of `ts` does.
 * Intraday it is the day's first bar; a day or longer, the bar that covers the day.
 */
export function barOf(ts: readonly number[], at: number, intraday: boolean): number {
  const next = ts.findIndex((each) => each >= at);
  if (intraday || ts[next] === at) return next;
  return next === -1 ? ts.length - 1 : next - 1;
}

export interface Mark {
  index: number;
  letter: string;
  text: string;
}

const LETTERS: Record<string, string> = { split: "S", dividend: "D", spinoff: "O" };

/** The actions as marks on bars, several on one bar as one mark. */
export function marksOf(
  ts: readonly number[],
  actions: readonly Pick<BarAction, "ex_date" | "kind" | "text">[],
  intraday: boolean,
): Mark[] {
  const marks = new Map<number, Mark>();
  for (const { ex_date, kind, text } of actions) {
    const index = barOf(ts, Date.parse(ex_date) / 1000, intraday);
    if (index < 0) continue;
    const before = marks.get(index);
    const letter = LETTERS[kind] ?? "•";
    marks.set(index, {
      index,
      letter: before && !before.letter.includes(letter) ? `${before.letter} ${letter}` : letter,
      text: before ? `${before.text}; ${text}` : text,
    });
  }
  return [...marks.values()].sort((a, b) => a.index - b.index);
}

/** Pixels: how close marks may stand, and from where to where they are told as one if they do not keep to that. */
const [CLOSE_PX, TOGETHER_PX] = [24, 90];

/** `marks` where a bar takes `spacing` pixels: where some would touch, those beside one another as one, `4 D`. */
export function clustered(marks: readonly Mark[], spacing: number): Mark[] {
  const crowded = marks.some(
    ({ index }, place) => ((marks[place + 1]?.index ?? Infinity) - index) * spacing < CLOSE_PX,
  );
  if (!crowded) return [...marks];
  const groups: Mark[][] = [];
  for (const mark of marks) {
    const group = groups.at(-1);
    if (group?.[0] && (mark.index - group[0].index) * spacing < TOGETHER_PX) group.push(mark);
    else groups.push([mark]);
  }
  return groups.map((group) => ({ ...(group[Math.floor((group.length - 1) / 2)] as Mark), letter: counted(group) }));
}

/** `S`, `4 D`, `S 3 D`. */
function counted(group: readonly Mark[]): string {
  const counts = new Map<string, number>();
  for (const letter of group.flatMap((mark) => mark.letter.split(" ")))
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  // What there is less of is more of an event.
  return [...counts]
    .sort((a, b) => a[1] - b[1])
    .map(([letter, count]) => (count === 1 ? letter : `${count}\u00a0${letter}`))
    .join(" ");
}

/** Running totals across `series`, so that columns drawn behind one another read as stacked. */
export function stacked(series: readonly Column[]): number[][] {
  const totals: number[][] = [];
  for (const values of series) {
    const below = totals.at(-1);
    totals.push(values.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)));
  }
  return totals;
}
