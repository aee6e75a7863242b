/** A table of figures: sorted by its headings, totalled, walked by arrows, taken away as a file, cards on a phone. */

import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { Link, useSearchParams } from "react-router";
import { CsvButton } from "../../../components/Table";
import { type Sort, sortOf } from "../../../lib/address";
import type { Cell } from "../../../lib/csv";
import { useEdges, useRoom } from "../../../lib/hooks";
import { changed } from "../address";
import styles from "./FiguresTable.module.css";
import { sortedBy } from "./sorting";

export interface FigureColumn<Row> {
  key: string;
  title: string;
  /** Under the title: a currency, or a few words. */
  unit?: string | undefined;
  /** Words, and not figures: they begin where the column does, and are sorted from A. */
  words?: boolean;
  show: (row: Row) => ReactNode;
  /** What it is sorted by, and what the file holds, in full; a column without it is neither sorted nor kept. */
  cell?: (row: Row) => Cell;
  /** What stands under the column. */
  total?: ReactNode;
  /** How soon it goes where there is little room: 1 first. */
  goes?: 1 | 2 | 3;
}

interface FiguresProps<Row> {
  caption: string;
  /** The name of the order in the address; several tables on a page have several. */
  order?: string;
  columns: readonly FigureColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  file: string;
  /** What is on a row's card on a phone, where that is not each column with its title. */
  card?: (row: Row) => ReactNode;
  /** Columns of the file alone. */
  further?: readonly FigureColumn<Row>[];
}

export function FiguresTable<Row>(props: FiguresProps<Row>) {
  const { caption, order = "sort", columns, rows, keyOf, file, card, further = [] } = props;
  const [params] = useSearchParams();
  const keys = columns.map(({ key }) => key);
  const sort = sortOf(params.get(order), keys);
  const { phone } = useRoom();
  const scroller = useRef<HTMLElement>(null);
  useEdges(scroller);
  const heads = useRef<HTMLTableSectionElement>(null);
  useEdges(heads);
  const by = columns.find(({ key }) => key === sort?.key);
  const shown = sort && by?.cell ? sortedBy(rows, by.cell, sort.descending) : rows;
  const totalled = columns.some(({ total }) => total !== undefined);
  return (
    <div className={styles.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section ref={scroller} className={styles.scroll} aria-label={caption} tabIndex={0}>
        <table className={styles.table} onKeyDown={walk}>
          <caption className="aside">{caption}</caption>
          <thead ref={heads}>
            <tr>
              {columns.map((column) => (
                <Head key={column.key} column={column} order={order} sort={sort} params={params} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={keyOf(row)}>
                {phone && card ? (
                  <td>{card(row)}</td>
                ) : (
                  columns.map((column) => (
                    <td key={column.key} {...placed(column)} data-title={column.title}>
                      {column.show(row)}
                    </td>
                  ))
                )}
              </tr>
            ))}
          </tbody>
          {totalled && (
            <tfoot>
              <tr>
                {columns.map((column) => (
                  <td key={column.key} {...placed(column)} data-title={column.title}>
                    {column.total}
                  </td>
                ))}
              </tr>
            </tfoot>
          )}
        </table>
      </section>
      <div className={styles.foot}>
        <CsvButton file={file} columns={[...columns, ...further]} rows={async () => shown}>
          CSV
        </CsvButton>
      </div>
    </div>
  );
}

function placed<Row>({ words, goes }: FigureColumn<Row>) {
  return { className: words ? undefined : styles.number, "data-goes": goes };
}

const ORDERS = { ascending: "M0 7 4 0l4 7z", descending: "M0 1l4 7 4-7z" };

interface HeadProps<Row> {
  column: FigureColumn<Row>;
  order: string;
  sort: Sort<string> | null;
  params: URLSearchParams;
}

/** Sorts: down first for figures, up first for words; then the other way, then as it was told. */
function Head<Row>({ column, order, sort, params }: HeadProps<Row>) {
  const { key, title, unit, words } = column;
  const way = sort?.key === key ? (sort.descending ? "descending" : "ascending") : undefined;
  const [first, second] = words ? [key, `-${key}`] : [`-${key}`, key];
  const next = way === undefined ? first : params.get(order) === first ? second : null;
  if (!column.cell)
    return (
      <th scope="col" {...placed(column)}>
        <span className={styles.sort}>{title}</span>
      </th>
    );
  return (
    <th scope="col" aria-sort={way} {...placed(column)}>
      <Link to={changed(params, { [order]: next })} className={styles.sort} replace>
        <span>
          {title}
          {unit && <span className={styles.unit}> {unit}</span>}
        </span>
        {way && (
          <svg className={styles.order} viewBox="0 0 8 8" aria-hidden="true">
            <path d={ORDERS[way]} />
          </svg>
        )}
      </Link>
    </th>
  );
}

/** Arrows go from figure to figure: up and down in a column, to the sides in a row. */
function walk(event: KeyboardEvent<HTMLTableElement>): void {
  if (!(event.target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
  const cell = event.target.closest<HTMLTableCellElement>("tbody td, tfoot td");
  const row = cell?.closest("tr");
  if (!cell || !row) return;
  const next = nextOf(event.key, row, cell.cellIndex, event.target);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

const INNER = "a, button";

function nextOf(key: string, row: HTMLTableRowElement, column: number, from: HTMLElement): HTMLElement | null {
  if (key === "ArrowRight" || key === "ArrowLeft") {
    // On a card a cell has several, and columns that there is no room for have none that could be seen.
    const figures = [...row.querySelectorAll<HTMLElement>(INNER)].filter((figure) => figure.checkVisibility());
    return figures[figures.indexOf(from) + (key === "ArrowRight" ? 1 : -1)] ?? null;
  }
  const other = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[key];
  if (!(other instanceof HTMLTableRowElement)) return null;
  return other.cells[column]?.querySelector<HTMLElement>(INNER) ?? other.querySelector<HTMLElement>(INNER);
}
