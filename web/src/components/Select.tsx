import type { ReactNode } from "react";
import styles from "./Select.module.css";

interface SelectProps {
  label: ReactNode;
  value: string;
  options: readonly { value: string; label: string }[];
  onChoose: (value: string) => void;
}

/** A choice of more than a handful, or one that is seldom changed. */
export function Select({ label, value, options, onChoose }: SelectProps) {
  return (
    <label className={styles.field}>
      <span className={styles.label}>{label}</span>
      <select className={styles.select} value={value} onChange={(event) => onChoose(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
