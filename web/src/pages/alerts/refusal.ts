/** Why the desk refused, at the field that it names. */

import { Problem } from "../../api/problem";
import { told } from "../../lib/format";
import type { Wrong } from "./draft";

/** What a refusal finds wrong, and at which field; null where it names none. */
export function wrongOf(error: Error | null): Wrong | null {
  if (!(error instanceof Problem) || !error.field) return null;
  return { field: error.field, what: whyNot(error) };
}

export function whyNot(error: Error): string {
  const said = error instanceof Problem ? [error.detail, error.remedy].filter(Boolean).join(" ") : error.message;
  return told(said);
}
