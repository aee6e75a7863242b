import { expect, test } from "vitest";
import { accountOf, asOfOf, beside, changed, positionPath, rangeOf, tabPath } from "./address";

const told = (text: string) => new URLSearchParams(text);

test("a bare address is the last year, now, of all accounts", () => {
  expect([rangeOf(told("")), asOfOf(told("")), accountOf(told(""))]).toEqual(["1Y", null, null]);
});

test("what is not understood is the default", () => {
  const odd = told("range=9Y&as_of=yesterday&account=-1");
  expect([rangeOf(odd), asOfOf(odd), accountOf(odd)]).toEqual(["1Y", null, null]);
});

test("range, day, account and tag stay from page to page, the rest does not", () => {
  const here = told("range=Max&as_of=2025-06-30&account=2&tag=core&sort=-gain&why=twr");
  expect(tabPath(7, "income", here)).toBe("/portfolio/7/income?range=Max&as_of=2025-06-30&account=2&tag=core");
  expect(positionPath(7, "BRK.B", here)).toBe(
    "/portfolio/7/position/BRK.B?range=Max&as_of=2025-06-30&account=2&tag=core",
  );
  expect(positionPath(7, "own:3")).toBe("/portfolio/7/position/own%3A3");
});

test("one panel is open at a time", () => {
  const here = told("range=5Y&why=gain&of=AAPL");
  expect(beside(here, { edit: "12" })).toBe("?range=5Y&edit=12");
  expect(beside(here)).toBe("?range=5Y");
});

test("a change of the address leaves the rest of it as it is", () => {
  expect(changed(told("kind=buy&page=3"), { page: null, q: "shell" })).toBe("?kind=buy&q=shell");
});
