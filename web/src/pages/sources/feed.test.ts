import { expect, test } from "vitest";
import { lag, nextTry, words } from "./feed";

const NOW = new Date(2026, 10, 20, 12).getTime();
const at = (hour: number, minute: number) => new Date(2026, 10, 20, hour, minute).toISOString();

test("a live feed says for how long it has been live", () => {
  expect(words({ state: "live", since: at(10, 0), detail: "", next_try: null }, NOW)).toEqual({
    said: "Live for 2 h",
    why: [],
  });
  expect(words({ state: "idle", since: null, detail: "", next_try: null }, NOW).said).toBe("Idle");
  expect(words({ state: "idle", since: at(11, 58), detail: "", next_try: null }, NOW).said).toBe("Idle for 2 min");
});

test("a lost feed says when it is tried again, why, and since when", () => {
  const lost = { state: "waiting", since: at(11, 58), detail: "alpaca: no answer.", next_try: at(12, 1) } as const;
  expect(words({ ...lost, state: "failed" }, NOW).said).toBe("Failed, begins again 12:01");
  expect(words({ ...lost, next_try: at(11, 59) }, NOW).said).toBe("Lost, next try now");
  expect(words(lost, NOW)).toEqual({ said: "Lost, next try 12:01", why: ["alpaca: no answer.", "Since 11:58"] });
});

test("a lag is told in tenths of a second while it is short", () => {
  expect([0.34, 59.9, 90, null].map(lag)).toEqual(["0.3 s", "59.9 s", "1 min", "\u2013"]);
});

test("a next try whose time has come is now", () => {
  expect(nextTry(at(12, 5), NOW)).toBe("12:05");
  expect(nextTry(at(11, 0), NOW)).toBe("now");
});
