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
export type Watchlist = Answer<"/api/v1/watchlists">["watchlists"][number];
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
export type Me = Answer<"/api/v1/me">;
export type RoleName = Me["role"];
export type Session = Answer<"/api/v1/sessions">["sessions"][number];
export type Token = Answer<"/api/v1/tokens">["tokens"][number];
export type NewToken = components["schemas"]["NewToken"];
export type Passkey = Answer<"/api/v1/me/passkeys">["passkeys"][number];
export type Person = Answer<"/api/v1/users">["people"][number];
export type PersonChange = components["schemas"]["PersonChange"];
export type Invitation = Answer<"/api/v1/users/invitations">["invitations"][number];
export type MadeInvitation = components["schemas"]["MadeInvitation"];
export type Entry = Answer<"/api/v1/audit">["entries"][number];
