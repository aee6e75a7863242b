import { expect, test } from "vitest";
import { adminPath, cameFrom, logAddress, settingsPath, settingsView, signInPath } from "./address";

const of = (path: string) => new URLSearchParams(path.split("?")[1]);

test("who signs in comes back to where they were", () => {
  const here = "/symbol/AAPL?range=1Y&with=sma:20";
  expect(cameFrom(of(signInPath(here)))).toBe(here);
  expect(signInPath("/")).toBe("/sign-in");
  expect(cameFrom(of("/sign-in"))).toBe("/");
});

test.each([
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "https://evil.example",
  "javascript:alert(1)",
  "/sign-in?to=/",
  "",
])("an address that leads elsewhere is not followed: %s", (to) => {
  expect(cameFrom(new URLSearchParams({ to }))).toBe("/");
});

test("what of the log is shown stands in its address", () => {
  const asked = { who: "Ann B", what: "signed in" };
  expect(logAddress(of(adminPath(asked)))).toEqual(asked);
  expect(logAddress(of(adminPath({ who: null, what: null })))).toEqual({ who: null, what: null });
  expect(logAddress(of(adminPath()))).toBeNull();
});

test("a view of the settings stands in their address, and what is not understood is the first", () => {
  expect(settingsView(of(settingsPath("tokens")))).toBe("tokens");
  expect(settingsPath("account")).toBe("/settings");
  expect(settingsView(of("/settings?view=nonsense"))).toBe("account");
});
