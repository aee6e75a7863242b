import { expect, test } from "vitest";
import { csvOf } from "./csv";

test("figures are written in full, gaps are empty, and commas and quotes are kept", () => {
  const text = csvOf(
    ["date", "name", "close"],
    [
      ["2026-11-19", 'Nova "Robotics", Inc.', 189.4234],
      ["2026-11-20", null, 0],
    ],
  );
  expect(text).toBe('date,name,close\r\n2026-11-19,"Nova ""Robotics"", Inc.",189.4234\r\n2026-11-20,,0\r\n');
});
