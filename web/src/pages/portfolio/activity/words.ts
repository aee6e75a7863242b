/** Transactions in words. */

import type { Account, Transaction } from "../../../api/desk";
import { signOf } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { KINDS } from "./kinds";

type Told = Pick<Transaction, "kind" | "ticker" | "instrument" | "quantity">;

/** `Buy 12 MSFT`, `Deposit`. */
export function titleOf({ kind, ticker, instrument, quantity }: Told): string {
  const units = signOf(quantity) === 0 ? null : format.exactly(quantity.replace(/^-/, ""));
  return [KINDS[kind].label, units, ticker ?? instrument].filter(Boolean).join(" ");
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
