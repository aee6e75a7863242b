import { expect, test } from "vitest";
import type { Firing } from "../../api/desk";
import { forBrowsers, toldAtOnce, toldSingly } from "./told";

const fired = (id: number, rule = 1) => ({ id, rule, message: `QUORB reached ${id}` }) as Firing;
const newest = (count: number) => Array.from({ length: count }, (_, index) => fired(count - index));

test("a line tells one firing in its own words, and several by their number", () => {
  expect(toldAtOnce([])).toBeNull();
  expect(toldAtOnce([fired(7)])).toEqual({ id: 7, text: "QUORB reached 7", firing: 7 });
  expect(toldAtOnce(newest(12))).toEqual({ id: 12, text: "12 alerts fired", firing: null });
});

test("of many firings the newest three are told singly, after the number of the others", () => {
  expect(toldSingly(newest(2)).map(({ text }) => text)).toEqual(["QUORB reached 1", "QUORB reached 2"]);
  expect(toldSingly(newest(3))).toHaveLength(3);
  expect(toldSingly(newest(10))).toEqual([
    { id: 7, text: "7 more alerts fired", firing: null },
    { id: 8, text: "QUORB reached 8", firing: 8 },
    { id: 9, text: "QUORB reached 9", firing: 9 },
    { id: 10, text: "QUORB reached 10", firing: 10 },
  ]);
  expect(toldSingly(newest(4))[0]?.text).toBe("1 more alert fired");
});

test("browsers are told by rules that tell all channels or a browser's, while that is switched on", () => {
  const rules = [
    { id: 1, channels: null },
    { id: 2, channels: [5, 6] },
    { id: 3, channels: [6] },
  ];
  const news = [fired(10, 1), fired(9, 2), fired(8, 3), fired(7, 99)];
  const channels = (enabled: boolean) => [
    { id: 5, kind: "browser", enabled },
    { id: 6, kind: "in-app", enabled: true },
  ];
  expect(forBrowsers(news, rules, channels(true)).map(({ id }) => id)).toEqual([10, 9]);
  expect(forBrowsers(news, rules, channels(false))).toEqual([]);
});
