/** How a feed is doing, in words. */

import type { Feed } from "../../api/desk";
import * as format from "../../lib/format";

const STATES: Record<Feed["state"], string> = {
  idle: "Idle",
  connecting: "Connecting",
  live: "Live",
  waiting: "Lost, next try",
  refused: "Refuses us, next try",
  failed: "Failed, begins again",
};

/** `Live for 2 h`; of one that is lost when it is tried again, and why and since when it is lost. */
export function words({ state, since, detail, next_try }: Told, now: number): { said: string; why: string[] } {
  const why = detail ? [format.told(detail)] : [];
  if (next_try) {
    return {
      said: `${STATES[state]} ${nextTry(next_try, now)}`,
      why: since ? [...why, `Since ${format.soon(since, now)}`] : why,
    };
  }
  return { said: since ? `${STATES[state]} for ${format.age((now - Date.parse(since)) / 1000)}` : STATES[state], why };
}

/** When it is tried again: `now` once that time has come. */
export function nextTry(at: string, now: number): string {
  return Date.parse(at) <= now ? "now" : format.soon(at, now);
}

type Told = Pick<Feed, "state" | "since" | "detail" | "next_try">;

/** How far behind the market its newest price came. */
export function lag(seconds: number | null): string {
  if (seconds === null) return format.NONE;
  return seconds < 60 ? `${format.figure(seconds, 1)} s` : format.age(seconds);
}
