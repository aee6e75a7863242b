import { expect, test } from "vitest";
import type { Firing } from "../../api/desk";
import { standing } from "./delivery";

const said = (deliveries: Firing["deliveries"], quiet = false, failing = 0) =>
  standing({ deliveries, failing, quiet }).text;

test("a firing's way is told in a word, the worst first", () => {
  expect(said({})).toBe("here only");
  expect(said({ sent: 2 })).toBe("delivered");
  expect(said({ sent: 1, waiting: 1 })).toBe("on its way");
  expect(said({ waiting: 1 }, true)).toBe("after quiet hours");
  expect(said({ sent: 2, waiting: 3 }, false, 3)).toBe("2 of 5 arrived, 3 failing");
  expect(said({ sent: 1, dead: 1, waiting: 1 })).toBe("1 of 3 not delivered");
  expect(said({ dead: 2 })).toBe("not delivered");
});
