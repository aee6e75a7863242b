import { expect, test } from "vitest";
import { headline } from "./headline";

const rules = (...switches: boolean[]) => switches.map((enabled) => ({ enabled, over: null }));

test("the headline says how much fired and how much waits", () => {
  expect(headline(2, rules(true, true, false))).toBe("2 alerts fired in the last 24 hours; 2 wait");
  expect(headline(1, rules(true))).toBe("1 alert fired in the last 24 hours; 1 waits");
});

test("what is switched off, has fired for good or has ended does not wait", () => {
  const over = [
    { enabled: true, over: "fired" as const },
    { enabled: true, over: "ended" as const },
  ];
  expect(headline(0, [...rules(false), ...over])).toBe("Nothing fired in the last 24 hours; none wait");
});
