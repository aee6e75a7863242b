import styles from "./Simulated.module.css";

/** Marks invented prices, wherever they are shown. */
export function Simulated({ brief = false }: { brief?: boolean }) {
  return (
    <span
      className={styles.badge}
      title="These prices are invented by the demo market; no such company trades anywhere."
    >
      {brief ? <abbr title="Simulated">SIM</abbr> : "SIMULATED"}
    </span>
  );
}
