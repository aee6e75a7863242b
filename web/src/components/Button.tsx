import type { ComponentProps } from "react";
import styles from "./Button.module.css";

interface ButtonProps extends ComponentProps<"button"> {
  /** `plain` has an edge, `quiet` none, `main` is the one thing to do on a screen. */
  look?: "plain" | "quiet" | "main";
}

export function Button({ look = "plain", className, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={[styles.button, styles[look], className].filter(Boolean).join(" ")} />
  );
}
