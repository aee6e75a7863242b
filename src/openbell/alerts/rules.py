"""Alert rules: what is watched, on which symbols, how often it is told and in which words. Values only.

Percentages are in percent (1.0 is one hundredth); prices in the instrument's currency; windows in sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from string import Formatter
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from openbell.alerts.conditions import (
    LONGEST_NAME,
    AverageCross,
    Condition,
    Crosses,
    Drawdown,
    FeedDown,
    JobFailed,
    MacdCross,
    Moves,
    NewExtreme,
    OfPrice,
    RsiCross,
    Spread,
    Stale,
    Target,
    VolumeSpike,
    assert_line,
)
from openbell.alerts.given import told
from openbell.model.errors import InvalidInput

Repeat = Literal["once", "daily", "always"]
"""How often a rule may fire on each of its symbols: once for good, once a trade date, or every time."""

FIELDS = ("rule", "symbol", "price", "value", "level", "reference", "change", "at")
"""What a message may name. `value` is what was measured (a spread, a volume, an RSI; else the price), `level` what it
reached, `reference` the price compared with, and `change` the price's distance from that in percent."""

NOT_KNOWN = "–"
"""What a message says for a number that it names and that there is not."""


LONGEST_COOLDOWN = timedelta(days=365)

LONGEST_MESSAGE = 400
"""In characters."""


MESSAGES: Mapping[type[Condition], str] = MappingProxyType(
    {
        Crosses: "{symbol} reached {level}: {price}",
        Moves: "{symbol} {change} from {reference}: {price}",
        NewExtreme: "{symbol} went beyond {reference}: {price}",
        Drawdown: "{symbol} {change} below its high of {reference}: {price}",
        AverageCross: "{symbol} crossed its average: {value} against {level}, close {price}",
        MacdCross: "{symbol} MACD {value} crossed its signal {level}, close {price}",
        RsiCross: "{symbol} RSI {value} crossed {level}, close {price}",
        VolumeSpike: "{symbol} traded {value} today, more than {level}",
        Spread: "{symbol} spread {value} % at {price}",
        Stale: "{symbol}: nothing heard since {at}",
        FeedDown: "Feed {symbol} is down since {at}",
        JobFailed: "Job {symbol} failed at {at}",
    }
)
"""What is told where the rule has no message of its own."""


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From `start` to `end` on the clocks of `zone`, over midnight where `end` is earlier: tell it afterwards."""

    start: time
    end: time
    zone: str

    def __post_init__(self) -> None:
        if self.start.tzinfo or self.end.tzinfo:
            raise InvalidInput(
                "quiet", "Quiet hours are times of the zone's clock.", remedy="Give 22:00 without offset."
            )
        if self.start == self.end:
            raise InvalidInput("quiet", "Quiet hours begin and end at once.", remedy="Give two times, or none.")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            raise InvalidInput(
                "quiet", f"There is no time zone {self.zone!r}.", remedy="Give one such as Europe/Amsterdam."
            ) from None

    def covers(self, at: datetime) -> bool:
        """Whether the aware instant `at` lies in the quiet hours."""
        clock = at.astimezone(ZoneInfo(self.zone)).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def over(self, at: datetime) -> datetime:
        """When the quiet hours that cover `at` end; `at` itself outside of them.

        An end that the clocks show twice is the first one still to come; one that they skip is as late as without that.
        """
        if not self.covers(at):
            return at
        zone, after = ZoneInfo(self.zone), at.astimezone(UTC)
        dates = (at.astimezone(zone).date() + timedelta(days=n) for n in range(3))
        shown = (datetime.combine(each, self.end, zone).replace(fold=fold) for each in dates for fold in (0, 1))
        ends = [each.astimezone(UTC) for each in shown]
        return min(end for end in ends if end > after and not self.covers(end))


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One alert rule. Raises InvalidInput where it cannot be."""

    id: str
    name: str
    condition: Condition
    target: Target | None = None
    """None for feeds and jobs only."""
    hysteresis_pct: float = 0.0
    """So far the value must have come back, in percent of the level, before the next firing."""
    cooldown: timedelta = timedelta(0)
    repeat: Repeat = "always"
    expires: datetime | None = None
    quiet: Quiet | None = None
    session_only: bool = False
    message: str = ""
    enabled: bool = True

    def __post_init__(self) -> None:
        for field, text in (("id", self.id), ("name", self.name)):
            if not text.strip():
                raise InvalidInput(field, f"The rule has no {field}.", remedy="Give it one.")
        assert_line("name", self.name, LONGEST_NAME)
        of_the_desk = isinstance(self.condition, FeedDown | JobFailed)
        if of_the_desk and self.target is not None:
            raise InvalidInput("target", "Feeds and jobs are of no symbol.", remedy="Leave the target out.")
        if not of_the_desk and self.target is None:
            raise InvalidInput("target", "The rule names no symbols.", remedy="Give a symbol, a watchlist, or held.")
        if of_the_desk and self.session_only:
            raise InvalidInput("session_only", "Feeds and jobs have no session.", remedy="Leave it out.")
        if not 0 <= self.hysteresis_pct < 100:
            raise InvalidInput(
                "hysteresis_pct", f"A way back of {self.hysteresis_pct:,.12g} % is none.", remedy="Give 0 to 99."
            )
        if not timedelta(0) <= self.cooldown <= LONGEST_COOLDOWN:
            raise _no_cooldown(self.cooldown.total_seconds() / 60)
        if self.expires is not None and self.expires.tzinfo is None:
            raise InvalidInput("expires", "The instant of expiry has no zone.", remedy="Add one, such as Z.")
        assert_line("message", self.message.replace("\n", " "), LONGEST_MESSAGE)
        _fillable(self.message)

    def assert_ahead(self, now: datetime) -> None:
        """Raise InvalidInput where the rule is over before it begins."""
        if self.expires is not None and self.expires <= now:
            raise InvalidInput(
                "expires",
                f"The rule would have ended at {self.expires:%Y-%m-%d %H:%M %Z}.",
                remedy="Give an instant to come, or none.",
            )

    @staticmethod
    def from_json(text: str | bytes) -> Rule:
        """The rule that `text` tells; raises InvalidInput with the field."""
        try:
            return msgspec.json.decode(text, type=Rule)
        except msgspec.DecodeError as error:
            field, what = told(error, whole="rule")
            raise InvalidInput(field, what, remedy="See the rules in the documentation.") from error


