import type { RefObject } from "react";

/** The bottom bar of a phone, and the air a menu keeps from it. */
const [BAR_PX, AIR_PX] = [56, 12];
const LEAST_PX = 240;

/** How high a menu below `trigger` may be without covering the bar at the foot of a phone. */
export function roomBelow(trigger: RefObject<HTMLElement | null>): number {
  const top = trigger.current?.getBoundingClientRect().bottom ?? 0;
  const bar = window.innerWidth <= 720 ? BAR_PX : 0;
  return Math.max(LEAST_PX, window.innerHeight - top - bar - AIR_PX);
}
