/** The tokens as colours that can be painted on a canvas. */

const NAMES = ["paper", "ink", "quiet", "hair", "edge", "accent", "up", "down", "warn"] as const;

export type Colours = Record<(typeof NAMES)[number], string> & { lines: readonly string[] };

const LINES = 8;

/** The colours in force at `element`: a probe resolves what the tokens leave to the theme. */
export function coloursAt(element: HTMLElement): Colours {
  const probe = element.appendChild(document.createElement("span"));
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const named = Object.fromEntries(NAMES.map((name) => [name, colour(name)])) as Record<(typeof NAMES)[number], string>;
  const lines = Array.from({ length: LINES }, (_, index) => colour(`line-${index + 1}`));
  probe.remove();
  return { ...named, lines };
}

/** `rgb(1, 2, 3)` let through by `alpha`. */
export function faint(colour: string, alpha: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
