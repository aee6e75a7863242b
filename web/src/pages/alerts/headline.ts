/** What fired and what is waited for, in a line. */

import type { Rule } from "../../api/desk";
import * as format from "../../lib/format";

/** `2 alerts fired in the last 24 hours; 5 wait`: those that are off, have fired for good or have ended do not wait. */
export function headline(fired: number, rules: readonly Pick<Rule, "enabled" | "over">[]): string {
  const told = fired === 0 ? "Nothing fired" : `${format.counted(fired, "alert")} fired`;
  const on = rules.filter(({ enabled, over }) => enabled && over === null).length;
  return `${told} in the last 24 hours; ${on === 0 ? "none" : format.whole(on)} ${on === 1 ? "waits" : "wait"}`;
}
