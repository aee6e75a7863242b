import type { GoesToo } from "../../../api/imports";
import { Problem } from "../../../api/problem";
import { isBusy } from "../../../lib/refusal";

/** What can be done about a refusal to take an import back, which was to go with `too`. */
export function wayOn(error: Error, too: GoesToo): { label: string; too: GoesToo } | null {
  if (isBusy(error)) return { label: "Try again", too };
  if (!(error instanceof Problem) || error.status !== 409) return null;
  if (error.field !== "edited_too" && error.field !== "oversold_too") return null;
  return { label: "Undo all the same", too: { ...too, [error.field]: true } };
}
