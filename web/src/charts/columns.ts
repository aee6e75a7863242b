/** From the desk's columns to what a chart takes, and where on it a corporate action belongs. */

import type { SingleValueData, UTCTimestamp, WhitespaceData } from "lightweight-charts";
import type { BarAction } from "../api/desk";

type Point = SingleValueData<UTCTimestamp> | WhitespaceData<UTCTimestamp>;

/** One value per time; what is missing leaves a gap. */
export function lineOf(wall: readonly number[], values: readonly (number | null)[]): Point[] {
  return wall.map((time, index) => {
    const value = values[index];
    return value == null ? { time: time as UTCTimestamp } : { time: time as UTCTimestamp, value };
  });
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

/** Running totals across `series`, so that columns drawn behind one another read as stacked. */
export function stacked(series: readonly (readonly (number | null)[])[]): number[][] {
  const totals: number[][] = [];
  for (const values of series) {
    const below = totals.at(-1);
    totals.push(values.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)));
  }
  return totals;
}
