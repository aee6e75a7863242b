import { expect, test } from "vitest";
import { askedParams, figureOf, questionOf } from "./figures";

test("what an address asks is what the figure was of", () => {
  const params = new URLSearchParams({
    range: "5Y",
    as_of: "2025-06-30",
    ...askedParams({ why: "contribution", of: "SHEL", inside: 3 }),
  });
  expect(figureOf(params)).toBe("contribution");
  expect(questionOf(params)).toEqual({ range: "5Y", as_of: "2025-06-30", instrument: "SHEL", account: 3 });
});

test("the account of a position comes before the one that the page is filtered by", () => {
  expect(questionOf(new URLSearchParams("account=1&why=day_change&of=X&in=2"))).toMatchObject({ account: 2 });
});

test("a slice is asked by its dimension and its key", () => {
  const params = new URLSearchParams(askedParams({ why: "share", by: "country", slice: "CH" }));
  expect(questionOf(params)).toEqual({ range: "1Y", by: "country", key: "CH" });
});

test("a lot is asked by what opened and closed it, over all days", () => {
  const params = new URLSearchParams({ range: "1M", ...askedParams({ why: "realised", of: "X", lot: 4, sale: 9 }) });
  expect(questionOf(params)).toEqual({ instrument: "X", lot: 4, sale: 9 });
});

test("a figure that the desk does not have is none", () => {
  expect(figureOf(new URLSearchParams("why=fame"))).toBe(null);
});
