import { expect, test } from "vitest";
import { rounded, spotsOf, stepOf } from "./levels";

test("a level is rounded to what a pixel can tell, and no finer than the price is quoted", () => {
  expect([0.003, 0.0101, 0.03, 0.1, 0.4, 7].map((pixel) => stepOf(pixel, 2))).toEqual([0.01, 0.02, 0.05, 0.1, 0.5, 10]);
  expect(rounded(189.4372, 0.05)).toBe(189.45);
  expect(rounded(2_450_123, 500)).toBe(2_450_000);
  expect(rounded(0.0021376, stepOf(0.000004, 6))).toBe(0.00214);
  expect(rounded(-3, 0.5)).toBe(0.5);
});

const at = (text: string) => Date.parse(`${text}Z`) / 1000;

test("within the day something happened in the bar that had begun; several in one are one spot", () => {
  const ts = [at("2026-11-20T15:00:00"), at("2026-11-20T15:30:00")];
  const told = [
    { at: at("2026-11-20T14:59:00"), text: "before" },
    { at: at("2026-11-20T15:29:59"), text: "a" },
    { at: at("2026-11-20T15:30:00"), text: "b" },
    { at: at("2026-11-20T15:40:00"), text: "c" },
  ];
  expect(spotsOf(ts, told, "30m", "America/New_York")).toEqual([
    { index: 0, texts: ["a"] },
    { index: 1, texts: ["b", "c"] },
  ]);
});

test("in bars of a day it happened on the exchange's date", () => {
  const ts = [at("2026-11-19T00:00:00"), at("2026-11-20T00:00:00")];
  const late = { at: at("2026-11-20T01:30:00"), text: "on the 19th in New York" };
  expect(spotsOf(ts, [late], "1d", "America/New_York")).toEqual([{ index: 0, texts: [late.text] }]);
});
