import { expect, test } from "vitest";
import type { Rule } from "../../api/desk";
import { levelsOf, movedTo, sentenceOf } from "./levels";

const rule = (more: object) =>
  ({
    id: 1,
    name: "ACME reaches 190.00",
    enabled: true,
    symbols: ["ACME"],
    condition: { type: "Crosses", level: 190, direction: "either" },
    ...more,
  }) as Rule;

test("a chart draws the levels on its symbol that are switched on", () => {
  const other = { type: "Moves", percent: 1 };
  const rules = [rule({}), rule({ enabled: false }), rule({ symbols: ["BETA"] }), rule({ condition: other })];
  expect(levelsOf(rules, "ACME")).toEqual([{ id: 1, name: "ACME reaches 190.00", price: 190 }]);
});

test("a rule that is named after its level is named after the new one; another name stays", () => {
  expect(movedTo(rule({}), 195.5, 2)).toEqual(
    rule({ name: "ACME reaches 195.50", condition: { type: "Crosses", level: 195.5, direction: "either" } }),
  );
  expect(movedTo(rule({ name: "ACME reaches 190" }), 195.5, 2).name).toBe("ACME reaches 195.50");
  expect(movedTo(rule({ name: "Top 1900" }), 195.5, 2).name).toBe("Top 1900");
});

test("a trial is told by how often and since when", () => {
  const now = Date.parse("2026-11-20T15:00:00Z");
  const of = (times: number, since: string) => sentenceOf("Top", { fired: Array(times).fill({}), since }, now);
  expect(of(7, "2026-08-22T15:00:00Z")).toBe("“Top” would have fired 7 times in the last 90 days.");
  expect(of(1, "2026-11-01T00:00:00Z")).toBe("“Top” would have fired once since 1 Nov 2026, where its prices begin.");
  expect(of(0, "2026-08-22T15:00:00Z")).toBe("“Top” would not have fired in the last 90 days.");
});
