import { expect, test } from "vitest";
import { configOf, freshName, KINDS, kindOf, newSecret, whereOf, withValue, wrongIn } from "./kinds";

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

test("all that is missing or no port is told at once, but for what is kept", () => {
  const values = {
    to: "",
    sender: "desk@example.org",
    host: " ",
    security: "tls",
    port: "abc",
    username: "",
    password: "",
  };
  expect(wrongIn(fieldsOf("email"), values, {})).toEqual([
    { field: "to", what: "To is missing, such as you@example.org." },
    { field: "host", what: "Mail server is missing, such as smtp.example.org." },
    { field: "port", what: "Give a number from 1 to 65\u202f535." },
  ]);
  const whole = { to: "a", sender: "b", host: "c", security: "tls", username: "", password: "" };
  const ports = ["587", "0", "99999", "58.7"].map((port) => wrongIn(fieldsOf("email"), { ...whole, port }, {}).length);
  expect(ports).toEqual([0, 1, 1, 1]);
  const kept = { url: "****/ok", secret: "****cdef" };
  expect(wrongIn(fieldsOf("webhook"), { url: "", secret: "" }, kept)).toEqual([]);
});

test("a new secret is long enough, and another one each time", () => {
  expect(newSecret()).toMatch(/^[0-9a-f]{32}$/);
  expect(newSecret()).not.toBe(newSecret());
});

test("channels of one kind are told apart by where they lead, and by their names where that is secret", () => {
  const mail = { to: "me@example.org", host: "smtp.example.org", port: 465 };
  expect(whereOf({ kind: "email", config: mail })).toBe("E-mail, me@example.org by smtp.example.org:465");
  expect(whereOf({ kind: "email", config: { to: "me@example.org", host: "a.example" } })).toBe(
    "E-mail, me@example.org by a.example",
  );
  expect(whereOf({ kind: "webhook", config: { url: "https://example.org/****" } })).toBe(
    "Webhook, https://example.org/****",
  );
  expect(whereOf({ kind: "apprise", config: { url: "ntfy://****opic" } })).toBe("Service, ntfy://****opic");
  expect(whereOf({ kind: "browser", config: {} })).toBe("Browser notifications");
  expect(freshName("Webhook", [])).toBe("Webhook");
  expect(freshName("Webhook", ["Webhook", "Mine", "Webhook 2"])).toBe("Webhook 3");
});

test("the port goes with the security until another than the usual one is written", () => {
  const begun = { security: "starttls", port: "587" };
  expect(withValue(begun, "security", "tls")).toEqual({ security: "tls", port: "465" });
  expect(withValue({ security: "tls", port: "465" }, "security", "none")).toEqual({ security: "none", port: "25" });
  const written = withValue(begun, "port", "2525");
  expect(withValue(written, "security", "tls")).toEqual({ security: "tls", port: "2525" });
});
