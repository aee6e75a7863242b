import type { ComponentProps } from "react";
import styles from "./Button.module.css";

interface ButtonProps extends ComponentProps<"button"> {
  /** `plain` has an edge, `quiet` none, `main` is the one thing to do on a screen. */
  look?: "plain" | "quiet" | "main";
  /** Whether its words begin where what stands above it does: a quiet one has no edge that could. */
  flush?: boolean;
}

export function Button({ look = "plain", flush = false, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, styles[look], flush && styles.flush, className].filter(Boolean).join(" ")}
    />
  );
}
