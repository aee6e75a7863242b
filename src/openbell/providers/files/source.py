"""A file or a folder of files as a source of bars and actions, like any vendor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from openbell.model.errors import UnknownSymbol
from openbell.model.interval import Interval
from openbell.providers.base import Capabilities
from openbell.providers.files.contents import Contents, Reading, joined
from openbell.providers.files.reading import DEFAULT, read
from openbell.providers.files.unpack import find
from openbell.providers.window import offered, utc_range

NAME = "files"


class FileSource:
    """The bars and actions of the price files under `path`; read once, at the first question.

    Bars come on the scale of their file (`scale` says which): the desk converts them. Raises what `read` raises.
    """

    def __init__(self, path: Path, reading: Reading = DEFAULT, *, now: Callable[[], datetime]) -> None:
        self._path = path
        self._reading = replace(reading, source=reading.source or NAME)
        self._now = now
        self._contents: Contents | None = None

    @property
    def capabilities(self) -> Capabilities:
        """The intervals that the files hold, without limit of age."""
        held = self._held().bars["interval"].unique(maintain_order=True).to_list()
        intervals: dict[Interval, timedelta | None] = {Interval.parse(text): None for text in held}
        return Capabilities(name=NAME, title="Files", bars=intervals, actions=True, note=f"imported from {self._path}")

    def bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """BARS of `symbol` with start <= ts < end, oldest first; raises UnknownSymbol, NotOffered, InvalidInput."""
        first, last = utc_range(start, end)
        offered(self.capabilities, interval)
        held = self._held().bars.filter(pl.col("symbol") == symbol)
        if held.is_empty():
            raise UnknownSymbol(NAME, symbol, remedy=f"The files hold {self._symbols()}.")
        within = (pl.col("interval") == str(interval)) & pl.col("ts").is_between(first, last, closed="left")
        return held.filter(within)

    def actions(self, symbol: str, start: date, end: date) -> pl.DataFrame:
        """ACTIONS of `symbol` with start <= ex_date <= end, oldest first; raises UnknownSymbol."""
        held = self._held()
        if symbol not in held.bars["symbol"] and symbol not in held.actions["symbol"]:
            raise UnknownSymbol(NAME, symbol, remedy=f"The files hold {self._symbols()}.")
        return held.actions.filter((pl.col("symbol") == symbol) & pl.col("ex_date").is_between(start, end))

    def _held(self) -> Contents:
        if self._contents is None:
            now = self._now()
            self._contents = joined([read(path, self._reading, now=now) for path in find([self._path])])
        return self._contents

    def _symbols(self) -> str:
        symbols = self._held().bars["symbol"].unique(maintain_order=True).to_list()
        return ", ".join(symbols[:10]) + (", ..." if len(symbols) > 10 else "")
