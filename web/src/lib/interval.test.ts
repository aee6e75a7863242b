import { expect, test } from "vitest";
import { endOf, isIntraday, lengthOf } from "./interval";

const at = (text: string) => Date.parse(`${text}Z`) / 1000;

test("minutes and hours are within a day; months are not minutes", () => {
  expect(["30m", "1h", "1d", "1mo"].map(isIntraday)).toEqual([true, true, false, false]);
});

test("a bar ends with its interval, a month with the month", () => {
  const january = at("2024-01-01T00:00:00");
  expect([endOf(january, "30m"), endOf(january, "1w"), endOf(january, "2mo"), endOf(january, "1q")]).toEqual([
    at("2024-01-01T00:30:00"),
    at("2024-01-08T00:00:00"),
    at("2024-03-01T00:00:00"),
    at("2024-04-01T00:00:00"),
  ]);
});

test("a length is told in words", () => {
  expect(["30m", "1d", "1mo"].map(lengthOf)).toEqual(["30-minute", "1-day", "1-month"]);
});
