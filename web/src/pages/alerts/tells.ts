/** Whom a rule tells, in a few words. */

import type { Channel, Rule } from "../../api/desk";

/** `All channels`, or the names of those that are switched on. */
export function tells(
  { channels: chosen }: Pick<Rule, "channels">,
  channels: readonly Pick<Channel, "id" | "name" | "enabled">[],
): string {
  const to = channels.filter(({ id, enabled }) => enabled && (chosen?.includes(id) ?? true));
  if (to.length === 0) return "This page only";
  return chosen || to.length === 1 ? to.map(({ name }) => name).join(", ") : "All channels";
}
