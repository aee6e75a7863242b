/** The name of a list, new or changed, in its place in the bar. */

import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { whyNot } from "../../lib/refusal";
import styles from "./NameForm.module.css";

interface NameFormProps {
  label: string;
  /** What it is called so far. */
  name: string;
  /** What the button says. */
  done: string;
  onName: (name: string) => Promise<unknown>;
  onClose: () => void;
}

const LONGEST = 60;

export function NameForm({ label, name: before, done, onName, onClose }: NameFormProps) {
  const [name, setName] = useState(before);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => input.current?.select(), []);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (!wanted) {
      setError("A watchlist needs a name.");
      return;
    }
    try {
      if (wanted !== before) await onName(wanted);
      onClose();
    } catch (refused) {
      setError(whyNot(refused as Error));
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  return (
    <form className={styles.form} onSubmit={send} onKeyDown={press}>
      <input
        ref={input}
        className={styles.input}
        value={name}
        maxLength={LONGEST}
        placeholder={label}
        aria-label={label}
        aria-invalid={error !== null}
        aria-describedby={error ? id : undefined}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" look="plain">
        {done}
      </Button>
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
      {error && (
        <span id={id} role="alert" className={styles.error}>
          {error}
        </span>
      )}
    </form>
  );
}
