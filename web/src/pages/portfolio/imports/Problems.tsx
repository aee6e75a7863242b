/** Rows of a file that were not understood, each as it stands there, with what can be done. */

import type { Preview } from "../../../api/desk";
import * as format from "../../../lib/format";
import styles from "./Import.module.css";

export function Problems({ problems, title }: { problems: Preview["problems"]; title: string }) {
  return (
    <section className={styles.part}>
      <h2>{title}</h2>
      <ul className={styles.problems}>
        {problems.map(({ rows, what, remedy, content, blocking }) => (
          <li key={`${rows} ${what}`}>
            <strong>Row {rows.join(", ")}</strong>: <span className="amount">{format.told(what)}</span>{" "}
            {format.told(remedy)} {blocking ? "It is not booked." : "It is booked all the same."}
            <br />
            <code className="amount">{content}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
