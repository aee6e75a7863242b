import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { InboxEntry, Sources } from "../../api/desk";
import { inboxQuery, jobsQuery } from "../../api/jobs";
import { sourcesQuery } from "../../api/queries";
import { Choice } from "../../components/Choice";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { Table } from "../../components/Table";
import * as format from "../../lib/format";
import { useTitle } from "../../lib/hooks";
import { sourcesAddress, sourcesPath, VIEWS, type View } from "./address";
import { Backfills } from "./Backfills";
import { Checks } from "./Checks";
import { Feeds } from "./Feeds";
import { Fetches } from "./Fetches";
import { headline } from "./headline";
import { Inbox } from "./Inbox";
import { Jobs } from "./Jobs";
import { Providers } from "./Providers";
import { RejectGroups } from "./RejectGroups";
import { AllRejects, RejectRows } from "./RejectRows";
import styles from "./SourcesPage.module.css";

const TITLES: Record<View, string> = { sources: "Sources", jobs: "Jobs", actions: "Splits and dividends" };

/** Where do the prices come from, and is everything that brings them in order? */
export default function SourcesPage() {
  const [params] = useSearchParams();
  const { view, job } = sourcesAddress(params);
  useTitle(TITLES[view]);
  const sources = useQuery(sourcesQuery());
  const jobs = useQuery(jobsQuery());
  const inbox = useQuery(inboxQuery());
  if (sources.isError && !sources.data) return <Trouble whole error={sources.error} onRetry={sources.refetch} />;
  if (!sources.data || jobs.isPending || inbox.isPending) return <Skeleton height={480} />;
  const told = { ...sources.data, jobs: jobs.data?.jobs, entries: inbox.data?.entries };
  return (
    <article className={styles.page}>
      <header className={styles.head}>
        <h1>{headline(told)}</h1>
        <Choice
          label="Sources, jobs, splits and dividends"
          chosen={view}
          options={VIEWS.map((each) => ({
            value: each,
            label: each === "actions" ? withNew(TITLES.actions, told.entries) : TITLES[each],
            to: sourcesPath({ view: each, job: null }),
          }))}
        />
      </header>
      {view === "sources" && (
        <SourcesView sources={sources.data} chosen={{ source: params.get("source"), reason: params.get("reason") }} />
      )}
      {view === "jobs" && (
        <>
          {jobs.data ? (
            <Jobs jobs={jobs.data.jobs} chosen={job} />
          ) : (
            <Trouble error={jobs.error} onRetry={jobs.refetch} />
          )}
          <Checks upkeep={has(told.jobs, "upkeep")} />
          <Backfills offered={has(told.jobs, "backfill")} />
        </>
      )}
      {view === "actions" &&
        (inbox.data ? <Inbox entries={inbox.data.entries} /> : <Trouble error={inbox.error} onRetry={inbox.refetch} />)}
    </article>
  );
}

function withNew(title: string, entries: readonly InboxEntry[] | undefined): string {
  const count = (entries ?? []).filter(({ state }) => state === "new").length;
  return count > 0 ? `${title}, ${format.whole(count)} new` : title;
}

/** Whether this desk has the job at all. */
function has(jobs: readonly { name: string }[] | undefined, wanted: string): boolean {
  return (jobs ?? []).some(({ name }) => name === wanted);
}

interface SourcesViewProps {
  sources: Sources;
  chosen: { source: string | null; reason: string | null };
}

function SourcesView({ sources, chosen: { source, reason } }: SourcesViewProps) {
  return (
    <>
      <Feeds feeds={sources.feeds} />
      {sources.alerts && (
        <p className="quiet">
          Alert rules have failed since {format.moment(sources.alerts.since)} and are tried again:{" "}
          {format.told(sources.alerts.detail)}
        </p>
      )}
      <Providers providers={sources.providers} />
      <Fetches fetches={sources.fetches} />
      <section>
        <div className={styles.titled}>
          <h2>Set aside</h2>
          {sources.rejects.length > 0 && <AllRejects />}
        </div>
        <p className={styles.about}>Rows that cannot be right are kept with their reason, not shown as prices.</p>
        <RejectGroups groups={sources.rejects} chosen={{ source, reason }} />
        {source && reason && <RejectRows key={source + reason} source={source} reason={reason} />}
      </section>
      <Lake lake={sources.lake} />
    </>
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
