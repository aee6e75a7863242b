import { expect, test } from "vitest";
import { configOf, KINDS, kindOf, newSecret } from "./kinds";

const fieldsOf = (id: string) => KINDS.find((kind) => kind.id === id)?.fields ?? [];

test("a secret that was left empty is not told, so that the desk keeps the one it has", () => {
  const values = { to: "you@example.org", host: " smtp.example.org ", port: "465", username: "", password: "" };
  expect(configOf(fieldsOf("email"), values)).toEqual({
    to: "you@example.org",
    sender: "",
    host: "smtp.example.org",
    port: 465,
    username: "",
  });
  expect(configOf(fieldsOf("webhook"), { url: "", secret: "" })).toEqual({});
});

test("every kept channel has a form to change it by", () => {
  for (const kind of ["email", "webhook", "apprise", "in-app", "browser"]) expect(kindOf({ kind })?.kind).toBe(kind);
  expect(kindOf({ kind: "pigeon" })).toBeNull();
});

test("a new secret is long enough, and another one each time", () => {
  expect(newSecret()).toMatch(/^[0-9a-f]{32}$/);
  expect(newSecret()).not.toBe(newSecret());
});
