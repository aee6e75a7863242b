"""How the command line shows things: tables, progress bars, errors."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from openbell.ingest.quality.reasons import REASONS
from openbell.model.errors import InvalidInput, OpenbellError
from openbell.model.words import counted

if TYPE_CHECKING:
    from openbell.cli.doctor import Finding
    from openbell.history import Series
    from openbell.history.comparison import Compared
    from openbell.ingest.importing import Imported
    from openbell.ingest.storing import Aside

out, err = Console(), Console(stderr=True)

SPOKEN = {
    "change_pct": "change %",
    "volatility": "volatility %",
    "max_drawdown": "max drawdown %",
    "average_volume": "average volume",
}
SCALES = {"raw": "as traded", "split": "adjusted for splits", "total": "adjusted for splits and dividends"}
READABLE = 7
"""Significant digits of a price that was computed."""
MARKS = {"ok": ("ok  ", "green"), "note": ("note", "yellow"), "bad": ("bad ", "red")}


class Adjust(StrEnum):
    """The scale of prices."""

    RAW = "raw"
    SPLIT = "split"
    TOTAL = "total"


class Dates(StrEnum):
    """The order of day, month and year."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


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
        redirect_stdout=out.is_terminal,
    )


@contextmanager
def patience(text: str) -> Iterator[None]:
    """Say `text` where what is done inside takes over a second."""
    timer = Timer(1, note, [text])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


ROUTES = {
    "GET /users/invitations": "user invitations",
    "GET /users": "user list",
    "GET /tokens": "user token list",
    "GET /portfolios": "portfolio show",
    "GET /watchlists": "watchlist list",
    "GET /items": "portfolio item list",
    "POST .../restore": "portfolio transaction restore",
}
"""What the API names in a remedy, and the command that does the same."""


def called(text: str) -> str:
    """`text` with each command in it, such as `openbell up`, as it can be typed here."""
    for route, command in ROUTES.items():
        text = text.replace(route, f"`openbell {command}`")
    return text.replace("`openbell ", f"`{program()} ")


def program() -> str:
    """What is typed here to run a command."""
    path = Path(sys.argv[0])
    if path.name != "openbell":
        return "python -m openbell"
    return "openbell" if shutil.which("openbell") else str(path)


def failed(error: OpenbellError) -> None:
    """One sentence on standard error."""
    err.print(Text.assemble(("error: ", "red"), called(str(error))), soft_wrap=True)


def said(text: str) -> None:
    """A sentence as the answer."""
    out.print(Text(text), soft_wrap=True)


def warned(text: str) -> None:
    """A sentence on standard error that must not be missed."""
    err.print(Text.assemble(("warning: ", "bold yellow"), called(text)), soft_wrap=True)


def note(text: str) -> None:
    """A remark beside the answer, on standard error."""
    err.print(Text(called(text)), soft_wrap=True)


def imported(each: Imported) -> None:
    """What became of a file."""
    s = each.stored
    told = [f"{symbol} (now {each.renamed[symbol]})" if symbol in each.renamed else symbol for symbol in each.symbols]
    names = ", ".join(told[:6]) + (f" and {len(told) - 6} more" if len(told) > 6 else "")
    span = f", {s.first:%Y-%m-%d} to {s.last:%Y-%m-%d}" if s.first and s.last else ""
    parts = _stored(s.rows, s.corrected) if s.first or s.aside else []
    parts += [counted(s.actions, "split or dividend", "splits and dividends")] if s.actions else []
    parts += [counted(each.quotes, "quote")] if each.quotes else []
    parts += [counted(each.instruments, "ticker period")] if each.instruments else []
    parts += [f"{s.known:,} there already"] if s.known else []
    parts += [_set_aside(s.aside, repaired=repaired) for repaired in (False, True) if _of(s.aside, repaired=repaired)]
    line = f"{each.path.name} ({each.preset}): {names}{span}: {', '.join(parts) or 'nothing new'}."
    out.print(Text(line), soft_wrap=True)
    for remark in s.notes:
        out.print(Text(f"  {remark}", style="dim"), soft_wrap=True)


