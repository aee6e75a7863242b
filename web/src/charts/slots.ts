/** Where on a chart its bars stand, so that a long time without bars is seen, and the years its axis must name. */

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

/**
 * Places for the bars at `wall` seconds on a chart of `width` pixels; where more than ten sessions are missing, some
 * stay empty, and before the first bar as many as are cut off at the left.
 */
export function slotsOf(wall: readonly number[], interval: string, width: number): Slots {
  const missing_s = (bar: number) => (wall[bar + 1] ?? Number.NEGATIVE_INFINITY) - endOf(wall[bar] ?? 0, interval);
  const gaps = wall.filter((_, bar) => missing_s(bar) > LONG_S).length;
  const share = Math.min(ONE_GAP, ALL_GAPS / gaps);
  const empty = Math.max(1, Math.round(share * wall.length));
  const slots = { wall: [] as number[], ofBar: [] as number[], barAt: [] as number[] };
  const cut = Math.ceil((CUT_PX * wall.length) / Math.max(1, width - CUT_PX) - 0.5);
  for (let place = cut; place > 0; place--) {
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
  return slots;
}

/**
 * The years of `wall` that ticks must name, because no tick for the new year does: the first one, where it is not the
 * only one or not `now`'s, and those that begin within `room` places of the one named before.
 */
export function yearsToName(wall: readonly number[], room: number, now: number): Set<number> {
  const yearOf = (time: number) => new Date(time * 1000).getUTCFullYear();
  const begins = new Map<number, number>();
  wall.forEach((time, place) => {
    const year = yearOf(time);
    if (!begins.has(year)) begins.set(year, place);
  });
  const [first] = begins.keys();
  const named = new Set<number>();
  let told = Number.NEGATIVE_INFINITY;
  for (const [year, place] of begins) {
    if (year === first ? begins.size > 1 || year !== yearOf(now / 1000) : place - told < room) named.add(year);
    else told = place;
  }
  return named;
}
