"""A rule as it is typed: `AAPL crosses 190 direction=up`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from openbell.model.errors import InvalidInput

if TYPE_CHECKING:
    from openbell.alerts.conditions import Condition
    from openbell.alerts.rules import Quiet


class Repeat(StrEnum):
    """How often a rule may fire."""

    ONCE = "once"
    DAILY = "daily"
    ALWAYS = "always"


KINDS = {
    "crosses": ("Crosses", "level"),
    "moves": ("Moves", "percent"),
    "new-high": ("NewExtreme", "days"),
    "new-low": ("NewExtreme", "days"),
    "average-cross": ("AverageCross", "slow"),
    "macd-cross": ("MacdCross", ""),
    "rsi-cross": ("RsiCross", "level"),
    "volume-spike": ("VolumeSpike", "times"),
    "drawdown": ("Drawdown", "percent"),
    "spread": ("Spread", "percent"),
    "stale": ("Stale", "minutes"),
    "feed-down": ("FeedDown", "minutes"),
    "job-failed": ("JobFailed", "job"),
}
"""What a rule may wait for: the name of its type, and the field that a bare value is of."""

OF_THE_DESK = {"feed-down", "job-failed"}


def worded(words: Sequence[str], *, on_list: bool) -> tuple[str | None, Condition]:
    """The symbol, where one is named, and the condition; raises InvalidInput."""
    from openbell.alerts.conditions import Moves  # noqa: PLC0415  # loads slowly

    if (option := next((word for word in words if word.startswith("--")), None)) is not None:
        raise InvalidInput("usage", f"There is no option {option}.", remedy="See `openbell alerts add --help`.")
    rest = list(words)
    first = rest[0].lower()
    symbol = None if on_list or first in KINDS else rest.pop(0).upper()
    if not rest:
        return symbol, Moves()
    kind = rest.pop(0).lower()
    if kind not in KINDS:
        raise InvalidInput("kind", f"There is no kind of rule {kind!r}.", remedy=f"Use one of {', '.join(KINDS)}.")
    if symbol is None and not on_list and kind not in OF_THE_DESK:
        raise InvalidInput("symbol", "No symbol was named.", remedy=f"Such as `openbell alerts add AAPL {kind} ...`.")
    return symbol, _condition(kind, rest)


def _condition(kind: str, words: Sequence[str]) -> Condition:
    from openbell.alerts.conditions import Condition  # noqa: PLC0415  # loads slowly
    from openbell.alerts.given import made  # noqa: PLC0415

    name, bare = KINDS[kind]
    given: dict[str, Any] = {"type": name}
    if kind in {"new-high", "new-low"}:
        given["of"] = kind.removeprefix("new-")
    for word in words:
        field, equals, value = word.partition("=")
        if not equals and (not bare or bare in given):
            raise InvalidInput("value", f"{word!r} is one value too many.", remedy="Name it, such as direction=up.")
        given[field if equals else bare] = value if equals else field
    condition: Condition = made(given, Condition, strict=False)
    return condition


def named(on: str | None, condition: Condition) -> str:
    """A name for a rule `on` a symbol or a list."""
    from openbell.alerts.conditions import LONGEST_NAME  # noqa: PLC0415  # loads slowly
    from openbell.alerts.words import condition_said  # noqa: PLC0415

    return f"{on or 'Desk'} {condition_said(condition)}"[:LONGEST_NAME].rstrip()


def preset(condition: Condition) -> Repeat:
    """How often a rule fires where it is not said: a price trembles about a level that it has reached."""
    from openbell.alerts.conditions import Crosses, Moves, NewExtreme  # noqa: PLC0415  # loads slowly

    match condition:
        case Crosses() | NewExtreme():
            return Repeat.ONCE
        case Moves(since="previous_close" | "open"):
            return Repeat.DAILY
        case _:
            return Repeat.ALWAYS


def quiet(text: str) -> Quiet:
    """The quiet hours written as 22:00-07:00@Europe/Amsterdam; raises InvalidInput."""
    from openbell.alerts.rules import Quiet  # noqa: PLC0415  # loads slowly

    found = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)@(\S+)", text)
    if found is None:
        raise InvalidInput("quiet", f"{text!r} are no quiet hours.", remedy="Such as 22:00-07:00@Europe/Amsterdam.")
    try:
        start, end = (datetime.strptime(part, "%H:%M").replace(tzinfo=UTC).time() for part in found.groups()[:2])
    except ValueError as error:
        raise InvalidInput("quiet", f"{text!r} are no times of a day.", remedy="Such as 22:00-07:00.") from error
    return Quiet(start, end, found[3])
