import { expect, test } from "vitest";
import { averageOf } from "./average";

test("an average volume of less than three months says since when it is", () => {
  expect(averageOf("2024-11-21", "2026-11-20")).toBe("Average volume, 3 months");
  expect(averageOf("2026-11-19", "2026-11-20")).toBe("Average volume since 19 Nov 2026");
  expect(averageOf(null, null)).toBe("Average volume, 3 months");
});
