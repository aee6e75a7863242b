/** Rules that wait for a level, and how one would have done. */

import type { Rule, Trials } from "../../api/desk";
import * as format from "../../lib/format";

/** The levels that are waited for on `symbol`. */
export function levelsOf(rules: readonly Rule[], symbol: string) {
  return rules.flatMap(({ id, name, condition, enabled, symbols }) =>
    enabled && condition.type === "Crosses" && symbols.includes(symbol) ? [{ id, name, price: condition.level }] : [],
  );
}

const DAY_MS = 86_400_000;
/** Over so many days a rule is tried, and one of which nothing is held may be missing. */
const [DAYS, NEARLY] = [90, 88];

/** `“Over 190” would have fired 7 times in the last 90 days.` */
export function sentenceOf(
  name: string,
  { fired, since }: Pick<Trials["trials"][number], "fired" | "since">,
  now: number,
) {
  const times = fired.length === 1 ? "once" : `${format.whole(fired.length)} times`;
  const whole = now - Date.parse(since) >= NEARLY * DAY_MS;
  const when = whole ? `in the last ${DAYS} days` : `since ${format.day(since)}, where its prices begin`;
  return `“${name}” would ${fired.length === 0 ? "not have fired" : `have fired ${times}`} ${when}.`;
}

/** `rule` at another level; a name that tells the level tells the new one. */
export function movedTo(rule: Rule, level: number, decimals: number): Rule {
  if (rule.condition.type !== "Crosses") return rule;
  const old = rule.condition.level;
  const written = [format.price(old, decimals), old.toFixed(decimals), String(old)].find((text) =>
    rule.name.split(/\s/).includes(text),
  );
  const name = written ? rule.name.replace(written, format.price(level, decimals)) : rule.name;
  return { ...rule, name, condition: { ...rule.condition, level } };
}
