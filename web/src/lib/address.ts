/** What a page shows is in its address; these read and write it. What is not said is the default, and is left out. */

import { indicatorOf } from "./indicators";

export const RANGES = ["1D", "5D", "1M", "3M", "6M", "YTD", "1Y", "5Y", "Max"] as const;
export type Range = (typeof RANGES)[number];
export const ADJUSTS = ["raw", "split", "total"] as const;
export type Adjust = (typeof ADJUSTS)[number];
export const SCALES = ["linear", "log", "percent"] as const;
export type Scale = (typeof SCALES)[number];
export const HOURS = ["regular", "extended"] as const;
export type Hours = (typeof HOURS)[number];

export interface ChartAddress {
  range: Range;
  /** A stretch of its own, ISO dates with both days included, instead of the range; null: as far as there is. */
  from: string | null;
  to: string | null;
  /** Null: the one that fits the range. */
  interval: string | null;
  adjust: Adjust;
  hours: Hours;
  scale: Scale;
  indicators: string[];
  table: boolean;
  /** What the desk knew at the end of that day (ISO date, UTC) or at that instant; null: what it knows now. */
  asOf: string | null;
  /** The rule whose trial on the past is shown. */
  trial: number | null;
}

function oneOf<T extends string>(choices: readonly T[], given: string | null, otherwise: T): T {
  return choices.find((choice) => choice.toLowerCase() === given?.toLowerCase()) ?? otherwise;
}

function momentOf(given: string | null): string | null {
  return given && Number.isFinite(Date.parse(given)) ? given : null;
}

export function chartAddress(params: URLSearchParams): ChartAddress {
  const indicators = (params.get("with") ?? "").split(";").filter((key) => indicatorOf(key) !== null);
  return {
    range: oneOf(RANGES, params.get("range"), "6M"),
    from: momentOf(params.get("from")),
    to: momentOf(params.get("to")),
    interval: params.get("interval"),
    adjust: oneOf(ADJUSTS, params.get("adjust"), "split"),
    hours: oneOf(HOURS, params.get("hours"), "regular"),
    scale: oneOf(SCALES, params.get("scale"), "linear"),
    indicators: [...new Set(indicators)],
    table: params.get("view") === "table",
    asOf: momentOf(params.get("as_of")),
    trial: numberOf(params.get("trial")),
  };
}

/** Whether `address` shows a stretch of its own and none of the ranges. */
export function isOwnStretch({ from, to }: Pick<ChartAddress, "from" | "to">): boolean {
  return from !== null || to !== null;
}

/** What to change of an address to show `range`, in the interval that fits it. */
export function inRange(range: Range) {
  return { range, from: null, to: null, interval: null };
}

/** The query of `address`, in a fixed order; `?`-less, empty for the defaults. */
export function chartQuery(address: ChartAddress): string {
  return query({
    range: address.range === "6M" || isOwnStretch(address) ? null : address.range,
    from: address.from,
    to: address.to,
    interval: address.interval,
    adjust: address.adjust === "split" ? null : address.adjust,
    hours: address.hours === "regular" ? null : address.hours,
    scale: address.scale === "linear" ? null : address.scale,
    with: address.indicators.join(";") || null,
    view: address.table ? "table" : null,
    as_of: address.asOf,
    trial: address.trial === null ? null : String(address.trial),
  });
}

export const VIEWS = ["rebased", "moving", "average", "high", "volume", "ratio"] as const;
export type View = (typeof VIEWS)[number];
export const WINDOWS = ["10", "20", "50", "200"] as const;

export interface CompareAddress {
  symbols: string[];
  range: Range;
  adjust: Adjust;
  view: View;
  window: number;
  table: boolean;
}

export const MOST_COMPARED = 8;

/** The comparison of `symbols`, as it is at first. */
export function comparePath(symbols: readonly string[]): string {
  return `/compare?${query({ symbols: symbols.join(",") })}`;
}

export function compareAddress(params: URLSearchParams): CompareAddress {
  return {
    symbols: symbolsOf(params.get("symbols")).slice(0, MOST_COMPARED),
    range: oneOf(RANGES, params.get("range"), "1M"),
    adjust: oneOf(ADJUSTS, params.get("adjust"), "split"),
    view: oneOf(VIEWS, params.get("view"), "rebased"),
    window: Number(oneOf(WINDOWS, params.get("window"), "20")),
    table: params.get("table") === "1",
  };
}

export function compareQuery(address: CompareAddress): string {
  return query({
    symbols: address.symbols.join(",") || null,
    range: address.range === "1M" ? null : address.range,
    adjust: address.adjust === "split" ? null : address.adjust,
    view: address.view === "rebased" ? null : address.view,
    window: address.window === 20 ? null : String(address.window),
    table: address.table ? "1" : null,
  });
}

/** Whether `text` could be a ticker, as the desk sees it: `BRK.B`, `^GSPC`, `EURUSD=X`, `BTC/USD`. */
export function isTicker(text: string): boolean {
  return /^[A-Z\d^][A-Z\d.=^/_-]{0,19}$/i.test(text);
}

/** Tickers out of what a reader typed or linked: parted by commas or spaces, in capitals, each once. */
export function symbolsOf(text: string | null): string[] {
  return [...new Set((text ?? "").toUpperCase().split(/[\s,;]+/))].filter(isTicker);
}

