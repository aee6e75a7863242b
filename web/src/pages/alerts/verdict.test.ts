import { expect, test } from "vitest";
import { verdict } from "./verdict";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const told = (count: number, since = "2026-08-23T12:00:00Z", days = 0) =>
  verdict({ count, trials: [{ symbol: "QUORB", since, days, fired: [] }] }, NOW);

test("the verdict says how often a rule would have fired, or that it would not have", () => {
  expect(told(0)).toBe("Would not have fired in the last 90 days.");
  expect(told(1)).toBe("Would have fired once in the last 90 days.");
  expect(told(32_033)).toBe("Would have fired 32\u202f033 times in the last 90 days.");
  expect(verdict({ count: 0, trials: [] }, NOW)).toBe("There are no prices yet to try it on.");
});

test("where less of the past is known it says since when, and that a daily bar hides how often", () => {
  expect(told(0, "2026-11-01T12:00:00Z")).toBe("Would not have fired since 1 Nov 2026.");
  expect(told(2, "2026-11-01T12:00:00Z", 5)).toBe(
    "Would have fired 2 times since 1 Nov 2026. On 5 of these days only the daily bar is known: it may be more.",
  );
});
