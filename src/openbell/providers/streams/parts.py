"""What the dialects have in common: readable numbers, rejects, what was told before, requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

import msgspec
import polars as pl

from openbell.model.frames import REJECTS, UTC, frame_of
from openbell.providers.http import redacted
from openbell.providers.streams.spoken import Frame

UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What decoding any bytes may raise."""

LONGEST = 500
"""Characters of a reject's `row` that are kept."""

PAUSE_S = 60.0
"""How long to wait where a vendor counts another connection: a dead one of ours is dropped by then."""

LAST_MS = 253_402_300_799_999
"""The last millisecond of the year 9999: later instants are none to Python."""

Symbol = Annotated[str, msgspec.Meta(min_length=1)]
Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Millis = Annotated[int, msgspec.Meta(ge=0, le=LAST_MS)]
"""Milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A message, or a part of one, that is no row of market data."""

    row: str
    detail: str
    reason: str = "unreadable_message"
    symbol: str | None = None
    ts: datetime | None = None


def text_of(message: Frame | msgspec.Raw) -> str:
    """A message as text, whatever its bytes."""
    return message if isinstance(message, str) else bytes(message).decode("utf-8", errors="replace")


def rejects_of(found: Iterable[Reject], source: str, *secrets: str) -> pl.DataFrame:
    """REJECTS, without `secrets`."""
    rows = (
        {
            "symbol": each.symbol,
            "ts": each.ts,
            "reason": each.reason,
            "detail": redacted(each.detail, *secrets),
            "row": redacted(each.row, *secrets)[:LONGEST],
            "repaired": False,
            "source": source,
            "origin": "stream",
        }
        for each in found
    )
    return frame_of(REJECTS, rows)


def instants(millis: pl.Expr) -> pl.Expr:
    """Milliseconds since 1970 as UTC instants."""
    return (millis * 1000).cast(UTC)


Fields = tuple[Any, ...]
"""A symbol and what is told of it; None is what is left out."""


class Memory:
    """What was last told of each symbol, for vendors that tell only what has changed."""

    def __init__(self) -> None:
        self._last: dict[str, Fields] = {}

    def full(self, changes: Iterable[Fields]) -> list[Fields]:
        """The changes in order, with what they leave out as it was told before; None where it never was."""
        told = []
        for change in changes:
            last = self._last.get(change[0], change)
            full = tuple(old if new is None else new for new, old in zip(change, last, strict=True))
            self._last[change[0]] = full
            told.append(full)
        return told


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked of a vendor, or of one of its services, on behalf of `symbols`."""

    verb: str
    symbols: tuple[str, ...]
    service: str = ""

    def halves(self) -> Sequence[Request]:
        """The same, asked for one half of the symbols and for the other."""
        middle = len(self.symbols) // 2
        return [replace(self, symbols=part) for part in (self.symbols[:middle], self.symbols[middle:])]


class Requests:
    """Requests of which a vendor is sent one at a time, so that it is known which one it answers."""

    def __init__(self) -> None:
        self._waiting: deque[Request] = deque()
        self._sent: Request | None = None

    def add(self, request: Request) -> None:
        """Ask this after all others."""
        if request.symbols:
            self._waiting.append(request)

    @property
    def sent(self) -> Request | None:
        """The one that is not answered yet."""
        return self._sent

    def due(self) -> Request | None:
        """The one to send now; None while another is not answered."""
        if self._sent is not None or not self._waiting:
            return None
        self._sent = self._waiting.popleft()
        return self._sent

    def answered(self) -> None:
        """The vendor has answered the one that was sent."""
        self._sent = None

    def limited(self) -> Sequence[str]:
        """The answer was that it is too much, which does not say for which symbol: halves are asked for next.

        Returns the symbol that is refused for good: it was asked for alone.
        """
        sent, self._sent = self._sent, None
        if sent is None or len(sent.symbols) == 1:
            return () if sent is None else sent.symbols
        self._waiting.extendleft(reversed(sent.halves()))
        return ()
