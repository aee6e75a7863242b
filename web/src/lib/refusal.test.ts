import { expect, test } from "vitest";
import { Problem } from "../api/problem";
import { wrongOf } from "./refusal";

test("what stands at its field does not name it as a program would", () => {
  const refused = (field: string, what: string) => wrongOf(new Problem("Invalid input", what, null, 422, field))?.what;
  expect(refused("name", "name: this is empty.")).toBe("This is empty.");
  expect(refused("cash", "Fee of nothing changes nothing.")).toBe("Fee of nothing changes nothing.");
});
