import { expect, test } from "vitest";
import type { Colours } from "./colours";
import type { Lines } from "./LinesPlot";
import { tagsOf } from "./tags";

const COLOURS = { ink: "black", lines: ["blue", "brown"] } as unknown as Colours;
const LINES = {
  kind: "lines",
  series: [
    { symbol: "Price", colour: 1, values: [1, 2, null] },
    { symbol: "Cost", colour: 2, values: [null, null, null] },
  ],
} as unknown as Lines;

test("a wide chart tells the last value of each line that has one on its axis", () => {
  expect(tagsOf(LINES, COLOURS, 900)).toEqual([{ price: 2, colour: "blue", title: "Price" }]);
  expect(tagsOf({ ...LINES, kind: "stacked" }, COLOURS, 900)).toEqual([]);
});

test("a phone’s chart leaves its axis to the ticks: the legend tells the last values", () => {
  expect(tagsOf(LINES, COLOURS, 358)).toEqual([]);
});
