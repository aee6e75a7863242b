/** What the trial of a rule on the past comes to, in a sentence. */

import type { Trials } from "../../api/desk";
import * as format from "../../lib/format";

const TRIED_DAYS = 90;
const DAY_MS = 86_400_000;

/** `Would have fired 7 times in the last 90 days.` */
export function verdict({ count, trials }: Trials, now: number): string {
  const [since] = trials.map(({ since }) => since).sort();
  if (!since) return "There are no prices yet to try it on.";
  const past = Math.round((now - Date.parse(since)) / DAY_MS);
  const often = count === 1 ? "once" : `${format.whole(count)} times`;
  const fired = count === 0 ? "Would not have fired" : `Would have fired ${often}`;
  const span = past >= TRIED_DAYS - 3 ? `in the last ${TRIED_DAYS} days` : `since ${format.day(since)}`;
  const days = Math.max(...trials.map(({ days }) => days));
  const hidden = days > 0 ? ` On ${format.whole(days)} of these days only the daily bar is known: it may be more.` : "";
  return `${fired} ${span}.${hidden}`;
}
