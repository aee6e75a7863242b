import type { Portfolio } from "../../api/desk";
import { Notice } from "../../components/Notice";

/** Where an address leads to a change that the reader may not make. */
export function OnlyRead({ portfolio: { name, owner }, whole }: { portfolio: Portfolio; whole?: boolean }) {
  return (
    <Notice whole={whole} title={`You may look at ${name}, and not change it`}>
      <p>{owner === null ? "An owner of the desk can make you a member." : `${owner} can let you.`}</p>
    </Notice>
  );
}
