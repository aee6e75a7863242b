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

test("words that a spreadsheet would compute stay words, and numbers numbers", () => {
  expect(
    csvOf(
      ["note", "cash"],
      [
        ["=HYPERLINK(1)", "-12.5"],
        ["@now", -3],
        ["-2+3", "+1.50"],
      ],
    ),
  ).toBe("note,cash\r\n'=HYPERLINK(1),-12.5\r\n'@now,-3\r\n'-2+3,+1.50\r\n");
});
