/** Which transactions the Activity page shows, in its address. */

import type { Kind } from "../../../api/desk";
import { asOfOf, tagOf, wholeOf } from "../address";
import { isKind } from "./kinds";

interface Filters {
  account: number | null;
  kind: Kind | null;
  instrument: string | null;
  tag: string | null;
  batch: number | null;
  from: string | null;
  to: string | null;
  q: string | null;
  removed: boolean;
}

export const FILTERS = ["account", "kind", "instrument", "tag", "batch", "from", "to", "q", "removed"] as const;

export const PAGE = 50;

export function filtersOf(params: URLSearchParams): Filters {
  const kind = params.get("kind");
  return {
    account: wholeOf(params.get("account")),
    kind: isKind(kind) ? kind : null,
    instrument: params.get("instrument") || null,
    tag: tagOf(params),
    batch: wholeOf(params.get("batch")),
    from: dayOf(params.get("from")),
    // As of a day in the past, nothing after it has happened.
    to: dayOf(params.get("to")) ?? asOfOf(params),
    q: params.get("q") || null,
    removed: params.has("removed"),
  };
}

/** What the desk is asked, and nothing that is not filtered by. */
export function askedOf(filters: Filters) {
  const told = Object.entries(filters).filter(([, value]) => value !== null && value !== false);
  return Object.fromEntries(told) as { [name in keyof Filters]?: NonNullable<Filters[name]> };
}

/** Which page of the list, counted from 0. */
export function pageOf(params: URLSearchParams): number {
  return (wholeOf(params.get("page")) ?? 1) - 1;
}

function dayOf(text: string | null): string | null {
  return text && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : null;
}
