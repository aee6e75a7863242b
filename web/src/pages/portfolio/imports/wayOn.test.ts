import { expect, test } from "vitest";
import { Problem } from "../../../api/problem";
import { wayOn } from "./wayOn";

const refusal = (field: string | null, current: unknown = null) => new Problem("No", "…", null, 409, field, current);

test("what was edited since, or is needed by sales, goes too where that is said", () => {
  expect(wayOn(refusal("edited_too"), {})).toEqual({ label: "Undo all the same", too: { edited_too: true } });
  expect(wayOn(refusal("oversold_too"), { edited_too: true })).toEqual({
    label: "Undo all the same",
    too: { edited_too: true, oversold_too: true },
  });
});

test("while others are at the portfolio the same is offered again, and nothing more goes by it", () => {
  expect(wayOn(refusal(null), { edited_too: false })).toEqual({ label: "Try again", too: { edited_too: false } });
});

test("an import that is another one by now is not undone", () => {
  expect(wayOn(refusal(null, { id: 1 }), {})).toBeNull();
  expect(wayOn(new Problem("No", "…", null, 422, "batch"), {})).toBeNull();
  expect(wayOn(new Error("no network"), {})).toBeNull();
});
