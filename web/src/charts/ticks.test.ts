import { expect, test } from "vitest";
import { apart, priceTicks, timeTicks } from "./ticks";

test("prices of an even axis are at steps of 1, 2 or 5", () => {
  expect(priceTicks(55.2, 68.3, 8, 2, false)).toEqual([56, 58, 60, 62, 64, 66, 68]);
  expect(priceTicks(0.00009, 0.00013, 4, 5, false)).toEqual([0.00009, 0.0001, 0.00011, 0.00012, 0.00013]);
  expect(priceTicks(-1.2, 1.4, 3, 2, false)).toEqual([-1, 0, 1]);
  expect(priceTicks(5, 5, 8, 2, false)).toEqual([]);
});

test("those of a logarithmic axis are 1, 2 and 5 of each power of ten", () => {
  expect(priceTicks(6.1, 720, 14, 2, true)).toEqual([10, 20, 50, 100, 200, 500]);
  expect(priceTicks(0.02, 130, 14, 2, true)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]);
});

test("a logarithmic axis of one power of ten or less has even steps, and at least three ticks", () => {
  expect(priceTicks(55.2, 68.3, 8, 2, true)).toEqual([56, 58, 60, 62, 64, 66, 68]);
  expect(priceTicks(22, 110, 8, 2, true)).toEqual([40, 60, 80, 100]);
});

test("a logarithmic axis of very many powers names some of them", () => {
  expect(priceTicks(1e-6, 1e6, 5, 6, true)).toEqual([1e-6, 0.001, 1, 1000, 1e6]);
});

test("tags that would touch are moved apart, no further than need be, and stay on their axis", () => {
  expect(apart([100, 200], 16, 400)).toEqual([100, 200]);
  expect(apart([104, 100], 16, 400)).toEqual([110, 94]);
  expect(apart([2, 398], 16, 400)).toEqual([8, 392]);
  expect(apart([398, 399, 380], 16, 400)).toEqual([376, 392, 360]);
});

const at = (text: string) => Date.parse(`${text}Z`) / 1000;
const NOW = Date.parse("2026-11-21");

function ticksOf(wall: number[], spacing: number, seen: readonly [from: number, to: number] = [-0.5, wall.length]) {
  const window = {
    wall,
    barAt: wall.map((_, bar) => bar),
    from: seen[0],
    to: seen[1],
    spacing,
    intraday: wall.some((time) => time % 86_400 > 0),
  };
  return timeTicks(window, NOW).map(({ text }) => text);
}

test("a year among months is strong, also where it is the first of all ticks", () => {
  const wall = daily("2024-12-15", 700);
  const window = { wall, barAt: wall.map((_, bar) => bar), from: -0.5, to: wall.length, spacing: 1, intraday: false };
  const strong = timeTicks(window, NOW).flatMap(({ text, strong }) => (strong ? [text] : []));
  expect(strong).toEqual(["2025", "2026"]);
});

const daily = (first: string, count: number) =>
  Array.from({ length: count }, (_, day) => at(`${first}T00:00`) + day * 86_400);
const minutes = (first: string, count: number, each = 1) =>
  Array.from({ length: count }, (_, bar) => at(first) + bar * each * 60);

test("a year has its months at even steps, and says where the next one begins", () => {
  expect(ticksOf(daily("2025-11-21", 366), 1)).toEqual(["2026", "Apr", "Jul", "Oct"]);
  expect(ticksOf(daily("2025-11-21", 366), 3)).toEqual([
    "Dec 2025",
    "2026",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
  ]);
});

test("a day has its hours, and several days begin with their dates", () => {
  expect(ticksOf(minutes("2026-11-20T09:30", 390), 2)).toEqual(["10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]);
  const sessions = [18, 19, 20].flatMap((day) => minutes(`2026-11-${day}T09:30`, 13, 30));
  expect(ticksOf(sessions, 10)).toEqual(["18 Nov", "19 Nov", "20 Nov"]);
});

test("days have their weeks, with the year where it is not this one's", () => {
  expect(ticksOf(daily("2014-06-01", 30), 10)).toEqual(["2 Jun 2014", "9 Jun", "16 Jun", "23 Jun", "30 Jun"]);
});

test("many years are told at even steps of them", () => {
  expect(ticksOf(daily("2000-03-01", 13 * 366), 0.2)).toEqual([
    "2001",
    "2002",
    "2003",
    "2004",
    "2005",
    "2006",
    "2007",
    "2008",
    "2009",
    "2010",
    "2011",
    "2012",
    "2013",
  ]);
  expect(ticksOf(daily("2000-03-01", 13 * 366), 0.1)).toEqual(["2002", "2004", "2006", "2008", "2010", "2012"]);
});

test("one bar has its date, and the empty places of a gap have none", () => {
  expect(ticksOf([at("2026-11-18T00:00")], 32)).toEqual(["18 Nov"]);
  const wall = [at("2021-03-31T00:00"), at("2021-03-31T00:00") + 1, at("2025-08-28T00:00")];
  const window = { wall, barAt: [0, -1, 1], from: -0.5, to: 2.5, spacing: 100, intraday: false };
  expect(timeTicks(window, NOW).map(({ place }) => place)).toEqual([0, 2]);
});

test("the year after missing ones is told, and the one just before them is not", () => {
  const before = daily("2010-01-01", 11 * 366 - 200);
  const gap = [1, 2, 3].map((second) => (before.at(-1) ?? 0) + second);
  const wall = [...before, ...gap, ...daily("2025-08-28", 60)];
  const barAt = wall.map((time, place) => (gap.includes(time) ? -1 : place));
  const window = { wall, barAt, from: -0.5, to: wall.length - 0.5, spacing: 0.2, intraday: false };
  expect(timeTicks(window, NOW).map(({ text }) => text)).toEqual([
    "2010",
    "2011",
    "2012",
    "2013",
    "2014",
    "2015",
    "2016",
    "2017",
    "2018",
    "2019",
    "2025",
  ]);
});

test("only what is seen has ticks", () => {
  expect(ticksOf(daily("2025-11-21", 366), 10, [100, 130])).toEqual(["2 Mar", "9 Mar", "16 Mar", "23 Mar", "30 Mar"]);
});
