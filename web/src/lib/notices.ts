/** Notifications of the browser: whether they are allowed here, and showing one. */

import { useSyncExternalStore } from "react";

type Allowed = NotificationPermission | "unsupported";

const listeners = new Set<() => void>();

export function allowed(): Allowed {
  return typeof Notification === "undefined" ? "unsupported" : Notification.permission;
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function useAllowed(): Allowed {
  return useSyncExternalStore(subscribe, allowed);
}

/** Whether this window is the one that the reader looks at: not hidden, and not behind another. */
export function isLookedAt(): boolean {
  return !document.hidden && document.hasFocus();
}

/** Asks the reader; browsers let a page do so only on a click. */
export async function askToNotify(): Promise<Allowed> {
  if (allowed() === "default") await Notification.requestPermission();
  for (const tell of listeners) tell();
  return allowed();
}

/** Shows one, and whether it could be shown; several windows show the same `tag` once. */
export function notify(title: string, tag: string, onClick: () => void): boolean {
  if (allowed() !== "granted") return false;
  try {
    const shown = new Notification(title, { tag, icon: "/icon.svg" });
    shown.onclick = () => {
      window.focus();
      onClick();
    };
    return true;
  } catch {
    // Some phones show them for installed pages only, and throw for others.
    return false;
  }
}
