/** One entry per question the page asks; each says how long its answer is good for. */

import { keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";
import { type Adjust, type ChartAddress, type CompareAddress, isOwnStretch, type Range } from "../lib/address";
import { client } from "./client";
import type { Reject } from "./desk";
import { line } from "./live";
import { answered, Problem } from "./problem";

export const SECOND = 1000;
const MINUTE = 60 * SECOND;

type Interval = number | false;

/** How soon a failed question is asked again, so that the page mends itself when the desk does. */
const MENDS_MS = 3 * SECOND;
/** And one that the desk answered, only not with what was wanted: prices may come in. */
const REFUSED_MS = 20 * SECOND;
/** What was asked is wrong, and stays so. */
const WRONG = 422;

/** Asks again every `interval` ms; sooner where an answer failed, and never where the question is wrong. */
export function every(interval: Interval) {
  return ({ state: { error } }: { state: { error: Error | null } }): Interval => {
    if (!error) return interval;
    if (error instanceof Problem && error.status === WRONG) return false;
    return error instanceof Problem && error.status >= 400 && error.status < 500 ? REFUSED_MS : MENDS_MS;
  };
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: MINUTE,
      // The desk is on this machine: it can answer while the network is away.
      networkMode: "always",
      retry: (failures, error) => failures < 1 && error instanceof Problem && error.status === 0,
      retryDelay: SECOND,
      refetchInterval: every(false),
    },
    mutations: { networkMode: "always" },
  },
});

/** Asks for all prices on the page again, where some may have been missed. */
export function catchUp(): void {
  for (const key of ["quotes", "figures", "movers", "bars", "alerts"])
    void queries.invalidateQueries({ queryKey: [key] });
}

/** What an exchange is doing; without one the desk's own: the demo market while that is on, else New York. */
export function marketQuery(exchange?: string) {
  const query = exchange ? { exchange } : {};
  return queryOptions({
    queryKey: ["market", query],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/market", { params: { query }, signal })),
    // Asked again just after the bell, and often enough to notice a desk that has gone away.
    refetchInterval: ({ state: { data, status } }) => {
      if (status === "error") return MENDS_MS;
      const bell = data?.next_change ? Date.parse(data.next_change) - Date.parse(data.now) + SECOND : Infinity;
      return Math.min(5 * SECOND, Math.max(SECOND, bell));
    },
  });
}

export function quotesQuery(symbols: readonly string[], spark = true) {
  return queryOptions({
    queryKey: ["quotes", symbols.join(","), spark],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/quotes", { params: { query: { symbols: symbols.join(","), spark } }, signal })),
    enabled: symbols.length > 0,
    // What the line tells need not be asked for; whether it is late, and what has no price yet, must.
    refetchInterval: ({ state: { data, error } }) =>
      every(line.state === "up" && data?.missing.length === 0 ? 15 * SECOND : 2 * SECOND)({ state: { error } }),
    placeholderData: keepPreviousData,
  });
}

export function moversQuery() {
  return queryOptions({
    queryKey: ["movers"],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/movers", { params: { query: { limit: 5 } }, signal })),
    refetchInterval: every(10 * SECOND),
  });
}

/** What days past say of symbols; the price's own move is its quote's. */
export function figuresQuery(symbols: readonly string[], benchmark: string | null, enabled: boolean) {
  const query = { symbols: symbols.join(","), ...(benchmark && { benchmark }) };
  return queryOptions({
    queryKey: ["figures", query],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/figures", { params: { query }, signal })),
    enabled: enabled && symbols.length > 0,
    refetchInterval: every(MINUTE),
    placeholderData: keepPreviousData,
  });
}

