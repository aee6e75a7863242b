import { expect, test } from "vitest";
import { indicatorOf, keyWith, offered, strokeOf, WITH_BARS } from "./indicators";

test("an indicator's name holds its numbers", () => {
  expect(indicatorOf("macd:12,26,9")?.title).toBe("MACD (12, 26, 9)");
  expect(indicatorOf("obv")?.title).toBe("OBV");
});

test("an indicator says what it is in its own numbers", () => {
  expect(indicatorOf("sma:50")?.meaning).toBe("The mean close of the last 50 bars.");
  expect(indicatorOf("bollinger:20,2")?.meaning).toBe(
    "The mean close of 20 bars, and two bands 2 standard deviations away.",
  );
});

test("numbers that are missing, too many or not above nothing are no indicator", () => {
  expect(["sma", "sma:0", "sma:20,3", "sma:x", "obv:3", "magic:1"].map(indicatorOf)).toEqual(Array(6).fill(null));
});

test("the menu lists the usual ones, and the one an address asks for", () => {
  const keys = offered(["sma:37", "sma:20"]).map(({ key }) => key);
  expect(keys.filter((key) => key.startsWith("sma"))).toEqual(["sma:20", "sma:50", "sma:200", "sma:37"]);
});

test("a reader may choose the bars of what looks back on bars, and its other numbers stay", () => {
  expect(WITH_BARS.map(([name]) => keyWith(name, 9))).toEqual([
    "sma:9",
    "ema:9",
    "bollinger:9,2",
    "rsi:9",
    "atr:9",
    "volatility:9",
  ]);
});

test("the relative strength index has the levels at which it is extreme", () => {
  expect(indicatorOf("rsi:14")?.levels).toEqual([30, 70]);
});

test("MACD, its signal and its histogram are drawn in three ways", () => {
  const strokes = ["macd", "signal", "histogram"].map((name) => JSON.stringify(strokeOf(name, 2)));
  expect(new Set(strokes).size).toBe(3);
  expect(strokeOf("signal", 2).dashed).toBe(true);
});
