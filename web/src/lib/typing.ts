/** What the text fields of a form take: what is typed, what the desk finds wrong with it, and what typing does. */

import type { Dispatch, SetStateAction } from "react";
import { errorAt } from "./refusal";

/** By the name of a field; typing takes back what was found wrong. */
export function typing<T extends Record<keyof T, string>>(
  typed: T,
  setTyped: Dispatch<SetStateAction<T>>,
  error: Error | null,
  reset: () => void,
) {
  return (field: keyof T & string) => ({
    value: typed[field],
    error: errorAt(error, field),
    onChange: (value: string) => {
      reset();
      setTyped((before) => ({ ...before, [field]: value }));
    },
  });
}
