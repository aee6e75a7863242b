"""How the command line shows things: tables, progress bars, errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from openbell.model.errors import InvalidInput, OpenbellError

if TYPE_CHECKING:
    from openbell.cli.doctor import Finding
    from openbell.history import Series
    from openbell.history.comparison import Compared
    from openbell.ingest.importing import Imported

out, err = Console(), Console(stderr=True)

MARKS = {"ok": ("ok  ", "green"), "note": ("note", "yellow"), "bad": ("bad ", "red")}


class Adjust(StrEnum):
    """The scale of prices."""

    RAW = "raw"
    SPLIT = "split"
    TOTAL = "total"


class Format(StrEnum):
    """How bars are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class Rate(ProgressColumn):
    """Rows done, and rows a second."""

    def render(self, task: Task) -> Text:
        """The column's text for one task."""
        rows = task.fields.get("rows", task.completed)
        speed = f", {rows / task.elapsed:,.0f}/s" if task.elapsed and rows else ""
        return Text(f"{rows:,.0f} rows{speed}", style="dim")


def progress() -> Progress:
    """A progress bar on standard error with rows, rate and time left; silent where there is no terminal."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def failed(error: OpenbellError) -> None:
    """One sentence on standard error."""
    err.print(Text.assemble(("error: ", "red"), str(error)), soft_wrap=True)


def note(text: str) -> None:
    """A remark beside the answer, on standard error."""
    err.print(Text(text), soft_wrap=True)


def imported(done: Sequence[Imported], *, as_json: bool) -> None:
    """What became of each file."""
    if as_json:
        print(json.dumps([_imported(each) for each in done], indent=1))
        return
    for each in done:
        s = each.stored
        names = ", ".join(each.symbols[:6]) + (f" and {len(each.symbols) - 6} more" if len(each.symbols) > 6 else "")
        span = f", {each.first:%Y-%m-%d} to {each.last:%Y-%m-%d}" if each.first and each.last else ""
        parts = [f"{s.rows:,} bars stored"]
        parts += [f"{s.known:,} were there already"] if s.known else []
        parts += [f"{s.rejects:,} rows set aside (see the Sources page)"] if s.rejects else []
        parts += [f"{s.actions:,} splits and dividends"] if s.actions else []
        parts += [f"{each.quotes:,} quotes"] if each.quotes else []
        parts += [f"{each.instruments:,} ticker periods"] if each.instruments else []
        out.print(Text(f"{each.path.name} ({each.preset}): {names}{span}: {', '.join(parts)}."), soft_wrap=True)
        for remark in s.notes:
            out.print(Text(f"  {remark}", style="dim"), soft_wrap=True)


def _imported(each: Imported) -> dict[str, object]:
    return {
        "file": str(each.path),
        "preset": each.preset,
        "symbols": each.symbols,
        "first": each.first.isoformat() if each.first else None,
        "last": each.last.isoformat() if each.last else None,
        "rows": each.stored.rows,
        "already_there": each.stored.known,
        "set_aside": each.stored.rejects,
        "actions": each.stored.actions,
        "quotes": each.quotes,
        "instruments": each.instruments,
        "notes": each.stored.notes,
    }


def fetched(answers: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """What became of each symbol."""
    if as_json:
        print(json.dumps(list(answers), indent=1))
        return
    for a in answers:
        if a["error"]:
            err.print(Text.assemble((f"{a['symbol']}: ", "red"), a["error"]), soft_wrap=True)
        else:
            aside = f", {a['set_aside']:,} rows set aside" if a["set_aside"] else ""
            told = f"{a['symbol']}: {a['rows']:,} bars stored, {a['already_there']:,} were there already{aside}."
            out.print(Text(told), soft_wrap=True)


def bars(series: Series, form: Format) -> None:
    """Bars in the form asked for; daily stamps are dates."""
    stamp = "%Y-%m-%dT%H:%M:%SZ" if series.interval.intraday else "%Y-%m-%d"
    rows = series.bars.with_columns(pl.lit(series.instrument.ticker).alias("symbol")).drop("scale")
    if form is Format.PARQUET:
        if sys.stdout.isatty():
            raise InvalidInput("format", "Parquet is not for a terminal.", remedy="Redirect it: ... > bars.parquet")
        rows.write_parquet(sys.stdout.buffer)
        return
    frame(rows.with_columns(pl.col("ts").dt.strftime(stamp)), as_json=form is Format.JSON, as_csv=form is Format.CSV)


def comparison(answer: Compared, *, as_json: bool) -> None:
    """The table of statistics."""
    frame(answer.comparison.statistics, as_json=as_json)


def findings(found: Sequence[Finding], *, as_json: bool) -> None:
    """What works, what does not, and the one thing to do next."""
    if as_json:
        rows = [{"subject": f.subject, "state": f.state, "detail": f.detail, "remedy": f.remedy} for f in found]
        print(json.dumps(rows, indent=1))
        return
    for finding in found:
        out.print(Text.assemble(MARKS[finding.state], f" {finding.subject}: {finding.detail}"), soft_wrap=True)
    todo = [f.remedy for state in ("bad", "note") for f in found if f.state == state and f.remedy]
    out.print(Text(f"\nNext: {todo[0]}" if todo else "\nEverything works. Next: openbell up"), soft_wrap=True)


def frame(rows: pl.DataFrame, *, as_json: bool, as_csv: bool = False) -> None:
    """A frame as JSON, CSV, or a table: fitted to the terminal, or in full where there is none."""
    if as_json:
        print(json.dumps(rows.to_dicts(), default=str))
    elif as_csv:
        sys.stdout.write(rows.write_csv())
    elif out.is_terminal:
        table = Table(box=None, header_style="bold")
        for name, dtype in rows.schema.items():
            table.add_column(Text(_printable(name)), justify="right" if dtype.is_numeric() else "left")
        for row in rows.iter_rows():
            table.add_row(*(Text(_cell(cell)) for cell in row))
        out.print(table)
    else:
        sys.stdout.writelines(f"{line}\n" for line in _aligned(rows))


def _aligned(rows: pl.DataFrame) -> Iterator[str]:
    """The lines of a table with every cell in full, for files and other programs."""
    cells = [[_printable(name), *map(_cell, rows[name])] for name in rows.columns]
    widths = [max(map(len, column)) for column in cells]
    sides = [">" if dtype.is_numeric() else "<" for dtype in rows.dtypes]
    for line in zip(*cells, strict=True):
        fitted = (f"{cell:{side}{width}}" for cell, side, width in zip(line, sides, widths, strict=True))
        yield "  ".join(fitted).rstrip()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else _printable(str(value))


def _printable(text: str) -> str:
    """Without line breaks and the control characters that would move a terminal's cursor."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
