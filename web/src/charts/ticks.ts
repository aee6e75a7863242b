/** Where the axes of a chart have ticks: round prices, and times at even steps; and how tags beside them keep apart. */

import * as format from "../lib/format";
import { stepOf } from "./levels";

/** How much higher on an axis `price` is than the lowest one, as a share of all of it. */
type Share = (price: number) => number;

/**
 * Round prices from `low` to `high`, at most `most` and in steps of 1, 2 or 5 (and noughts); on a logarithmic axis as
 * 1, 2 and 5 of each power of ten, or in even steps where there would be too few of them.
 */
export function priceTicks(low: number, high: number, most: number, decimals: number, log: boolean): number[] {
  if (!(high > low) || most < 1) return [];
  if (!log || low <= 0) return multiples(low, high, stepOf((high - low) / most, decimals));
  const share: Share = (price) => Math.log(price / low) / Math.log(high / low);
  const fits = (ticks: readonly number[]) => closest(ticks.map(share)) >= 1 / most;
  const powers = inPowers(low, high, [1, 2, 5]);
  if (fits(powers) && powers.length >= 4) return powers;
  for (let step = stepOf((high - low) / most, decimals); step < high; step = stepOf(step * 1.5, decimals)) {
    const ticks = multiples(low, high, step);
    if (ticks.length < 3) break;
    if (fits(ticks)) return ticks;
  }
  const tens = inPowers(low, high, [1]);
  const each = Math.max(1, Math.ceil(tens.length / most));
  return fits(powers) ? powers : tens.filter((_, place) => place % each === 0);
}

function multiples(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, place) => exact((first + place) * step, step));
}

/** Without the noise of binary fractions: 0.30000000000000004 is 0.3. */
function exact(value: number, step: number): number {
  return Number(value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(step)))));
}

function inPowers(low: number, high: number, times: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    ticks.push(...times.map((each) => exact(each * 10 ** power, 10 ** power)));
  }
  return ticks.filter((price) => price >= low && price <= high);
}

function closest(places: readonly number[]): number {
  return Math.min(...places.slice(1).map((place, before) => place - (places[before] ?? 0)));
}

/** `places` moved as little as need be to lie `gap` apart, and within `height` where all of them have room there. */
export function apart(places: readonly number[], gap: number, height: number): number[] {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  // Those that would touch become a block around their own middle, which may touch the next one in turn.
  const blocks: { middle: number; count: number }[] = [];
  for (const index of order) {
    let block = { middle: within(places[index] ?? 0, 1, gap, height), count: 1 };
    for (let above = blocks.at(-1); above; above = blocks.at(-1)) {
      if (block.middle - above.middle >= ((above.count + block.count) * gap) / 2) break;
      blocks.pop();
      const count = above.count + block.count;
      const middle = (above.middle * above.count + block.middle * block.count) / count;
      block = { middle: within(middle, count, gap, height), count };
    }
    blocks.push(block);
  }
  const moved = blocks.flatMap(({ middle, count }) =>
    Array.from({ length: count }, (_, place) => middle + (place - (count - 1) / 2) * gap),
  );
  return places.map((_, index) => moved[order.indexOf(index)] ?? 0);
}

function within(middle: number, count: number, gap: number, height: number): number {
  const half = (count * gap) / 2;
  return Math.max(half, Math.min(middle, height - half));
}

interface TimeTick {
  place: number;
  text: string;
  /** Whether a longer time begins here than at the others: a day among hours, a year among months. */
  strong: boolean;
}

const DAY_S = 86_400;

interface Step {
  unit: "time" | "day" | "month" | "year";
  /** The number of the step that an instant belongs to. */
  of: (wall: number) => number;
  /** Pixels that one of its ticks takes. */
  room: number;
}

const dayOf = (wall: number) => Math.floor(wall / DAY_S);
const yearOf = (wall: number) => new Date(wall * 1000).getUTCFullYear();
const monthOf = (wall: number) => yearOf(wall) * 12 + new Date(wall * 1000).getUTCMonth();

