import { expect, test } from "vitest";
import type { Feed, InboxEntry, Job, Provider } from "../../api/desk";
import { headline } from "./headline";

const providers = (...states: Provider["state"][]) =>
  states.map((state) => ({ title: "Yahoo Finance", state }) as Provider);
const feeds = (...told: [title: string, state: Feed["state"]][]) =>
  told.map(([title, state]) => ({ title, state }) as Feed);
const jobs = (...failing: (string | null)[]) => failing.map((failing_since) => ({ failing_since }) as Job);

const GOOD = { providers: providers("ok"), feeds: [], alerts: null, fetches: [], jobs: jobs(null), entries: [] };
const SINCE = "2026-11-20T12:00:00Z";

test("sources that answer are counted among those that are asked", () => {
  expect(headline({ ...GOOD, providers: providers("ok", "bad", "unused") })).toBe("1 of 2 sources answers");
  expect(headline({ ...GOOD, providers: providers("ok", "ok") })).toBe("All is in order: all 2 sources answer");
  expect(headline({ ...GOOD, providers: providers("ok", "ok"), jobs: undefined })).toBe("All 2 sources answer");
  expect(headline({ ...GOOD, providers: providers("bad") })).toBe("Yahoo Finance does not answer");
  expect(headline({ ...GOOD, providers: [], feeds: feeds(["Demo", "live"]) })).toBe("No source has been asked yet");
});

test("a feed that is lost, refuses or fails is named, one that has nothing to do is not", () => {
  const told = feeds(["Alpaca", "waiting"], ["Finnhub", "refused"], ["Own", "failed"], ["Yahoo", "idle"]);
  const fetches = [{ state: "running" } as Fetching];
  expect(headline({ ...GOOD, feeds: told, fetches })).toBe(
    "Yahoo Finance answers; no live prices by “Alpaca” and “Finnhub” and “Own”; fetching 1 symbol",
  );
});

type Fetching = Parameters<typeof headline>[0]["fetches"][number];

test("all is in order where sources answer, jobs run and nothing waits; fetching is no disorder", () => {
  expect(headline(GOOD)).toBe("All is in order: Yahoo Finance answers");
  expect(headline({ ...GOOD, fetches: [{ state: "running" } as Fetching] })).toBe(
    "All is in order: Yahoo Finance answers; fetching 1 symbol",
  );
  expect(headline({ ...GOOD, jobs: undefined })).toBe("Yahoo Finance answers");
});

test("rules that cannot be judged or kept are no order", () => {
  const alerts = { detail: "The ledger did not answer.", since: SINCE };
  expect(headline({ ...GOOD, alerts })).toBe("Yahoo Finance answers; alert rules fail");
});

test("jobs that fail and splits that wait are counted", () => {
  const entries = [
    { state: "new", source: "inferred", in_use: false },
    { state: "new", source: "yahoo", in_use: true },
    { state: "undone", source: "inferred", in_use: false },
  ] as InboxEntry[];
  expect(headline({ ...GOOD, jobs: jobs(SINCE, null, SINCE), entries })).toBe(
    "Yahoo Finance answers; 2 jobs fail; 1 split waits for you",
  );
});