export function symbolsQuery(q: string, remote = false, limit = 8) {
  return queryOptions({
    queryKey: ["symbols", q, remote, limit],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/symbols", { params: { query: { q, limit, remote } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function instrumentQuery(ticker: string) {
  return queryOptions({
    queryKey: ["symbol", ticker],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/symbols/{ticker}", { params: { path: { ticker } }, signal })),
  });
}

const GROWS: Partial<Record<Range, number>> = { "1D": 5 * SECOND, "5D": 30 * SECOND };

type Stretch = Pick<ChartAddress, "range" | "from" | "to">;
type BarsWanted = Stretch & Pick<ChartAddress, "interval" | "adjust" | "hours" | "indicators" | "asOf">;

export function barsQuery(symbol: string, wanted: BarsWanted) {
  const { range, to, interval, adjust, hours, indicators, asOf } = wanted;
  const query = {
    symbol,
    ...stretchOf(wanted),
    adjust,
    hours,
    ...(interval && { interval }),
    ...(indicators.length > 0 && { indicators: indicators.join(";") }),
    ...knownAt(wanted),
  };
  return queryOptions({
    queryKey: ["bars", query],
    queryFn: async ({ signal }) => {
      const answer = await answered(client.GET("/api/v1/bars", { params: { query }, signal }));
      return { ...answer, indicators: inOrder(answer.indicators, indicators) };
    },
    // Bars grow while one looks, and a day's turns into the next; a past instant does not.
    refetchInterval: every(asOf || to ? false : (GROWS[range] ?? MINUTE)),
  });
}

/** The instant as of which an answer is wanted: the end of a day, or the instant itself. */
function knownAt({ asOf }: Pick<ChartAddress, "asOf">): { as_of?: string } {
  if (!asOf) return {};
  return { as_of: /^\d{4}-\d{2}-\d{2}$/.test(asOf) ? `${asOf}T23:59:59Z` : asOf };
}

/** The range or the two ends, whichever `stretch` is told by. */
function stretchOf(stretch: Stretch): { range: Range } | { from?: string; to?: string } {
  const { range, from, to } = stretch;
  return isOwnStretch(stretch) ? { ...(from && { from }), ...(to && { to }) } : { range };
}

/** `lines` in the order they were asked for, which is the order of their colours. */
function inOrder<Line>(lines: Record<string, Line>, keys: readonly string[]): Record<string, Line> {
  return Object.fromEntries(keys.flatMap((key) => (lines[key] ? [[key, lines[key]]] : [])));
}

export function actionsQuery(symbol: string, wanted: Pick<ChartAddress, "asOf">) {
  const query = { symbol, ...knownAt(wanted) };
  return queryOptions({
    queryKey: ["actions", query],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/actions", { params: { query }, signal })),
  });
}

export type StatisticsWanted = Stretch & Pick<ChartAddress, "adjust" | "asOf">;

export function statisticsQuery(symbol: string, by: "day" | "hour", interval: string, wanted: StatisticsWanted) {
  const query = { symbol, by, interval, ...stretchOf(wanted), adjust: wanted.adjust, ...knownAt(wanted) };
  return queryOptions({
    queryKey: ["statistics", query],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/statistics", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

type CompareWanted = Pick<CompareAddress, "symbols" | "range" | "window"> & { adjust: Adjust };

export function compareQueryOf({ symbols, range, adjust, window }: CompareWanted) {
  const query = { symbols: symbols.join(","), range, adjust, window };
  return queryOptions({
    queryKey: ["compare", query],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/compare", { params: { query }, signal })),
    enabled: symbols.length >= 2,
  });
}

export function sourcesQuery() {
  return queryOptions({
    queryKey: ["sources"],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/sources", { signal })),
    refetchInterval: every(5 * SECOND),
  });
}

export function rejectsQuery(source: string, reason: string, offset: number, limit: number) {
  return queryOptions({
    queryKey: ["rejects", source, reason, offset, limit],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/sources/rejects", { params: { query: { source, reason, offset, limit } }, signal })),
    placeholderData: keepPreviousData,
  });
}

const MOST_REJECTS = 1000;

/** All rows that were set aside, or those of one source for one reason. */
export async function everyReject(of: { source?: string; reason?: string }): Promise<Reject[]> {
  const rows: Reject[] = [];
  for (;;) {
    const query = { ...of, offset: rows.length, limit: MOST_REJECTS };
    const page = await answered(client.GET("/api/v1/sources/rejects", { params: { query } }));
    rows.push(...page.rows);
    if (page.rows.length === 0 || rows.length >= page.total) return rows;
  }
}
