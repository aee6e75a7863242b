"""Yahoo's prices are on the scale of today's shares; the lake's are as they traded. This is the way back."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from openbell.model.frames import ACTIONS, conform
from openbell.providers.events import kind_of_factor
from openbell.providers.yahoo.wire import NAME, Chart

PRICES = ("open", "high", "low", "close")


def table_of(chart: Chart) -> pl.DataFrame:
    """A chart's rows that have a price, oldest first: `ts`, `trade_date`, prices and volume, as Yahoo scales them."""
    columns = chart.indicators.quote[0] if chart.timestamp and chart.indicators.quote else None
    values = {name: getattr(columns, name) if columns else [] for name in (*PRICES, "volume")}
    schema = {"ts": pl.Int64, **dict.fromkeys((*PRICES, "volume"), pl.Float64)}
    frame = pl.DataFrame({"ts": chart.timestamp, **values}, schema=schema)
    instant = pl.from_epoch("ts", time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    local = instant.dt.convert_time_zone(chart.meta.exchange_timezone_name)
    return (
        frame.filter(pl.any_horizontal(pl.col(PRICES).is_not_null()))  # holidays and holes are rows of nulls
        .with_columns(instant.alias("ts"), local.dt.date().alias("trade_date"), pl.col(PRICES).pipe(_shortest))
        .unique("ts", keep="last")
        .sort("ts")
    )


def _shortest(price: pl.Expr) -> pl.Expr:
    """Yahoo widens float32 to float64 (75.0875015258789); this is the shortest decimal that means the same float32."""
    narrow = price.cast(pl.Float32)
    shortest = narrow.cast(pl.String).cast(pl.Float64)
    return pl.when(narrow.cast(pl.Float64) == price).then(shortest).otherwise(price)


def actions_of(chart: Chart) -> pl.DataFrame:
    """ACTIONS in a chart that reaches until today, dividends as they were paid, oldest first."""
    meta, events = chart.meta, chart.events
    splits = [(_local_date(each.date, meta.exchange_timezone_name), each) for each in events.splits.values()]
    factors = [
        (day, each.numerator / each.denominator) for day, each in splits if each.numerator > 0 < each.denominator
    ]
    rows: list[dict[str, object]] = [
        {"ex_date": day, "kind": kind, "ratio": factor if kind == "split" else 1 / factor}
        for day, factor in factors
        for kind in (kind_of_factor(factor),)
    ]
    for paid in (*events.dividends.values(), *events.capital_gains.values()):
        day = _local_date(paid.date, meta.exchange_timezone_name)
        later = math.prod(factor for at, factor in factors if at > day)
        amount = float(f"{paid.amount * later:.7g}")
        rows.append({"ex_date": day, "kind": "dividend", "amount": amount, "currency": meta.currency})
    frame = pl.DataFrame(
        rows, schema={name: ACTIONS[name] for name in ("ex_date", "kind", "ratio", "amount", "currency")}
    )
    named = frame.with_columns(symbol=pl.lit(meta.symbol), source=pl.lit(NAME))
    return conform(named.sort("ex_date", "kind", "amount"), ACTIONS)


def raw(table: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """`table` as it traded: prices times, volume over, the product of the factors whose ex date is later.

    Yahoo scales by spin-offs as by splits. Where there was a factor, prices are rounded to the seven digits it sends.
    """
    factor = pl.when(kind="split").then("ratio").otherwise(1 / pl.col("ratio"))
    steps = actions.filter(pl.col("kind") != "dividend").select("ex_date", factor.alias("factor")).sort("ex_date")
    steps = steps.group_by("ex_date", maintain_order=True).agg(pl.col("factor").product())
    later = steps.with_columns(later=pl.col("factor").cum_prod(reverse=True)).select("ex_date", "later")
    joined = table.sort("trade_date", "ts").join_asof(
        later, left_on="trade_date", right_on="ex_date", strategy="forward", allow_exact_matches=False
    )
    scaled = (pl.col(PRICES) * pl.col("later")).round_sig_figs(7)
    return joined.with_columns(
        pl.when(pl.col("later").is_null()).then(pl.col(PRICES)).otherwise(scaled),
        (pl.col("volume") / pl.col("later").fill_null(1.0)).round(),
    ).drop("later", "ex_date")


def _local_date(seconds: int, zone: str) -> date:
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).date()
