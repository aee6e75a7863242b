"""A rule tested against history: the same watch, told bars as the fewest prices that could have made them."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import polars as pl

from openbell.alerts.background import Background
from openbell.alerts.conditions import Crosses, Moves, OfClock, OfDays, Spread, Symbol, VolumeSpike
from openbell.alerts.rules import Firing, Rule
from openbell.alerts.watch import Members, Watch
from openbell.model.errors import InvalidInput
from openbell.model.frames import QUOTES, TRADES, conform, frame_of
from openbell.model.interval import Interval
from openbell.model.sessions import LONGEST_PAUSE, sessions


def would_have_fired(rule: Rule, bars: pl.DataFrame, days: pl.DataFrame, exchange: str) -> list[Firing]:
    """When `rule`, enabled and without expiry, would have fired on `bars`: BARS of one symbol, oldest first, of no
    longer than a day each; of a date either the day or parts of it.

    `days`: its daily BARS, of the same stretch and of as long before as the rule looks back. All are on one scale,
    today's: `split`. A bar is walked from its open over the nearer extreme to the other one and its close (a rising bar
    open, low, high, close): any other way is longer, and would invent crossings. A level within the way is reached at
    the level. Raises InvalidInput for a rule that bars cannot answer.
    """
    if bars.is_empty():
        return []
    symbol = bars["symbol"].item(0)
    _answerable(rule, bars)
    dates = days["ts"].dt.date()

    first, last = bars["ts"].item(0).date(), bars["ts"].item(-1).date()
    held = sessions(exchange, first - LONGEST_PAUSE, last + timedelta(days=1))["trade_date"]

    def background(_symbol: str, day: date) -> Background:
        before = days.head(int(dates.search_sorted(day)))
        return Background(before, current=dates.head(before.height).last() == held.filter(held < day).last())

    tested = msgspec.structs.replace(rule, enabled=True, expires=None, target=Symbol(symbol))
    watch = Watch([tested], members=_itself(symbol), backgrounds=background, exchange_of=lambda _symbol: exchange)
    if isinstance(rule.condition, OfDays):
        return watch.closed(days.filter(dates.is_between(first, last)))
    if isinstance(rule.condition, VolumeSpike):
        return watch.traded(bars, bars["ts"].item(0))
    prices = _prices(bars, exchange)
    if isinstance(rule.condition, Crosses):
        prices = _through(prices, rule.condition.level)
    rows = prices.with_columns(seq=pl.int_range(pl.len(), dtype=pl.Int64))
    return watch.hear(conform(rows, TRADES), frame_of(QUOTES))


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
    return lambda _rule: [symbol]


def _answerable(rule: Rule, bars: pl.DataFrame) -> None:
    assert_of_prices(rule)
    if by_minutes(rule) and (days := [name for name in bars["interval"].unique() if not Interval.parse(name).intraday]):
        raise InvalidInput("interval", f"A bar of {days[0]} hides its minutes.", remedy="Test it on bars of 1m.")


def _prices(bars: pl.DataFrame, exchange: str) -> pl.DataFrame:
    """The prices and instants of `bars`, four for each, spread evenly over it; `bar` counts the bars."""
    first, last = bars["ts"].dt.date().item(0), bars["ts"].dt.date().item(-1)
    held = sessions(exchange, first, last).select(day="trade_date", begin="open", end="close")
    lengths = {name: _length(name) for name in bars["interval"].unique()}
    length = pl.col("interval").replace_strict(lengths, return_dtype=pl.Duration("us"))
    sessioned = bars.with_row_index("bar").with_columns(length=length, day=pl.col("ts").dt.date())
    spans = sessioned.join(held, on="day", how="left", maintain_order="left").with_columns(
        begin=pl.when(pl.col("length").is_null()).then("begin").otherwise("ts"),
        end=pl.when(pl.col("length").is_null()).then("end").otherwise(pl.col("ts") + pl.col("length")),
    )
    rising = pl.col("close") >= pl.col("open")
    near, far = (pl.when(rising).then(a).otherwise(b) for a, b in (("low", "high"), ("high", "low")))
    span = pl.col("end") - pl.col("begin") - timedelta(microseconds=1)
    told = spans.drop_nulls("begin").select(
        "symbol", "source", "bar",
        ts=pl.concat_list(pl.col("begin") + span * nth / 3 for nth in range(4)),
        price=pl.concat_list("open", near, far, "close"),
    )  # fmt: skip
    return told.explode("ts", "price")


def _length(interval: str) -> timedelta | None:
    """None for a day, which is as long as its session."""
    parsed = Interval.parse(interval)
    return parsed.length if parsed.intraday else None


def _through(prices: pl.DataFrame, level: float) -> pl.DataFrame:
    """With a price at `level` between two of one bar that lie on either side of it."""
    then, after = pl.col("price").shift(-1).over("bar"), pl.col("ts").shift(-1).over("bar")
    beside = prices.with_columns(then=then, after=after)
    across = beside.filter((pl.col("price") - level) * (pl.col("then") - level) < 0)
    reached = across.with_columns(ts=pl.col("ts") + (pl.col("after") - pl.col("ts")) / 2, price=pl.lit(level))
    return pl.concat([prices, reached.select(prices.columns)]).sort("ts", maintain_order=True)
