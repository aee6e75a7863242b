/** Splits and dividends that are news, in words. */

import type { InboxEntry } from "../../api/desk";
import type { Decision } from "../../api/jobs";
import * as format from "../../lib/format";

/** Whether the prices only suggest it, and nobody has said whether it is so. */
export function waits({ state, source, in_use }: Pick<InboxEntry, "state" | "source" | "in_use">): boolean {
  return state === "new" && source === "inferred" && !in_use;
}

/** The entries with those first that wait, or did when the page was opened: what is decided stays where it is. */
export function inOrder(entries: readonly InboxEntry[], first: ReadonlySet<number>): InboxEntry[] {
  const [top, rest] = [entries.filter(({ id }) => first.has(id)), entries.filter(({ id }) => !first.has(id))];
  return [...top, ...rest];
}

/** How it stands: `New, in the prices`. */
export function stateOf(entry: Pick<InboxEntry, "state" | "source" | "in_use">): string {
  if (waits(entry)) return "Waits for you";
  if (entry.state === "undone") return "Undone";
  const said = entry.state === "new" ? "New" : "Applied";
  return `${said}, ${entry.in_use ? "in the prices" : "not in the prices"}`;
}

/** What it does to the prices, or would: two sentences. */
export function effect(entry: Pick<InboxEntry, "preview" | "source" | "state" | "in_use">): string {
  return [multiplied(entry), closes(entry)].filter(Boolean).join(" ");
}

function multiplied({ preview: { factor }, in_use }: Pick<InboxEntry, "preview" | "in_use">): string {
  if (factor === null) return "";
  const by = format.figureAsWritten(String(Number(factor.toFixed(6))));
  return in_use ? `Earlier prices are multiplied by ${by}.` : `Applied, earlier prices would be multiplied by ${by}.`;
}

function closes(entry: Pick<InboxEntry, "preview" | "source" | "state" | "in_use">): string {
  const { close_before: before, close_after: after, change_pct, adjusted_change_pct } = entry.preview;
  if (before === null) return "There is no close before it.";
  const decimals = format.decimalsFor(before);
  const last = `The close before it is ${format.price(before, decimals)}`;
  if (after === null) {
    return waits(entry)
      ? `${last}; the days from then on were set aside, and are fetched once it is applied.`
      : `${last}; there is none after it yet.`;
  }
  const adjusted = adjusted_change_pct === null ? "" : `, and ${format.percentUnit(adjusted_change_pct)} adjusted`;
  return `${last}, the one after it ${format.price(after, decimals)}: ${format.percentUnit(change_pct)} as traded${adjusted}.`;
}

/** What may be done with it; the first stays in its place when the other is chosen. */
export function choices(entry: InboxEntry): { label: string; decision: Decision }[] {
  const apply = { label: "Apply", decision: "apply" } as const;
  const undo = { label: "Undo", decision: "undo" } as const;
  if (waits(entry)) return [apply, { ...undo, label: "Dismiss" }];
  if (entry.state === "new" && entry.in_use) return [undo, { ...apply, label: "Keep" }];
  return [entry.in_use ? undo : apply];
}

/** The entry as it is once `decision` is taken. */
export function decided(entry: InboxEntry, decision: Decision): InboxEntry {
  const applied = decision === "apply";
  return { ...entry, state: applied ? "applied" : "undone", in_use: applied };
}
