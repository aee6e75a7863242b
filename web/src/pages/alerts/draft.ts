/** A rule as it stands in the form, and as the desk is told of it. */

import type { Condition, Draft, Rule, Target } from "../../api/desk";
import { READERS_ZONE } from "../../lib/format";
import type { Wrong } from "../../lib/refusal";
import {
  CONDITIONS,
  type ConditionField,
  type ConditionType,
  fieldsOf,
  initialValues,
  isOfSymbols,
  type Values,
} from "./conditions";

export interface Form {
  name: string;
  type: ConditionType;
  values: Values;
  on: Target["type"];
  symbol: string;
  list: string;
  repeat: Draft["repeat"];
  hysteresis: string;
  cooldown: string;
  /** On the reader's clock, `2026-12-01T17:30`; empty: never. */
  expires: string;
  quiet: boolean;
  quietStart: string;
  quietEnd: string;
  quietZone: string;
  session: boolean;
  message: string;
  /** Whether all channels are told, those to come too; else `channels`. */
  everywhere: boolean;
  channels: readonly number[];
  enabled: boolean;
}

/** A new rule: the preset of one per cent, or of a level where one is given. */
export function blank(symbol: string | null, level: number | null): Form {
  const type = level === null ? "Moves" : "Crosses";
  const values = { ...initialValues(type), ...(level !== null && { level: String(level) }) };
  return {
    name: "",
    type,
    values,
    on: "Symbol",
    symbol: symbol ?? "",
    list: "",
    repeat: repeatOf(type, values),
    hysteresis: "0",
    cooldown: "0",
    expires: "",
    quiet: false,
    quietStart: "22:00",
    quietEnd: "07:00",
    quietZone: READERS_ZONE,
    session: false,
    message: "",
    everywhere: true,
    channels: [],
    enabled: true,
  };
}

/** How often a kind of rule tells unless its owner says: a price goes to and fro over a level by the minute. */
function repeatOf(type: ConditionType, { since }: Values): Draft["repeat"] {
  if (type === "Crosses" || type === "NewExtreme") return "once";
  return type === "Moves" && (since === "previous_close" || since === "open") ? "daily" : "always";
}

/** `form` with another condition; how often it tells follows, where its owner has not said. */
export function waiting(form: Form, type: ConditionType, values: Values): Pick<Form, "type" | "values" | "repeat"> {
  const preset = form.repeat === repeatOf(form.type, form.values);
  return { type, values, repeat: preset ? repeatOf(type, values) : form.repeat };
}

export function formOf(rule: Rule): Form {
  const { type, ...given } = rule.condition;
  const told = Object.entries(given).map(([name, value]) => [name, value === null ? "" : String(value)] as const);
  const base = blank(rule.target?.type === "Symbol" ? rule.target.symbol : null, null);
  return {
    ...base,
    name: rule.name,
    type,
    values: { ...initialValues(type), ...Object.fromEntries(told) },
    on: rule.target?.type ?? "Symbol",
    list: rule.target?.type === "Watchlist" ? rule.target.id : "",
    repeat: rule.repeat,
    hysteresis: String(rule.hysteresis_pct),
    cooldown: String(rule.cooldown_min),
    expires: rule.expires ? onReadersClock(rule.expires) : "",
    ...(rule.quiet && {
      quiet: true,
      quietStart: rule.quiet.start.slice(0, 5),
      quietEnd: rule.quiet.end.slice(0, 5),
      quietZone: rule.quiet.zone,
    }),
    session: rule.session_only,
    message: rule.message,
    everywhere: !rule.channels,
    channels: rule.channels ?? [],
    enabled: rule.enabled,
  };
}

