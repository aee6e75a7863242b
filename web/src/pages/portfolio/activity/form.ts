/** A transaction as a reader fills it in, and what the desk is told of it: there, signs say who gave and who received. */

import type { Account, Item, Kind, Transaction, TransactionDraft } from "../../../api/desk";
import { isTicker } from "../../../lib/address";
import { negated, product, rounded, signOf, sum } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { type FieldName, KINDS } from "./kinds";

export type Form = Record<FieldName | "day" | "currency" | "note" | "tags", string> & {
  kind: Kind;
  account: number;
  short: boolean;
  /** Whether the amount is the reader's; else it is what units, price, fee and tax come to. */
  counted: boolean;
};

export function blank(kind: Kind, account: Account, day: string, instrument = ""): Form {
  return {
    kind,
    account: account.id,
    day,
    currency: account.currency,
    instrument,
    quantity: "",
    price: "",
    fee: "",
    tax: "",
    amount: "",
    toAccount: "",
    toAmount: "",
    toCurrency: "",
    other: "",
    ratio: "",
    cost: "",
    acquired: "",
    note: "",
    tags: "",
    short: false,
    counted: true,
  };
}

export function formOf(told: Transaction): Form {
  const { cash, units } = KINDS[told.kind];
  return {
    kind: told.kind,
    account: told.account,
    day: told.day,
    currency: told.currency,
    instrument: told.ticker ?? told.instrument ?? "",
    quantity: typed(told.quantity, units),
    price: told.price ?? "",
    fee: typed(told.fee, 1),
    tax: typed(told.tax, 1),
    amount: typed(told.cash, cash),
    toAccount: told.to_account ? String(told.to_account) : "",
    toAmount: typed(told.to_cash, 1),
    toCurrency: told.to_currency,
    other: told.other_ticker ?? told.other ?? "",
    ratio: told.ratio ?? "",
    cost: told.cost ?? "",
    acquired: told.acquired ?? "",
    note: told.note,
    tags: (told.tags ?? []).join(", "),
    short: told.short,
    counted: false,
  };
}

/** As one types it: without the sign that its kind gives it, and nothing for nothing. */
function typed(number: string, way: 1 | -1): string {
  if (signOf(number) === 0) return "";
  return way === 1 ? number : negated(number);
}

/** What a change of some fields makes of `form`: an amount that follows from others follows them. */
export function edited(form: Form, change: Partial<Form>): Form {
  if (change.amount !== undefined) return { ...form, ...change, counted: change.amount === "" };
  const parts = ["quantity", "price", "fee", "tax", "kind"] as const;
  const follows = parts.some((part) => change[part] !== undefined && change[part] !== form[part]);
  if (!follows || !KINDS[change.kind ?? form.kind].traded) return { ...form, ...change };
  return { ...form, ...change, amount: "", counted: true };
}

/** What units at their price, fee and tax come to: paid in all, or received; null until that can be said. */
export function countedAmount({ kind, quantity, price, fee, tax, currency }: Form): string | null {
  const { traded, cash } = KINDS[kind];
  const gross = traded ? product(quantity, price) : null;
  const costs = sum(fee || "0", tax || "0");
  if (gross === null || costs === null) return null;
  const total = sum(gross, cash === -1 ? costs : negated(costs));
  return total && rounded(total, format.decimalsOf(currency));
}

/** As a share of an amount, what costs that nobody tells apart may come to; and what rounding may. */
const [COSTS, CENTS] = [0.02, 0.05];

/** Where a typed amount is not what units, price, fee and tax come to, and costs and rounding cannot explain it. */
export function oddAmount(form: Form, before: Transaction | null): string | null {
  const counted = countedAmount(form);
  const amount = Number(form.amount);
  const elsewhere = before?.kind === form.kind && (before.price_currency || before.fee_currency);
  if (counted === null || form.counted || !form.amount.trim() || !Number.isFinite(amount) || elsewhere) return null;
  const lastDigit = 10 ** -Math.max(2, form.price.split(".")[1]?.length ?? 0);
  const rounding = (Math.abs(Number(form.quantity)) * lastDigit) / 2 + CENTS;
  const explained = COSTS * Math.max(Math.abs(Number(counted)), Math.abs(amount)) + rounding;
  if (Math.abs(Number(counted) - amount) <= explained) return null;
  return `Units, price, fee and tax come to ${format.exactly(counted, 2)} ${form.currency}: is one of them another?`;
}

