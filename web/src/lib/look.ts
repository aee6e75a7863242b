/** The reader's choice of theme and of the colours of rise and fall, kept in the browser. */

import { useSyncExternalStore } from "react";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
export const MOVES = ["teal-vermilion", "green-red", "red-green"] as const;
export type Moves = (typeof MOVES)[number];

const listeners = new Set<() => void>();

function read(name: "theme" | "moves"): string | undefined {
  return document.documentElement.dataset[name];
}

function write(name: "theme" | "moves", choice: string, usual: string): void {
  if (choice === usual) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = choice;
  try {
    if (choice === usual) localStorage.removeItem(`openbell.${name}`);
    else localStorage.setItem(`openbell.${name}`, choice);
  } catch {
    // Storage is refused in some private windows: the choice then lasts as long as the page.
  }
  for (const tell of listeners) tell();
}

export function chooseTheme(theme: Theme): void {
  write("theme", theme, "system");
}

export function chooseMoves(moves: Moves): void {
  write("moves", moves, "teal-vermilion");
}

function subscribe(tell: () => void): () => void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  listeners.add(tell);
  system.addEventListener("change", tell);
  return () => {
    listeners.delete(tell);
    system.removeEventListener("change", tell);
  };
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => THEMES.find((theme) => theme === read("theme")) ?? "system");
}

export function useMoves(): Moves {
  return useSyncExternalStore(subscribe, () => MOVES.find((moves) => moves === read("moves")) ?? "teal-vermilion");
}

/** Changes whenever the colours on the page do, whoever changed them; for what is painted outside CSS. */
export function usePalette(): string {
  return useSyncExternalStore(subscribe, () => {
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    return `${read("theme") ?? dark}/${read("moves")}`;
  });
}
