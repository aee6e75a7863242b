import { expect, test } from "vitest";
import { headline } from "./headline";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const fired = (count: number, at = "2026-11-20T09:00:00Z") => Array.from({ length: count }, () => ({ at }));
const rules = (...switches: boolean[]) => switches.map((enabled) => ({ enabled }));

test("the headline says how much fired and how much waits", () => {
  expect(headline(fired(2), rules(true, true, false), NOW, 10)).toBe("2 alerts fired in the last 24 hours; 2 wait");
  expect(headline(fired(1), rules(true), NOW, 10)).toBe("1 alert fired in the last 24 hours; 1 waits");
});

test("what fired before, and what is switched off, does not count", () => {
  const old = fired(3, "2026-11-19T11:59:59Z");
  expect(headline(old, rules(false), NOW, 10)).toBe("Nothing fired in the last 24 hours; none wait");
});

test("where not all were asked for there may be more", () => {
  expect(headline(fired(10), rules(), NOW, 10)).toBe("10 or more alerts fired in the last 24 hours; none wait");
});
