import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Reject } from "../../api/desk";
import { rejectsQuery } from "../../api/queries";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { type Column, Pager, Table } from "../../components/Table";
import * as format from "../../lib/format";
import styles from "./RejectRows.module.css";

const PAGE_ROWS = 25;

/** The rows of one source set aside for one reason, as they came. */
export function RejectRows({ source, reason }: { source: string; reason: string }) {
  const [page, setPage] = useState(0);
  const { data, error, isError, refetch } = useQuery(rejectsQuery(source, reason, page * PAGE_ROWS, PAGE_ROWS));
  if (isError) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={320} />;
  const pages = Math.max(1, Math.ceil(data.total / PAGE_ROWS));
  return (
    <div className={styles.rows}>
      <Table
        caption={`${reason} from ${source}`}
        columns={COLUMNS}
        rows={data.rows.map((row, place) => ({ ...row, place }))}
        keyOf={({ place }) => place}
        file={`rejects-${source}-${reason}`}
      />
      {pages > 1 && <Pager page={page} pages={pages} rows={data.total} onPage={setPage} />}
    </div>
  );
}

const COLUMNS: Column<Reject>[] = [
  { title: "Symbol", show: ({ symbol }) => symbol ?? format.NONE, cell: ({ symbol }) => symbol },
  {
    title: "Bar",
    show: ({ ts, interval }) => `${ts ? format.day(ts) : format.NONE} ${interval ?? ""}`,
    cell: ({ ts }) => ts,
  },
  {
    title: "Why",
    show: ({ detail, repaired }) => (
      <span className={styles.why}>
        {detail}
        {repaired && <span className={styles.repaired}> repaired</span>}
      </span>
    ),
    cell: ({ detail }) => detail,
  },
  { title: "Row", show: ({ row }) => <code className={styles.row}>{row}</code>, cell: ({ row }) => row },
  { title: "Came from", show: ({ origin }) => origin, cell: ({ origin }) => origin },
  { title: "Learned", show: ({ known_at }) => format.moment(known_at), cell: ({ known_at }) => known_at },
];
