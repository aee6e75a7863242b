import type { Sources } from "../../api/desk";

/** Who answers, who cannot be heard, and what is being fetched, in a line. */
export function headline({ providers, feeds, fetches }: Pick<Sources, "providers" | "feeds" | "fetches">): string {
  const used = providers.filter(({ state }) => state !== "unused" && state !== "not_entitled");
  const well = used.filter(({ state }) => state === "ok").length;
  const waiting = fetches.filter(({ state }) => state === "waiting" || state === "running").length;
  const sources =
    used.length === 0
      ? "No source has been asked yet"
      : `${well} of ${used.length} ${used.length === 1 ? "source answers" : "sources answer"}`;
  const down = feeds
    .filter(({ state }) => state === "waiting" || state === "refused" || state === "failed")
    .map(({ title }) => title);
  return [
    sources,
    ...(down.length > 0 ? [`${down.join(" and ")} cannot be heard`] : []),
    ...(waiting > 0 ? [`fetching ${waiting} ${waiting === 1 ? "symbol" : "symbols"}`] : []),
  ].join("; ");
}
