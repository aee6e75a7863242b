"""Bytes -> a table of text: encoding, separator, header, ragged rows, numbers as people write them. No meaning yet."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import polars as pl

from openbell.model.errors import UnreadableFile
from openbell.providers.files.headers import lists_transactions
from openbell.providers.files.stacked import three_line_header, unstacked
from openbell.providers.files.unpack import LARGEST_BYTES, Member

TRANSACTIONS = "this is a list of transactions, not of prices; portfolios come in a later version."
SAMPLE_LINES = 50
OPENING_BYTES = 1 << 18  # enough to see the separator, the header and a few rows of the widest table
ROW = "#row"  # the line in the file, from 1 (of Parquet the row); no vendor's column is called so
LONGEST_STRAY = 2_000  # characters
Style = Literal["point", "comma"]
SEPARATORS = ";\t|,"  # in this order: a European decimal comma must not win over its semicolon
MISSING = ("", "null", "nan", "none", "n/a", "na", "-", "--", "#n/a", "nil")
STAMP_NAMES = (
    "date",
    "time",
    "datetime",
    "timestamp",
    "ts",
    "gmt time",
    "local time",
    "<date>",
    "<ticker>",
    "day",
    "price",
)
MULTIPLES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
STRAY_SCHEMA = {ROW: pl.Int64, "row": pl.String, "detail": pl.String}
LINE_END = re.compile(r"\r\n|\n|\r")
IDLE = re.compile(rb"\n(?!\Z)(?:#[^\n]*|[^\S\n]*)(?=\n|\Z)")
"""A remark or a blank line, with the end of the line before it."""


class Records(Protocol):
    """What csv.reader returns, for which it has no public name."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]:
        """The cells of one record after another."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as text (typed only when they come from Parquet), and the rows whose shape was wrong."""

    path: str
    name: str
    header: tuple[str, ...] | None
    """None: the file has no header and the columns are called `c0`, `c1`, ..."""
    frame: pl.DataFrame
    strays: pl.DataFrame
    stacked: bool = False
    """Whether the rows were yfinance's columns, one a symbol."""
    unit: Literal["line", "row"] = "line"
    """What ROW counts."""

    @property
    def first(self) -> tuple[str, ...]:
        """The first row as text, missing cells as the empty text."""
        return tuple("" if cell is None else str(cell) for cell in self.frame.drop(ROW).row(0))

    def refuse(self, what: str, remedy: str = "") -> UnreadableFile:
        """The error that says `what` of this table, naming the inner file where there is one."""
        inside = "" if self.path.endswith((self.name, self.name + ".gz")) else f"in {self.name}: "
        return UnreadableFile(self.path, inside + what, remedy=remedy)


def table_of(member: Member, *, named: bool = False) -> Table:
    """The table in `member`; raises UnreadableFile for what is no table of text, has no row, or lists transactions.

    `named`: the user says which columns are the prices.
    """
    table = _parquet(member) if member.parquet else _text(member)
    if not named and lists_transactions(table.header or (), table.frame):
        raise table.refuse(
            TRANSACTIONS, "If it is prices, say so with --columns, such as --columns ts=Date,close=Price."
        )
    if table.frame.is_empty():
        raise table.refuse(*_no_row(table))
    return table


def _no_row(table: Table) -> tuple[str, str]:
    """What is wrong with a table without rows, and what to do."""
    if table.strays.is_empty():
        return "there is a header but no row.", "Download it again, or leave it out."
    line, why = table.strays.select(ROW, "detail").row(0)
    return f"no row can be read: line {line}: {why}.", "Check that this is a price file."


def row_as_json(columns: list[str]) -> pl.Expr:
    """The row as it came, as JSON."""
    return pl.struct(columns).struct.json_encode()


