"""A stream made by asking a source of quotes again and again, where no vendor pushes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

from openbell.providers.base import Capabilities, QuoteSource
from openbell.providers.streams.spoken import Told
from openbell.providers.streams.wanted import Wanted


class Polled:
    """The quotes of `source`, asked for `every` so often; `due` chooses the symbols that are worth a call."""

    def __init__(
        self,
        source: QuoteSource,
        every: timedelta,
        *,
        due: Callable[[Sequence[str]], Sequence[str]] = lambda symbols: symbols,
        apart: bool = True,
    ) -> None:
        self._source = source
        self._every_s = every.total_seconds()
        self._due = due
        self._apart = apart
        """Whether a call may take long, and is made in a thread of its own."""

    @property
    def capabilities(self) -> Capabilities:
        """As Stream promises."""
        return self._source.capabilities

    mute: timedelta | None = None
    """A question that is not answered is an error of its own."""

    async def told(self, wanted: Wanted) -> AsyncIterator[Told]:
        """As Stream promises; ready with the first answer, or at once where nothing is worth a call."""
        loop = asyncio.get_running_loop()
        ready = False
        while True:
            begun = loop.time()
            known = wanted.symbols
            symbols = list(self._due(sorted(known)))
            if symbols:
                asked = asyncio.to_thread(self._source.quotes, symbols) if self._apart else None
                quotes = await asked if asked is not None else self._source.quotes(symbols)
                yield Told(quotes=quotes, ready=not ready)
            elif not ready:
                yield Told(ready=True)
            ready = True
            wait = max(0.0, begun + self._every_s - loop.time())
            try:
                async with asyncio.timeout(wait):
                    await wanted.other_than(known)
            except TimeoutError:
                continue
