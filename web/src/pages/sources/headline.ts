import type { Feed, InboxEntry, Job, Sources } from "../../api/desk";
import { counted } from "../../lib/format";
import { waits } from "./inbox";

interface Told extends Pick<Sources, "providers" | "feeds" | "alerts" | "fetches"> {
  /** Both are left out where they are not known. */
  jobs?: readonly Job[] | undefined;
  entries?: readonly InboxEntry[] | undefined;
}

const DOWN: ReadonlySet<Feed["state"]> = new Set(["waiting", "refused", "failed"]);

/** Whether all that brings prices is in order; else who does not answer, which job fails, and what waits, in a line. */
export function headline({ providers, feeds, alerts, fetches, jobs, entries }: Told): string {
  const used = providers.filter(({ state }) => state !== "unused" && state !== "not_entitled");
  const well = used.filter(({ state }) => state === "ok").length;
  const [only] = used;
  const fetching = fetches.filter(({ state }) => state === "waiting" || state === "running").length;
  const sources =
    used.length === 0
      ? "No source has been asked yet"
      : used.length === 1 && only
        ? `${only.title} ${well === 1 ? "answers" : "does not answer"}`
        : `${well === used.length ? "all" : `${well} of`} ${used.length} sources ${well === 1 ? "answers" : "answer"}`;
  const down = feeds.filter(({ state }) => DOWN.has(state)).map(({ title }) => `“${title}”`);
  const failing = (jobs ?? []).filter(({ failing_since }) => failing_since !== null).length;
  const waiting = (entries ?? []).filter(waits).length;
  const trouble = [
    ...(down.length > 0 ? [`no live prices by ${down.join(" and ")}`] : []),
    ...(alerts ? ["alert rules fail"] : []),
    ...(failing > 0 ? [`${counted(failing, "job")} ${failing === 1 ? "fails" : "fail"}`] : []),
    ...(waiting > 0 ? [`${counted(waiting, "split")} ${waiting === 1 ? "waits" : "wait"} for you`] : []),
  ];
  const good = trouble.length === 0 && used.length > 0 && well === used.length && jobs && entries;
  return [
    good ? `All is in order: ${sources}` : `${sources[0]?.toUpperCase()}${sources.slice(1)}`,
    ...trouble,
    ...(fetching > 0 ? [`fetching ${counted(fetching, "symbol")}`] : []),
  ].join("; ");
}
