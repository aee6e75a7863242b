import { expect, test } from "vitest";
import { indicatorOf, offered } from "./indicators";

test("an indicator's name holds its numbers", () => {
  expect(indicatorOf("macd:12,26,9")?.title).toBe("MACD 12, 26, 9");
  expect(indicatorOf("obv")?.title).toBe("OBV");
});

test("numbers that are missing, too many or not above nothing are no indicator", () => {
  expect(["sma", "sma:0", "sma:20,3", "sma:x", "obv:3", "magic:1"].map(indicatorOf)).toEqual(Array(6).fill(null));
});

test("the menu lists the usual ones, and the one an address asks for", () => {
  const keys = offered(["sma:37", "sma:20"]).map(({ key }) => key);
  expect(keys.filter((key) => key.startsWith("sma"))).toEqual(["sma:20", "sma:50", "sma:200", "sma:37"]);
});
