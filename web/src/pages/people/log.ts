/** What of the log is shown. */

import type { Entry } from "../../api/desk";
import type { LogAddress } from "./address";

/** Who had not signed in, or did it on the desk's machine. */
const NOBODY = "Nobody signed in";

export function matching(entries: readonly Entry[], { who, what }: LogAddress): Entry[] {
  return entries.filter((each) => (who === null || whoOf(each) === who) && (what === null || each.what === what));
}

/** What there is to choose from, in the order of the alphabet, and what is chosen though there is none of it. */
export function choicesOf(entries: readonly Entry[], key: "who" | "what", chosen: string | null) {
  const found = new Set(entries.map((each) => (key === "who" ? whoOf(each) : each.what)));
  if (chosen !== null) found.add(chosen);
  return [...found].sort((one, other) => one.localeCompare(other)).map((value) => ({ value, label: value }));
}

export function whoOf({ name }: Entry): string {
  return name || NOBODY;
}
