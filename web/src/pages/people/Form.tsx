/** A form whose mistakes the desk finds: each stands at its field, or above the button where it has none. */

import type { FormEvent, ReactNode } from "react";
import { Button } from "../../components/Button";
import { errorAt, whyNot } from "../../lib/refusal";
import styles from "./Form.module.css";

export const PASSWORD_HINT = "At least 12 characters. A sentence is a good one.";

interface FormProps {
  /** What is done; the words on its button. */
  label: string;
  look?: "plain" | "main";
  busy: boolean;
  error: Error | null;
  /** The fields at which an error has its place. */
  fields: readonly string[];
  onSubmit: () => void;
  children: ReactNode;
}

export function Form({ label, look = "main", busy, error, fields, onSubmit, children }: FormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {children}
      {error && !fields.some((field) => errorAt(error, field)) && (
        <p role="alert" className={styles.error}>
          {whyNot(error)}
        </p>
      )}
      <Button type="submit" look={look} disabled={busy} className={styles.button}>
        {label}
      </Button>
    </form>
  );
}
