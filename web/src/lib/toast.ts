/** The one line at the foot of the page that says what was just done and how to undo it. */

import { useSyncExternalStore } from "react";

interface Toast {
  text: string;
  action?: { label: string; act: () => void };
}

const LASTS_MS = 8000;

let current: Toast | null = null;
let waiting: Toast | null = null;
let timer = 0;
const listeners = new Set<() => void>();

function tell(toast: Toast | null): void {
  current = toast;
  for (const listener of listeners) listener();
}

export function say(toast: Toast): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(hush, LASTS_MS);
  tell(toast);
}

/** Says it once nothing else is said, so that no undo is taken away; of several that wait, the newest. */
export function sayNext(toast: Toast): void {
  if (current) waiting = toast;
  else say(toast);
}

export function hush(): void {
  window.clearTimeout(timer);
  const next = waiting;
  waiting = null;
  if (next) say(next);
  else tell(null);
}

export function said(): Toast | null {
  return current;
}

export function useToast(): Toast | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, said);
}
