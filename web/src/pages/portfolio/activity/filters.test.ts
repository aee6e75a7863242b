import { expect, test } from "vitest";
import { askedOf, filtersOf, pageOf } from "./filters";

const told = (text: string) => new URLSearchParams(text);

test("what is not filtered by is not asked", () => {
  expect(askedOf(filtersOf(told("range=5Y&page=2")))).toEqual({});
  expect(askedOf(filtersOf(told("kind=buy&from=2025-01-01&q=shell&account=2&removed")))).toEqual({
    kind: "buy",
    from: "2025-01-01",
    q: "shell",
    account: 2,
    removed: true,
  });
});

test("what is not understood is not filtered by", () => {
  expect(askedOf(filtersOf(told("kind=gift&from=soon&account=all&batch=0")))).toEqual({});
});

test("as of a past day, nothing after it is listed", () => {
  expect(askedOf(filtersOf(told("as_of=2024-06-30")))).toEqual({ to: "2024-06-30" });
  expect(askedOf(filtersOf(told("as_of=2024-06-30&to=2024-01-31")))).toEqual({ to: "2024-01-31" });
});

test("pages are counted from one in the address", () => {
  expect(["", "page=1", "page=3", "page=-2", "page=x"].map((text) => pageOf(told(text)))).toEqual([0, 0, 2, 0, 0]);
});
