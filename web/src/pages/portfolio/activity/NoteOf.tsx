import type { Transaction } from "../../../api/desk";
import styles from "./Activity.module.css";

/** The tags of a transaction and its note; nothing where there are none. */
export function NoteOf({ row: { note, tags } }: { row: Transaction }) {
  if (!note && !tags?.length) return null;
  return (
    <span className={styles.note} title={note || undefined}>
      {tags?.map((tag) => (
        <span key={tag} className={styles.tag}>
          {tag}
        </span>
      ))}
      {note}
    </span>
  );
}
