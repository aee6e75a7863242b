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
  return {
    name: "",
    type,
    values: { ...initialValues(type), ...(level !== null && { level: String(level) }) },
    on: "Symbol",
    symbol: symbol ?? "",
    list: "",
    repeat: "always",
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

/** What the desk is told; where a field cannot be read as what it is, which and why. */
export function draftOf(form: Form, nameOfList: (id: string) => string): Draft | Wrong {
  const { type, values } = form;
  const told: Record<string, string | number | null> = {};
  for (const field of fieldsOf(type, values)) {
    const value = readOf(field, values[field.name] ?? "");
    if (isWrong(value)) return value;
    told[field.name] = value;
  }
  if (isOfSymbols(type) && form.on === "Symbol" && !form.symbol.trim()) {
    return { field: "symbol", what: "Name a symbol." };
  }
  const [hysteresis, cooldown] = [numberOf("hysteresis_pct", form.hysteresis), numberOf("cooldown_min", form.cooldown)];
  if (isWrong(hysteresis)) return hysteresis;
  if (isWrong(cooldown)) return cooldown;
  if (form.quiet && !(form.quietStart && form.quietEnd)) return { field: "quiet", what: "Give both times." };
  if (!form.everywhere && form.channels.length === 0) {
    return { field: "channels", what: "Choose a channel, or all of them." };
  }
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

export function isWrong(value: unknown): value is Wrong {
  return typeof value === "object" && value !== null && "what" in value;
}

/** A kept rule as the desk is told of it again. */
export function draftAgain({
  id: _,
  sentence: __,
  symbols: ___,
  created: ____,
  changed: _____,
  ...draft
}: Rule): Draft {
  return draft;
}

/** What is tried: the name, the channels and the switch change nothing of when it would have fired. */
export function tried(draft: Draft): Draft {
  return { ...draft, name: "Trial", channels: null, enabled: true };
}

/** What a rule is called that its owner gave no name: `AAPL reaches 190`. */
export function nameOf(form: Form, nameOfList: (id: string) => string): string {
  const said = CONDITIONS[form.type].brief(form.values).trim();
  if (!isOfSymbols(form.type)) return said;
  const subject = { Symbol: form.symbol.trim().toUpperCase(), Watchlist: nameOfList(form.list), Held: "Held" }[form.on];
  return `${subject} ${said}`.trim().slice(0, 80);
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

function readOf({ name, of, empty }: ConditionField, text: string): string | number | null | Wrong {
  if (empty && text.trim() === "") return null;
  if (of !== "number" && of !== "whole") return text;
  const value = numberOf(name, text);
  if (of === "whole" && typeof value === "number" && !Number.isInteger(value)) {
    return { field: name, what: "Give a whole number." };
  }
  return value;
}

function numberOf(field: string, text: string): number | Wrong {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? { field, what: "Give a number." } : value;
}

function onReadersClock(instant: string): string {
  const at = new Date(instant);
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
