import { useState } from "react";
import { Button } from "./Button";
import styles from "./Sure.module.css";

interface SureProps {
  /** What may be done; it is asked again before it is. */
  label: string;
  name: string;
  /** What will be, and cannot be undone. */
  about: string;
  busy: boolean;
  onSure: () => void;
}

/** For what cannot be undone: the second click does it. */
export function Sure({ label, name, about, busy, onSure }: SureProps) {
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <Button look="quiet" aria-label={`${label} ${name}`} onClick={() => setAsked(true)}>
        {label}…
      </Button>
    );
  }
  return (
    <span className={styles.sure}>
      <span role="status">{about}</span>
      <Button autoFocus disabled={busy} aria-label={`${label} for good: ${name}`} onClick={onSure}>
        {label} for good
      </Button>
      <Button look="quiet" onClick={() => setAsked(false)}>
        Keep
      </Button>
    </span>
  );
}
