import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hush, said, say, sayNext } from "./toast";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
});
afterEach(() => {
  hush();
  hush();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("what has just been done is said at once, and no longer after eight seconds", () => {
  say({ text: "Off the list." });
  say({ text: "On it again." });
  expect(said()?.text).toBe("On it again.");
  vi.advanceTimersByTime(8000);
  expect(said()).toBeNull();
});

test("an alert waits until the line is free, so that an undo stays; of several the newest is told", () => {
  say({ text: "Off the list.", action: { label: "Undo", act: () => {} } });
  sayNext({ text: "ACME reached 10" });
  sayNext({ text: "ACME reached 11" });
  expect(said()?.text).toBe("Off the list.");
  vi.advanceTimersByTime(8000);
  expect(said()?.text).toBe("ACME reached 11");
  hush();
  expect(said()).toBeNull();
  sayNext({ text: "ACME reached 12" });
  expect(said()?.text).toBe("ACME reached 12");
});