const STEPS: readonly Step[] = [
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map(
    (minutes): Step => ({ unit: "time", of: (wall) => Math.floor(wall / (60 * minutes)), room: 64 }),
  ),
  { unit: "day", of: dayOf, room: 68 },
  // From Monday to Sunday: the first day of 1970 was a Thursday.
  ...[7, 14].map((days): Step => ({ unit: "day", of: (wall) => Math.floor((dayOf(wall) + 3) / days), room: 68 })),
  ...[1, 2, 3, 6].map(
    (months): Step => ({ unit: "month", of: (wall) => Math.floor(monthOf(wall) / months), room: 64 }),
  ),
  ...[1, 2, 5, 10, 20, 50].map(
    (years): Step => ({ unit: "year", of: (wall) => Math.floor(yearOf(wall) / years), room: 56 }),
  ),
];

/** What of a chart is seen: its places' times on the chart's clock, which of them have bars, and how wide one is. */
interface Window {
  wall: readonly number[];
  barAt: readonly number[];
  from: number;
  to: number;
  spacing: number;
  /** Whether its bars have times of the day. */
  intraday: boolean;
}

/** Ticks at the first bars of even steps of time, the finest for which there is room; `now` in milliseconds. */
export function timeTicks({ wall, barAt, from, to, spacing, intraday }: Window, now: number): TimeTick[] {
  const seen: number[] = [];
  for (let place = Math.max(0, Math.ceil(from)); place <= Math.min(wall.length - 1, Math.floor(to)); place++) {
    if ((barAt[place] ?? -1) >= 0) seen.push(place);
  }
  if (seen.length === 0) return [];
  for (const step of STEPS) {
    if (step.unit === "time" && !intraday) continue;
    const ticks = begins(wall, seen, step);
    const gaps = ticks.slice(1).map((place, before) => (place - (ticks[before] ?? 0)) * spacing);
    const usual = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? step.room;
    if (ticks.length > 0 && usual >= step.room)
      return told(wall, thinned({ wall, barAt }, ticks, step, spacing), step, now);
  }
  return told(wall, seen.slice(0, 1), { unit: "day", of: dayOf, room: 0 }, now);
}

/** Where a step begins; the first bar seen counts only where it does so too, or nothing else is there to tell. */
function begins(wall: readonly number[], seen: readonly number[], { of }: Step): number[] {
  const at = (place: number | undefined) => wall[place ?? 0] ?? 0;
  const all = seen.filter((place, index) =>
    index === 0 ? of(at(place) - 1) !== of(at(place)) : of(at(seen[index - 1])) !== of(at(place)),
  );
  return all.length > 0 ? all : seen.slice(0, 1);
}

/** Where two are too close to one another, the one stays that begins a longer time or follows missing sessions. */
function thinned(
  { wall, barAt }: Pick<Window, "wall" | "barAt">,
  ticks: readonly number[],
  { unit, room }: Step,
  spacing: number,
): number[] {
  const longer = { time: dayOf, day: monthOf, month: yearOf, year: (at: number) => Math.floor(yearOf(at) / 10) }[unit];
  const kept: number[] = [];
  for (const place of ticks) {
    const before = kept.at(-1);
    if (before === undefined || (place - before) * spacing >= room) kept.push(place);
    else if (kept.length > 1 && (barAt[place - 1] === -1 || longer(wall[place] ?? 0) !== longer(wall[before] ?? 0))) {
      // It may not come too close to the one before that in turn.
      if ((place - (kept.at(-2) ?? 0)) * spacing >= room) kept[kept.length - 1] = place;
    }
  }
  return kept;
}

function told(wall: readonly number[], ticks: readonly number[], { unit }: Step, now: number): TimeTick[] {
  const times = ticks.map((place) => wall[place] ?? 0);
  const years = new Set(times.map(yearOf));
  const thisYear = yearOf(now / 1000);
  return ticks.map((place, index) => {
    const time = times[index] ?? 0;
    const before = times[index - 1];
    const newYear =
      before === undefined ? years.size > 1 || yearOf(time) !== thisYear : yearOf(before) !== yearOf(time);
    const newDay = before === undefined ? dayOf(times.at(-1) ?? 0) !== dayOf(time) : dayOf(before) !== dayOf(time);
    const kind = unit === "time" && newDay ? "day" : unit === "month" && isJanuary(time) ? "year" : unit;
    const begun = before !== undefined && (unit === "time" ? newDay : newYear);
    const strong = unit !== "year" && (begun || kind === "year");
    return { place, text: format.axisTick(time, kind, newYear), strong };
  });
}

function isJanuary(wall: number): boolean {
  return monthOf(wall) % 12 === 0;
}
