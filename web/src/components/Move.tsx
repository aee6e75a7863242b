/** How far a price moved: colour, sign and arrow together, so that none of them is needed alone. */

import * as format from "../lib/format";
import styles from "./Move.module.css";

const SHAPES = { up: "M0 7 4 0l4 7z", down: "M0 1l4 7 4-7z", flat: "" };

function Arrow({ way }: { way: format.Moved }) {
  return (
    <svg className={styles.arrow} viewBox="0 0 8 8" aria-hidden="true">
      <path d={SHAPES[way]} />
    </svg>
  );
}

interface MoveProps {
  value: number | null | undefined;
  text: string;
  arrow?: boolean;
  /** Whether it was on a day gone by: its sign stays, its colour and arrow go. */
  past?: boolean;
}

export function Move({ value, text, arrow = false, past = false }: MoveProps) {
  if (past) return <span className="figures quiet">{text}</span>;
  // What rounds to zero is shown as zero, and has not moved.
  const way = /[1-9]/.test(text) ? format.moved(value) : "flat";
  return (
    <span className={way === "flat" ? "figures" : `figures ${way}`}>
      {arrow && <Arrow way={way} />}
      {text}
    </span>
  );
}
