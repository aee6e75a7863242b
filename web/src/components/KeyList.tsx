import { KEYS } from "../lib/keys";
import styles from "./KeyList.module.css";

/** Every shortcut, by where it works. */
export function KeyList() {
  return KEYS.map(({ where, keys }) => (
    <section key={where} className={styles.group}>
      <h3>{where}</h3>
      <dl>
        {keys.map(([press, does]) => (
          <div key={press} className={styles.row}>
            <dt>
              {press.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  ));
}
