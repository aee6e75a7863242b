/** A labelled field of a form; what is wrong with it stands below it and is told with it. */

import { type ReactNode, type Ref, useId } from "react";
import styles from "./Field.module.css";

interface FieldProps {
  label: string;
  error?: string | undefined;
  hint?: ReactNode;
  unit?: string | undefined;
  /** Given what ties the field to its words. */
  children: (tied: { id: string; className: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode;
}

export function Field({ label, error, hint, unit, children }: FieldProps) {
  const id = useId();
  const tied = {
    id,
    className: styles.input ?? "",
    "aria-describedby": `${id}-words`,
    "aria-invalid": error !== undefined,
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <span className={styles.value}>
        {children(tied)}
        {unit && <span className="quiet">{unit}</span>}
      </span>
      <span id={`${id}-words`} className={styles.words}>
        {error && (
          <span role="alert" className={styles.error}>
            {error}
          </span>
        )}
        {hint && <span className={styles.hint}>{hint}</span>}
      </span>
    </div>
  );
}

interface TextProps extends Omit<FieldProps, "children"> {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string | undefined;
  type?: "text" | "time" | "datetime-local" | "password";
  /** A number is typed on a phone's number keys. */
  number?: boolean;
  list?: string;
  /** What a browser may fill in, by its name in HTML; without one nothing, but a password that it makes. */
  fill?: string | undefined;
  input?: Ref<HTMLInputElement>;
}

export function TextField({ value, onChange, placeholder, type = "text", number = false, ...more }: TextProps) {
  const { list, fill = type === "password" ? "new-password" : "off", input, ...rest } = more;
  return (
    <Field {...rest}>
      {(tied) => (
        <input
          {...tied}
          ref={input}
          type={type}
          value={value}
          list={list}
          placeholder={placeholder}
          inputMode={number ? "decimal" : undefined}
          data-number={number || undefined}
          autoComplete={fill}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

interface ChoiceProps extends Omit<FieldProps, "children"> {
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
}

export function ChoiceField({ value, options, onChange, ...rest }: ChoiceProps) {
  return (
    <Field {...rest}>
      {(tied) => (
        <select {...tied} value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map(([each, label]) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface TickProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function Tick({ label, checked, onChange }: TickProps) {
  return (
    <label className={styles.tick}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
