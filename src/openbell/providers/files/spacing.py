"""The interval of bars, from the distances between their stamps; labels of weeks and months."""

from __future__ import annotations

import math

import polars as pl

from openbell.model.errors import InvalidInput, Undecided
from openbell.model.interval import DAY, Interval
from openbell.model.words import counted
from openbell.providers.files.table import Table

SAMPLE_ROWS = 20_000
MINUTE_US = 60_000_000
DAY_US = 86_400_000_000
MOSTLY = 0.9
WEEKEND_DAYS = 4
"""From Friday to Tuesday: two dates that lie further apart may be of bars of any length."""
PERIODS = (("1d", 1, 5), ("1w", 6, 8), ("1mo", 28, 31), ("1q", 89, 92), ("1y", 364, 366))


def interval_of(table: Table, rows: pl.DataFrame, *, dates: bool) -> tuple[Interval, str]:
    """The interval of `rows` (symbol, ts) and why; raises Undecided where the distances do not prove one."""
    spaced = _gaps(rows)
    gaps = spaced["gap"]
    if dates:
        return _of_dates(table, gaps, alone=spaced.unique().height == 1)
    if gaps.is_empty():
        raise _undecided(table, "one bar a symbol says nothing of its length.")
    common = _mode(gaps)
    divisor = math.gcd(*gaps.unique().to_list())
    share = (gaps == common).sum() / gaps.len()
    if common >= DAY_US or common % 1_000_000 or (divisor != common and share < MOSTLY):
        raise _undecided(
            table, f"the stamps lie {_minutes(divisor)} to {_minutes(common)} apart, without a common step."
        )
    interval = Interval.parse(f"{common // MINUTE_US}m" if common % MINUTE_US == 0 else f"{common // 1_000_000}s")
    return interval, f"interval {interval}: the stamps lie that far apart ({share:.0%} of them)"


def labelled(values: pl.Expr, interval: Interval) -> pl.Expr:
    """Dates as the labels of `interval`: the first calendar day of the week, month, quarter or year."""
    if interval.unit == "d":
        return values
    return values.dt.truncate(str(interval))


def check_interval(interval: Interval, *, dates: bool, rows: pl.DataFrame) -> None:
    """Refuse an interval that contradicts the stamps; raises InvalidInput."""
    if interval.intraday and dates:
        raise InvalidInput(
            "interval", f"The file holds dates without times: no {interval} bars.", remedy="Leave it out."
        )
    if interval.intraday or dates:
        return
    days = rows.select("symbol", pl.col("ts").dt.date())
    if days.is_duplicated().any():
        raise InvalidInput(
            "interval", f"The file holds several bars a day: no {interval} bars.", remedy="Leave it out."
        )


def _gaps(rows: pl.DataFrame) -> pl.DataFrame:
    """The stamps that follow another of their symbol, and how many microseconds later they are."""
    sample = rows.head(SAMPLE_ROWS).drop_nulls("ts").unique(["symbol", "ts"]).sort("symbol", "ts")
    return sample.select("ts", gap=pl.col("ts").diff().over("symbol").dt.total_microseconds()).drop_nulls("gap")


def _of_dates(table: Table, gaps: pl.Series, *, alone: bool) -> tuple[Interval, str]:
    """The interval of dates; `alone`: there are two in all, whose distance may be chance."""
    if gaps.is_empty():
        return DAY, "interval 1d: dates without times"
    middle = gaps.sort()[gaps.len() // 2] / DAY_US
    if alone and middle > WEEKEND_DAYS:
        raise _undecided(table, f"two dates alone, {counted(int(middle), 'day')} apart, do not tell it.", example="1d")
    for text, least, most in PERIODS:
        if least <= middle <= most:
            return Interval.parse(text), f"interval {text}: the dates lie that far apart"
    nearest = gaps.sort()[0] / DAY_US
    if nearest <= PERIODS[0][2]:
        return DAY, f"interval 1d: dates lie as near as {counted(int(nearest), 'day')}"
    raise _undecided(table, f"the dates lie {middle:g} days apart.", example="1d")


def _mode(gaps: pl.Series) -> int:
    counted = gaps.value_counts(sort=True, name="n")
    most = counted.filter(pl.col("n") == pl.col("n").max())
    return int(most["gap"].sort()[0])


def _minutes(micros: int) -> str:
    return f"{micros / MINUTE_US:g} minutes"


def _undecided(table: Table, why: str, *, example: str = "1m") -> Undecided:
    return Undecided(
        table.path,
        f"the interval is not clear: {why}",
        option="--interval",
        remedy=f"Say which with --interval, such as --interval {example}.",
    )
