/** What stands before the desk: the pages of those whom it does not know yet. */

import type { ReactNode } from "react";
import styles from "./Front.module.css";

export function Front({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main id="content" className={styles.front}>
      <p className={styles.mark}>
        <img src="/icon.svg" alt="" width={28} height={28} /> Openbell
      </p>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
