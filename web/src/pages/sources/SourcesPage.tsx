import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Sources } from "../../api/desk";
import { sourcesQuery } from "../../api/queries";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { Table } from "../../components/Table";
import * as format from "../../lib/format";
import { useTitle } from "../../lib/hooks";
import { Feeds } from "./Feeds";
import { Fetches } from "./Fetches";
import { headline } from "./headline";
import { Providers } from "./Providers";
import { RejectGroups } from "./RejectGroups";
import { RejectRows } from "./RejectRows";
import styles from "./SourcesPage.module.css";

/** Where do the prices come from, and can they be trusted today? */
export default function SourcesPage() {
  useTitle("Sources");
  const [params] = useSearchParams();
  const { data, error, isError, refetch } = useQuery(sourcesQuery());
  if (isError && !data) return <Trouble whole error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={480} />;
  const reason = params.get("reason");
  const source = params.get("source");
  return (
    <article className={styles.page}>
      <h1>{headline(data)}</h1>
      <Feeds feeds={data.feeds} />
      <Providers providers={data.providers} />
      <Fetches fetches={data.fetches} />
      <section>
        <h2>Set aside</h2>
        <p className={styles.about}>Rows that cannot be right are kept with their reason, not shown as prices.</p>
        <RejectGroups groups={data.rejects} chosen={{ source, reason }} />
        {source && reason && <RejectRows key={source + reason} source={source} reason={reason} />}
      </section>
      <Lake lake={data.lake} />
    </article>
  );
}

function Lake({ lake }: Pick<Sources, "lake">) {
  if (lake.tables.length === 0) return null;
  return (
    <section>
      <h2>Held on this machine</h2>
      <Table
        caption="Tables of the lake"
        keyOf={({ name }) => name}
        rows={lake.tables}
        columns={[
          { title: "Table", show: ({ name }) => name },
          { title: "Rows", number: true, show: ({ rows }) => format.whole(rows) },
          { title: "Files", number: true, show: ({ files }) => format.whole(files) },
          { title: "Size", number: true, show: ({ bytes }) => format.bytes(bytes) },
        ]}
      />
    </section>
  );
}
