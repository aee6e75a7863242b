/** The reader's choice of theme, of the colours of rise and fall, and whether amounts can be read; kept in the browser. */

import { useSyncExternalStore } from "react";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
export const MOVES = ["teal-vermilion", "green-red", "red-green"] as const;
export type Moves = (typeof MOVES)[number];

export const THEME_NAMES: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };
export const MOVES_NAMES: Record<Moves, string> = {
  "teal-vermilion": "Teal and vermilion",
  "green-red": "Green and red",
  "red-green": "Red and green",
};
export const MOVES_MEANINGS: Record<Moves, string> = {
  "teal-vermilion": "A rise is teal and a fall vermilion: colours that colour-blind readers tell apart.",
  "green-red": "A rise is green and a fall red, as in Europe and America.",
  "red-green": "A rise is red and a fall green, as in China and Japan.",
};

type Name = "theme" | "moves" | "amounts";

const listeners = new Set<() => void>();

function read(name: Name): string | undefined {
  return document.documentElement.dataset[name];
}

function write(name: Name, choice: string, usual: string): void {
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

/** Blurs amounts of money, for a reader who is not alone; percentages stay. */
export function hideAmounts(hidden: boolean): void {
  write("amounts", hidden ? "hidden" : "shown", "shown");
}

export function areAmountsHidden(): boolean {
  return read("amounts") === "hidden";
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

/** Whether the page is dark, by its theme or the system’s. */
export function useDark(): boolean {
  return useSyncExternalStore(subscribe, () => {
    const theme = read("theme");
    return theme === "dark" || (theme !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  });
}

export function useMoves(): Moves {
  return useSyncExternalStore(subscribe, () => MOVES.find((moves) => moves === read("moves")) ?? "teal-vermilion");
}

export function useHiddenAmounts(): boolean {
  return useSyncExternalStore(subscribe, areAmountsHidden);
}

/** Changes whenever the colours on the page do, whoever changed them; for what is painted outside CSS. */
export function usePalette(): string {
  return useSyncExternalStore(subscribe, () => {
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    return `${read("theme") ?? dark}/${read("moves")}`;
  });
}
