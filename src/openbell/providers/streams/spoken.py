"""What a stream tells, as columns, and what a vendor's dialect promises. Nothing here opens a connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import polars as pl

from openbell.model.errors import ProviderError
from openbell.model.frames import BARS, QUOTES, REJECTS, TRADES, frame_of
from openbell.providers.base import Capabilities
from openbell.providers.streams.wanted import Wanted

Frame = str | bytes
"""One WebSocket message."""


@dataclass(frozen=True, slots=True)
class Told:
    """What some frames said, in the order in which they came."""

    trades: pl.DataFrame = field(default_factory=lambda: frame_of(TRADES))
    quotes: pl.DataFrame = field(default_factory=lambda: frame_of(QUOTES))
    """Full quotes: what a vendor leaves out because it has not changed is filled in."""
    bars: pl.DataFrame = field(default_factory=lambda: frame_of(BARS))
    """Bars that the vendor itself has closed."""
    rejects: pl.DataFrame = field(default_factory=lambda: frame_of(REJECTS))
    """What is no row of market data: `unreadable_message` (a frame or a part of one), `cancelled` and `corrected` (what
    became of a trade that was told before), `vendor_message` (a complaint that ends nothing and names no symbol)."""
    replies: tuple[Frame, ...] = ()
    """What to send back at once, such as the answer to a ping."""
    ready: bool = False
    """Whether the vendor has just let us in: symbols may be subscribed now."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> a sentence, for symbols that the vendor does not deliver."""
    ended: ProviderError | None = None
    """Why the vendor ends the conversation; what it told before, often in the same batch, counts.

    NotEntitled where the key or the plan is refused, RateLimited where we are to wait, else BadResponse."""


class Dialect(Protocol):
    """How one vendor is spoken to over one connection; a new connection begins with a new dialect.

    Pure but for what the vendor has said on this connection: it never reads a clock nor opens a socket.
    """

    capabilities: Capabilities
    url: str
    """Where to connect; may hold a key, so that nothing but its host may be shown."""
    headers: Mapping[str, str]
    """What the vendor wants to see in the HTTP upgrade."""
    beat_s: float | None
    """How often `beat` is to be sent; None: never."""

    def hello(self) -> Sequence[Frame]:
        """What to send once connected."""
        ...

    @property
    def open_at_once(self) -> bool:
        """Whether symbols may be subscribed right after `hello`; else once the vendor has let us in (`Told.ready`)."""
        ...

    def subscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """What to send now to hear of `symbols` too; what must wait for an answer comes as `Told.replies`."""
        ...

    def unsubscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """What to send now to hear of `symbols` no more; likewise."""
        ...

    def beat(self) -> Sequence[Frame]:
        """What keeps the connection alive."""
        ...

    def hear(self, frames: Sequence[Frame], at: datetime) -> Told:
        """What `frames`, received at `at`, say; one that cannot be read is a row of `rejects`, those around it count.

        The rows do not depend on how the frames are divided into calls. Never raises.
        """
        ...


class Stream(Protocol):
    """Prices as they happen, from one vendor."""

    @property
    def capabilities(self) -> Capabilities:
        """What the vendor can deliver, and at what pace it may be asked."""
        ...

    @property
    def mute(self) -> timedelta | None:
        """After how long without a batch the connection is dead, whatever the socket says; None: it never is.

        A batch that says nothing is a sign of life."""
        ...

    def told(self, wanted: Wanted) -> AsyncIterator[Told]:
        """What the vendor says of the `wanted` symbols over one connection, in batches.

        The first batch that is `ready` says that it listens to them. Ends only by raising the ProviderError that says
        why, or by being closed.
        """
        ...
