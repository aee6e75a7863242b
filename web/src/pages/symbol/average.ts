import * as format from "../../lib/format";

/** Three months, but for holidays at either end. */
const NEARLY_3_MONTHS_MS = 85 * 86_400_000;

/** What the average volume is of: three months, or as much of them as there is between two dates. */
export function averageOf(first: string | null, last: string | null): string {
  const covered = !first || !last || Date.parse(last) - Date.parse(first) >= NEARLY_3_MONTHS_MS;
  return covered ? "Average volume, 3 months" : `Average volume since ${format.day(first)}`;
}