def _stored(rows: int, corrected: int) -> list[str]:
    """`3 bars stored`, `1 bar corrected`."""
    new = [f"{counted(rows - corrected, 'bar')} stored"] if rows > corrected or not corrected else []
    return new + ([f"{counted(corrected, 'bar')} corrected"] if corrected else [])


def _of(asides: Sequence[Aside], *, repaired: bool) -> list[Aside]:
    return [each for each in asides if each.repaired is repaired]


def _set_aside(asides: Sequence[Aside], *, repaired: bool) -> str:
    """`2 rows set aside: ends in the future (lines 2, 3)`."""
    chosen = _of(asides, repaired=repaired)
    reasons = ", ".join(f"{_lower(REASONS.get(each.reason, each.reason))}{_lines(each)}" for each in chosen)
    done = "set aside and repaired" if repaired else "set aside"
    return f"{counted(sum(each.rows for each in chosen), 'row')} {done}: {reasons}"


def _lines(aside: Aside) -> str:
    if not aside.lines:
        return ""
    listed = ", ".join(map(str, aside.lines)) + (", ..." if aside.rows > len(aside.lines) else "")
    return f" (line{'s' if aside.rows > 1 else ''} {listed})"


def _lower(title: str) -> str:
    return title[0].lower() + title[1:]


def imported_in_all(done: Sequence[Imported], failed: Sequence[Path]) -> None:
    """The sum of several files."""
    rows, corrected = (sum(getattr(each.stored, name) for each in done) for name in ("rows", "corrected"))
    parts = [f"{counted(len(done), 'file')} imported ({', '.join(_stored(rows, corrected))})"]
    if failed:
        named = ", ".join(path.name for path in failed[:10]) + (", ..." if len(failed) > 10 else "")
        parts.append(f"{len(failed):,} not: {named}")
    out.print(Text(f"{', '.join(parts)}."), soft_wrap=True)


def imported_as_json(done: Sequence[Imported]) -> None:
    """What became of the files, as JSON."""
    print(json.dumps([_imported(each) for each in done], indent=1))


def _imported(each: Imported) -> dict[str, object]:
    s = each.stored
    return {
        "file": str(each.path),
        "preset": each.preset,
        "symbols": each.symbols,
        "renamed": each.renamed,
        "first": s.first.isoformat() if s.first else None,
        "last": s.last.isoformat() if s.last else None,
        "rows": s.rows,
        "corrected": s.corrected,
        "already_there": s.known,
        "set_aside": s.rejects,
        "reasons": [
            {"reason": a.reason, "rows": a.rows, "repaired": a.repaired, "first_lines": a.lines} for a in s.aside
        ],
        "actions": s.actions,
        "quotes": each.quotes,
        "instruments": each.instruments,
        "notes": s.notes,
    }


