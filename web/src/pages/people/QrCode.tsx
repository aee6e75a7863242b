import styles from "./QrCode.module.css";
import { qrOf } from "./qr";

/** Light around it, in modules (ISO/IEC 18004:2015, 5.3.8). */
const QUIET = 4;

/** A text as a picture for a camera, drawn here: dark on light in every theme. Null where it is too long for one. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const modules = qrOf(text);
  if (!modules) return null;
  const size = modules.length + 2 * QUIET;
  const path = modules
    .flatMap((row, i) => row.map((dark, j) => (dark ? `M${j + QUIET} ${i + QUIET}h1v1h-1z` : "")))
    .join("");
  return (
    <svg className={styles.code} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}
