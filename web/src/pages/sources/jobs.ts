/** How a job stands, in words. */

import type { Job, Run } from "../../api/desk";
import * as format from "../../lib/format";

/** The dots beside a state, as the providers have them. */
type Dot = "ok" | "unreachable" | "unused";

type Told = Pick<Job, "state" | "last" | "failing_since" | "progress">;

/** `Fails since 14:05`, `Under way, 3 of 12: ACME`. */
export function standing({ state, last, failing_since, progress }: Told, now: number): { said: string; dot: Dot } {
  switch (state) {
    case "running":
      return { said: progress ? `Under way, ${far(progress)}` : "Under way", dot: "ok" };
    case "failed":
      return { said: `Fails since ${format.soon(failing_since, now)}`, dot: "unreachable" };
    case "paused":
      return { said: "Waits, as a source asks", dot: "unreachable" };
    case "idle":
      return last ? { said: ENDED[last.state], dot: last.state === "done" ? "ok" : "unused" } : NEVER;
  }
}

const NEVER = { said: "Has not run yet", dot: "unused" } as const;

export const ENDED: Record<Run["state"], string> = {
  running: "Under way",
  done: "Went well",
  failed: "Failed",
  paused: "Had to wait",
  cut: "Cut off",
};

function far({ done, total, detail }: NonNullable<Job["progress"]>): string {
  return `${format.whole(done)} of ${format.whole(total)}${detail && `: ${detail}`}`;
}

/** `ran 14:05 in 0.4 s, by hand`. */
export function lastRun({ at, duration_s, by }: Pick<Run, "at" | "duration_s" | "by">, now: number): string {
  const long = duration_s === null ? "" : ` in ${took(duration_s)}`;
  return `ran ${format.soon(at, now)}${long}${by === "hand" ? ", by hand" : ""}`;
}

/** `next at 15:00`. */
export function nextRun(next: string | null, now: number): string {
  if (next === null) return "nothing to do now";
  return Date.parse(next) <= now ? "next at once" : `next ${format.soon(next, now)}`;
}

/** How long a run took, in tenths of a second where it was short. */
export function took(seconds: number | null): string {
  if (seconds === null) return format.NONE;
  return seconds < 60 ? `${format.figure(seconds, 1)} s` : format.span(seconds);
}

/** What came of a run. */
export function outcome({ result, error }: Pick<Run, "result" | "error">): string {
  return format.told(error || result);
}
