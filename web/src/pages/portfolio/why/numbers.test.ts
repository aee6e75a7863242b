import { expect, test } from "vitest";
import { numberOf } from "./numbers";

const shown = (label: string, value: string, unit: string) => numberOf({ label, value, unit }, "EUR");

test("an amount that was computed is told in cents, one that was told as it was", () => {
  expect(shown("value", "4975.307310775369", "EUR")).toBe("4\u202f975.31");
  expect(shown("paid in", "5000", "EUR")).toBe("5\u202f000.00");
  expect(shown("dividend for one unit", "0.2375", "EUR")).toBe("0.2375");
  expect(shown("balance", "2064.3", "cash USD")).toBe("2\u202f064.30");
});

test("a rate keeps six digits, however small it is", () => {
  expect(shown("rate", "0.9499743506925313016548553189", "USD/EUR")).toBe("0.949974");
  expect(shown("rate", "0.006101234567891", "JPY/EUR")).toBe("0.00610123");
});

test("units and prices are never money to round", () => {
  expect(shown("units", "25", "AAPL")).toBe("25");
  expect(shown("units", "3", "EUR")).toBe("3");
  expect(shown("price", "749.869995", "AMZN")).toBe("749.869995");
});

test("what is no number stands as it is", () => {
  expect(shown("value", "", "EUR")).toBe("");
});
