import { expect, test } from "vitest";
import { drawn, innerOf, labelOf } from "./slices";

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
    "Etf",
  ]);
});

test("a slice is opened by instrument, and an instrument by account", () => {
  expect([innerOf("sector"), innerOf("instrument")]).toEqual(["instrument", "account"]);
});
