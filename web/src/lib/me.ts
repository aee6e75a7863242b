/** Who looks at the page, and what they may do on this desk. */

import { useQuery } from "@tanstack/react-query";
import type { Me, RoleName } from "../api/desk";
import { meQuery } from "../api/people";

/** Each includes the ones before. */
export const ROLES: readonly RoleName[] = ["viewer", "member", "owner"];

export const ROLE_WORDS: Record<RoleName, string> = { viewer: "Viewer", member: "Member", owner: "Owner" };

export const ROLE_MEANINGS: Record<RoleName, string> = {
  viewer: "reads everything that all share, and has watchlists of their own",
  member: "also has portfolios and alerts, shares, and decides on splits and dividends",
  owner: "also runs jobs, sets up channels, and decides who may come in",
};

/** Undefined only while the desk does not answer. */
export function useMe(): Me | undefined {
  return useQuery(meQuery()).data;
}

/** Whether the reader may do what needs `role`; while the desk does not answer, it is the one to refuse. */
export function useMay(role: RoleName): boolean {
  const me = useMe();
  return me === undefined || mayAs(me.role, role);
}

export function mayAs(held: RoleName, needed: RoleName): boolean {
  return ROLES.indexOf(held) >= ROLES.indexOf(needed);
}
