/** The desk's nouns, named after what its routes answer. */

import type { components, paths } from "./schema";

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;

export type Market = Answer<"/api/v1/market">;
export type Symbols = Answer<"/api/v1/symbols">;
export type Instrument = Symbols["symbols"][number];
export type Profile = Answer<"/api/v1/symbols/{ticker}">;
export type Quotes = Answer<"/api/v1/quotes">;
export type Quote = Quotes["quotes"][number];
export type Absent = Quotes["missing"][number];
export type Movers = Answer<"/api/v1/movers">;
export type Bars = Answer<"/api/v1/bars">;
export type BarAction = Bars["actions"][number];
export type Action = Answer<"/api/v1/actions">["actions"][number];
export type Comparison = Answer<"/api/v1/compare">;
export type Sources = Answer<"/api/v1/sources">;
export type Provider = Sources["providers"][number];
export type Feed = Sources["feeds"][number];
export type Fetch = Sources["fetches"][number];
export type RejectGroup = Sources["rejects"][number];
export type Reject = Answer<"/api/v1/sources/rejects">["rows"][number];
export type Watchlists = Answer<"/api/v1/watchlists">;
export type Watchlist = Watchlists["watchlists"][number];
export type Share = Answer<"/api/v1/watchlists/{key}/shares">["shares"][number];
export type Figures = Answer<"/api/v1/figures">;
export type SymbolFigures = Figures["figures"][number];
export type Statistics = Answer<"/api/v1/statistics">;
export type Rules = Answer<"/api/v1/alerts/rules">;
export type Rule = Rules["rules"][number];
export type Draft = components["schemas"]["Draft"];
export type Condition = Draft["condition"];
export type Target = NonNullable<Draft["target"]>;
export type Trials = components["schemas"]["Trials"];
export type Firings = Answer<"/api/v1/alerts/firings">;
export type Firing = Firings["firings"][number];
export type Delivery = Answer<"/api/v1/alerts/firings/{number}/deliveries">["deliveries"][number];
export type Channel = Answer<"/api/v1/alerts/channels">["channels"][number];
export type NewChannel = components["schemas"]["NewChannel"];
export type ChannelChange = components["schemas"]["ChannelChange"];
export type Job = Answer<"/api/v1/jobs">["jobs"][number];
export type Run = Answer<"/api/v1/jobs/{name}/runs">["runs"][number];
export type Backfill = Answer<"/api/v1/jobs/backfills">["backfills"][number];
export type BackfillAsked = components["schemas"]["BackfillAsked"];
export type Report = Answer<"/api/v1/jobs/reports">["reports"][number];
export type Inbox = Answer<"/api/v1/actions/inbox">;
export type InboxEntry = Inbox["entries"][number];
export type Portfolio = Answer<"/api/v1/portfolios">["portfolios"][number];
export type PortfolioDraft = components["schemas"]["PortfolioDraft"];
export type Account = Portfolio["accounts"][number];
export type AccountDraft = components["schemas"]["AccountDraft"];
export type Transactions = Answer<"/api/v1/portfolios/{number}/transactions">;
export type Transaction = Transactions["transactions"][number];
export type TransactionDraft = components["schemas"]["TransactionDraft"];
export type Kind = components["schemas"]["Kind"];
export type Positions = Answer<"/api/v1/portfolios/{number}/positions">;
export type Position = Positions["positions"][number];
export type Trouble = Positions["problems"][number];
export type Lots = Answer<"/api/v1/portfolios/{number}/lots">;
export type OpenLot = Lots["open"][number];
export type ClosedLot = Lots["closed"][number];
export type ValueHistory = Answer<"/api/v1/portfolios/{number}/history">;
export type Returns = Answer<"/api/v1/portfolios/{number}/returns">;
export type Performance = Returns["performance"];
export type Benchmark = NonNullable<Returns["benchmark"]>;
export type Contribution = Returns["contributions"][number];
export type Income = Answer<"/api/v1/portfolios/{number}/income">;
export type Allocation = Answer<"/api/v1/portfolios/{number}/allocation">;
export type Slice = Allocation["slices"][number];
export type Checks = Answer<"/api/v1/portfolios/{number}/checks">;
export type Check = Checks["checks"][number];
export type Why = Answer<"/api/v1/portfolios/{number}/why/{figure}">;
export type WhyFigure = paths["/api/v1/portfolios/{number}/why/{figure}"]["get"]["parameters"]["path"]["figure"];
/** The desk tells all of it; its schema calls what has a default optional. */
export type Preview = Required<components["schemas"]["Preview"]>;
export type PreviewRow = Preview["rows"][number];
export type Matched = Preview["instruments"][number];
export type Choices = Required<components["schemas"]["Choices"]>;
export type Mapping = components["schemas"]["Mapping"];
export type Batch = Answer<"/api/v1/portfolios/{number}/imports">["imports"][number];
export type Reconciled = components["schemas"]["Reconciled"];
export type Item = Answer<"/api/v1/items">["items"][number];
