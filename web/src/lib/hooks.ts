/** Small habits of every page: its title, the present, keys, and what a reader stopped typing. */

import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";

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

/** What `read` makes of the reader's clock (in milliseconds); drawn anew only when that changes. */
export function useAtNow<T extends string | number>(read: (now: number) => T): T {
  return useSyncExternalStore(everySecond, () => read(Math.floor(Date.now() / 1000) * 1000));
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

function onResize(tell: () => void): () => void {
  window.addEventListener("resize", tell);
  return () => window.removeEventListener("resize", tell);
}

/** The window's height, and whether it is as narrow as a phone's. */
export function useRoom(): { height: number; phone: boolean } {
  const height = useSyncExternalStore(onResize, () => window.innerHeight);
  const phone = useSyncExternalStore(onResize, () => window.innerWidth <= 720);
  return { height, phone };
}

/**
 * Marks a box that scrolls sideways with `data-before` and `data-after` where it hides something there, for base.css to
 * fade that edge; what is chosen in it is brought into sight first.
 */
export function useEdges(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const mark = () => {
      const { scrollLeft, scrollWidth, clientWidth } = element;
      element.toggleAttribute("data-before", scrollLeft > 1);
      element.toggleAttribute("data-after", scrollLeft + clientWidth < scrollWidth - 1);
    };
    const chosen = element.querySelector<HTMLElement>("[aria-current]");
    if (chosen) element.scrollLeft += centre(chosen) - centre(element);
    const watch = new ResizeObserver(mark);
    watch.observe(element);
    for (const child of element.children) watch.observe(child);
    element.addEventListener("scroll", mark, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener("scroll", mark);
    };
  }, [box]);
}

function centre(element: HTMLElement): number {
  const { left, width } = element.getBoundingClientRect();
  return left + width / 2;
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
