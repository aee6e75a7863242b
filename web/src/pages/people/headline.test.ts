import { expect, test } from "vitest";
import type { Invitation, Person } from "../../api/desk";
import { headline } from "./headline";

const person = (id: number, disabled = false): Person => ({
  id,
  name: `P${id}`,
  role: "member",
  disabled,
  password: true,
  created: "2026-03-04T12:00:00Z",
  portfolios: 0,
  watchlists: 0,
  items: 0,
});
const invitation: Invitation = {
  id: 1,
  role: "member",
  created: "2026-03-04T12:00:00Z",
  expires: "2026-03-11T12:00:00Z",
};

test("the headline counts who is let in, and who may come", () => {
  expect(headline([person(1)], [])).toBe("You alone use this desk");
  expect(headline([person(1), person(2), person(3, true)], [])).toBe("2 people use this desk");
  expect(headline([person(1)], [invitation])).toBe("You alone use this desk, 1 invitation waits");
  expect(headline([person(1), person(2)], [invitation, { ...invitation, id: 2 }])).toBe(
    "2 people use this desk, 2 invitations wait",
  );
});
