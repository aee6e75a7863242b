import styles from "./Skeleton.module.css";

/** Holds the place of what is being fetched, in its exact size. */
export function Skeleton({ width = "100%", height }: { width?: string | number; height: string | number }) {
  return <span className={styles.bar} data-waiting="" style={{ width, height }} aria-hidden="true" />;
}
