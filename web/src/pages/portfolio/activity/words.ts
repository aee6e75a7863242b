/** Transactions in words. */

import type { Account, Transaction } from "../../../api/desk";
import { signOf } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { KINDS } from "./kinds";

type Told = Pick<Transaction, "kind" | "ticker" | "instrument" | "quantity"> &
  Partial<Pick<Transaction, "other" | "other_ticker" | "ratio">>;

/** `Buy 12 MSFT`, `Deposit`, `Ticker change FB to META`. */
export function titleOf({ kind, ticker, instrument, quantity, other, other_ticker, ratio }: Told): string {
  const units = signOf(quantity) === 0 ? null : format.exactly(quantity.replace(/^-/, ""));
  const [name, became] = [ticker ?? instrument, other_ticker ?? other];
  const words = (...every: (string | null | undefined)[]) => [KINDS[kind].label, ...every].filter(Boolean).join(" ");
  if (kind === "spin_off" && became) return words(units, became, "of", name);
  if (kind === "merger" && became) return words(name, "into", became);
  if (kind === "rename" && became) return words(name, "to", became);
  if (kind === "split" && ratio) return words(name, splitOf(Number(ratio)));
  return words(units, name);
}

/** `2:1`, `1:10`, `3:2`: how many new units came for how many old ones. */
function splitOf(ratio: number): string {
  const few = [1, 2, 3, 4, 5].find((old) => Number.isInteger(ratio * old));
  if (few) return `${ratio * few}:${few}`;
  const one = Math.round(1 / ratio);
  return Math.abs(ratio * one - 1) < 1e-9 ? `1:${one}` : `${format.exactly(String(ratio))}:1`;
}

type Moved = Pick<Transaction, "cash" | "currency" | "to_cash" | "to_currency">;

/** What came for the money that left, where that is other money: `108.75 USD`. */
export function cameFor({ currency, to_cash, to_currency }: Moved): string | null {
  if (!to_cash || signOf(to_cash) === 0 || !to_currency || to_currency === currency) return null;
  return format.money(to_cash, to_currency);
}

type Priced = Pick<Transaction, "price" | "price_currency" | "currency">;

/** A price, with its currency where that is not the one of the amount. */
export function priceOf({ price, price_currency, currency }: Priced): string | null {
  if (!price) return null;
  return `${format.unitPrice(price)}${price_currency && price_currency !== currency ? ` ${price_currency}` : ""}`;
}

/** At which rate money became other money: `1.0875 USD` for one. */
export function rateOf(moved: Moved): string | null {
  if (cameFor(moved) === null || signOf(moved.cash ?? "0") === 0) return null;
  const rate = Math.abs(Number(moved.to_cash) / Number(moved.cash));
  return `${format.price(rate, Math.max(4, format.decimalsFor(rate)))} ${moved.to_currency}`;
}

/** When it was, where, and how many at which price, as far as it is told; which of it is hidden with the amounts. */
export function aboutOf(row: Transaction, accounts: readonly Account[]): { text: string; amount: boolean }[] {
  const nameOf = (id: number | null | undefined) => accounts.find((each) => each.id === id)?.name;
  const units = signOf(row.quantity) === 0 ? null : format.exactly(row.quantity.replace(/^-/, ""));
  const price = priceOf(row) ?? rateOf(row);
  return [
    { text: format.day(row.day), amount: false },
    { text: [nameOf(row.account), nameOf(row.to_account)].filter(Boolean).join(" to "), amount: false },
    { text: units && price ? `${units} × ${price}` : (price ?? ""), amount: units !== null },
  ].filter(({ text }) => text !== "");
}

const FIELDS: readonly (readonly [keyof Transaction, string])[] = [
  ["kind", "Kind"],
  ["day", "Day"],
  ["instrument", "Instrument"],
  ["quantity", "Units"],
  ["price", "Price"],
  ["cash", "Amount"],
  ["currency", "Currency"],
  ["fee", "Fee"],
  ["tax", "Tax"],
  ["account", "Account"],
  ["to_account", "To account"],
  ["to_cash", "Received"],
  ["to_currency", "Received in"],
  ["other", "Other instrument"],
  ["ratio", "Ratio"],
  ["cost", "Cost"],
  ["acquired", "Bought on"],
  ["note", "Note"],
  ["tags", "Tags"],
];

export interface Difference {
  field: string;
  mine: string;
  theirs: string;
}

/** Where two versions of a transaction differ, field by field as they are told. */
export function differences(mine: Partial<Transaction>, theirs: Partial<Transaction>): Difference[] {
  return FIELDS.flatMap(([name, field]) => {
    const [one, other] = [shown(mine[name]), shown(theirs[name])];
    return one === other ? [] : [{ field, mine: one, theirs: other }];
  });
}

/** What is known of a transaction, field by field; nothing of what it has none of. */
export function fieldsOf(told: Transaction, accounts: readonly Account[]): { field: string; text: string }[] {
  const nameOf = (id: number | null | undefined) => accounts.find((each) => each.id === id)?.name;
  const inWords: Partial<Record<keyof Transaction, string | undefined>> = {
    kind: KINDS[told.kind].label,
    day: format.day(told.day),
    instrument: told.ticker ?? told.instrument ?? undefined,
    account: nameOf(told.account),
    to_account: nameOf(told.to_account),
    acquired: told.acquired ? format.day(told.acquired) : undefined,
  };
  return FIELDS.flatMap(([name, field]) => {
    const text = name in inWords ? inWords[name] : shown(told[name]);
    return text === undefined || text === format.NONE || text === "0" ? [] : [{ field, text }];
  });
}

function shown(value: unknown): string {
  if (value == null || value === "" || (Array.isArray(value) && value.length === 0)) return format.NONE;
  if (Array.isArray(value)) return value.join(", ");
  const text = String(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? format.exactly(text) : text;
}
