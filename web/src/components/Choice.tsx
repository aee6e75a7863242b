/** A row of addresses of which one is where we are: ranges, adjustments, views. */

import { Link } from "react-router";
import styles from "./Choice.module.css";

interface Option {
  value: string;
  label: string;
  to: string;
  /** Why one would choose it. */
  hint?: string;
}

interface ChoiceProps {
  label: string;
  /** Null: somewhere else. */
  chosen: string | null;
  options: readonly Option[];
  /** Called when a choice is likely, to fetch what it will need. */
  onNear?: (value: string) => void;
}

export function Choice({ label, chosen, options, onNear }: ChoiceProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is sent, and these are places to go
    <div role="group" aria-label={label} className={styles.row}>
      {options.map(({ value, label, to, hint }) => (
        <Link
          key={value}
          to={to}
          title={hint}
          aria-current={value === chosen ? "true" : undefined}
          className={styles.option}
          onPointerEnter={() => onNear?.(value)}
          onFocus={() => onNear?.(value)}
        >
          {label}
        </Link>
      ))}
    </div>
  );
}
