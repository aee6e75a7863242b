/** Where on a chart its bars stand, so that a long time without bars is seen and few bars are not drawn as giants. */

import { endOf } from "../lib/interval";

/** The chart's places for bars: one each, and empty ones where sessions are missing. */
export interface Slots {
  /** The time of every place, on the chart's clock. */
  wall: readonly number[];
  /** The place of each bar, and the bar at each place; -1: none. */
  ofBar: readonly number[];
  barAt: readonly number[];
}

/** Ten sessions, with the weekends and a holiday between them. */
const LONG_S = 16 * 86_400;
/** How much of the chart one gap may take, and all of them. */
const [ONE_GAP, ALL_GAPS] = [0.03, 0.3];

/** The pixel by which the library draws bars too far to the left. */
const CUT_PX = 1;
/** The widest place of a bar, in pixels: what is drawn in it takes about four fifths. */
export const MOST_PX = 30;

/**
 * Places for the bars at `wall` seconds on a chart of `width` pixels; where more than ten sessions are missing, some
 * stay empty, and before the first bar as many as are cut off at the left. Few bars stand in the middle.
 */
export function slotsOf(wall: readonly number[], interval: string, width: number): Slots {
  const missing_s = (bar: number) => (wall[bar + 1] ?? Number.NEGATIVE_INFINITY) - endOf(wall[bar] ?? 0, interval);
  const gaps = wall.filter((_, bar) => missing_s(bar) > LONG_S).length;
  const share = Math.min(ONE_GAP, ALL_GAPS / gaps);
  const empty = Math.max(1, Math.round(share * wall.length));
  const slots = { wall: [] as number[], ofBar: [] as number[], barAt: [] as number[] };
  const cut = Math.ceil((CUT_PX * wall.length) / Math.max(1, width - CUT_PX) - 0.5);
  const spare = wall.length === 0 ? 0 : Math.max(0, Math.ceil(width / MOST_PX) - wall.length);
  for (let place = cut + Math.ceil(spare / 2); place > 0; place--) {
    slots.wall.push((wall[0] ?? 0) - place);
    slots.barAt.push(-1);
  }
  wall.forEach((time, bar) => {
    slots.ofBar.push(slots.wall.length);
    slots.wall.push(time);
    slots.barAt.push(bar);
    if (missing_s(bar) <= LONG_S) return;
    // Just behind the bar, so that the first one after the gap is where the axis sees a new month or year begin.
    for (let place = 1; place <= empty; place++) {
      slots.wall.push(time + place);
      slots.barAt.push(-1);
    }
  });
  for (let place = 1; place <= Math.floor(spare / 2); place++) {
    slots.wall.push((slots.wall[slots.ofBar.at(-1) ?? 0] ?? 0) + place);
    slots.barAt.push(-1);
  }
  return slots;
}
