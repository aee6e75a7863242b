"""Yahoo's prices are on the scale of today's shares; the lake's are as they traded. This is the way back."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from openbell.model.errors import BadResponse
from openbell.model.factors import kind_of_factor
from openbell.model.frames import ACTIONS, conform
from openbell.providers.events import paid_on, priced_or_null
from openbell.providers.yahoo.wire import NAME, Chart, Columns, Dividend, Events, Meta

PRICES = ("open", "high", "low", "close")
FLOAT32_ERROR = 2.0**-23
"""The share by which a price may be off: half a step of float32 as Yahoo sends it, half a step as it is narrowed."""


def table_of(chart: Chart) -> pl.DataFrame:
    """A chart's rows that have a price, oldest first: `ts`, `trade_date`, prices and volume, as Yahoo scales them."""
    stamps = chart.timestamp or []
    columns = chart.indicators.quote[0] if stamps and chart.indicators.quote else Columns()
    values = {name: getattr(columns, name) or [None] * len(stamps) for name in (*PRICES, "volume")}
    if any(len(column) != len(stamps) for column in values.values()):
        raise BadResponse(NAME, f"the columns of its chart of {chart.meta.symbol} differ in length.")
    schema = {"ts": pl.Int64, **dict.fromkeys((*PRICES, "volume"), pl.Float64)}
    frame = pl.DataFrame({"ts": stamps, **values}, schema=schema)
    instant = pl.from_epoch("ts", time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    local = instant.dt.convert_time_zone(zone_of(chart.meta).key)
    return (
        frame.with_columns(priced_or_null(name) for name in PRICES[:3])
        .filter(pl.any_horizontal(pl.col(PRICES).is_not_null()))  # holidays and holes are rows of nulls
        .with_columns(instant.alias("ts"), local.dt.date().alias("trade_date"), pl.col(PRICES).pipe(shortest))
        .unique("ts", keep="last")
        .sort("ts")
    )


def shortest(price: pl.Expr) -> pl.Expr:
    """Yahoo widens float32 to float64 (75.0875015258789); this is the shortest decimal that means the same float32."""
    narrow = price.cast(pl.Float32)
    shortest = narrow.cast(pl.String).cast(pl.Float64)
    return pl.when(narrow.cast(pl.Float64) == price).then(shortest).otherwise(price)


def actions_of(chart: Chart) -> pl.DataFrame:
    """ACTIONS in a chart of days that reaches until today, dividends as they were paid, oldest first.

    What was paid on one day is one dividend; a fund's capital gains are counted once (`paid_on`).
    """
    zone, events = zone_of(chart.meta), chart.events or Events()
    splits = [(_local_date(each.date, zone), each) for each in events.splits.values()]
    factors = [
        (day, each.numerator / each.denominator) for day, each in splits if each.numerator > 0 < each.denominator
    ]
    rows: list[dict[str, object]] = [
        {"ex_date": day, "kind": kind_of_factor(factor), "ratio": factor} for day, factor in factors
    ]
    for day, paid in _paid(chart, events, zone).items():
        later = math.prod(factor for at, factor in factors if at > day)
        amount = float(f"{paid * later:.7g}")
        rows.append({"ex_date": day, "kind": "dividend", "amount": amount, "currency": chart.meta.currency})
    frame = pl.DataFrame(
        rows, schema={name: ACTIONS[name] for name in ("ex_date", "kind", "ratio", "amount", "currency")}
    )
    named = frame.with_columns(symbol=pl.lit(chart.meta.symbol), source=pl.lit(NAME))
    return conform(named.sort("ex_date", "kind", "amount"), ACTIONS)


def _paid(chart: Chart, events: Events, zone: ZoneInfo) -> Mapping[date, float]:
    """By ex date, all that was paid a share, on the scale of today's shares."""
    dividends, gains = _by_day(events.dividends.values(), zone), _by_day(events.capital_gains.values(), zone)
    falls = _falls(chart) if gains else {}
    days = sorted(dividends.keys() | gains.keys())
    return {day: paid_on(dividends.get(day, 0.0), gains.get(day, 0.0), falls.get(day)) for day in days}


def _by_day(paid: Iterable[Dividend], zone: ZoneInfo) -> Mapping[date, float]:
    amounts: defaultdict[date, float] = defaultdict(float)
    for each in paid:
        amounts[_local_date(each.date, zone)] += each.amount
    return amounts


def _falls(chart: Chart) -> Mapping[date, float]:
    """By trade date, how far the close fell since the close before."""
    closes = table_of(chart).drop_nulls("close")
    falls = closes.select("trade_date", fall=pl.col("close").shift() - pl.col("close")).drop_nulls()
    return dict(falls.iter_rows())


def raw(table: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """`table` as it traded: prices times, volume over, the product of the factors whose ex date is later.

    Yahoo scales by spin-offs as by splits.
    """
    ratios = actions.filter(pl.col("kind") != "dividend").sort("ex_date")
    steps = ratios.group_by("ex_date", maintain_order=True).agg(pl.col("ratio").product())
    later = steps.select("ex_date", later=pl.col("ratio").cum_prod(reverse=True))
    joined = table.sort("trade_date", "ts").join_asof(
        later, left_on="trade_date", right_on="ex_date", strategy="forward", allow_exact_matches=False
    )
    return joined.with_columns(
        *(pl.coalesce(_meant(pl.col(name) * pl.col("later")), name) for name in PRICES),
        (pl.col("volume") / pl.col("later").fill_null(1.0)).round(),
    ).drop("later", "ex_date")


def _meant(price: pl.Expr) -> pl.Expr:
    """The shortest decimal that a product of a float32 and a ratio can have meant: 645.57, not 645.5700182."""
    shorter = [price.round_sig_figs(digits) for digits in range(2, 8)]
    close = (pl.when((each - price).abs() <= FLOAT32_ERROR * price).then(each) for each in shorter)
    return pl.coalesce(*close, shorter[-1])


def zone_of(meta: Meta) -> ZoneInfo:
    """The zone of the instrument's exchange; raises BadResponse for one that this machine does not know."""
    try:
        return ZoneInfo(meta.exchange_timezone_name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        what = f"{meta.symbol} is in a time zone that is not known here: {meta.exchange_timezone_name!r}."
        raise BadResponse(NAME, what, remedy="Install the package `tzdata`.") from error


def _local_date(seconds: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(seconds, zone).date()
