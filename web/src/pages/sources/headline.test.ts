import { expect, test } from "vitest";
import type { Feed, Fetch, Provider } from "../../api/desk";
import { headline } from "./headline";

const providers = (...states: Provider["state"][]) => states.map((state) => ({ state }) as Provider);
const feeds = (...told: [title: string, state: Feed["state"]][]) =>
  told.map(([title, state]) => ({ title, state }) as Feed);

test("sources that answer are counted among those that are asked", () => {
  expect(headline({ providers: providers("ok", "bad", "unused"), feeds: [], fetches: [] })).toBe(
    "1 of 2 sources answer",
  );
  expect(headline({ providers: [], feeds: feeds(["Demo", "live"]), fetches: [] })).toBe("No source has been asked yet");
});

test("a feed that is lost or refuses is named, one that has nothing to do is not", () => {
  const told = feeds(["Alpaca", "waiting"], ["Finnhub", "refused"], ["Yahoo", "idle"], ["Demo", "live"]);
  const fetches = [{ state: "running" } as Fetch];
  expect(headline({ providers: providers("ok"), feeds: told, fetches })).toBe(
    "1 of 1 source answers; Alpaca and Finnhub cannot be heard; fetching 1 symbol",
  );
});
