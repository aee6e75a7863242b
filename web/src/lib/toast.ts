/** The one line at the foot of the page that says what was just done and how to undo it. */

import { useSyncExternalStore } from "react";

export interface Toast {
  text: string;
  action?: { label: string; act: () => void };
}

const LASTS_MS = 8000;

let current: Toast | null = null;
let timer = 0;
const listeners = new Set<() => void>();

function tell(toast: Toast | null): void {
  current = toast;
  for (const listener of listeners) listener();
}

export function say(toast: Toast): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => tell(null), LASTS_MS);
  tell(toast);
}

export function hush(): void {
  window.clearTimeout(timer);
  tell(null);
}

export function useToast(): Toast | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
