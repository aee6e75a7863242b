/** A plain table of many rows, a page at a time, that can be taken away as a CSV file. */

import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { type Cell, csvOf, download } from "../lib/csv";
import { whole } from "../lib/format";
import { useEdges, useRoom } from "../lib/hooks";
import { say } from "../lib/toast";
import { Button } from "./Button";
import { Icon } from "./Icon";
import styles from "./Table.module.css";

export interface Column<Row> {
  title: string;
  /** What stands under the title in small: a unit or a few words. */
  unit?: string;
  /** Whose clock its times are of; a file has them in UTC. */
  clock?: string;
  number?: boolean;
  /** What it shows says itself what it is: on a card it needs no title. */
  plain?: boolean;
  show: (row: Row) => ReactNode;
  /** The figure in full, for the file; a column without one is left out of it. */
  cell?: (row: Row) => Cell;
}

interface TableProps<Row> {
  caption: string;
  /** Whether the caption is shown, and not only told. */
  captioned?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  /** The file's name without `.csv`; without one there is no download. */
  file?: string;
  /** The file's columns, where they are not those of the table. */
  inFile?: readonly Column<Row>[];
  /** Fetches what the file holds, where that is more than `rows`. */
  all?: () => Promise<readonly Row[]>;
  /** Whether on a phone each row is a card: for few columns that are read one by one, not compared. */
  cards?: boolean;
  /** What is on a row's card, where that is not each column with its title. */
  card?: (row: Row) => ReactNode;
  /** Rows on a page; `window`: as many as the window has room for. */
  pageSize?: number | "window";
}

const ROW_PX = { desk: 32, phone: 44 };
/** What stands above and below a page of a symbol's bars: the head, the controls, the headings and the pager. */
const AROUND_PX = 356;
const FEWEST_ROWS = 10;

export function Table<Row>(props: TableProps<Row>) {
  const { caption, captioned = false, columns, rows, keyOf, file, all, cards = false, pageSize: asked = 100 } = props;
  const { inFile = columns, card } = props;
  const [wanted, setPage] = useState(0);
  const { height, phone } = useRoom();
  const scroller = useRef<HTMLElement>(null);
  useEdges(scroller);
  const cells = phone && card ? [{ title: caption, plain: true, show: card }] : columns;
  const room = Math.floor((height - AROUND_PX) / (phone ? ROW_PX.phone : ROW_PX.desk));
  const pageSize = asked === "window" ? Math.max(FEWEST_ROWS, room) : asked;
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  const page = Math.min(wanted, pages - 1);
  const shown = rows.slice(page * pageSize, (page + 1) * pageSize);
  return (
    <div className={styles.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section ref={scroller} className={styles.scroll} aria-label={caption} tabIndex={0}>
        <table className={`${styles.table} ${cards ? styles.cards : ""}`}>
          <caption className={captioned ? styles.caption : "aside"}>{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ title, unit, clock, number }) => (
                <th key={title} scope="col" className={number ? styles.number : undefined}>
                  {title}
                  {(unit || clock) && <span className={styles.unit}> {unit ?? clock}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={keyOf(row)}>
                {cells.map(({ title, number, plain, show }: Column<Row>) => (
                  <td key={title} className={number ? styles.number : undefined} data-title={plain ? "" : title}>
                    {show(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {(file || pages > 1) && (
        <div className={styles.foot}>
          {file && (
            <CsvButton file={file} columns={inFile} rows={all ?? (async () => rows)}>
              CSV
            </CsvButton>
          )}
          {pages > 1 && <Pager page={page} pages={pages} rows={rows.length} onPage={setPage} />}
        </div>
      )}
    </div>
  );
}

interface CsvButtonProps<Row> {
  file: string;
  columns: readonly Column<Row>[];
  rows: () => Promise<readonly Row[]>;
  children: ReactNode;
}

/** Takes `rows` away as a file; what cannot be fetched is said. */
export function CsvButton<Row>({ file, columns, rows, children }: CsvButtonProps<Row>) {
  const { mutate, isPending } = useMutation({
    mutationFn: rows,
    onSuccess: (all) => download(`${file}.csv`, csvOfTable(columns, all)),
    onError: (error) => say({ text: `No file: ${error.message}` }),
  });
  return (
    <Button look="quiet" flush disabled={isPending} onClick={() => mutate()}>
      <Icon name="download" size={16} /> {children}
    </Button>
  );
}

function csvOfTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const kept = columns.flatMap(({ title, unit, cell }) => (cell ? [{ title, unit, cell }] : []));
  return csvOf(
    kept.map(({ title, unit }) => [title, unit].filter(Boolean).join(" ").toLowerCase()),
    rows.map((row) => kept.map(({ cell }) => cell(row))),
  );
}

interface PagerProps {
  page: number;
  pages: number;
  rows: number;
  onPage: (page: number) => void;
}

export function Pager({ page, pages, rows, onPage }: PagerProps) {
  return (
    <div className={styles.pager}>
      <span className="quiet" aria-live="polite">
        Page {page + 1} of {pages}, {whole(rows)} rows
      </span>
      <Button look="quiet" aria-label="First page" disabled={page === 0} onClick={() => onPage(0)}>
        <Icon name="first" size={16} />
      </Button>
      <Button look="quiet" aria-label="Previous page" disabled={page === 0} onClick={() => onPage(page - 1)}>
        <Icon name="left" size={16} />
      </Button>
      <Button look="quiet" aria-label="Next page" disabled={page >= pages - 1} onClick={() => onPage(page + 1)}>
        <Icon name="right" size={16} />
      </Button>
      <Button look="quiet" aria-label="Last page" disabled={page >= pages - 1} onClick={() => onPage(pages - 1)}>
        <Icon name="last" size={16} />
      </Button>
    </div>
  );
}
