import { expect, test } from "vitest";
import type { Account, Item, Transaction } from "../../../api/desk";
import { blank, countedAmount, draftOf, edited, type Form, formOf, oddAmount } from "./form";

const account: Account = { id: 3, name: "Broker", currency: "EUR", broker: "" };

const bought: Transaction = {
  id: 9,
  version: 2,
  batch: 4,
  removed: null,
  ticker: "META",
  other_ticker: null,
  kind: "buy",
  account: 3,
  day: "2021-03-01",
  currency: "EUR",
  cash: "-2474.55",
  instrument: "FB",
  quantity: "10.00",
  fee: "1.50",
  fee_currency: "",
  tax: "0",
  price: "300.1",
  price_currency: "USD",
  rate: "0.8241",
  cost: null,
  acquired: null,
  to_account: null,
  to_cash: "0",
  to_currency: "",
  other: null,
  ratio: null,
  picks: [],
  short: false,
  at: "2021-03-01T15:30:00Z",
  ref: "ab-1",
  note: "the first",
  tags: ["tech", "core"],
  notes: [],
};

test("a purchase is typed without signs, and told with them", () => {
  let form = blank("buy", account, "2026-01-05", "SHEL");
  form = edited(form, { quantity: "12" });
  form = edited(form, { price: "31.425", fee: "2", tax: "0.335" });
  expect(countedAmount(form)).toBe("379.44");
  const { cash, quantity, fee, tax, price, instrument, account: of } = draftOf(form);
  expect([cash, quantity, fee, tax, price, instrument, of]).toEqual([
    "-379.44",
    "12",
    "2",
    "0.335",
    "31.425",
    "SHEL",
    3,
  ]);
});

test("a sale receives what is left after fee and tax", () => {
  const form = edited(blank("sell", account, "2026-01-05", "SHEL"), {
    quantity: "2",
    price: "10",
    fee: "1.5",
    tax: "3",
  });
  expect([draftOf(form).cash, draftOf(form).quantity]).toEqual(["15.5", "-2"]);
});

test("an amount that a reader typed stays until what it follows from is changed", () => {
  let form = edited(blank("buy", account, "2026-01-05", "SHEL"), { quantity: "2", price: "10" });
  form = edited(form, { amount: "20.01" });
  expect(draftOf(edited(form, { note: "rounded up" })).cash).toBe("-20.01");
  expect(draftOf(edited(form, { quantity: "3" })).cash).toBe("-30");
});

test("saving what was not changed changes nothing, not even what no form asks", () => {
  const { id: _i, notes: _n, version: _v, batch: _b, removed: _r, ticker: _t, other_ticker: _o, ...same } = bought;
  expect(draftOf(formOf(bought), bought)).toEqual(same);
});

test("an instrument is a new one where its name is typed anew", () => {
  expect(draftOf(edited(formOf(bought), { instrument: "AAPL" }), bought).instrument).toBe("AAPL");
});

test("another kind keeps of the old one only what any kind has", () => {
  const fee = draftOf(edited(formOf(bought), { kind: "fee", amount: "5" }), bought);
  expect(fee).toMatchObject({
    kind: "fee",
    cash: "-5",
    quantity: "0",
    price: null,
    rate: null,
    price_currency: "",
    ref: "ab-1",
    note: "the first",
  });
});

test("a rebate is a fee of less than nothing", () => {
  expect(draftOf(edited(blank("fee", account, "2026-01-05"), { amount: "-3" })).cash).toBe("3");
});

test("what a transfer moves arrives, and an exchange says what it received", () => {
  const moved = draftOf(edited(blank("transfer", account, "2026-01-05"), { amount: "50", toAccount: "4" }));
  expect([moved.cash, moved.to_account, moved.to_cash, moved.to_currency]).toEqual(["-50", 4, "50", "EUR"]);
  const changed = edited(blank("exchange", account, "2026-01-05"), { amount: "50", toAmount: "55", toCurrency: "usd" });
  const { cash, to_cash, to_currency, to_account } = draftOf(changed);
  expect([cash, to_cash, to_currency, to_account]).toEqual(["-50", "55", "usd", null]);
});

test("a transfer whose currency was mistyped arrives in the currency that it left in", () => {
  const before: Transaction = { ...bought, kind: "transfer", cash: "-50", currency: "EUR", quantity: "0" };
  const told: Transaction = { ...before, fee: "0", price: null, to_account: 4, to_cash: "50", to_currency: "EUR" };
  const arrives = (change: Partial<Form>) => {
    const { cash, currency, to_cash, to_currency } = draftOf(edited(formOf(told), change), told);
    return [cash, currency, to_cash, to_currency];
  };
  expect(arrives({ currency: "usd" })).toEqual(["-50", "usd", "50", "USD"]);
  expect(arrives({ note: "the first" })).toEqual(["-50", "EUR", "50", "EUR"]);
});

test("what is no number reaches the desk, which says so", () => {
  const form = edited(blank("buy", account, "2026-01-05", "SHEL"), { quantity: "a dozen", price: "3" });
  expect([countedAmount(form), draftOf(form).quantity]).toEqual([null, "a dozen"]);
});

test("an amount that units and price do not come to is asked about; what costs explain is not", () => {
  const form = { ...blank("buy", account, "2026-01-05", "SHEL"), quantity: "10", price: "1", fee: "1" };
  expect(oddAmount(form, null)).toBe(null);
  const paid = (amount: string) => oddAmount(edited(form, { amount }), null);
  expect(paid("800")).toBe("Units, price, fee and tax come to 11.00 EUR: is one of them another?");
  expect([paid("11.2"), paid("11.3"), paid("11.5")]).toEqual([null, null, paid("800")]);
  expect(oddAmount(edited(form, { amount: "800" }), { ...bought, price_currency: "USD" })).toBe(null);
});

test("the name of an own item is that item, and an instrument that was kept stays the one it was", () => {
  const house: Item = { id: 4, instrument: "own:4", name: "House", currency: "EUR", type: "other", prices: [] };
  const form = { ...blank("buy", account, "2026-01-02", " House "), quantity: "1", amount: "9", counted: false };
  expect(draftOf(form, null, [house]).instrument).toBe("own:4");
  expect(draftOf({ ...form, instrument: "house" }, null, [house]).instrument).toBe("own:4");
  expect(draftOf({ ...form, instrument: "HOUSE" }, null, [house]).instrument).toBe("HOUSE");
  const another = { ...house, id: 5, instrument: "own:5", name: "house" };
  expect(draftOf({ ...form, instrument: "house" }, null, [house, another]).instrument).toBe("own:5");
  expect(draftOf({ ...form, instrument: "HOUSE" }, null, [{ ...house, name: "HOUSE" }]).instrument).toBe("own:4");
  expect(draftOf({ ...form, instrument: "HOUS" }, null, [house]).instrument).toBe("HOUS");
  expect(draftOf(formOf(bought), bought, [{ ...house, name: "META" }]).instrument).toBe("FB");
});
