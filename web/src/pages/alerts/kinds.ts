/** The ways by which an alert reaches a person, and what each has to be told. */

import type { Channel } from "../../api/desk";
import * as format from "../../lib/format";
import type { Wrong } from "../../lib/refusal";

export interface ConfigField {
  name: string;
  label: string;
  of: "text" | "secret" | "port" | readonly (readonly [value: string, label: string])[];
  initial: string;
  placeholder?: string;
  hint?: string;
  /** Whether it may stay empty. */
  optional?: boolean;
}

export interface ChannelKind {
  /** Its name in an address. */
  id: string;
  /** What the desk calls it. */
  kind: string;
  title: string;
  about: string;
  fields: readonly ConfigField[];
}

const apprise = (id: string, title: string, about: string, form: string): ChannelKind => ({
  id,
  kind: "apprise",
  title,
  about,
  fields: [{ name: "url", label: "Address", of: "secret", initial: "", placeholder: form, hint: `As ${form}` }],
});

const EMAIL: ChannelKind = {
  id: "email",
  kind: "email",
  title: "E-mail",
  about: "A mail to one address, through the mail server that you name.",
  fields: [
    { name: "to", label: "To", of: "text", initial: "", placeholder: "you@example.org" },
    { name: "sender", label: "From", of: "text", initial: "", placeholder: "desk@example.org" },
    { name: "host", label: "Mail server", of: "text", initial: "", placeholder: "smtp.example.org" },
    {
      name: "security",
      label: "Security",
      of: [
        ["starttls", "STARTTLS"],
        ["tls", "TLS"],
        ["none", "None"],
      ],
      initial: "starttls",
      hint: "None only within your own network.",
    },
    { name: "port", label: "Port", of: "port", initial: "587" },
    {
      name: "username",
      label: "User name",
      of: "text",
      initial: "",
      hint: "Empty where the server asks for none.",
      optional: true,
    },
    { name: "password", label: "Password", of: "secret", initial: "", optional: true },
  ],
};

export const KINDS: readonly ChannelKind[] = [
  {
    id: "browser",
    kind: "browser",
    title: "Browser notifications",
    about:
      "Your browser shows it while you look elsewhere; this page must be open somewhere. It shows nothing in quiet hours: what fires then stands on the page.",
    fields: [],
  },
  EMAIL,
  apprise(
    "telegram",
    "Telegram",
    "A bot writes to you: make one with @BotFather, and take its token and the number of your chat.",
    "tgram://123456:token/chat",
  ),
  apprise("ntfy", "ntfy", "A push to your phone: the ntfy app listens to a topic that only you know.", "ntfy://topic"),
  apprise(
    "discord",
    "Discord",
    "A message in a channel of your server: its settings make a webhook with a number and a token.",
    "discord://number/token",
  ),
  apprise(
    "slack",
    "Slack",
    "A message in a channel of your workspace: an incoming webhook has three tokens.",
    "slack://A/B/C/#channel",
  ),
  apprise(
    "sns",
    "Amazon SNS",
    "A text message or a topic of AWS: an access key that may publish, a region, and a number or topic.",
    "sns://key/secret/eu-west-1/+31600000000",
  ),
  apprise(
    "apprise",
    "Another service",
    "Apprise speaks to a hundred more, each by an address of its own form.",
    "service://…",
  ),
  {
    id: "webhook",
    kind: "webhook",
    title: "Webhook",
    about: "A signed POST of JSON to a program of your own.",
    fields: [
      { name: "url", label: "Address", of: "secret", initial: "", placeholder: "https://example.org/path" },
      {
        name: "secret",
        label: "Secret",
        of: "secret",
        initial: "",
        hint: "Your program checks the signature with it; at least 16 characters. Copy it now: it is not shown again.",
      },
    ],
  },
  {
    id: "in-app",
    kind: "in-app",
    title: "This page only",
    about: "For alerts that should leave by no other way: choose it alone in the alert.",
    fields: [],
  },
];

/** The kind of a kept channel; a service of Apprise is not told by which of its names it was added. */
export function kindOf({ kind }: Pick<Channel, "kind">): ChannelKind | null {
  return KINDS.find(({ id }) => id === kind) ?? null;
}

/** Kind and address of a channel, as far as they are no secret. */
export function whereOf(channel: Pick<Channel, "kind" | "config">): string {
  const { to, host, port, url } = channel.config;
  const title = channel.kind === "apprise" ? "Service" : (kindOf(channel)?.title ?? channel.kind);
  const place = to ? `${to} by ${host}${port ? `:${port}` : ""}` : url;
  return place ? `${title}, ${place}` : title;
}

/** A name that no other channel has, since what is secret of their addresses cannot tell them apart: `Webhook 2`. */
export function freshName(title: string, taken: readonly string[]): string {
  let name = title;
  for (let number = 2; taken.includes(name); number++) name = `${title} ${number}`;
  return name;
}

const USUAL_PORTS: Readonly<Record<string, string>> = { starttls: "587", tls: "465", none: "25" };

/** `values` with one changed; the port goes with the security, while it is the usual one. */
export function withValue(values: Record<string, string>, name: string, value: string): Record<string, string> {
  const usual = name === "security" && values.port === USUAL_PORTS[values.security ?? ""];
  return { ...values, [name]: value, ...(usual && { port: USUAL_PORTS[value] ?? "" }) };
}

const MOST_PORT = 65_535;

/** What is wrong with `values` by the look of them, all of it; what a `kept` channel has already may stay empty. */
export function wrongIn(
  fields: readonly ConfigField[],
  values: Record<string, string>,
  kept: Readonly<Record<string, unknown>>,
): Wrong[] {
  return fields.flatMap(({ name, label, of, placeholder, optional }) => {
    const value = (values[name] ?? "").trim();
    const such = placeholder ? `, such as ${placeholder}` : "";
    if (value === "" && !optional && !(of === "secret" && kept[name])) {
      return [{ field: name, what: `${label} is missing${such}.` }];
    }
    const isPort = /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= MOST_PORT;
    return of === "port" && !isPort
      ? [{ field: name, what: `Give a number from 1 to ${format.whole(MOST_PORT)}.` }]
      : [];
  });
}

/** `values` as the desk is told them: only what was given, numbers as numbers. */
export function configOf(
  fields: readonly ConfigField[],
  values: Record<string, string>,
): Record<string, string | number> {
  const given = fields.flatMap(({ name, of }) => {
    const value = (values[name] ?? "").trim();
    if (value === "" && of !== "text") return [];
    return [[name, of === "port" ? Number(value) : value] as const];
  });
  return Object.fromEntries(given);
}

/** A secret that nobody guesses: 32 hexadecimal digits. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
