/** Levels one points at, and where on a chart something happened. */

import { isIntraday } from "../lib/interval";
import { wallSeconds } from "../lib/zone";

/** The step to which a level is rounded where a pixel is `perPixel` of the price: 1, 2 or 5 and noughts. */
export function stepOf(perPixel: number, decimals: number): number {
  const finest = 10 ** -decimals;
  if (perPixel <= finest) return finest;
  const size = 10 ** Math.floor(Math.log10(perPixel));
  return [1, 2, 5, 10].map((times) => times * size).find((step) => step >= perPixel * (1 - 1e-9)) ?? finest;
}

/** `price` at the nearest multiple of `step`, at least one step. */
export function rounded(price: number, step: number): number {
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Number((Math.max(1, Math.round(price / step)) * step).toFixed(places));
}

/** Something that happened at an instant (seconds since 1970), in words. */
export interface Happening {
  at: number;
  text: string;
}

export interface Spot {
  index: number;
  texts: readonly string[];
}

/** What happened on which of the bars at `ts`: on the last one that had begun; what was before the first is left out. */
export function spotsOf(
  ts: readonly number[],
  happenings: readonly Happening[],
  interval: string,
  zone: string,
): Spot[] {
  const spots = new Map<number, string[]>();
  for (const { at, text } of happenings) {
    const label = isIntraday(interval) ? at : (wallSeconds([at], zone)[0] ?? at);
    const index = ts.findLastIndex((begun) => begun <= label);
    if (index < 0) continue;
    spots.set(index, [...(spots.get(index) ?? []), text]);
  }
  return [...spots].map(([index, texts]) => ({ index, texts })).sort((a, b) => a.index - b.index);
}