def numbers(table: Table, columns: Mapping[str, str]) -> pl.DataFrame:
    """Our columns from the table's as Float64; null both where missing and where unreadable.

    Reads `1,234.50`, `1.234,50`, `$98.10`, `12.3M` and `5 %`; raises UnreadableFile where `1,234` may be a fraction.
    """
    written = table.frame.select(pl.col(theirs).alias(ours) for ours, theirs in columns.items())
    for ours, dtype in written.schema.items():
        if not (dtype.is_numeric() or dtype in {pl.String, pl.Boolean, pl.Null}):
            raise table.refuse(f"the column {columns[ours]!r} holds {dtype}, no numbers.", "Save it as numbers.")
    plain = written.cast(pl.Float64, strict=False)
    hard = [ours for ours in columns if plain[ours].null_count() > written[ours].null_count()]
    if hard:
        style = _decimal_style(table, written.select(hard), [columns[ours] for ours in columns])
        again = hard if style == "point" else [ours for ours in columns if written.schema[ours] == pl.String]
        plain = plain.with_columns(_as_people_write(written[ours], style) for ours in again)
    endless = [ours for ours in columns if not plain[ours].is_finite().all()]
    return plain.with_columns(pl.when(pl.col(ours).is_finite()).then(ours) for ours in endless)


def _as_people_write(values: pl.Series, style: Style) -> pl.Series:
    group, decimal = (",", ".") if style == "point" else (".", ",")
    written = pl.col("written").str.replace_all(r"[$€£¥'\s\u00a0\u202f]", "").str.to_lowercase().str.strip_suffix("%")
    grouped = written.str.contains(rf"^[-+]?\d{{1,3}}(\{group}\d{{3}})+(\{decimal}\d*)?[kmbt]?$")
    text = pl.when(grouped).then(written.str.replace_all(group, "", literal=True)).otherwise(written)
    text = text.str.replace(decimal, ".", literal=True)
    multiple = text.str.extract(r"^[\d.]+([kmbt])$").replace_strict(MULTIPLES, default=1.0, return_dtype=pl.Float64)
    number = text.str.replace(r"^([\d.]+)[kmbt]$", "${1}").cast(pl.Float64, strict=False) * multiple
    return values.to_frame("written").select(number.alias(values.name)).to_series()


def missing(values: pl.Expr) -> pl.Expr:
    """Whether the vendor wrote nothing, or one of the usual words for it."""
    return values.is_null() | values.cast(pl.String).str.strip_chars().str.to_lowercase().is_in(list(MISSING))


def _decimal_style(table: Table, hard: pl.DataFrame, columns: list[str]) -> Style:
    """How the columns write decimals, told by the cells that are no plain number: a comma never is."""
    commas = pl.concat([hard[name].rename("x") for name in hard.columns]).drop_nulls()
    commas = commas.filter(commas.str.contains(",", literal=True)).str.replace_all(r"[$€£¥\s]", "")
    if commas.is_empty():
        return "point"
    point = commas.str.contains(r"^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?[kmbtKMBT%]?$")
    comma = commas.str.contains(r"^-?\d{1,3}(\.\d{3})*,\d+[kmbtKMBT%]?$|^-?\d+,\d+[kmbtKMBT%]?$")
    if point.all() and comma.all():
        return _style_by_points(table, columns, commas[0])
    return "comma" if comma.sum() > point.sum() else "point"


def _style_by_points(table: Table, columns: list[str], example: str) -> Style:
    """Where every comma could be either, a plain `98.5` elsewhere shows that the point is the decimal sign."""
    if any(
        table.frame[name].cast(pl.String).str.contains(r"^[^,]*\d\.\d{1,2}$|^[^,]*\d\.\d{4,}$").any()
        for name in columns
    ):
        return "point"
    raise table.refuse(
        f"the number {example} may be a thousand or a fraction.",
        "Write the numbers with a decimal point and without grouping.",
    )


