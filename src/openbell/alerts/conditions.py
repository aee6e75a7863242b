"""What alert rules wait for, and on which symbols. Values only.

Percentages are in percent (1.0 is one hundredth); prices in the instrument's currency; windows in sessions.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from openbell.bars.indicators import LONGEST
from openbell.model.errors import InvalidInput
from openbell.model.symbols import ticker_of

Direction = Literal["up", "down", "either"]

FULL_DAY = 24 * 60

LONGEST_NAME = 80
"""In characters."""

HIGHEST = 1_000_000_000
"""No price, percentage or multiple that is waited for is higher: it would never come."""

_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What neither a line shows nor every database keeps: control characters, halves of surrogate pairs."""


class Value(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """An immutable value that names its kind in JSON."""


class Symbol(Value, frozen=True):
    """One symbol, in capitals however it was typed."""

    symbol: str

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "symbol", ticker_of(self.symbol))


class Watchlist(Value, frozen=True):
    """Every symbol of a watchlist, as it is from time to time."""

    id: str

    def __post_init__(self) -> None:
        assert_line("target", self.id, LONGEST_NAME)


class Held(Value, frozen=True):
    """Every symbol held in a portfolio."""


Target = Symbol | Watchlist | Held


class Crosses(Value, frozen=True):
    """The price reaches `level` from the other side."""

    level: float
    direction: Direction = "either"

    def __post_init__(self) -> None:
        _positive("level", self.level)


class Moves(Value, frozen=True):
    """The price is `percent` away from a reference: the last session's close, this session's first regular price, the
    close of the minute `minutes` ago (the day's first price where the day is younger), or the price of the last alert.
    """

    percent: float = 1.0
    since: Literal["previous_close", "open", "minutes", "last_alert"] = "previous_close"
    minutes: int = 0
    direction: Direction = "either"

    def __post_init__(self) -> None:
        _positive("percent", self.percent)
        if self.direction != "up" and self.percent >= 100:
            raise InvalidInput("percent", "No price falls by 100 % or more.", remedy="Give less, or direction up.")
        if self.since == "minutes":
            _whole("minutes", self.minutes, 1, FULL_DAY)
        elif self.minutes:
            raise InvalidInput("minutes", f"Minutes say nothing of {self.since}.", remedy="Leave them out.")


class NewExtreme(Value, frozen=True):
    """The price goes beyond the highest high, or the lowest low, of the last `days` sessions before this one."""

    days: int
    of: Literal["high", "low"] = "high"

    def __post_init__(self) -> None:
        _whole("days", self.days, 1, LONGEST)


class AverageCross(Value, frozen=True):
    """At a day's close, the average over `fast` days (the close itself without it) crosses the one over `slow` days."""

    slow: int
    fast: int | None = None
    kind: Literal["sma", "ema"] = "sma"
    direction: Direction = "either"

    def __post_init__(self) -> None:
        _whole("slow", self.slow, 2, LONGEST)
        if self.fast is not None:
            _whole("fast", self.fast, 1, self.slow - 1)


class MacdCross(Value, frozen=True):
    """At a day's close, the MACD crosses its signal line."""

    fast: int = 12
    slow: int = 26
    signal: int = 9
    direction: Direction = "either"

    def __post_init__(self) -> None:
        _whole("slow", self.slow, 2, LONGEST)
        _whole("fast", self.fast, 1, self.slow - 1)
        _whole("signal", self.signal, 1, LONGEST)


class RsiCross(Value, frozen=True):
    """At a day's close, the RSI over `window` days crosses `level`."""

    level: float = 70.0
    window: int = 14
    direction: Direction = "either"

    def __post_init__(self) -> None:
        _positive("level", self.level)
        if self.level >= 100:
            raise InvalidInput("level", "The RSI lies between 0 and 100.", remedy="Give a level such as 70.")
        _whole("window", self.window, 1, LONGEST)


class VolumeSpike(Value, frozen=True):
    """The day's volume so far reaches `times` the mean volume of the last `days` whole days, at a minute's close."""

    times: float = 2.0
    days: int = 20

    def __post_init__(self) -> None:
        _positive("times", self.times)
        _whole("days", self.days, 1, LONGEST)


class Drawdown(Value, frozen=True):
    """The price is `percent` below its highest of the last `days` sessions and this one; of all known without `days`.

    A new high makes a new event possible.
    """

    percent: float
    days: int | None = None

    def __post_init__(self) -> None:
        _positive("percent", self.percent)
        if self.percent >= 100:
            raise InvalidInput("percent", "No price falls by 100 % or more.", remedy="Give less than 100.")
        if self.days is not None:
            _whole("days", self.days, 1, LONGEST)


class Spread(Value, frozen=True):
    """The quoted spread reaches `percent` of the middle between bid and ask."""

    percent: float

    def __post_init__(self) -> None:
        _positive("percent", self.percent)


class Stale(Value, frozen=True):
    """Nothing has been heard of the symbol for `minutes` while its market is open."""

    minutes: int = 5

    def __post_init__(self) -> None:
        _whole("minutes", self.minutes, 1, FULL_DAY)


class FeedDown(Value, frozen=True):
    """A feed (any without `feed`) has been down for `minutes`."""

    feed: str | None = None
    minutes: int = 5

    def __post_init__(self) -> None:
        assert_line("feed", self.feed or "", LONGEST_NAME)
        _whole("minutes", self.minutes, 0, FULL_DAY)


class JobFailed(Value, frozen=True):
    """A job (any without `job`) has failed."""

    job: str | None = None

    def __post_init__(self) -> None:
        assert_line("job", self.job or "", LONGEST_NAME)


OfPrice = Crosses | Moves | NewExtreme | Drawdown
OfDays = AverageCross | MacdCross | RsiCross
OfClock = Stale | FeedDown | JobFailed
Condition = OfPrice | OfDays | VolumeSpike | Spread | OfClock


def assert_line(field: str, text: str, longest: int) -> None:
    """Raise InvalidInput for a text that is no line of `longest` characters."""
    if _NO_TEXT.search(text):
        raise InvalidInput(field, f"{field} has a character that cannot be shown.", remedy="Write it in plain text.")
    if len(text) > longest:
        raise InvalidInput(field, f"{field} has {len(text):,} characters.", remedy=f"Use {longest} at most.")


def _positive(field: str, number: float) -> None:
    if not 0 < number <= HIGHEST:
        raise InvalidInput(field, f"{field} is {number:g}.", remedy=f"Give a number above 0, {HIGHEST:,} at most.")


def _whole(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise InvalidInput(field, f"{field} is {number}.", remedy=f"Give {least} to {most}.")
