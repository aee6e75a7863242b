import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Job } from "../../api/desk";
import { jobKeys, runJob, runsQuery } from "../../api/jobs";
import { Problem } from "../../api/problem";
import { Button } from "../../components/Button";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { Table } from "../../components/Table";
import { Words } from "../../components/Words";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { useMay } from "../../lib/me";
import { whyNot } from "../../lib/refusal";
import { sourcesPath } from "./address";
import styles from "./Jobs.module.css";
import { ENDED, lastRun, nextRun, outcome, standing, took } from "./jobs";
import { CLOCK } from "./Providers";
import dots from "./Providers.module.css";

/** What the desk does without being asked, and what came of it. */
export function Jobs({ jobs, chosen }: { jobs: readonly Job[]; chosen: string | null }) {
  return (
    <section>
      <h2>
        Jobs <span className={styles.clock}>{CLOCK}</span>
      </h2>
      <ul>
        {jobs.map((job) => (
          <li key={job.name} className={styles.job}>
            <Standing job={job} open={job.name === chosen} />
            {job.name === chosen && <Runs job={job} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Standing({ job, open }: { job: Job; open: boolean }) {
  const now = useNow();
  const { name, title, last, next, state, progress } = job;
  const { said, dot } = standing(job, now);
  const run = useRun(name);
  const may = useMay("owner");
  const running = state === "running";
  return (
    <div className={styles.row}>
      <Link
        className={styles.title}
        to={sourcesPath({ view: "jobs", job: open ? null : name })}
        aria-expanded={open}
        preventScrollReset
      >
        {title}
      </Link>
      <span className={`${dots.state} ${styles.state}`} data-state={dot}>
        {said}
        {progress && (
          <progress className={styles.progress} value={progress.done} max={progress.total} aria-label={title} />
        )}
      </span>
      <span className={styles.when}>
        {[last && lastRun(last, now), !running && nextRun(next, now)].filter(Boolean).join("; ")}
      </span>
      {may && (
        <Button className={styles.run} onClick={() => run.mutate()} aria-label={`Run now: ${title}`}>
          Run now
        </Button>
      )}
      <p
        className={styles.outcome}
        role={run.isIdle ? undefined : "status"}
        data-bad={Boolean(last?.error) || undefined}
      >
        {refusal(run.error, running) ?? (last && <Words text={outcome(last)} />)}
      </p>
    </div>
  );
}

/** Begins it by hand; what came of it is told as soon as it is known. */
function useRun(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => runJob(name),
    onSettled: () => client.invalidateQueries({ queryKey: jobKeys.all }),
  });
}

const RUNS_ALREADY = 409;

/** That it runs already is no trouble: what was asked for is under way, and once it is over that is no news. */
function refusal(error: Error | null, running: boolean): string | null {
  if (!error) return null;
  if (!(error instanceof Problem) || error.status !== RUNS_ALREADY) return whyNot(error);
  return running ? "It is under way already; what comes of it will stand here." : null;
}

function Runs({ job: { name, title } }: { job: Job }) {
  const { data, error, isError, refetch } = useQuery(runsQuery(name));
  if (isError && !data) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={160} />;
  return (
    <div className={styles.runs}>
      <Table
        caption={`Runs: ${title}`}
        pageSize={10}
        rows={data.runs}
        keyOf={({ id }) => id}
        columns={[
          { title: "Began", clock: CLOCK, show: ({ at }) => format.toTheSecond(at) },
          { title: "Took", number: true, show: ({ duration_s }) => took(duration_s) },
          { title: "Asked by", show: ({ by }) => (by === "hand" ? "hand" : "the clock") },
          { title: "State", show: ({ state }) => ENDED[state] },
          {
            title: "What came of it",
            show: (run) => (
              <span className={dots.told}>
                <Words text={outcome(run)} />
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}
