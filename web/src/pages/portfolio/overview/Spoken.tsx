import type { Said } from "./headline";

/** A sentence whose amounts can be hidden. */
export function Spoken({ said }: { said: Said }) {
  return said.map((part) =>
    typeof part === "string" ? (
      part
    ) : (
      <span key={part.amount} className="amount">
        {part.amount}
      </span>
    ),
  );
}
