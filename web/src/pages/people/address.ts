/** The addresses of these pages. */

const HERE = "https://desk.invalid";

/** Where to go after signing in: a path of this page, and never another site. */
export function cameFrom(params: URLSearchParams): string {
  const to = params.get("to") ?? "/";
  if (!to.startsWith("/") || !URL.canParse(to, HERE)) return "/";
  // As a browser reads it: it drops line breaks, and takes a backslash for a slash.
  const { origin, pathname, search, hash } = new URL(to, HERE);
  return origin === HERE && pathname !== "/sign-in" ? pathname + search + hash : "/";
}

/** The address to sign in at, and to come back from to `to`. */
export function signInPath(to: string): string {
  return to === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ to })}`;
}

/** The link that brings somebody in: what follows the `#` is sent to nobody. */
export function joinLink(origin: string, secret: string): string {
  return `${origin}/join#${secret}`;
}

export const SETTINGS_VIEWS = ["account", "devices", "tokens", "appearance"] as const;
export type SettingsView = (typeof SETTINGS_VIEWS)[number];

export function settingsView(params: URLSearchParams): SettingsView {
  return SETTINGS_VIEWS.find((view) => view === params.get("view")) ?? "account";
}

export function settingsPath(view: SettingsView): string {
  return view === "account" ? "/settings" : `/settings?view=${view}`;
}

export interface LogAddress {
  who: string | null;
  what: string | null;
}

/** What of the log is shown; null where the address is that of the people. */
export function logAddress(params: URLSearchParams): LogAddress | null {
  return params.get("view") === "log" ? { who: params.get("who"), what: params.get("what") } : null;
}

export function adminPath(log: LogAddress | null = null): string {
  if (!log) return "/admin";
  const asked = new URLSearchParams({ view: "log" });
  for (const key of ["who", "what"] as const) if (log[key] !== null) asked.set(key, log[key]);
  return `/admin?${asked}`;
}
