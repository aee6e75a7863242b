/** The newest bars and what has happened since they were told: told at different times, shown as one. */

import type { Bars, Market, Quote } from "../api/desk";
import type { Minute } from "../api/live";
import type { Hours } from "../lib/address";
import { endOf, isIntraday } from "../lib/interval";
import { wallSeconds } from "../lib/zone";

/** A bar as it is by now. */
export interface Latest {
  ts: number;
  open: number | null;
  high: number | null;
  low: number | null;
  close: number;
  volume: number | null;
}

/** What has been heard of the chart's symbol. */
export interface Heard {
  quote: Quote | undefined;
  minutes: readonly Minute[];
  /** The session under way, else the next one; unknown: bars go on from the last one. */
  session: Pick<Market, "open" | "close"> | undefined;
  hours: Hours;
}

/** How many bars within the day the desk's may be behind, for one to begin where no session tells where it does. */
const BEHIND = 3;

/**
 * The chart's last bar and those begun since, as they are by now; none where nothing is new. Minutes count that the
 * desk had not stored when it answered, so that none counts twice; the price ends the bar it falls in.
 */
export function latestOf(answer: Bars, { quote, minutes, session, hours }: Heard): readonly Latest[] {
  const last = lastOf(answer);
  if (!last || answer.as_of !== null) return [];
  const startOf = gridOf(answer, session, hours);
  const stored = Date.parse(answer.end) / 1000;
  const bars = [last];
  for (const { ts, open, high, low, close, volume } of minutes) {
    if (ts >= stored && close !== null) take(bars, startOf(ts), { open, high, low, close, volume });
  }
  if (quote && ["live", "delayed"].includes(quote.freshness)) {
    const { price } = quote;
    const start = startOf(Date.parse(quote.ts) / 1000);
    take(bars, start, { open: price, high: price, low: price, close: price, volume: null });
    if (answer.interval === "1d") sessionVolume(bars, start, quote.volume);
  }
  return bars.length === 1 && isSame(bars[0], last) ? [] : bars;
}

/** `answer` with its last bar, and those begun since, as they are by now. */
export function withLatest(answer: Bars, latest: readonly Latest[]): Bars {
  const [first] = latest;
  if (!first) return answer;
  const { bars } = answer;
  const kept = bars.ts.at(-1) === first.ts ? bars.ts.length - 1 : bars.ts.length;
  const ended = (name: keyof Latest) => [...bars[name].slice(0, kept), ...latest.map((bar) => bar[name])];
  return {
    ...answer,
    bars: {
      ts: ended("ts") as number[],
      open: ended("open"),
      high: ended("high"),
      low: ended("low"),
      close: ended("close"),
      volume: ended("volume"),
    },
  };
}

function lastOf({ bars }: Bars): Latest | null {
  const ts = bars.ts.at(-1);
  if (ts === undefined) return null;
  const [open = null, high = null, low = null, close = null, volume = null] = [
    bars.open.at(-1),
    bars.high.at(-1),
    bars.low.at(-1),
    bars.close.at(-1),
    bars.volume.at(-1),
  ];
  return close === null ? null : { ts, open, high, low, close, volume };
}

function isSame(a: Latest | undefined, b: Latest): boolean {
  return (["high", "low", "close", "volume"] as const).every((name) => a?.[name] === b[name]);
}

/** Adds `part` to the last of `bars`, or begins the bar at `start` with it; the past does not change. */
function take(bars: Latest[], start: number | null, part: Omit<Latest, "ts">): void {
  const last = bars.at(-1);
  if (!last || start === null || start < last.ts) return;
  if (start > last.ts) bars.push({ ts: start, ...part });
  else bars[bars.length - 1] = widened(last, part);
}

function widened(bar: Latest, { high, low, close, volume }: Omit<Latest, "ts">): Latest {
  // A series of closes stays one.
  if (bar.high === null || bar.low === null) return { ...bar, close };
  return {
    ...bar,
    high: Math.max(bar.high, high ?? close),
    low: Math.min(bar.low, low ?? close),
    close,
    volume: volume === null ? bar.volume : (bar.volume ?? 0) + volume,
  };
}

/** A day has at least the volume that its quote tells. */
function sessionVolume(bars: Latest[], start: number | null, volume: number | null): void {
  const last = bars.at(-1);
  if (last?.ts !== start || volume === null || last.volume === null) return;
  bars[bars.length - 1] = { ...last, volume: Math.max(last.volume, volume) };
}

type StartOf = (at: number) => number | null;

/** For an instant the label of its bar; null where it belongs to none that is told here. */
function gridOf(answer: Bars, session: Heard["session"], hours: Hours): StartOf {
  const { bars, interval, zone } = answer;
  const last = bars.ts.at(-1) ?? 0;
  const length = endOf(last, interval) - last;
  const [open, close] = session ? [Date.parse(session.open) / 1000, Date.parse(session.close) / 1000] : [0, Infinity];
  const regular = (at: number) => at >= open && at < close;
  if (!isIntraday(interval)) {
    return (at) => {
      const day = dateOf(at, zone);
      if (!regular(at) || day < last) return null;
      if (day < last + length) return last;
      return session && interval === "1d" ? day : null;
    };
  }
  const since = (begin: number, at: number) => begin + Math.floor((at - begin) / length) * length;
  return (at) => {
    if (session && regular(at)) return since(open, at);
    if (session && at >= close) return hours === "extended" ? since(close, at) : null;
    const near = session && hours === "regular" ? last + length : last + (1 + BEHIND) * length;
    return at >= last && at < near ? since(last, at) : null;
  };
}

/** The date at `at` on the clock of `zone`, as bars of days are labelled. */
function dateOf(at: number, zone: string): number {
  const [wall = at] = wallSeconds([at], zone);
  return Math.floor(wall / 86_400) * 86_400;
}
