import { expect, test } from "vitest";
import { countries } from "./countries";

test("every country of today is there once, by its name", () => {
  const all = countries();
  expect(all.filter(([, name]) => ["Switzerland", "Germany", "United Kingdom"].includes(name))).toEqual([
    ["DE", "Germany"],
    ["CH", "Switzerland"],
    ["GB", "United Kingdom"],
  ]);
  expect(new Set(all.map(([, name]) => name)).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(240);
  expect(all.some(([code]) => code === "EU" || code === "ZZ")).toBe(false);
});
