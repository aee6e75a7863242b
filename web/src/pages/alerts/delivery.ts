/** How the way of what fired stands, in a word. */

import type { Delivery, Firing } from "../../api/desk";

export interface Standing {
  text: string;
  tone: "quiet" | "good" | "waiting" | "bad";
}

export function standing({ deliveries, failing, quiet }: Pick<Firing, "deliveries" | "failing" | "quiet">): Standing {
  const { sent = 0, dead = 0, waiting = 0, sending = 0 } = deliveries;
  const all = sent + dead + waiting + sending;
  if (all === 0) return { text: "here only", tone: "quiet" };
  if (dead > 0) return { text: dead === all ? "not delivered" : `${dead} of ${all} not delivered`, tone: "bad" };
  if (failing > 0) return { text: `${sent} of ${all} arrived, ${failing} failing`, tone: "bad" };
  if (sent === all) return { text: "delivered", tone: "good" };
  return { text: quiet ? "after quiet hours" : "on its way", tone: "waiting" };
}

/** The end of the quiet hours for which a firing still waits; null where nothing of it does. */
export function heldUntil({ quiet }: Pick<Firing, "quiet">, ways: readonly Delivery[] = []): string | null {
  const held = ways.find(({ state, attempts }) => state === "waiting" && attempts.length === 0);
  return quiet ? (held?.next_try ?? null) : null;
}

export const STATES: Record<Delivery["state"], Standing> = {
  sent: { text: "Delivered", tone: "good" },
  sending: { text: "Being sent", tone: "waiting" },
  waiting: { text: "Waiting", tone: "waiting" },
  dead: { text: "Given up", tone: "bad" },
};
