/** The desk's nouns, named after what its routes answer. */

import type { paths } from "./schema";

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;

export type Market = Answer<"/api/v1/market">;
export type Symbols = Answer<"/api/v1/symbols">;
export type Instrument = Symbols["symbols"][number];
export type Quotes = Answer<"/api/v1/quotes">;
export type Quote = Quotes["quotes"][number];
export type Absent = Quotes["missing"][number];
export type Movers = Answer<"/api/v1/movers">;
export type Bars = Answer<"/api/v1/bars">;
export type BarAction = Bars["actions"][number];
export type Comparison = Answer<"/api/v1/compare">;
export type Sources = Answer<"/api/v1/sources">;
export type Provider = Sources["providers"][number];
export type Fetch = Sources["fetches"][number];
export type RejectGroup = Sources["rejects"][number];
export type Reject = Answer<"/api/v1/sources/rejects">["rows"][number];
export type Watchlist = Answer<"/api/v1/watchlists">["watchlists"][number];
export type Statistics = Answer<"/api/v1/statistics">;
