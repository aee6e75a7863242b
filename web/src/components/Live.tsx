import { type ReactNode, useState } from "react";

/** What glows once when its `value`, best the text one reads, changes. */
export function Live({ value, children }: { value: unknown; children: ReactNode }) {
  const [seen, setSeen] = useState({ value, changes: 0 });
  if (!Object.is(seen.value, value)) setSeen({ value, changes: seen.changes + 1 });
  return (
    <span key={seen.changes} className={seen.changes > 0 ? "figures glow" : "figures"}>
      {children}
    </span>
  );
}
