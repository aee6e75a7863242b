import { expect, test } from "vitest";
import { tells } from "./tells";

const channels = (...enabled: boolean[]) => enabled.map((on, id) => ({ id, name: `Channel ${id}`, enabled: on }));

test("a rule tells all channels, or those that were chosen, but none that is switched off", () => {
  expect(tells({ channels: null }, channels(true, true, false))).toBe("All channels");
  expect(tells({ channels: null }, channels(false, true))).toBe("Channel 1");
  expect(tells({ channels: [0, 1, 2] }, channels(true, true, false))).toBe("Channel 0, Channel 1");
  expect(tells({ channels: [0] }, channels(false, true))).toBe("This page only");
  expect(tells({ channels: null }, [])).toBe("This page only");
});
