import type { ReactNode } from "react";
import { Sure } from "../../components/Sure";
import styles from "./People.module.css";

interface EntryProps {
  name: string;
  /** Whether it opens nothing any more. */
  over?: boolean;
  /** What will be once it is removed. */
  about: string;
  busy: boolean;
  onRemove: () => void;
  /** What is known of it. */
  children: ReactNode;
}

/** Something that opens the account, in a list; it can be removed. */
export function Entry({ name, over, about, busy, onRemove, children }: EntryProps) {
  return (
    <li className={styles.entry} data-off={over || undefined}>
      <span className={styles.what}>
        <span>{name}</span>
        <span className="quiet">{children}</span>
      </span>
      <span className={styles.doings}>
        <Sure label="Remove" name={name} about={about} busy={busy} onSure={onRemove} />
      </span>
    </li>
  );
}
