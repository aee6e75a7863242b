import type { Invitation, Person } from "../../api/desk";
import { counted } from "../../lib/format";

/** Who may use this desk: `3 people use this desk, 1 invitation waits`. */
export function headline(people: readonly Person[], invitations: readonly Invitation[]): string {
  const welcome = people.filter(({ disabled }) => !disabled).length;
  const first = welcome === 1 ? "You alone use this desk" : `${welcome} people use this desk`;
  const waiting = invitations.length;
  return waiting === 0 ? first : `${first}, ${counted(waiting, "invitation")} ${waiting === 1 ? "waits" : "wait"}`;
}
