import { Link, useSearchParams } from "react-router";
import * as format from "../../lib/format";
import { asOfOf, changed } from "./address";
import styles from "./Controls.module.css";

/** Where a past day is asked about, says so on every page, and leads back to now. */
export function AsOf() {
  const [params] = useSearchParams();
  const day = asOfOf(params);
  if (day === null) return null;
  return (
    <p className={styles.past} role="status">
      As it was at the end of {format.day(day)}. <Link to={changed(params, { as_of: null })}>Show it as it is now</Link>
    </p>
  );
}