def _parquet(member: Member) -> Table:
    import pyarrow as pa  # noqa: PLC0415  # 35 MB that a desk without such a file need not hold
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        meta = pq.ParquetFile(io.BytesIO(member.data)).metadata
        if meta.num_rows * max(1, meta.num_columns) * 8 > LARGEST_BYTES * 4:
            raise UnreadableFile(
                member.path, f"it unpacks to {meta.num_rows:,} rows.", remedy="Split it and import the parts."
            )
        frame = pl.read_parquet(io.BytesIO(member.data))
    except (pa.ArrowException, OSError, pl.exceptions.PolarsError) as error:
        raise UnreadableFile(member.path, "the Parquet file is damaged.", remedy="Download it again.") from error
    header = tuple(frame.columns)
    frame = frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    frame = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    return Table(member.path, member.name, header, frame, pl.DataFrame(schema=STRAY_SCHEMA), unit="row")


def _text(member: Member) -> Table:
    data = _bytes_of_text(member)
    lines = _opening_lines(data)
    bare = Table(member.path, member.name, None, pl.DataFrame(), pl.DataFrame(schema=STRAY_SCHEMA))
    if not lines:
        raise bare.refuse("the file is empty.", "Download it again, or leave it out.")
    separator = _separator([line for _, line in lines])
    skipped, opening = lines[0]
    cells = _cells(opening, separator)
    if len(cells) < 2:
        raise bare.refuse(
            f"this is no table of prices; it begins with {opening[:80]!r}.", "Give a CSV or a Parquet file."
        )
    opening_cells = [_cells(line, separator) for _, line in lines[:3]]
    if three_line_header(opening_cells):
        return _stacked(bare, data, opening_cells, separator, skip=lines[2][0] + 1)
    header = _header(bare, cells)
    names = list(header) if header else [f"c{at}" for at in range(len(cells))]
    frame, strays = _rows(bare, data, names, separator, skip=skipped + (1 if header else 0))
    if header and cells[-1] == "" and frame[header[-1]].null_count() == frame.height:
        header, frame = header[:-1], frame.drop(header[-1])  # every line ends with the separator
    return replace(bare, header=header, frame=frame, strays=strays)


def _stacked(bare: Table, data: bytes, opening: list[list[str]], separator: str, *, skip: int) -> Table:
    names = [f"c{at}" for at in range(len(opening[0]))]
    frame, strays = _rows(bare, data, names, separator, skip=skip)
    long = unstacked(frame, opening, ROW)
    header = tuple(name for name in long.columns if name != ROW)
    return replace(bare, header=header, frame=long, strays=strays, stacked=True)


def _bytes_of_text(member: Member) -> bytes:
    """The text in UTF-8; Excel saves as Windows-1252 (CSV) and as UTF-16 (Unicode text)."""
    if member.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _from_utf_16(member).encode()
    if b"\0" in member.data[:OPENING_BYTES]:
        raise UnreadableFile(member.path, "this is binary data, no table.", remedy="Give a CSV or a Parquet file.")
    data = member.data.removeprefix(b"\xef\xbb\xbf")
    opening = codecs.getincrementaldecoder("utf-8")()
    try:
        opening.decode(data[:OPENING_BYTES])
    except UnicodeDecodeError:
        return _from_windows(member, data).encode()
    return data


def _from_utf_16(member: Member) -> str:
    try:
        return member.data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            member.path,
            f"the text begins as UTF-16 and is none from byte {error.start} on.",
            remedy="Save it as CSV in UTF-8.",
        ) from error


def _from_windows(member: Member, data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            member.path, f"the text is neither UTF-8 nor Windows-1252 (byte {error.start}).", remedy="Save it as UTF-8."
        ) from error


def _opening_lines(data: bytes) -> list[tuple[int, str]]:
    """The first lines that hold something, with the count of lines before each; `#` starts a remark."""
    lines = LINE_END.split(data[:OPENING_BYTES].decode("utf-8", errors="replace"))
    kept = [(at, line) for at, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    return kept[:SAMPLE_LINES]


def _separator(lines: list[str]) -> str:
    """The sign that cuts most lines into the same number of cells, at least two."""

    def agreeing(sign: str) -> int:
        widths = Counter(len(_cells(line, sign)) for line in lines)
        width, count = widths.most_common(1)[0]
        return count if width > 1 else 0

    return max(SEPARATORS, key=agreeing)  # the earlier sign wins a tie


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip() for cell in next(iter(_records([line], separator)), [])]