/**
 * What the desk is told. Of `before`, what no form asks stays as it was while the kind does; an instrument that still
 * goes by the same name stays the same one, and the name of an own item is that item.
 */
export function draftOf(form: Form, before: Transaction | null = null, items: readonly Item[] = []): TransactionDraft {
  const { fields, cash, units } = KINDS[form.kind];
  const asked = new Set(fields.map(([name]) => name));
  const given = (name: FieldName) => (asked.has(name) ? form[name].trim() : "");
  const amount = (form.counted && countedAmount(form)) || given("amount");
  const same = before?.kind === form.kind ? kept(before) : null;
  return {
    ...NOTHING,
    ...(same ?? (before && { ref: before.ref, at: before.at ?? null })),
    kind: form.kind,
    account: form.account,
    day: form.day,
    currency: form.currency.trim(),
    cash: signed(amount, cash),
    instrument: named(given("instrument"), items, before?.ticker, before?.instrument),
    quantity: asked.has("quantity") ? signed(given("quantity"), units) : (same?.quantity ?? "0"),
    fee: given("fee") || "0",
    tax: given("tax") || "0",
    price: asked.has("price") ? given("price") || null : (same?.price ?? null),
    to_account: Number(given("toAccount")) || null,
    ...arrived(form, amount, same),
    other: named(given("other"), items, before?.other_ticker, before?.other),
    ratio: given("ratio") || null,
    cost: given("cost") || null,
    acquired: given("acquired") || null,
    short: form.kind === "sell" && form.short,
    note: form.note,
    tags: form.tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
  };
}

/** What arrives elsewhere: of an exchange as typed, of a transfer what left, unless something else was kept. */
function arrived(form: Form, amount: string, same: TransactionDraft | null) {
  if (form.kind === "exchange") return { to_cash: form.toAmount.trim() || "0", to_currency: form.toCurrency.trim() };
  if (form.kind !== "transfer" || !amount) return { to_cash: "0", to_currency: "" };
  const currency = form.currency.trim().toUpperCase();
  if (same && currency === same.currency && sum(same.cash, amount) === "0") {
    return { to_cash: same.to_cash, to_currency: same.to_currency };
  }
  return { to_cash: amount, to_currency: currency };
}

const NOTHING = { fee_currency: "", price_currency: "", rate: null, picks: [], at: null, ref: "" };

function kept(told: Transaction): TransactionDraft {
  const {
    id: _id,
    batch: _batch,
    version: _version,
    removed: _removed,
    ticker: _t,
    other_ticker: _o,
    notes: _n,
    ...draft
  } = told;
  return draft;
}

/** The same transaction as a draft: to save it as it was. */
export const draftAgain = kept;

function signed(typed: string, way: 1 | -1): string {
  if (!typed) return "0";
  return way === 1 ? typed : negated(typed);
}

function named(typed: string, items: readonly Item[], ticker?: string | null, id?: string | null): string | null {
  if (!typed) return null;
  return id && typed === ticker ? id : (itemCalled(typed, items)?.instrument ?? typed);
}

/** The reader's own item of that name, in whatever letters; what could be a ticker means that, where no item is called just so. */
export function itemCalled(typed: string, items: readonly Item[]): Item | undefined {
  const name = typed.trim();
  const exact = items.find((item) => item.name.trim() === name);
  return exact || (isTicker(name) && name === name.toUpperCase()) ? exact : itemLike(name, items);
}

/** The reader's own item of that name in whatever letters. */
export function itemLike(name: string, items: readonly Item[]): Item | undefined {
  return items.find((item) => item.name.trim().toLowerCase() === name.toLowerCase());
}

/** The fields of a form by the names that the desk has for them, for what it finds wrong. */
export const DESKS_NAMES: Record<string, FieldName | "day" | "currency" | "account" | "note" | "tags"> = {
  cash: "amount",
  to_cash: "toAmount",
  to_currency: "toCurrency",
  to_account: "toAccount",
  picks: "quantity",
};