def fetched(answers: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """What became of each symbol."""
    if as_json:
        print(json.dumps(list(answers), indent=1))
        return
    for a in answers:
        if a["error"]:
            err.print(Text.assemble((f"{a['symbol']}: ", "red"), called(a["error"])), soft_wrap=True)
        else:
            aside = f", {counted(a['set_aside'], 'row')} set aside" if a["set_aside"] else ""
            told = f"{a['symbol']}: {counted(a['rows'], 'bar')} stored, {a['already_there']:,} there already{aside}."
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
    if (rows["volume"].drop_nulls() % 1 == 0).all():
        rows = rows.with_columns(pl.col("volume").cast(pl.Int64))
    rows = rows.with_columns(pl.col("ts").dt.strftime(stamp))
    frame(rows, as_json=form is Format.JSON, as_csv=form is Format.CSV, digits=READABLE)


def comparison(answer: Compared, *, as_json: bool) -> None:
    """The table of statistics under its stretch; what are fractions there are per cent for a reader."""
    rows = answer.comparison.statistics
    if as_json:
        frame(rows, as_json=True)
    else:
        if common := answer.comparison.common:
            clock = "%Y-%m-%d %H:%M UTC" if answer.stretch.interval.intraday else "%Y-%m-%d"
            first, last = (f"{at:{clock}}" for at in common)
            out.print(Text(f"{first} to {last}, {answer.stretch.interval} bars, {SCALES[answer.adjust]}"))
        rounded = rows.with_columns(
            (pl.col("volatility", "max_drawdown") * 100).round(2),
            pl.col("change_pct", "beta").round(2),
            pl.col("average_volume").round(0),
        ).rename(SPOKEN)
        frame(rounded, as_json=False, digits=READABLE)
    for said in (*(each.detail for each in answer.missing), *answer.notes):
        err.print(Text(said), soft_wrap=True)


def findings(found: Sequence[Finding], *, as_json: bool) -> None:
    """What works, what does not, and the one thing to do next."""
    if as_json:
        rows = [{"subject": f.subject, "state": f.state, "detail": f.detail, "remedy": f.remedy} for f in found]
        print(json.dumps(rows, indent=1))
        return
    for finding in found:
        remedy = f" {finding.remedy}" if finding.remedy and finding.state == "note" else ""
        told = called(f" {finding.subject}: {finding.detail}{remedy}")
        out.print(Text.assemble(MARKS[finding.state], told), soft_wrap=True)
    todo = [f.remedy for state in ("bad", "ok") for f in found if f.state == state and f.remedy]
    out.print(Text(called(f"\nNext: {todo[0] if todo else 'Mend what is bad.'}")), soft_wrap=True)


def frame(rows: pl.DataFrame, *, as_json: bool, as_csv: bool = False, digits: int = 10, empty: str = "") -> None:
    """A frame as JSON, CSV, or a table: fitted to the terminal, or in full where there is none.

    A table shows `digits` of a number, and all numbers of a column with as many decimals; `empty` is said beside one
    without rows.
    """
    if empty and rows.is_empty() and not as_json:
        note(empty)
    if as_json:
        print(json.dumps(rows.to_dicts(), default=str))
    elif as_csv:
        sys.stdout.write(rows.write_csv())
    elif out.is_terminal:
        table = Table(box=None, header_style="bold")
        for name, dtype in rows.schema.items():
            table.add_column(Text(_printable(name)), justify="right" if dtype.is_numeric() else "left")
        for row in zip(*(_cells(column, digits) for column in rows), strict=True):
            table.add_row(*map(Text, row))
        out.print(table)
    else:
        sys.stdout.writelines(f"{line}\n" for line in _aligned(rows, digits))


def _aligned(rows: pl.DataFrame, digits: int) -> Iterator[str]:
    """The lines of a table with every cell in full, for files and other programs."""
    cells = [[_printable(column.name), *_cells(column, digits)] for column in rows]
    widths = [max(map(len, column)) for column in cells]
    sides = [">" if dtype.is_numeric() else "<" for dtype in rows.dtypes]
    for line in zip(*cells, strict=True):
        fitted = (f"{cell:{side}{width}}" for cell, side, width in zip(line, sides, widths, strict=True))
        yield "  ".join(fitted).rstrip()


def _cells(column: pl.Series, digits: int) -> list[str]:
    """The cells as text: numbers with the decimals of the most precise, or as powers of ten where one is."""
    if not column.dtype.is_float():
        return ["" if cell is None else _printable(str(cell)) for cell in column]
    shown = ["" if cell is None else _number(cell, digits) for cell in column]
    if any(letter in text for text in shown for letter in "en"):  # 1e+20, inf, nan
        return shown
    decimals = max((len(text.partition(".")[2]) for text in shown), default=0)
    return ["" if cell is None else f"{cell:.{decimals}f}" for cell in column]


def _number(value: float, digits: int) -> str:
    """At least its whole part, up to a million billions."""
    return f"{value:.0f}" if 10**digits <= abs(value) < 1e15 else f"{value:.{digits}g}"


def _printable(text: str) -> str:
    """Without line breaks and the control characters that would move a terminal's cursor."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
