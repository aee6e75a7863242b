/** What of the log is asked for. */

import type { Entry } from "../../api/desk";
import type { LogAddress } from "./address";

/** Who had not signed in: what the desk’s machine did has its name. */
const NOBODY = "Nobody signed in";

/** As the desk is asked: whoever had not signed in has no name. */
export function askedOf({ who, what }: LogAddress): { name?: string; what?: string } {
  return { ...(who !== null && { name: who === NOBODY ? "" : who }), ...(what !== null && { what }) };
}

/** What there is to choose from, and what is chosen though there is none of it. */
export function choicesOf(found: readonly string[], chosen: string | null) {
  const named = new Set(found.map(nameOf));
  if (chosen !== null) named.add(chosen);
  return [...named].sort((one, other) => one.localeCompare(other)).map((value) => ({ value, label: value }));
}

export function whoOf({ name }: Entry): string {
  return nameOf(name);
}

function nameOf(name: string): string {
  return name || NOBODY;
}
