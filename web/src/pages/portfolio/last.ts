/** Which portfolio was looked at last, so that the rail leads back to it. */

const NAME = "openbell.portfolio";

export function lastLookedAt(): number {
  try {
    return Number(localStorage.getItem(NAME));
  } catch {
    return 0;
  }
}

export function lookedAt(id: number): void {
  try {
    localStorage.setItem(NAME, String(id));
  } catch {
    // Storage is refused in some private windows: the rail then leads to the first.
  }
}
