import { expect, test } from "vitest";
import { verdict } from "./verdict";

const said = (changes: Record<string, number | null>) =>
  verdict(Object.entries(changes).map(([symbol, change_pct]) => ({ symbol, change_pct })));

test("who rose is not called the worst, and who fell is not called the best", () => {
  expect(said({ QUORB: 1.11, ZANTU: 33.46 })).toBe("ZANTU rose most, +33.46\u202f%; QUORB rose least, +1.11\u202f%");
  expect(said({ QUORB: -1, ZANTU: -2 })).toBe(
    "QUORB fell least, \u22121.00\u202f%; ZANTU fell most, \u22122.00\u202f%",
  );
  expect(said({ QUORB: 3, ZANTU: -2, TIDE: 1 })).toBe(
    "QUORB rose most, +3.00\u202f%; ZANTU fell most, \u22122.00\u202f%",
  );
});

test("one alone is no comparison", () => {
  expect(said({ QUORB: 1, ZANTU: null })).toBe("Compare");
});
