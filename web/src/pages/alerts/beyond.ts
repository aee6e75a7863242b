/** What a rule's sentence says beyond its name. */

import type { Rule } from "../../api/desk";
import * as format from "../../lib/format";

/** `Every time` for “QUORB reaches 80.50”, which `reaches 80.5, every time`; the whole sentence where it says more. */
export function beyondName({ name, sentence, target }: Pick<Rule, "name" | "sentence" | "target">): string {
  const about = target?.type === "Symbol" ? `${target.symbol} ` : "";
  const [condition = "", ...rest] = sentence.split(", ");
  if (plain(name) !== plain(about + condition)) return format.told(sentence);
  const told = format.told(rest.join(", "));
  return told.charAt(0).toUpperCase() + told.slice(1);
}

/** Numbers without idle digits, minutes by their short name. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/minutes?/g, "min")
    .replaceAll(/[\d\u202f]+(?:\.\d+)?/g, (number) => String(Number(number.replaceAll("\u202f", ""))));
}
