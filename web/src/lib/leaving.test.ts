import { expect, test } from "vitest";
import { holdWhileSaving } from "./leaving";

test("the browser asks before it leaves while something is being sent, and not otherwise", () => {
  const window = new EventTarget();
  let sent = 1;
  holdWhileSaving({ isMutating: () => sent }, window as unknown as Window);
  const leaves = () => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  expect(leaves()).toBe(false);
  sent = 0;
  expect(leaves()).toBe(true);
});
