import { expect, test } from "vitest";
import { drawn, headline, innerOf, labelOf, summaryOf, unvaluedText } from "./slices";

const slice = (key: string, share: string | null = "0.1") => ({ key, label: key, value: "1", share, inner: [] });

test("the largest slices have colours, what is many or not known the quiet one", () => {
  const slices = drawn([slice("unknown", "0.5"), ..."abcdefgh".split("").map((key) => slice(key))]);
  expect(slices.map(({ colour }) => colour)).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 0]);
  expect(slices[0]?.label).toBe("Not known");
});

test("countries have their names, and cash its currency", () => {
  expect([labelOf("CH", "CH", "country"), labelOf("cash EUR", "cash EUR"), labelOf("etf", "etf")]).toEqual([
    "Switzerland",
    "Cash EUR",
    "ETF",
  ]);
});

test("a slice is opened by instrument, and an instrument by account", () => {
  expect([innerOf("sector"), innerOf("instrument")]).toEqual(["instrument", "account"]);
});

test("the headline is the largest part, or that it is not known", () => {
  expect([
    headline([slice("etf", "0.6"), slice("stock", "0.4")], "type", 0),
    headline([slice("CH", "1")], "country", 0),
    headline([slice("cash", "1")], "type", 48),
    headline([slice("unknown", "0.7"), slice("energy", "0.3")], "sector", 1),
    headline([], "type", 0),
  ]).toEqual([
    "ETF is the largest of 2 parts, 60.0\u202f%",
    "All of it is Switzerland",
    "All of what has a value is Cash",
    "The sector of 70.0\u202f% is not known",
    "Where it lies",
  ]);
});

test("the largest are told in a sentence, the others by their number", () => {
  const slices = drawn([slice("a", "0.4"), slice("b", "0.3"), slice("c", "0.2"), slice("d", "0.1")]);
  expect(summaryOf(slices)).toBe("A 40.0\u202f%, B 30.0\u202f%, C 20.0\u202f%, and 1 other.");
});

test("what has no value is told by why it has none", () => {
  const without = (ticker: string, lacks: string) => ({ ticker, lacks });
  const many = Array.from({ length: 10 }, (_, number) => without(`T${number}`, "there is no price"));
  expect(unvaluedText([without("NKE", "its currency is not known"), ...many])).toEqual([
    "its currency is not known: NKE",
    "there is no price: T0, T1, T2, T3, T4, T5, T6, T7 and 2 others",
  ]);
});
