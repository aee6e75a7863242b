/** What fired and what is waited for, in a line. */

import type { Firing, Rule } from "../../api/desk";
import * as format from "../../lib/format";

const DAY_MS = 86_400_000;

/** `2 alerts fired in the last 24 hours; 5 wait`; of `most` firings, which is all that was asked for, there may be more. */
export function headline(
  firings: readonly Pick<Firing, "at">[],
  rules: readonly Pick<Rule, "enabled">[],
  now: number,
  most: number,
): string {
  const fired = firings.filter(({ at }) => Date.parse(at) > now - DAY_MS).length;
  const more = fired === most ? " or more" : "";
  const told = fired === 0 ? "Nothing fired" : `${fired}${more} ${fired === 1 ? "alert" : "alerts"} fired`;
  const on = rules.filter(({ enabled }) => enabled).length;
  return `${told} in the last 24 hours; ${on === 0 ? "none" : format.whole(on)} ${on === 1 ? "waits" : "wait"}`;
}
