/**
 * Tables as CSV files (RFC 4180), with the figures in full and not as they are shown. A text that a spreadsheet would
 * take for a formula is led by an apostrophe.
 */

export type Cell = string | number | null | undefined;

export function csvOf(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [headings, ...rows]
    .map((row) => row.map(quoted).join(","))
    .join("\r\n")
    .concat("\r\n");
}

/** What a spreadsheet would take for a formula, and is no number. */
const FORMULA = /^[=+\-@\t\r](?![\d.]+$)/;

function quoted(cell: Cell): string {
  const told = cell == null ? "" : String(cell);
  const text = FORMULA.test(told) ? `'${told}` : told;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hands `text` to the reader as a file. */
export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