/** What the desk is told; where fields cannot be read as what they are, which and why. */
export function draftOf(form: Form, nameOfList: (id: string) => string): Draft | Wrong[] {
  const { type, values } = form;
  const wrong: Wrong[] = [];
  const told: Record<string, string | number | null> = {};
  const read = <Value>(field: string, { value, what }: Read<Value>): Value => {
    if (what) wrong.push({ field, what });
    return value;
  };
  for (const field of fieldsOf(type, values))
    told[field.name] = read(field.name, readOf(field, values[field.name] ?? ""));
  if (isOfSymbols(type) && form.on === "Symbol" && !form.symbol.trim()) {
    wrong.push({ field: "symbol", what: "Name a symbol." });
  }
  const hysteresis = read("hysteresis_pct", numberOf(form.hysteresis));
  const cooldown = read("cooldown_min", numberOf(form.cooldown));
  if (form.quiet && !(form.quietStart && form.quietEnd)) wrong.push({ field: "quiet", what: "Give both times." });
  if (!form.everywhere && form.channels.length === 0) {
    wrong.push({ field: "channels", what: "Choose a channel, or all of them." });
  }
  if (wrong.length > 0) return wrong;
  return {
    name: form.name.trim() || nameOf(form, nameOfList),
    // The table of conditions is where names and kinds of fields come from; the desk checks them.
    condition: { type, ...told } as Condition,
    target: isOfSymbols(type) ? targetOf(form) : null,
    repeat: form.repeat,
    hysteresis_pct: hysteresis,
    cooldown_min: cooldown,
    expires: form.expires ? new Date(form.expires).toISOString() : null,
    quiet: form.quiet ? { start: form.quietStart, end: form.quietEnd, zone: form.quietZone.trim() } : null,
    session_only: isOfSymbols(type) && form.session,
    message: form.message,
    channels: form.everywhere ? null : [...form.channels],
    enabled: form.enabled,
  };
}

export function isWrong(draft: Draft | Wrong[]): draft is Wrong[] {
  return Array.isArray(draft);
}

/** A kept rule as the desk is told of it again. */
export function draftAgain({
  id: _,
  sentence: __,
  symbols: ___,
  unknown: ____,
  over: _____,
  left_out: ______,
  created: _______,
  changed: ________,
  ...draft
}: Rule): Draft {
  return draft;
}

/** What is tried: the channels and the switch change nothing of it, and the name only what a message says of it. */
export function tried(draft: Draft): Draft {
  const name = draft.message.includes("{rule}") ? draft.name : "Trial";
  return { ...draft, name, channels: null, enabled: true };
}

/** What a rule is called that its owner gave no name: `AAPL reaches 190`. */
export function nameOf(form: Form, nameOfList: (id: string) => string): string {
  const said = CONDITIONS[form.type].brief(readable(form)).trim();
  if (!isOfSymbols(form.type)) return said;
  const subject = { Symbol: form.symbol.trim().toUpperCase(), Watchlist: nameOfList(form.list), Held: "Held" }[form.on];
  return `${subject} ${said}`.trim().slice(0, 80);
}

/** The values as a name tells them: an ellipsis for what is not there yet, or is no number. */
function readable({ type, values }: Form): Values {
  const told = fieldsOf(type, values).map((field) => {
    const { value, what } = readOf(field, values[field.name] ?? "");
    return [field.name, what ? "…" : String(value ?? "")] as const;
  });
  return { ...values, ...Object.fromEntries(told) };
}

/** Whether a rule has any option that stands behind "More". */
export function hasOptions(form: Form): boolean {
  const usual = blank(null, null);
  const options = ["hysteresis", "cooldown", "expires", "quiet", "session", "message", "everywhere"] as const;
  return options.some((option) => form[option] !== usual[option]);
}

function targetOf({ on, symbol, list }: Form): Target {
  if (on === "Held") return { type: on };
  return on === "Symbol" ? { type: on, symbol: symbol.trim().toUpperCase() } : { type: on, id: list };
}

interface Read<Value> {
  value: Value;
  /** Why it cannot be read. */
  what?: string;
}

function readOf({ of, empty }: ConditionField, text: string): Read<string | number | null> {
  if (empty && text.trim() === "") return { value: null };
  if (of !== "number" && of !== "whole") return { value: text };
  const read = numberOf(text);
  return of === "whole" && !read.what && !Number.isInteger(read.value)
    ? { value: read.value, what: "Give a whole number." }
    : read;
}

/** `80,5` and `1 000.50` are numbers too. */
function numberOf(text: string): Read<number> {
  const value = Number(
    text
      .trim()
      .replaceAll(/(?<=\d)\s(?=\d{3})/g, "")
      .replace(",", "."),
  );
  return text.trim() === "" || !Number.isFinite(value) ? { value, what: "Give a number." } : { value };
}

function onReadersClock(instant: string): string {
  const at = new Date(instant);
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
