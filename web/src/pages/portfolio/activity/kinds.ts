/** The kinds of transactions: what each is called, what a form asks of it, and which way its money and units go. */

import type { Kind } from "../../../api/desk";

export type FieldName =
  | "instrument"
  | "quantity"
  | "price"
  | "fee"
  | "tax"
  | "amount"
  | "toAccount"
  | "toAmount"
  | "toCurrency"
  | "other"
  | "ratio"
  | "cost"
  | "acquired";

interface KindWords {
  label: string;
  /** What a form asks, in that order, and what each is called there; null: by its usual name. */
  fields: readonly (readonly [FieldName, string | null])[];
  /** What the account does with units and with money: it receives (1) or gives (-1) what is typed, which has no sign. */
  units: 1 | -1;
  cash: 1 | -1;
  /** Whether the amount is the units at their price, with fee and tax. */
  traded?: boolean;
  /** What the form says of it, where the fields do not. */
  hint?: string;
}

const TRADE = [
  ["instrument", null],
  ["quantity", null],
  ["price", null],
  ["fee", null],
  ["tax", null],
] as const;

export const KINDS: Record<Kind, KindWords> = {
  buy: { label: "Buy", fields: [...TRADE, ["amount", "Paid in all"]], units: 1, cash: -1, traded: true },
  sell: { label: "Sell", fields: [...TRADE, ["amount", "Received in all"]], units: -1, cash: 1, traded: true },
  dividend: {
    label: "Dividend",
    fields: [
      ["instrument", null],
      ["amount", "Received"],
      ["tax", "Tax withheld"],
      ["fee", null],
    ],
    units: 1,
    cash: 1,
    hint: "What the account received, after the tax that was withheld. One that was taken back is less than 0.",
  },
  interest: {
    label: "Interest",
    fields: [
      ["amount", "Received"],
      ["tax", "Tax withheld"],
    ],
    units: 1,
    cash: 1,
    hint: "Interest that was paid is less than 0.",
  },
  deposit: { label: "Deposit", fields: [["amount", "Received"]], units: 1, cash: 1 },
  withdrawal: { label: "Withdrawal", fields: [["amount", "Taken out"]], units: -1, cash: -1 },
  fee: {
    label: "Fee",
    fields: [
      ["amount", "Paid"],
      ["instrument", "For (if any)"],
    ],
    units: -1,
    cash: -1,
    hint: "A rebate is less than 0.",
  },
  tax: {
    label: "Tax",
    fields: [
      ["amount", "Paid"],
      ["instrument", "For (if any)"],
    ],
    units: -1,
    cash: -1,
    hint: "What was paid back is less than 0.",
  },
  exchange: {
    label: "Exchange of currency",
    fields: [
      ["amount", "Gave"],
      ["toAmount", "Received"],
      ["toCurrency", "Received in"],
      ["fee", null],
    ],
    units: 1,
    cash: -1,
  },
  transfer: {
    label: "Transfer",
    fields: [
      ["toAccount", null],
      ["amount", "Cash"],
      ["instrument", "or units of"],
      ["quantity", null],
    ],
    units: -1,
    cash: -1,
    hint: "Between accounts of this portfolio: no total changes.",
  },
  delivery_in: {
    label: "Delivery in",
    fields: [
      ["instrument", null],
      ["quantity", null],
      ["cost", null],
      ["acquired", null],
    ],
    units: 1,
    cash: -1,
    hint: "Units that came from elsewhere: a gift, another broker, a reward. Without a cost they count as bought at their price that day.",
  },
  delivery_out: {
    label: "Delivery out",
    fields: [
      ["instrument", null],
      ["quantity", null],
    ],
    units: -1,
    cash: -1,
  },
  opening: {
    label: "Opening balance",
    fields: [
      ["instrument", "Units of"],
      ["quantity", null],
      ["cost", null],
      ["acquired", null],
      ["amount", "or cash"],
    ],
    units: 1,
    cash: 1,
    hint: "What was there before the first statement.",
  },
  split: {
    label: "Split",
    fields: [
      ["instrument", null],
      ["ratio", "New for one old"],
    ],
    units: 1,
    cash: 1,
    hint: "It happened to the instrument, and is applied once: to every account, and to what was sold since.",
  },
  spin_off: {
    label: "Spin-off",
    fields: [
      ["instrument", null],
      ["other", "What was spun off"],
      ["quantity", "Units received"],
      ["ratio", "Share of the cost"],
    ],
    units: 1,
    cash: 1,
    hint: "The share of the cost that leaves with it, from 0 to 1.",
  },
  merger: {
    label: "Merger",
    fields: [
      ["instrument", null],
      ["other", "Became"],
      ["ratio", "New for one old"],
      ["amount", "Cash received"],
    ],
    units: 1,
    cash: 1,
  },
  rename: {
    label: "Ticker change",
    fields: [
      ["instrument", null],
      ["other", "Became"],
    ],
    units: 1,
    cash: 1,
  },
  return_of_capital: {
    label: "Return of capital",
    fields: [
      ["instrument", null],
      ["amount", "Received"],
    ],
    units: 1,
    cash: 1,
    hint: "It lowers the cost; what exceeds the cost is a gain.",
  },
};

export const FIELD_NAMES: Record<FieldName, string> = {
  instrument: "Instrument",
  quantity: "Units",
  price: "Price",
  fee: "Fee",
  tax: "Tax",
  amount: "Amount",
  toAccount: "To account",
  toAmount: "Received",
  toCurrency: "Currency",
  other: "Other instrument",
  ratio: "Ratio",
  cost: "Cost in all",
  acquired: "Bought on",
};

export function isKind(text: string | null): text is Kind {
  return text !== null && Object.hasOwn(KINDS, text);
}
