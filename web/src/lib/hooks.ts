/** Small habits of every page: its title, the present, keys, and what a reader stopped typing. */

import { useEffect, useState, useSyncExternalStore } from "react";

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Openbell`;
  }, [title]);
}

function everySecond(tell: () => void): () => void {
  const timer = window.setInterval(tell, 1000);
  return () => window.clearInterval(timer);
}

/** The reader's clock in milliseconds, each second anew. */
export function useNow(): number {
  return useSyncExternalStore(everySecond, () => Math.floor(Date.now() / 1000) * 1000);
}

/** Seconds since the last answer while the desk fails to give another; 0 while it answers. */
export function useLag({ isError, dataUpdatedAt }: { isError: boolean; dataUpdatedAt: number }): number {
  const now = useNow();
  return isError && dataUpdatedAt > 0 ? (now - dataUpdatedAt) / 1000 : 0;
}

/** `value` once it has been the same for `wait_ms`. */
export function useSettled<T>(value: T, wait_ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), wait_ms);
    return () => window.clearTimeout(timer);
  }, [value, wait_ms]);
  return settled;
}

/** Whether the reader is writing, so that a letter is a letter and not a command. */
export function isWriting(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

/** Calls `act` for a single key pressed anywhere on the page, unless the reader is writing. */
export function useKey(key: string, act: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey || isWriting(event)) return;
      if (document.querySelector("[role=dialog]")) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [key, act]);
}
