"""Dates and times as vendors write them -> naive or UTC instants. The column itself proves its format, or we ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

import polars as pl

from openbell.model.errors import Undecided
from openbell.providers.files.table import ROW, Table

Kind = Literal["date", "naive", "instant"]
DateOrder = Literal["dmy", "mdy", "ymd"]
"""The order of day, month and year in a date."""

NAIVE = pl.Datetime("us")
SAMPLE = 400

TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
OFFSET = r"(?:Z|(?:GMT|UTC)|(?:GMT|UTC)?[+-]\d{2}:?\d{2})"
OFFSET_AT_END = rf"(?i){TIME} ?({OFFSET})$"
CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S%.f", "%I:%M %p", "%I:%M:%S %p", "%H%M%S", "%H%M", "%H:%M:%S:%3f")
EPOCH = r"\d{9,10}|\d{13}|\d{16}|\d{19}"
EPOCHS = {10: ("seconds", 1e6), 13: ("milliseconds", 1e3), 16: ("microseconds", 1.0), 19: ("nanoseconds", 1e-3)}
"""By the most digits, the unit since 1970 and the microseconds in it; nine digits of seconds end in 2001."""
MONTHS = {
    r"\d{1,2}-[A-Za-z]{3}-\d{4}": "%d-%b-%Y",
    r"\d{1,2} [A-Za-z]{3} \d{4}": "%d %b %Y",
    r"[A-Za-z]{3} \d{1,2}, \d{4}": "%b %d, %Y",
    r"[A-Za-z]{4,9} \d{1,2}, \d{4}": "%B %d, %Y",
    r"[A-Za-z]{3} \d{1,2} \d{4}": "%b %d %Y",
}
ISO_REMEDY = "Write the dates as YYYY-MM-DD."
ORDERED = {"dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y", "ymd": "%Y{0}%m{0}%d"}
DAY_OR_MONTH_FIRST: tuple[DateOrder, ...] = ("dmy", "mdy")
SPOKEN = {"d": "day", "m": "month", "y": "year"}


@dataclass(frozen=True, slots=True)
class Stamps:
    """The column read: `date` labels, `naive` local times or `instant`s in UTC; null where a cell is unreadable."""

    values: pl.Series
    kind: Kind
    notes: tuple[str, ...] = ()
    local: pl.Series | None = None
    """Instants as they stand in the stamps' own offsets; None where these say nothing, being UTC's."""


def stamps_of(table: Table, column: pl.Series, now: datetime, order: DateOrder | None = None) -> Stamps:
    """The stamps in `column`, their dates in that `order` where it is known.

    Raises UnreadableFile where the column is in no known format, or in two at once, and Undecided where the order of
    day and month may be either.
    """
    if column.dtype == pl.Date:
        return Stamps(column.cast(NAIVE), "date")
    if isinstance(column.dtype, pl.Datetime):
        return _typed(column)
    text = column.cast(pl.String)
    if any(cell != cell.strip() for cell in _sample(text)):
        text = text.str.strip_chars()
    sample = _sample(text)
    if not sample:
        raise table.refuse(f"the column {column.name!r} holds no date.")
    if all(re.fullmatch(EPOCH, cell) for cell in sample):
        return _epoch(text, max(map(len, sample)))
    if any(re.search(OFFSET_AT_END, cell) for cell in sample):
        return _offset(table, text, now, order)
    local, notes = _local(table, text, now, order)
    _refuse_mixed(table, text, local.is_null())
    return Stamps(local, "date" if all_midnight(local) else "naive", notes)


def _typed(column: pl.Series) -> Stamps:
    zone = column.dtype.time_zone if isinstance(column.dtype, pl.Datetime) else None
    local = column.dt.replace_time_zone(None).cast(NAIVE)
    if all_midnight(local):
        return Stamps(local, "date")
    if zone is None:
        return Stamps(local, "naive")
    return _instants(column.dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(NAIVE), local=local)


def _epoch(text: pl.Series, digits: int) -> Stamps:
    units = text.cast(pl.Int64, strict=False)
    unit, scale = EPOCHS[max(digits, 10)]
    values = (units * int(scale) if scale >= 1 else units // round(1 / scale)).cast(NAIVE)
    note = f"stamps are {unit} since 1970, UTC"
    if all_midnight(values):
        return Stamps(values, "date", (note,))
    return _instants(values, note)


def _offset(table: Table, text: pl.Series, now: datetime, order: DateOrder | None) -> Stamps:
    """Stamps that carry their offset; a column may mix several (daylight saving), but not offsets with none."""
    common = re.search(OFFSET_AT_END, _sample(text)[0])
    if common and (text.is_null() | text.str.ends_with(common[1])).all():
        between = " " if _sample(text)[0].endswith(f" {common[1]}") else ""
        bare = text.str.strip_suffix(between + common[1])
        local, notes = _local(table, bare, now, order)
        return _shifted(local, pl.lit(_offset_s(common[1])), notes)
    written = text.alias("text").to_frame()
    offsets = written.select(pl.col("text").str.extract(OFFSET_AT_END))["text"]
    bare = written.select(pl.col("text").str.replace(rf"(?i) ?{OFFSET}$", ""))["text"]
    _refuse_mixed(table, text, offsets.is_null() & text.is_not_null())
    known = {offset: _offset_s(offset) for offset in offsets.drop_nulls().unique().to_list()}
    seconds = offsets.replace_strict(known, return_dtype=pl.Int64, default=None)
    local, notes = _local(table, bare, now, order)
    return _shifted(local, pl.lit(seconds), notes)


def _shifted(local: pl.Series, offset_s: pl.Expr, notes: tuple[str, ...]) -> Stamps:
    """Local stamps less their offsets; where each is a midnight, the dates as they stand."""
    if all_midnight(local):
        return Stamps(local, "date", (*notes, "dates are the exchange's own, whatever the offset"))
    frame = local.alias("local").to_frame()
    return _instants(frame.select(pl.col("local") - pl.duration(seconds=offset_s))["local"], *notes, local=local)


def _instants(values: pl.Series, *notes: str, local: pl.Series | None = None) -> Stamps:
    """UTC instants, or dates where each is a midnight in New York (as vendors stamp daily bars in UTC)."""
    if all_midnight(_new_york(values.drop_nulls().head(1))):  # most columns are told by their first stamp
        days = _new_york(values)
        if all_midnight(days):
            return Stamps(days, "date", (*notes, "each stamp is midnight in New York: dates"))
    own = local if local is not None and not local.equals(values) else None
    return Stamps(values, "instant", notes, own)


def _new_york(values: pl.Series) -> pl.Series:
    return values.dt.replace_time_zone("UTC").dt.convert_time_zone("America/New_York").dt.replace_time_zone(None)


def _offset_s(offset: str) -> int:
    found = re.search(r"([+-])(\d{2}):?(\d{2})", offset)
    if found is None:
        return 0
    return (1 if found[1] == "+" else -1) * (int(found[2]) * 3600 + int(found[3]) * 60)


def _refuse_mixed(table: Table, text: pl.Series, odd: pl.Series) -> None:
    """Where some stamps carry an offset and others do not, no single zone is right for both."""
    written = pl.DataFrame({"text": text, "row": table.frame[ROW]})
    with_offset = written.filter(pl.col("text").str.contains(OFFSET_AT_END))
    without = written.filter(odd & pl.col("text").str.contains(rf"{TIME}$"))
    if with_offset.is_empty() or without.is_empty():
        return
    first, second = with_offset.row(0, named=True), without.row(0, named=True)
    raise table.refuse(
        f"mixed time zones: {table.unit} {first['row']} says {first['text']!r}, "
        f"{table.unit} {second['row']} says {second['text']!r}.",
        "Give every stamp an offset, or none.",
    )


def _local(table: Table, text: pl.Series, now: datetime, order: DateOrder | None) -> tuple[pl.Series, tuple[str, ...]]:
    """Naive date-times, and what was decided; the first format that reads most of the sample, else its siblings."""
    sample = pl.Series("sample", _sample(text))
    dates, notes = _date_format(table, text, str(sample[0]), now, order)
    formats = [dates, *(f"{dates}{between}{clock}" for between in (" ", "T") for clock in CLOCKS)]
    scored = sorted(formats, key=lambda form: _reads(sample, form), reverse=True)
    if not _reads(sample, scored[0]):
        raise table.refuse(f"no date format fits {sample[0]!r}.", ISO_REMEDY)
    values = text.str.to_datetime(scored[0], time_unit="us", strict=False)
    if values.null_count() > text.null_count():
        text = text.str.strip_chars()
    for sibling in scored:
        if values.null_count() == text.null_count():
            break
        values = values.fill_null(text.str.to_datetime(sibling, time_unit="us", strict=False))
    return values, notes


def _reads(sample: pl.Series, form: str) -> int:
    return sample.len() - sample.str.to_datetime(form, time_unit="us", strict=False).null_count()


def _date_format(
    table: Table, text: pl.Series, example: str, now: datetime, order: DateOrder | None
) -> tuple[str, tuple[str, ...]]:
    """The chrono format of the date part, as the `example` writes it and the column proves it, and what was decided."""
    if re.match(r"\d{1,2}([-/.])\d{1,2}\1\d{4}", example):
        return _day_or_month_first(table, text, example, now, order)
    if order is not None and (found := re.match(r"\d{1,2}([-/.])\d{1,2}\1\d{2}(?!\d)", example)):
        return ORDERED[order].format(found[1]).replace("%Y", "%y"), (f"dates are {_spoken(order, found[1])}, as told",)
    return _plain_format(table, example), ()


def _plain_format(table: Table, example: str) -> str:
    if re.match(r"\d{4}([-/.])\d{1,2}\1\d{1,2}", example):
        sign = example[4]
        return f"%Y{sign}%m{sign}%d"
    if re.match(r"(1[89]|20)\d{6}(?!\d)", example):
        return "%Y%m%d"
    if re.fullmatch(r"\d{4}-\d{2}", example):
        return "%Y-%m"
    for pattern, form in MONTHS.items():
        if re.match(pattern + r"\b", example):
            return form
    if re.match(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?!\d)", example):
        raise Undecided(
            table.path,
            f"the year in {example!r} has two digits, and may stand on either side.",
            option="--dates",
            remedy="Say which with --dates dmy, --dates mdy or --dates ymd.",
        )
    if re.match(r"\d{1,2}[-/.][A-Za-z]{3}[-/.]\d{2}(?!\d)", example):
        raise table.refuse(f"the year in {example!r} has two digits.", ISO_REMEDY)
    raise table.refuse(f"no date format fits {example!r}.", ISO_REMEDY)


def _day_or_month_first(
    table: Table, text: pl.Series, example: str, now: datetime, order: DateOrder | None
) -> tuple[str, tuple[str, ...]]:
    """d/m/Y or m/d/Y, as far as the calendar, the weekdays or the order of the rows prove one of them."""
    sign = next(sign for sign in "/-." if sign in example)
    if order is not None:
        return ORDERED[order].format(sign), (f"dates are {_spoken(order, sign)}",)
    days = text.str.extract(r"^(\d{1,2}[-/.]\d{1,2}[-/.]\d{4})").drop_nulls()
    read = {order: days.str.to_date(ORDERED[order].format(sign), strict=False) for order in DAY_OR_MONTH_FIRST}
    for holds, why in (
        (_mostly_dates, "the other way some are no dates"),
        (lambda dates: _not_ahead(dates, now.date()), "the other way some are in the future"),
        (_on_weekdays, "the other way some are on a weekend"),
        (_in_order, "the other way they are out of order"),
    ):
        fitting = {order: dates for order, dates in read.items() if holds(dates)}
        if len(fitting) == 1:
            decided = next(iter(fitting))
            return ORDERED[decided].format(sign), (f"dates are {_spoken(decided, sign)}: {why}",)
        read = fitting or read
    if sign == ".":
        return ORDERED["dmy"].format(sign), ("dates are day.month.year, as where points are written",)
    raise Undecided(
        table.path,
        f"{example!r} may be day/month or month/day, and nothing in the column decides.",
        option="--dates",
        remedy="Say which with --dates dmy or --dates mdy.",
    )


def _spoken(order: DateOrder, sign: str) -> str:
    return sign.join(SPOKEN[letter] for letter in order)


def _mostly_dates(dates: pl.Series) -> bool:
    """A few cells may be nonsense and become rejects; a wrong order fails from the 13th of each month on."""
    return dates.null_count() < max(1, dates.len() * 0.1)


def _not_ahead(dates: pl.Series, today: date) -> bool:
    return bool((dates.drop_nulls() <= today).all())


def _on_weekdays(dates: pl.Series) -> bool:
    return bool((dates.drop_nulls().dt.weekday() <= 5).all())


def _in_order(dates: pl.Series) -> bool:
    known = dates.drop_nulls()
    return known.is_sorted() or known.is_sorted(descending=True)


def all_midnight(values: pl.Series) -> bool:
    """Whether each stamp that is known is a midnight."""
    known = values.drop_nulls()
    if known.is_empty() or known[0].time() != time():  # most columns are told by their first stamp
        return False
    return bool((known.dt.truncate("1d") == known).all())


def _sample(text: pl.Series) -> list[str]:
    written = text.drop_nulls()
    ends = pl.concat([written.head(SAMPLE // 2), written.tail(SAMPLE // 2)])
    return [cell for cell in ends.to_list() if cell]
