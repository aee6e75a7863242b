"""A rule tried on the stored past of its symbols: how often, and when, it would have fired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

import polars as pl

from openbell.alerts.conditions import OfDays
from openbell.alerts.past import assert_of_prices, by_minutes, would_have_fired
from openbell.alerts.rules import Firing, Rule
from openbell.bars.buckets import TICK
from openbell.desk import Desk
from openbell.history import NoData
from openbell.model.errors import InvalidInput
from openbell.model.frames import UTC
from openbell.model.interval import DAY, MINUTE
from openbell.model.sessions import LONGEST_PAUSE, sessions
from openbell.rulebook import LOOKED_BACK, Rulebook

TRIED_DAYS = 90
"""Over how many days a rule is tried, unless it is said."""

MOST_TRIED = 50
"""On so many symbols a rule is tried at once."""

MOST_BARS, MOST_LOOKED_BACK = 2_000_000, 100_000
"""On so many minutes a rule is tried at once, and one that looks back from each of them: some ten seconds of work."""


class Tried(NamedTuple):
    """A rule would have fired; on the trade date `day` where no more is known of it than the day's bar."""

    firing: Firing
    day: date | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done since `since`."""

    symbol: str
    since: datetime
    days: int
    """On so many dates only the day's bar is known: when in it the rule fires is not, nor how often in fact."""
    fired: tuple[Tried, ...]


def trials(desk: Desk, rule: Rule, symbols: Iterable[str], days: int = TRIED_DAYS) -> list[Trial]:
    """When `rule` would have fired in the last `days` days, by symbol; a symbol without prices is left out.

    Judged on the minutes that there are, and on daily bars for the dates without; a rule that needs minutes, on
    these alone, and one on daily closes, on days.
    Raises InvalidInput for a rule that bars cannot answer, and for more work than a request may make.
    """
    assert_of_prices(rule)
    now = desk.clock()
    since = now - timedelta(days=days)
    chosen = list(symbols)
    if len(chosen) > MOST_TRIED:
        raise InvalidInput(
            "target",
            f"These are {len(chosen)} symbols; a rule is tried on {MOST_TRIED} at most.",
            remedy="Name one.",
        )
    _assert_short(desk, rule, chosen, since, now)
    found = []
    for symbol in chosen:
        try:
            found.append(_trial(desk, rule, symbol, since, now))
        except NoData:
            if len(chosen) == 1:
                raise
    return found


def _assert_short(desk: Desk, rule: Rule, symbols: Iterable[str], since: datetime, now: datetime) -> None:
    ids = map(desk.history.register.id_of, symbols)
    on_minutes = [] if isinstance(rule.condition, OfDays) else ids
    count = sum(desk.lake.stamps(each, MINUTE, since, now).len() for each in on_minutes)
    most = MOST_LOOKED_BACK if by_minutes(rule) else MOST_BARS
    if count > most:
        raise InvalidInput(
            "days",
            f"These are {count:,} minutes; this rule is tried on {most:,} at most.",
            remedy="Try it on fewer days, or on one symbol.",
        )


def _trial(desk: Desk, rule: Rule, symbol: str, since: datetime, now: datetime) -> Trial:
    history, exchange = desk.history, Rulebook(desk).exchange_of(symbol)
    (begun, since), named = _opening(exchange, since, now), pl.lit(symbol).alias("symbol")
    daily = history.bars(symbol, DAY, since - LOOKED_BACK, now).bars.drop_nulls("close").with_columns(named)
    days, minutes = daily.filter(pl.col("ts").dt.date() >= begun), daily.clear()
    if by_minutes(rule) or (not isinstance(rule.condition, OfDays) and _has_minutes(desk, symbol, since)):
        found = history.bars(symbol, MINUTE, since, now, hours="extended").bars
        minutes = found.drop_nulls("close").with_columns(named).select(daily.columns)
        known = _dates(exchange, minutes["ts"]).implode()
        days = days.clear() if by_minutes(rule) else days.filter(~pl.col("ts").dt.date().is_in(known))
    bars = pl.concat([days, minutes]).sort("ts", maintain_order=True)
    first: datetime = since if bars.is_empty() else max(since, bars["ts"].item(0))
    fired = would_have_fired(rule, bars, daily, exchange)
    return Trial(symbol, first, days.height, tuple(_tried(rule, exchange, fired, days, now)))


def _opening(exchange: str, since: datetime, now: datetime) -> tuple[date, datetime]:
    """The first session from `since` on, and when it begins: amid one, nobody knows what is so already. Where none has
    begun since, the one before."""
    held = sessions(exchange, since.date() - LONGEST_PAUSE, now.date() + timedelta(days=1)).filter(pl.col("pre") <= now)
    whole = held.filter(pl.col("pre") >= since)
    day, begin = (held.tail(1) if whole.is_empty() else whole).select("trade_date", "pre").row(0)
    return day, begin


def _tried(rule: Rule, exchange: str, fired: Sequence[Firing], days: pl.DataFrame, now: datetime) -> Iterator[Tried]:
    """What `fired`, on `days` or between them; the running day is walked to its close, and told as of `now`."""
    close = TICK if isinstance(rule.condition, OfDays) else timedelta()  # where one day ends another may begin
    dates = _dates(exchange, pl.Series([each.at - close for each in fired], dtype=UTC))
    known = set(days["ts"].dt.date())
    for each, day in zip(fired, dates, strict=True):
        yield Tried(replace(each, at=min(each.at, now)), day if day in known else None)


def _dates(exchange: str, stamps: pl.Series) -> pl.Series:
    """The trade date of each of `stamps`, oldest first: east of Greenwich it begins on the day before, in UTC."""
    if stamps.is_empty():
        return pl.Series(dtype=pl.Date)
    first, last = stamps.item(0).date() - LONGEST_PAUSE, stamps.item(-1).date() + timedelta(days=1)
    venue = sessions(exchange, first, last).select("trade_date", ts="pre")
    return stamps.to_frame("ts").join_asof(venue, on="ts")["trade_date"]


def _has_minutes(desk: Desk, symbol: str, since: datetime) -> bool:
    stored = desk.history.stored(desk.history.instrument(symbol).id)
    return not stored.filter(pl.col("interval") == str(MINUTE), pl.col("last") >= since).is_empty()
