/** What the upkeep found, as a table has it. */

import type { Report } from "../../api/desk";

type Counts = Pick<Report, "official" | "agree" | "only_official">;

/** The minutes told by both that differ in close or volume; null where the day could not be compared. */
export function differing({ official, agree, only_official }: Counts): number | null {
  if (official == null || agree == null || only_official == null) return null;
  return official - only_official - agree;
}

/** The newest report of each symbol, those that differ most first; `reports` are the newest first. */
export function newestOfEach(reports: readonly Report[]): Report[] {
  const newest = new Map<string, Report>();
  for (const report of reports) if (!newest.has(report.symbol)) newest.set(report.symbol, report);
  return [...newest.values()].sort(
    (one, other) =>
      (differing(other) ?? 0) - (differing(one) ?? 0) || (other.only_official ?? 0) - (one.only_official ?? 0),
  );
}
