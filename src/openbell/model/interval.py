"""The length of a bar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Self

from openbell.model.errors import InvalidInput

Unit = Literal["s", "m", "h", "d", "w", "mo", "q", "y"]

SECONDS: dict[str, int] = {"s": 1, "m": 60, "h": 3600}
EXAMPLES = "1m, 5m, 15m, 30m, 1h, 2h, 1d, 1w, 1mo, 1q, 1y"


@dataclass(frozen=True, slots=True)
class Interval:
    """A number of seconds, minutes, hours, sessions (`d`), weeks, months, quarters or years; written `5m`, `1d`, `1mo`.

    An intraday bar is labelled by the instant it starts. A bar of a day or longer is labelled by its first
    calendar day (Monday, the 1st) at 00:00 UTC, whatever the exchange's zone: it is a date, not an instant.
    """

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """The interval written `text`; raises InvalidInput where there is none such."""
        match = re.fullmatch(r"([1-9][0-9]{0,3})(mo|[smhdwqy])", text)
        if match is None:
            raise InvalidInput("interval", f"There is no interval {text!r}.", remedy=f"Use one of {EXAMPLES}.")
        count, unit = int(match[1]), match[2]
        if unit in SECONDS:
            return cls._intraday(text, count * SECONDS[unit])
        return cls(count, unit)  # type: ignore[arg-type]  # the pattern allows no other unit

    @classmethod
    def _intraday(cls, text: str, seconds: int) -> Self:
        if seconds >= 86_400:
            raise InvalidInput("interval", f"{text!r} is longer than a session.", remedy="Use 1d for a session's bar.")
        unit: Unit = "h" if seconds % 3600 == 0 else "m" if seconds % 60 == 0 else "s"
        return cls(seconds // SECONDS[unit], unit)

    @property
    def intraday(self) -> bool:
        """Whether the bar is shorter than a session."""
        return self.unit in SECONDS

    @property
    def length(self) -> timedelta:
        """The length of an intraday bar; days and longer have none, since sessions differ."""
        if not self.intraday:
            raise ValueError(f"{self} has no fixed length")
        return timedelta(seconds=self.count * SECONDS[self.unit])

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


MINUTE = Interval(1, "m")
DAY = Interval(1, "d")
