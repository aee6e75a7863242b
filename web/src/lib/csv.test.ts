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

test("a text that a spreadsheet would take for a formula is none, and a negative figure stays one", () => {
  expect(csvOf(["name", "change"], [["=HYPERLINK(1)", -0.5]])).toBe("name,change\r\n'=HYPERLINK(1),-0.5\r\n");
  expect(csvOf(["@name"], [["+1"], ["-1"], ["^GSPC"]])).toBe("'@name\r\n'+1\r\n'-1\r\n^GSPC\r\n");
});
