import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Reject } from "../../api/desk";
import { everyReject, rejectsQuery } from "../../api/queries";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { type Column, CsvButton, Pager, Table } from "../../components/Table";
import * as format from "../../lib/format";
import { isIntraday } from "../../lib/interval";
import { CLOCK } from "./Providers";
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
        rows={placed(data.rows)}
        keyOf={({ place }) => place}
        file={`rejects-${source}-${reason}`}
        all={async () => placed(await everyReject({ source, reason }))}
      />
      {pages > 1 && <Pager page={page} pages={pages} rows={data.total} onPage={setPage} />}
    </div>
  );
}

/** Nothing else tells one from another. */
function placed(rows: readonly Reject[]) {
  return rows.map((row, place) => ({ ...row, place }));
}

/** All rows that were set aside, as a file. */
export function AllRejects() {
  return (
    <CsvButton file="rejects" columns={[...GROUP, ...COLUMNS]} rows={() => everyReject({})}>
      All rows, CSV
    </CsvButton>
  );
}

/** What stands in columns of its own. */
const SHOWN = new Set(["symbol", "interval", "ts", "source"]);

/** A row as it came: names and values where it has them, else its text. */
function Came({ row }: { row: string }) {
  const values = valuesOf(row);
  if (!values) return <code className={styles.row}>{row}</code>;
  return (
    <dl className={styles.values}>
      {values.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function valuesOf(row: string): [name: string, value: string][] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(row);
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
  return Object.entries(parsed).flatMap(([name, value]) => (SHOWN.has(name) ? [] : [[name, written(value)] as const]));
}

function written(value: unknown): string {
  if (value === null) return format.NONE;
  return typeof value === "number" ? format.figureAsWritten(String(value)) : String(value);
}

/** Its time for a bar within the day, in the reader's zone like the other times here; its date for a longer one. */
function barOf({ ts, interval }: Reject): string {
  if (!ts) return interval ?? format.NONE;
  return `${interval && !isIntraday(interval) ? format.day(ts) : format.moment(ts)} ${interval ?? ""}`;
}

/** Of which group a row is. */
const GROUP: Column<Reject>[] = [
  { title: "Source", show: ({ source }) => source, cell: ({ source }) => source },
  { title: "Reason", show: ({ reason }) => reason, cell: ({ reason }) => reason },
];

const COLUMNS: Column<Reject>[] = [
  { title: "Symbol", show: ({ symbol }) => symbol ?? format.NONE, cell: ({ symbol }) => symbol },
  {
    title: "Bar",
    clock: CLOCK,
    show: barOf,
    cell: ({ ts }) => ts,
  },
  {
    title: "Why",
    show: ({ detail, repaired }) => (
      <span className={styles.why}>
        {format.told(detail)}
        {repaired && <span className={styles.repaired}> repaired</span>}
      </span>
    ),
    cell: ({ detail }) => detail,
  },
  { title: "Row", show: ({ row }) => <Came row={row} />, cell: ({ row }) => row },
  { title: "Came from", show: ({ origin }) => origin, cell: ({ origin }) => origin },
  { title: "Learned", show: ({ known_at }) => format.moment(known_at), cell: ({ known_at }) => known_at },
];