/** What stands beside the alerts: a rule being made or changed, the proof of a delivery, a channel. */
export type AlertsPanel =
  | { kind: "new"; symbol: string | null; level: number | null }
  | { kind: "edit"; rule: number }
  | { kind: "firing"; firing: number }
  | { kind: "add"; channel: string }
  | { kind: "channel"; channel: number };

interface AlertsAddress {
  channels: boolean;
  panel: AlertsPanel | null;
}

export function alertsAddress(params: URLSearchParams): AlertsAddress {
  const channels = params.has("channels");
  return { channels, panel: channels ? channelsPanel(params) : rulesPanel(params) };
}

function rulesPanel(params: URLSearchParams): AlertsPanel | null {
  if (params.has("new")) {
    const [symbol = null] = symbolsOf(params.get("new"));
    return { kind: "new", symbol, level: positive(params.get("level")) };
  }
  const [rule, firing] = [numberOf(params.get("edit")), numberOf(params.get("firing"))];
  if (rule) return { kind: "edit", rule };
  return firing ? { kind: "firing", firing } : null;
}

function channelsPanel(params: URLSearchParams): AlertsPanel | null {
  const [added, channel] = [params.get("add"), numberOf(params.get("channel"))];
  if (added) return { kind: "add", channel: added };
  return channel ? { kind: "channel", channel } : null;
}

export function alertsPath({ channels, panel }: AlertsAddress): string {
  const asked = query({
    channels: channels ? "" : null,
    new: panel?.kind === "new" ? (panel.symbol ?? "") : null,
    level: panel?.kind === "new" && panel.level !== null ? String(panel.level) : null,
    edit: panel?.kind === "edit" ? String(panel.rule) : null,
    firing: panel?.kind === "firing" ? String(panel.firing) : null,
    add: panel?.kind === "add" ? panel.channel : null,
    channel: panel?.kind === "channel" ? String(panel.channel) : null,
  });
  return asked ? `/alerts?${asked}` : "/alerts";
}

/** The address of a new alert, on a symbol and at a level where they are known. */
export function newAlertPath(symbol: string | null = null, level: number | null = null): string {
  return alertsPath({ channels: false, panel: { kind: "new", symbol, level } });
}

/** What `alert AAPL 190` or `alert AAPL at 190` asks for; null where a reader typed something else. */
export function alertAsked(text: string): { symbol: string; level: number | null } | null {
  const [, ticker, level = null] = /^alert\s+(?:on\s+)?(\S+)(?:\s+(?:at\s+)?(\d+(?:\.\d+)?))?$/i.exec(text) ?? [];
  return ticker && isTicker(ticker) ? { symbol: ticker.toUpperCase(), level: positive(level) } : null;
}

function positive(text: string | null): number | null {
  const number = Number(text);
  return number > 0 && Number.isFinite(number) ? number : null;
}

function numberOf(text: string | null): number | null {
  const number = positive(text);
  return number !== null && Number.isSafeInteger(number) ? number : null;
}

export const LIST_VIEWS = ["price", "performance", "risk", "details"] as const;
export type ListView = (typeof LIST_VIEWS)[number];

/** Which watchlist Home shows, and how. */
interface HomeAddress {
  /** Null: the first one. */
  list: number | null;
  view: ListView;
  /** As `sortOf` reads it; null: in its owner's order. */
  sort: string | null;
  /** What beta is measured by; null: what the desk thinks usual. */
  benchmark: string | null;
  /** Whether its symbols are being put in order. */
  arrange: boolean;
}

export function homeAddress(params: URLSearchParams): HomeAddress {
  return {
    list: numberOf(params.get("list")),
    view: oneOf(LIST_VIEWS, params.get("view"), "price"),
    sort: params.get("sort"),
    benchmark: symbolsOf(params.get("benchmark"))[0] ?? null,
    arrange: params.has("arrange"),
  };
}

export function homePath({ list, view, sort, benchmark, arrange }: HomeAddress): string {
  const asked = query({
    list: list === null ? null : String(list),
    view: view === "price" ? null : view,
    sort: sort || null,
    benchmark,
    arrange: arrange ? "" : null,
  });
  return asked ? `/?${asked}` : "/";
}

export interface Sort<Key extends string> {
  key: Key;
  descending: boolean;
}

/** `?sort=-change` sorts by `change`, largest first; null where the address names none of `keys`. */
export function sortOf<Key extends string>(given: string | null, keys: readonly Key[]): Sort<Key> | null {
  const descending = given?.startsWith("-") ?? false;
  const key = keys.find((each) => each === given?.replace(/^-/, ""));
  return key ? { key, descending } : null;
}

export function symbolPath(ticker: string): string {
  return `/symbol/${encodeURIComponent(ticker)}`;
}

function query(values: Record<string, string | null>): string {
  return Object.entries(values)
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .map(([name, value]) => (value === "" ? name : `${name}=${plain(value)}`))
    .join("&");
}

function plain(value: string): string {
  return encodeURIComponent(value).replace(/%(2C|3A|3B)/g, (_, hex) => PLAIN[hex] ?? "");
}

// Commas, colons and semicolons are allowed in a query, and a reader can then read the address.
const PLAIN: Record<string, string> = { "2C": ",", "3A": ":", "3B": ";" };