def cooldown_of(minutes: float) -> timedelta:
    """A cool-down of so many minutes; raises InvalidInput."""
    if not 0 <= minutes <= LONGEST_COOLDOWN / timedelta(minutes=1):
        raise _no_cooldown(minutes)
    return timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule fired. `rule` and `event` together are its identity: the same on every replay of the same events."""

    rule: str
    event: str
    symbol: str
    """The feed or the job, where the rule is of one."""
    at: datetime
    """When it happened, by the data's own time; of an episode, when it began."""
    price: float | None
    reference: float | None
    """The price it was compared with: a level, a close, a high."""
    message: str
    quiet: bool
    """Within the rule's quiet hours: to be delivered when they are over."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a firing is of: see FIELDS."""

    symbol: str
    at: datetime
    price: float | None = None
    value: float | None = None
    level: float | None = None
    reference: float | None = None


def fired(rule: Rule, event: str, seen: Seen) -> Firing:
    """The firing of `rule` on `event`, in the rule's words."""
    change = None if seen.price is None or not seen.reference else 100 * (seen.price / seen.reference - 1)
    priced = isinstance(rule.condition, OfPrice | AverageCross)
    level = seen.level if isinstance(rule.condition, Crosses) else None  # others are computed: of any number of digits
    decimals = max(map(_decimals, (seen.price, seen.reference, level)))
    message = (rule.message or MESSAGES[type(rule.condition)]).format(
        rule=rule.name,
        symbol=seen.symbol,
        price=_price(seen.price, decimals),
        value=_price(seen.value, decimals) if priced else _figure(seen.value),
        level=_price(seen.level, decimals) if priced else _figure(seen.level),
        reference=_price(seen.reference, decimals),
        change=NOT_KNOWN if change is None else f"{change:+.2f} %",
        at=f"{seen.at:%Y-%m-%d %H:%M:%S} UTC",
    )
    quiet = rule.quiet is not None and rule.quiet.covers(seen.at)
    return Firing(rule.id, event, seen.symbol, seen.at, seen.price, seen.reference, message, quiet)


def _decimals(price: float | None) -> int:
    """So many as a price was told with, of seven digits, and two at least."""
    told = Decimal(0) if price is None else Decimal(f"{price:.7g}").normalize()
    return max(2, -int(told.as_tuple().exponent))


def _price(price: float | None, decimals: int) -> str:
    return NOT_KNOWN if price is None else f"{price:,.{decimals}f}"


def _figure(number: float | None) -> str:
    """A volume, an oscillator, a percentage: four digits, or a whole number."""
    return NOT_KNOWN if number is None else f"{number:,.4g}" if abs(number) < 1e4 else f"{number:,.0f}"


def _no_cooldown(minutes: float) -> InvalidInput:
    most = LONGEST_COOLDOWN // timedelta(minutes=1)
    return InvalidInput(
        "cooldown_min", f"A cool-down of {minutes:,.15g} minutes is none.", remedy=f"Give 0 to {most:,}."
    )


def _fillable(message: str) -> None:
    try:
        parts = [part for part in Formatter().parse(message) if part[1] is not None]
    except ValueError as error:
        raise InvalidInput("message", f"The message has a brace too many: {error}.", remedy="Write {{ for {.") from None
    for _, name, form, conversion in parts:
        if name not in FIELDS or form or conversion:
            allowed = ", ".join(f"{{{field}}}" for field in FIELDS)
            raise InvalidInput("message", f"The message cannot have {{{name}}} so.", remedy=f"Use {allowed}.")
