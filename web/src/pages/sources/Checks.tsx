import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Report } from "../../api/desk";
import { reportsQuery } from "../../api/jobs";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { Table } from "../../components/Table";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { differing, newestOfEach } from "./checks";
import dots from "./Providers.module.css";
import styles from "./SourcesPage.module.css";

/** How the minutes that were heard compare with the official ones, for the last session of each symbol. */
export function Checks({ upkeep }: { upkeep: boolean }) {
  return (
    <section>
      <h2>After the last session</h2>
      <p className={styles.about}>
        Minutes that the desk heard, beside those that its sources settled on. Where they differ, the official one
        counts.
      </p>
      <Found upkeep={upkeep} />
    </section>
  );
}

function Found({ upkeep }: { upkeep: boolean }) {
  const { data, error, isError, refetch } = useQuery(reportsQuery());
  if (isError && !data) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={160} />;
  if (data.reports.length === 0) {
    return (
      <p className="quiet">
        {upkeep ? "None yet: a day is checked once its session has settled." : "None: the desk runs offline."}
      </p>
    );
  }
  return (
    <Table
      caption="Minutes of the last session"
      pageSize={10}
      rows={newestOfEach(data.reports)}
      keyOf={({ symbol }) => symbol}
      columns={[
        { title: "Symbol", show: ({ symbol }) => <Link to={symbolPath(symbol)}>{symbol}</Link> },
        { title: "Session", show: ({ day }) => format.day(day) },
        { title: "Agree", number: true, show: ({ agree }) => format.whole(agree) },
        { title: "Differ", number: true, show: (report) => format.whole(differing(report)) },
        { title: "Missing", unit: "not heard", number: true, show: (report) => format.whole(report.only_official) },
        { title: "Found", show: ({ text }: Report) => <span className={dots.told}>{format.told(text)}</span> },
      ]}
    />
  );
}
