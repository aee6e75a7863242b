import { expect, test } from "vitest";
import type { Rule } from "../../api/desk";
import { READERS_ZONE } from "../../lib/format";
import { initialValues, TYPES } from "./conditions";
import { blank, draftAgain, draftOf, type Form, formOf, hasOptions, nameOf, tried, waiting } from "./draft";

const listName = (id: string) => ({ "1": "First list" })[id] ?? "";
const drafted = (change: Partial<Form>) => draftOf({ ...blank("quorb", null), ...change }, listName);

const KEPT: Rule = {
  id: 3,
  name: "Far down",
  condition: { type: "Drawdown", percent: 12.5, days: null },
  target: { type: "Watchlist", id: "1" },
  hysteresis_pct: 0.5,
  cooldown_min: 90,
  repeat: "daily",
  expires: "2026-12-01T16:30:00Z",
  quiet: { start: "22:00:00", end: "07:00:00", zone: "Europe/Berlin" },
  session_only: true,
  message: "{symbol}!",
  enabled: false,
  channels: [2, 4],
  sentence: "is 12.5 % below its highest price, once a day",
  symbols: ["QUORB"],
  unknown: [],
  over: null,
  left_out: null,
  created: "2026-11-01T00:00:00Z",
  changed: "2026-11-01T00:00:00Z",
};

test("a new rule is on one per cent from the previous close", () => {
  expect(drafted({})).toMatchObject({
    name: "QUORB moves 1 %",
    condition: { type: "Moves", percent: 1, since: "previous_close", direction: "either" },
    target: { type: "Symbol", symbol: "QUORB" },
    channels: null,
    quiet: null,
    expires: null,
  });
});

test("minutes are told only where the move is measured by them", () => {
  expect(drafted({})).not.toHaveProperty("condition.minutes");
  const values = { ...initialValues("Moves"), since: "minutes", minutes: "10" };
  expect(drafted({ values })).toMatchObject({ name: "QUORB moves 1 % in 10 min", condition: { minutes: 10 } });
});

test("a level in the address makes a rule on that level", () => {
  expect(draftOf(blank("AAPL", 190), listName)).toMatchObject({
    name: "AAPL reaches 190",
    condition: { type: "Crosses", level: 190, direction: "either" },
  });
});

test("a kept rule comes back out of its form as it was", () => {
  expect(draftOf(formOf(KEPT), listName)).toEqual({
    ...draftAgain(KEPT),
    expires: "2026-12-01T16:30:00.000Z",
    quiet: { start: "22:00", end: "07:00", zone: "Europe/Berlin" },
  });
  expect(hasOptions(formOf(KEPT))).toBe(true);
  expect(hasOptions(blank("AAPL", 190))).toBe(false);
});

test("what cannot be read is told at its field before anybody is asked", () => {
  const wrong = (type: Form["type"], values: Record<string, string>) =>
    drafted({ type, values: { ...initialValues(type), ...values } });
  expect(wrong("Crosses", { level: "" })).toEqual([{ field: "level", what: "Give a number." }]);
  expect(wrong("Crosses", { level: "19o" })).toEqual([{ field: "level", what: "Give a number." }]);
  expect(wrong("NewExtreme", { days: "2.5" })).toEqual([{ field: "days", what: "Give a whole number." }]);
  expect(drafted({ symbol: " " })).toEqual([{ field: "symbol", what: "Name a symbol." }]);
  expect(drafted({ cooldown: "" })).toEqual([{ field: "cooldown_min", what: "Give a number." }]);
  expect(drafted({ hysteresis: "x" })).toEqual([{ field: "hysteresis_pct", what: "Give a number." }]);
  expect(drafted({ quiet: true, quietEnd: "" })).toEqual([{ field: "quiet", what: "Give both times." }]);
  expect(drafted({ everywhere: false })).toMatchObject([{ field: "channels" }]);
});

test("all that is wrong is told at once", () => {
  expect(drafted({ symbol: "", values: { ...initialValues("Moves"), percent: "" }, cooldown: "x" })).toEqual([
    { field: "percent", what: "Give a number." },
    { field: "symbol", what: "Name a symbol." },
    { field: "cooldown_min", what: "Give a number." },
  ]);
});

test("levels and extremes tell once unless the reader says otherwise, and are named without what cannot be read", () => {
  expect(blank("AAPL", 190).repeat).toBe("once");
  const move = blank("AAPL", null);
  expect(move.repeat).toBe("daily");
  expect(waiting(move, "Moves", { ...move.values, since: "last_alert" }).repeat).toBe("always");
  expect(waiting({ ...move, repeat: "once" }, "Spread", {}).repeat).toBe("once");
  const named = (level: string) => nameOf({ ...blank("AAPL", 190), values: { level } }, listName);
  expect(["", "abc", "80,5", "1 000.50"].map(named)).toEqual([
    "AAPL reaches …",
    "AAPL reaches …",
    "AAPL reaches 80.5",
    "AAPL reaches 1000.5",
  ]);
});

test("a comma is a decimal mark too, and an empty field that may be empty is none", () => {
  const values = { ...initialValues("Drawdown"), percent: "2,5", days: "" };
  expect(drafted({ type: "Drawdown", values })).toMatchObject({ condition: { percent: 2.5, days: null } });
});

test("feeds and jobs are of no symbol and no session", () => {
  expect(drafted({ type: "FeedDown", values: initialValues("FeedDown"), session: true })).toMatchObject({
    name: "Any feed is down for 5 min",
    target: null,
    session_only: false,
    condition: { feed: null, minutes: 5 },
  });
});

test("every kind of rule has a name of its own", () => {
  const names = TYPES.map((type) => nameOf({ ...blank("QUORB", null), type, values: initialValues(type) }, listName));
  expect(new Set(names).size).toBe(TYPES.length);
  expect(nameOf({ ...blank(null, null), on: "Watchlist", list: "1" }, listName)).toBe("First list moves 1 %");
  expect(nameOf({ ...blank(null, null), on: "Held" }, listName)).toBe("Held moves 1 %");
});

test("a trial is the same whatever the rule is called and whom it tells", () => {
  const [one, other] = [draftAgain(KEPT), { ...draftAgain(KEPT), name: "Other", channels: null, enabled: true }];
  expect(tried(one)).toEqual(tried(other));
});

test("a trial of a message that names its rule has the name", () => {
  expect(tried({ ...draftAgain(KEPT), message: "{rule}: {price}" }).name).toBe("Far down");
});

test("quiet hours begin as those of the reader's own zone", () => {
  expect(drafted({ quiet: true })).toMatchObject({ quiet: { zone: READERS_ZONE } });
});
