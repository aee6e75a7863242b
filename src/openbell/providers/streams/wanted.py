"""The symbols that a running stream is to tell of: changed from any thread, noticed by the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable


class Wanted:
    """A set of symbols, and a way to wait until it is another one. Belongs to the event loop it is made in."""

    def __init__(self, symbols: Iterable[str] = ()) -> None:
        self._symbols = frozenset(symbols)
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    @property
    def symbols(self) -> frozenset[str]:
        """The symbols wanted now."""
        return self._symbols

    def want(self, symbols: Iterable[str]) -> None:
        """Want exactly `symbols`; thread-safe."""
        chosen = frozenset(symbols)
        if chosen != self._symbols:
            self._symbols = chosen
            self._loop.call_soon_threadsafe(self._wake)

    async def other_than(self, known: frozenset[str]) -> frozenset[str]:
        """The symbols, as soon as they are others than those that are `known`: at once, where they are already."""
        while self._symbols == known:
            await self._changed.wait()
        return self._symbols

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
