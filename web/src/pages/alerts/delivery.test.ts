import { expect, test } from "vitest";
import type { Delivery, Firing } from "../../api/desk";
import { heldUntil, standing } from "./delivery";

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

test("quiet hours are told while something waits for their end, and when that is", () => {
  const next_try = "2026-11-22T06:00:00Z";
  const way = (change: Partial<Delivery>) => ({ state: "waiting", attempts: [], next_try, ...change }) as Delivery;
  const failed = { at: next_try, ok: false, receipt: "No answer" };
  const sent = way({ state: "sent", next_try: null });
  expect(heldUntil({ quiet: true }, [sent, way({})])).toBe(next_try);
  expect(heldUntil({ quiet: true }, [sent])).toBeNull();
  expect(heldUntil({ quiet: true }, [way({ attempts: [failed] })])).toBeNull();
  expect(heldUntil({ quiet: false }, [way({})])).toBeNull();
  expect(heldUntil({ quiet: true })).toBeNull();
});
