import { expect, test } from "vitest";
import { type SourcesAddress, sourcesAddress, sourcesPath } from "./address";

test("an address of the sources says the view and the job, and is read back", () => {
  const addresses: SourcesAddress[] = [
    { view: "sources", job: null },
    { view: "jobs", job: "upkeep" },
    { view: "actions", job: null },
  ];
  expect(addresses.map(sourcesPath)).toEqual(["/sources", "/sources?view=jobs&job=upkeep", "/sources?view=actions"]);
  for (const address of addresses) {
    expect(sourcesAddress(new URL(sourcesPath(address), "http://desk").searchParams)).toEqual(address);
  }
});

test("what is not understood is the default", () => {
  expect(sourcesAddress(new URLSearchParams("view=kitchen&job=upkeep"))).toEqual({ view: "sources", job: null });
});
