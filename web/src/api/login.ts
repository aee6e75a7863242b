/** Whether the page may ask the desk at all: somebody has signed in, or nobody needs to. */

import { useSyncExternalStore } from "react";
import { carrier } from "./client";
import { meQuery, peopleKeys, ways } from "./people";
import { Problem } from "./problem";
import { queries } from "./queries";

/** `asking`: not known yet, and nothing of anybody may be shown. */
export type Standing = "asking" | "in" | "out";

let standing: Standing = "asking";
let looking: Promise<void> | null = null;
const listeners = new Set<() => void>();

export function followStanding(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentStanding(): Standing {
  return standing;
}

export function useStanding(): Standing {
  return useSyncExternalStore(followStanding, currentStanding);
}

/** Asks anew who is here, and forgets what was told to whoever was here before. */
export function look(): Promise<void> {
  looking ??= lookNow().finally(() => {
    looking = null;
  });
  return looking;
}

async function lookNow(): Promise<void> {
  become("asking");
  carrier.remember();
  become((await isIn()) ? "in" : "out");
  windows.postMessage(standing);
}

async function isIn(): Promise<boolean> {
  try {
    // Asking who one is where nobody is anybody would be refused.
    if (!carrier.signedIn && !(await ways()).open) return false;
    await queries.fetchQuery({ ...meQuery(), retry: false });
    return true;
  } catch (error) {
    // A desk that does not answer is told by the pages, which go on asking.
    return !(error instanceof Problem && error.status === 401);
  }
}

function become(next: Standing): void {
  if (next !== "in") queries.clear();
  standing = next;
  for (const tell of listeners) tell();
}

/** The desk's other windows in this browser: one login is that of all of them. */
const windows = new BroadcastChannel("openbell-login");
windows.onmessage = () => {
  if (carrier.isOther) void look();
};

carrier.hear({
  onEnd: () => {
    if (standing === "in") become("out");
  },
  onOther: look,
  onRefused: () => queries.invalidateQueries({ queryKey: peopleKeys.me }),
});
