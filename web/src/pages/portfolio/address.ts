/** What the pages of a portfolio show, in their addresses; what is not said is the default, and is left out. */

import { RANGES, type Range } from "../../lib/address";

export const TABS = ["", "activity", "income", "allocation", "checks", "import"] as const;
export type Tab = (typeof TABS)[number];

export const TAB_NAMES: Record<Tab, string> = {
  "": "Overview",
  activity: "Activity",
  income: "Income",
  allocation: "Allocation",
  checks: "Checks",
  import: "Import",
};

export const DEFAULT_RANGE: Range = "1Y";

/** What is asked about on every page of a portfolio, and so stays when one goes from one to another. */
const STAYS = ["range", "as_of", "account", "tag"] as const;

export function tabPath(id: number, tab: Tab, params?: URLSearchParams): string {
  const kept = new URLSearchParams();
  for (const name of STAYS) {
    const value = params?.get(name);
    if (value) kept.set(name, value);
  }
  return withQuery(tab ? `/portfolio/${id}/${tab}` : `/portfolio/${id}`, kept);
}

export function positionPath(id: number, instrument: string, params?: URLSearchParams): string {
  const path = tabPath(id, "", params).replace(`/portfolio/${id}`, "");
  return `/portfolio/${id}/position/${encodeURIComponent(instrument)}${path}`;
}

export function rangeOf(params: URLSearchParams): Range {
  const given = params.get("range")?.toLowerCase();
  return RANGES.find((range) => range.toLowerCase() === given) ?? DEFAULT_RANGE;
}

/** A past day that figures are asked of (ISO date); null: now. */
export function asOfOf(params: URLSearchParams): string | null {
  const given = params.get("as_of");
  return given && /^\d{4}-\d{2}-\d{2}$/.test(given) ? given : null;
}

export function accountOf(params: URLSearchParams): number | null {
  return wholeOf(params.get("account"));
}

/** The tag of the positions that figures are of; null: of all, and of the cash. */
export function tagOf(params: URLSearchParams): string | null {
  return params.get("tag") || null;
}

/** As of which day, and of which account and tag, the figures of an address are. */
export function scopeOf(params: URLSearchParams): { as_of?: string; account?: number; tag?: string } {
  const [as_of, account, tag] = [asOfOf(params), accountOf(params), tagOf(params)];
  return { ...(as_of && { as_of }), ...(account && { account }), ...(tag && { tag }) };
}

export function wholeOf(text: string | null): number | null {
  return text && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** `params` with some of them changed; null takes one out. */
export function changed(params: URLSearchParams, change: Record<string, string | null>): string {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return `?${next}`;
}

/** What opens beside a page; one at a time. */
export const PANELS = ["why", "add", "edit", "facts", "settings", "new"] as const;

/** What a panel is of. */
export const OF = ["of", "in", "by", "slice", "lot", "sale"] as const;

/** `params` with another panel, or with none. */
export function beside(params: URLSearchParams, panel: Record<string, string> = {}): string {
  return changed(params, { ...Object.fromEntries([...PANELS, ...OF].map((name) => [name, null])), ...panel });
}

function withQuery(path: string, params: URLSearchParams): string {
  return params.size > 0 ? `${path}?${params}` : path;
}
