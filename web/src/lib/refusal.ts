/** Why the desk refused, at the field that it names. */

import { Problem } from "../api/problem";
import { told } from "./format";

/** What is wrong in a form, and at which field. */
export interface Wrong {
  field: string;
  what: string;
}

/** What a refusal finds wrong, and at which field; null where it names none. */
export function wrongOf(error: Error | null): Wrong | null {
  if (!(error instanceof Problem) || !error.field) return null;
  return { field: error.field, what: besideIt(error.field, whyNot(error)) };
}

/** What stands at its field needs not name it: `This is empty.` for `name: this is empty.` */
function besideIt(field: string, what: string): string {
  const [name, rest] = [`${field}: `, what.slice(field.length + 2)];
  return what.startsWith(name) ? `${rest.charAt(0).toUpperCase()}${rest.slice(1)}` : what;
}

/** What is wrong at `field`. */
export function errorAt(error: Error | null, field: string): string | undefined {
  const wrong = wrongOf(error);
  return wrong?.field === field ? wrong.what : undefined;
}

/** Whether the desk only asks: it is done where that is confirmed. */
export function asksFirst(error: Error | null): boolean {
  return error instanceof Problem && error.status === 409 && error.field === "oversold_too";
}

/** Whether others were at it all the time: the same may do a moment later. */
export function isBusy(error: Error): boolean {
  return error instanceof Problem && error.status === 409 && error.field === null && !error.current;
}

export function whyNot(error: Error): string {
  const said = error instanceof Problem ? [error.detail, error.remedy].filter(Boolean).join(" ") : error.message;
  return told(said);
}

/** What is wrong, in the words of its field: `“By” is −3`, where the desk says `percent is −3`. */
export function inWords({ field, what }: Wrong, fields: readonly { name: string; label: string }[]): string {
  const label = fields.find(({ name }) => name === field)?.label;
  return label && what.startsWith(`${field} `) ? `“${label}”${what.slice(field.length)}` : what;
}
