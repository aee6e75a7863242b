import { expect, test } from "vitest";
import type { Run } from "../../api/desk";
import { lastRun, nextRun, outcome, standing, took } from "./jobs";

const NOW = new Date(2026, 10, 20, 12).getTime();
const at = (hour: number, minute: number) => new Date(2026, 10, 20, hour, minute).toISOString();
const ended = (state: Run["state"]) => ({ state }) as Run;
const IDLE = { state: "idle", last: null, failing_since: null, progress: null } as const;

test("a job says how it stands, how far it is and since when it fails", () => {
  const progress = { done: 3, total: 12, detail: "ACME" };
  expect(
    [
      IDLE,
      { ...IDLE, last: ended("done") },
      { ...IDLE, last: ended("cut") },
      { ...IDLE, state: "running" as const },
      { ...IDLE, state: "running" as const, progress },
      { ...IDLE, state: "running" as const, progress: { ...progress, detail: "" } },
      { ...IDLE, state: "failed" as const, failing_since: at(9, 30) },
      { ...IDLE, state: "paused" as const },
    ].map((job) => standing(job, NOW)),
  ).toEqual([
    { said: "Has not run yet", dot: "unused" },
    { said: "Went well", dot: "ok" },
    { said: "Cut off", dot: "unused" },
    { said: "Under way", dot: "ok" },
    { said: "Under way, 3 of 12: ACME", dot: "ok" },
    { said: "Under way, 3 of 12", dot: "ok" },
    { said: "Fails since 09:30", dot: "unreachable" },
    { said: "Waits, as a source asks", dot: "unreachable" },
  ]);
});

test("a run says when it was, how long it took and who asked; the next one when it is due", () => {
  expect(lastRun({ at: at(11, 0), duration_s: 0.44, by: "hand" }, NOW)).toBe("ran 11:00 in 0.4 s, by hand");
  expect(lastRun({ at: at(11, 0), duration_s: null, by: "clock" }, NOW)).toBe("ran 11:00");
  expect([null, at(12, 0), at(13, 0)].map((next) => nextRun(next, NOW))).toEqual([
    "nothing to do now",
    "next at once",
    "next 13:00",
  ]);
  expect([0.04, 59.94, 75, null].map(took)).toEqual(["0.0 s", "59.9 s", "1 min 15 s", "\u2013"]);
});

test("what came of a run is its error, else its result", () => {
  expect(outcome({ result: "", error: "No answer." })).toBe("No answer.");
  expect(outcome({ result: "12345 bars stored.", error: "" })).toBe("12\u202f345 bars stored.");
});
