"""A rule tested against history: the same watch, told bars as the fewest prices that could have made them."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import polars as pl

from openbell.alerts.background import Background
from openbell.alerts.rules import Firing, Moves, OfClock, OfDays, Rule, Spread, Symbol, VolumeSpike
from openbell.alerts.watch import Members, Watch
from openbell.model.errors import InvalidInput
from openbell.model.frames import QUOTES, TRADES, conform, frame_of
from openbell.model.interval import Interval
from openbell.model.sessions import sessions


def would_have_fired(rule: Rule, bars: pl.DataFrame, days: pl.DataFrame, exchange: str) -> list[Firing]:
    """When `rule`, enabled and without expiry, would have fired on `bars`: BARS of one symbol and interval, a day at
    most, oldest first.

    `days`: its daily BARS, of the same stretch and of as long before as the rule looks back. All are on one scale,
    today's: `split`. A bar is walked from its open over the nearer extreme to the other one and its close (a rising bar
    open, low, high, close): any other way is longer, and would invent crossings. Raises InvalidInput for a rule that
    bars cannot answer.
    """
    if bars.is_empty():
        return []
    symbol, interval = bars["symbol"].item(0), Interval.parse(bars["interval"].item(0))
    _answerable(rule, interval)
    dates = days["ts"].dt.date()

    def background(_symbol: str, day: date) -> Background:
        return Background(days.head(int(dates.search_sorted(day))))

    tested = msgspec.structs.replace(rule, enabled=True, expires=None, target=Symbol(symbol))
    watch = Watch([tested], members=_itself(symbol), backgrounds=background, exchange_of=lambda _symbol: exchange)
    if isinstance(rule.condition, OfDays):
        first, last = bars["ts"].dt.date().item(0), bars["ts"].dt.date().item(-1)
        return watch.closed(days.filter(dates.is_between(first, last)))
    if isinstance(rule.condition, VolumeSpike):
        return watch.traded(bars, bars["ts"].item(0))
    return watch.hear(_prices(bars, interval, exchange), frame_of(QUOTES))


def assert_of_prices(rule: Rule) -> None:
    """Raise InvalidInput for a rule that no bars can answer."""
    if isinstance(rule.condition, OfClock | Spread):
        raise InvalidInput(
            "condition", "Bars say nothing of spreads, silences, feeds and jobs.", remedy="Test a rule on prices."
        )


def by_minutes(rule: Rule) -> bool:
    """Whether the rule needs bars of minutes, and looks back at each of them."""
    condition = rule.condition
    return isinstance(condition, VolumeSpike) or (isinstance(condition, Moves) and condition.since == "minutes")


def _itself(symbol: str) -> Members:
    return lambda _target: [symbol]


def _answerable(rule: Rule, interval: Interval) -> None:
    assert_of_prices(rule)
    if by_minutes(rule) and not interval.intraday:
        raise InvalidInput("interval", f"A bar of {interval} hides its minutes.", remedy="Test it on bars of 1m.")


def _prices(bars: pl.DataFrame, interval: Interval, exchange: str) -> pl.DataFrame:
    """TRADES, four for each bar, spread evenly over it."""
    begin, length = pl.col("ts"), pl.lit(interval.length if interval.intraday else timedelta(0))
    spans = bars.with_columns(begin=begin, end=begin + length)
    if not interval.intraday:
        first, last = bars["ts"].dt.date().item(0), bars["ts"].dt.date().item(-1)
        held = sessions(exchange, first, last).select(day="trade_date", begin="open", end="close")
        spans = bars.with_columns(day=pl.col("ts").dt.date()).join(held, on="day", maintain_order="left")
    rising = pl.col("close") >= pl.col("open")
    near, far = (pl.when(rising).then(a).otherwise(b) for a, b in (("low", "high"), ("high", "low")))
    span = pl.col("end") - pl.col("begin") - timedelta(microseconds=1)
    told = spans.select(
        "symbol", "source",
        ts=pl.concat_list(pl.col("begin") + span * nth / 3 for nth in range(4)),
        price=pl.concat_list("open", near, far, "close"),
    )  # fmt: skip
    rows = told.explode("ts", "price").with_columns(seq=pl.int_range(pl.len(), dtype=pl.Int64))
    return conform(rows, TRADES)