def _records(lines: Iterable[str], separator: str) -> Records:
    """The cells of each record, however long one is: an unclosed quote swallows the rest of the file."""
    csv.field_size_limit(LARGEST_BYTES)
    return csv.reader(lines, delimiter=separator)


def _header(bare: Table, cells: list[str]) -> tuple[str, ...] | None:
    names_itself = cells[0].lower() in STAMP_NAMES
    if not names_itself and any(re.match(r"^[-+$]?\.?\d[\d.,:/ \-]*$", cell) for cell in cells):
        return None
    twice = [name for name, count in Counter(cells).items() if name and count > 1]
    if twice:
        raise bare.refuse(f"two columns are called {twice[0]!r}.", "Rename or remove one of them.")
    if cells.count("") < 2:
        return tuple(cells)
    return (cells[0], *(name or f"column {at}" for at, name in enumerate(cells[1:], start=2)))


def _rows(
    bare: Table, data: bytes, names: list[str], separator: str, *, skip: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows as text; where Polars sees a ragged row, or one cut short or of several lines, Python reads them."""
    told, idle = _without_idle(data, skip)
    try:
        frame = pl.read_csv(
            told,
            has_header=False,
            skip_lines=skip,
            separator=separator,
            schema=dict.fromkeys(names, pl.String),
            infer_schema=False,
        )
    except pl.exceptions.NoDataError:
        frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    except pl.exceptions.PolarsError:  # it says so in several ways
        return _rows_one_by_one(_decoded(bare, data), names, separator, skip=skip)
    last = data.count(b"\n") + (not data.endswith(b"\n"))
    lines = pl.int_range(skip + 1, last + 1, eager=True)
    lines = lines.filter(~lines.is_in(idle))
    if frame[names[-1]].null_count() or frame.height != lines.len():
        return _rows_one_by_one(_decoded(bare, data), names, separator, skip=skip)
    return frame.with_columns(lines.alias(ROW)), pl.DataFrame(schema=STRAY_SCHEMA)


def _without_idle(data: bytes, skip: int) -> tuple[bytes, list[int]]:
    """`data` without the remarks and blank lines below its first `skip` lines, and the numbers of these."""
    kept, numbers_of_idle = list[memoryview](), list[int]()
    line, counted, begun = 1, 0, 0
    for idle in IDLE.finditer(data):
        line += data.count(b"\n", counted, idle.start() + 1)
        counted = idle.start() + 1
        if line > skip:
            kept.append(memoryview(data)[begun : idle.start()])
            numbers_of_idle.append(line)
            begun = idle.end()
    return b"".join([*kept, memoryview(data)[begun:]]) if kept else data, numbers_of_idle


def _decoded(bare: Table, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bare.refuse(
            f"the text begins as UTF-8 and is none from byte {error.start} on.", "Save it as CSV in UTF-8."
        ) from error


def _rows_one_by_one(text: str, names: list[str], separator: str, *, skip: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    lines = [
        (at, line)
        for at, line in enumerate(LINE_END.split(text)[skip:], skip + 1)
        if line.strip() and not line.startswith("#")
    ]
    kept: list[list[str | None]] = []
    strays: list[tuple[int, str, str]] = []
    records = _records((line for _, line in lines), separator)
    begun = 0
    for cells in records:
        row, begun = lines[begun][0], records.line_num
        if len(cells) == len(names):
            kept.append([*(cell.strip() or None for cell in cells), str(row)])
        else:
            written = json.dumps(dict(zip(names, cells, strict=False)), ensure_ascii=False)
            strays.append((row, written[:LONGEST_STRAY], f"{len(cells)} cells where the file has {len(names)} columns"))
    frame = pl.DataFrame(kept, schema=dict.fromkeys([*names, ROW], pl.String), orient="row")
    return frame.with_columns(pl.col(ROW).cast(pl.Int64)), pl.DataFrame(strays, schema=STRAY_SCHEMA, orient="row")
