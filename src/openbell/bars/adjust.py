"""Bars across splits and dividends: from the raw scale to those that can be compared over time, and back.

An action changes what came before its ex date. Split scale: earlier prices are divided, and volumes multiplied, by the
ratio of each later split; a spin-off divides prices only, since the number of shares did not change. Total scale: also
times 1 − D/C for each later dividend D, with C the last close before its ex date (CRSP's factor to adjust prices,
which Yahoo's adjusted close follows: https://help.yahoo.com/kb/SLN28256.html).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from openbell.model.errors import InvalidInput
from openbell.model.frames import Scale
from openbell.model.interval import Interval

PRICES = ("open", "high", "low", "close")


def adjusted(
    bars: pl.DataFrame,
    actions: pl.DataFrame,
    to: Scale,
    *,
    zone: str | None = None,
    closes: pl.DataFrame | None = None,
    as_of: date | None = None,
) -> pl.DataFrame:
    """Raw BARS on the scale `to`, in the order given; rows already on that scale stay as they are.

    `actions`: those of the bars' symbols, amounts as paid; the same one from two sources counts once. Those after
    `as_of` have not happened yet. `zone`: the exchange's, to tell the trade date of intraday bars. `closes`: raw daily
    BARS up to the last dividend, where `bars` are not that themselves. A dividend that is not below the close before it
    changes nothing (`impossible` tells which). Raises InvalidInput where the bars cannot be put on that scale, and
    ValueError for an action without a positive ratio or amount.
    """
    if bars["scale"].is_in([to]).all():
        return bars
    _refuse_other_scales(bars, "raw", to)
    happened = _happened(actions, as_of)
    dated = _dated(bars, zone, happened)
    ratios = _ratios(happened)
    factors = ratios
    if to == "total":
        closing = bars if closes is None else closes
        dividends = _dividends(happened, ratios, _dated(closing, zone, happened))
        factors = pl.concat([ratios, dividends.filter(pl.col("price") > 0).select(ratios.columns)])
    return _scaled(dated, factors, of="raw", to=to)


def impossible(actions: pl.DataFrame, closes: pl.DataFrame) -> pl.DataFrame:
    """The days' dividends that are not below the close before them (symbol, ex_date, amount, close).

    Earlier prices times their factor would be zero or negative, so `adjusted` passes over them. `closes`: raw daily
    BARS.
    """
    happened = _happened(actions, None)
    found = _dividends(happened, _ratios(happened), _dated(closes, None, happened))
    return found.filter(pl.col("price") <= 0).select("symbol", "ex_date", "amount", "close").sort("symbol", "ex_date")


def unadjusted(bars: pl.DataFrame, actions: pl.DataFrame, as_of: date, *, zone: str | None = None) -> pl.DataFrame:
    """Raw BARS from bars on the split scale as it was on `as_of`: splits after it had not been applied.

    Rows that are raw already stay as they are. Raises as `adjusted` does.
    """
    if bars["scale"].is_in(["raw"]).all():
        return bars
    _refuse_other_scales(bars, "split", "raw")
    happened = _happened(actions, as_of)
    inverse = _ratios(happened).with_columns(pl.col("price", "volume").pow(-1))
    return _scaled(_dated(bars, zone, happened), inverse, of="split", to="raw")


def _refuse_other_scales(bars: pl.DataFrame, of: Scale, to: Scale) -> None:
    other = bars.filter(~pl.col("scale").is_in([of, to]))
    if not other.is_empty():
        symbol, scale, source = other.select("symbol", "scale", "source").row(0)
        raise InvalidInput(
            "adjust",
            f"The bars of {symbol} from {source} are on the {scale} scale and cannot be put on the {to} scale.",
            remedy=f"Ask for {scale}, or load prices as traded.",
        )


def _happened(actions: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """The actions up to `as_of`, checked, each once: two sources may differ from the fourth digit on."""
    past = actions if as_of is None else actions.filter(pl.col("ex_date") <= as_of)
    value = pl.when(pl.col("kind") == "dividend").then("amount").otherwise("ratio")
    valued = past.with_columns(value=value.fill_nan(None))
    wrong = valued.filter((pl.col("value") > 0).not_().fill_null(value=True))
    if not wrong.is_empty():
        symbol, day, kind, found = wrong.select("symbol", "ex_date", "kind", "value").row(0)
        raise ValueError(f"the {kind} of {symbol} on {day} has no positive value: {found}")
    return (
        valued.with_columns(rounded=pl.col("value").round_sig_figs(4))
        .unique(["symbol", "ex_date", "kind", "rounded"], keep="first", maintain_order=True)
        .select("symbol", "ex_date", "kind", "value")
    )


def _dated(bars: pl.DataFrame, zone: str | None, happened: pl.DataFrame) -> pl.DataFrame:
    """`bars` with `trade_date`; InvalidInput for bars that may lie on both sides of an ex date."""
    intervals = [Interval.parse(name) for name in bars["interval"].unique()]
    longer = next((each for each in intervals if not each.intraday and str(each) != "1d"), None)
    if longer is not None and not happened.is_empty():
        raise InvalidInput(
            "adjust",
            f"A bar of {longer} may hold prices on both sides of an ex date.",
            remedy="Adjust days, then resample.",
        )
    if zone is None and any(each.intraday for each in intervals) and not happened.is_empty():
        raise ValueError("the trade date of intraday bars depends on the exchange's zone")
    day = pl.col("ts").dt.date()
    if zone is None:
        return bars.with_columns(trade_date=day)
    local = pl.col("ts").dt.convert_time_zone(zone).dt.date()
    return bars.with_columns(trade_date=pl.when(pl.col("interval").str.ends_with("d")).then(day).otherwise(local))


def _ratios(happened: pl.DataFrame) -> pl.DataFrame:
    """What each split and spin-off does to earlier bars: factors of price and volume by symbol and ex date."""
    split = pl.col("kind") == "split"
    return happened.filter(pl.col("kind").is_in(["split", "spinoff"])).select(
        "symbol", "ex_date", price=1 / pl.col("value"), volume=pl.when(split).then("value").otherwise(1.0)
    )


def _dividends(happened: pl.DataFrame, ratios: pl.DataFrame, closing: pl.DataFrame) -> pl.DataFrame:
    """What each day's dividends do to earlier bars: factors, and the `amount` and the `close` before that make them.

    These are compared on the split scale: between the close and the ex date, a split may have changed what a share
    is. A dividend without an earlier close has no earlier bar to change.
    """
    paid = happened.filter(pl.col("kind") == "dividend").group_by("symbol", "ex_date").agg(pl.col("value").sum())
    raw = closing.filter(pl.col("scale") == "raw", pl.col("close").is_not_null()).sort("ts")
    found = (
        paid.sort("ex_date")
        .join_asof(
            raw.select("symbol", "trade_date", "close"),
            left_on="ex_date",
            right_on="trade_date",
            by="symbol",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .drop_nulls("close")
    )
    amount = found["value"] * _product(found.select("symbol", date="ex_date"), ratios)["price"]
    close = found["close"] * _product(found.select("symbol", date="trade_date"), ratios)["price"]
    return found.select(
        "symbol", "ex_date", price=1 - amount / close, volume=pl.lit(1.0), amount="value", close="close"
    )


def _scaled(dated: pl.DataFrame, factors: pl.DataFrame, *, of: Scale, to: Scale) -> pl.DataFrame:
    product = _product(dated.select("symbol", date="trade_date"), factors)
    moved = pl.col("scale") == of
    return dated.with_columns(
        *(pl.when(moved).then(pl.col(name) * product["price"]).otherwise(name).alias(name) for name in PRICES),
        volume=pl.when(moved).then(pl.col("volume") * product["volume"]).otherwise("volume"),
        scale=pl.lit(to),
    ).drop("trade_date")


def _product(rows: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """For each row (symbol, date) the products `price` and `volume` of the factors whose ex date is later."""
    products = factors.sort("symbol", "ex_date", descending=[False, True]).select(
        "symbol", "ex_date", pl.col("price", "volume").cum_prod().over("symbol")
    )
    later = products.unique(["symbol", "ex_date"], keep="last").sort("ex_date")
    return (
        rows.with_row_index("row")
        .sort("date")
        .join_asof(
            later,
            left_on="date",
            right_on="ex_date",
            by="symbol",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .sort("row")
        .select(pl.col("price", "volume").fill_null(1.0))
    )
