import { expect, test } from "vitest";
import type { Transaction } from "../../../api/desk";
import { aboutOf, cameFor, differences, fieldsOf, priceOf, rateOf, titleOf } from "./words";

test("a transaction is called by its kind, its units and its instrument", () => {
  expect([
    titleOf({ kind: "sell", ticker: "MSFT", instrument: "MSFT", quantity: "-12.50" }),
    titleOf({ kind: "deposit", ticker: null, instrument: null, quantity: "0" }),
    titleOf({ kind: "delivery_in", ticker: null, instrument: "own:3", quantity: "1" }),
  ]).toEqual(["Sell 12.5 MSFT", "Deposit", "Delivery in 1 own:3"]);
});

test("what becomes of an instrument is in its name, and how many of a split", () => {
  const told = { ticker: "HAZLO", instrument: "us.HAZLO", quantity: "0", other: "us.FENJO", other_ticker: "FENJO" };
  const split = { kind: "split", ...told, other: null, other_ticker: null } as const;
  expect([
    titleOf({ kind: "spin_off", ...told, quantity: "2" }),
    titleOf({ kind: "merger", ...told }),
    titleOf({ kind: "rename", ...told }),
    ...["2", "1.5", "0.1", "0.333333333333", "1.046"].map((ratio) => titleOf({ ...split, ratio })),
    titleOf({ ...split, quantity: "19" }),
  ]).toEqual([
    "Spin-off 2 FENJO of HAZLO",
    "Merger HAZLO into FENJO",
    "Ticker change HAZLO to FENJO",
    "Split HAZLO 2:1",
    "Split HAZLO 3:2",
    "Split HAZLO 1:10",
    "Split HAZLO 1:3",
    "Split HAZLO 1.046:1",
    "Split 19 HAZLO",
  ]);
});

test("of money that became other money it is told what came, and at which rate", () => {
  const exchange = { cash: "-8000", currency: "EUR", to_cash: "8700", to_currency: "USD" };
  expect([cameFor(exchange), rateOf(exchange)]).toEqual(["8\u202f700.00\u00a0USD", "1.0875 USD"]);
  const transfer = { cash: "-8000", currency: "EUR", to_cash: "8000", to_currency: "EUR" };
  expect([cameFor(transfer), rateOf(transfer)]).toEqual([null, null]);
  expect(rateOf({ ...exchange, cash: "0" })).toBe(null);
});

test("a price has its currency where that is not the one of the amount", () => {
  const priced = { price: "98.5", price_currency: "USD", currency: "EUR" };
  expect([priceOf(priced), priceOf({ ...priced, currency: "USD" })]).toEqual(["98.50 USD", "98.50"]);
});

test("on a card it is told when and where it was, and how many at which price, as far as that is told", () => {
  const accounts = [
    { id: 1, name: "Bank", currency: "EUR", broker: "" },
    { id: 2, name: "Depot Nord", currency: "USD", broker: "" },
  ];
  const sold = { kind: "sell", day: "2026-03-02", account: 2, quantity: "-12.50", price: "40", currency: "USD" };
  const moved = { kind: "transfer", day: "2026-03-02", account: 1, to_account: 2, quantity: "0", cash: "-5" };
  const told = (row: object) => aboutOf({ price_currency: "", ...row } as unknown as Transaction, accounts);
  expect(told(sold)).toEqual([
    { text: "2 Mar 2026", amount: false },
    { text: "Depot Nord", amount: false },
    { text: "12.5 × 40.00", amount: true },
  ]);
  expect(told({ ...moved, currency: "EUR" }).map(({ text }) => text)).toEqual(["2 Mar 2026", "Bank to Depot Nord"]);
});

test("two versions differ where they say something else, not where they write it differently", () => {
  const mine = { quantity: "10.00", cash: "-100", note: "", tags: ["a", "b"] };
  const theirs = { quantity: "10", cash: "-101.5", note: "late", tags: ["a", "b"] };
  expect(differences(mine, theirs)).toEqual([
    { field: "Amount", mine: "\u2212100", theirs: "\u2212101.5" },
    { field: "Note", mine: "\u2013", theirs: "late" },
  ]);
});

test("of a transaction all is told that it has, and nothing that it has not", () => {
  const told = {
    kind: "buy",
    day: "2026-03-02",
    instrument: "us.QUORB",
    ticker: "QUORB",
    quantity: "12.50",
    price: "40",
    cash: "-501",
    currency: "USD",
    fee: "1",
    tax: "0",
    account: 2,
    to_account: null,
    acquired: null,
    note: "",
    tags: ["core", "tech"],
  } as unknown as Transaction;
  const accounts = [{ id: 2, name: "Depot Nord", currency: "USD", broker: "" }];
  expect(fieldsOf(told, accounts).map(({ field, text }) => `${field}: ${text}`)).toEqual([
    "Kind: Buy",
    "Day: 2 Mar 2026",
    "Instrument: QUORB",
    "Units: 12.5",
    "Price: 40",
    "Amount: \u2212501",
    "Currency: USD",
    "Fee: 1",
    "Account: Depot Nord",
    "Tags: core, tech",
  ]);
});
