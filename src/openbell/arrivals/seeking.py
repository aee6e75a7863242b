"""What vendors know of the ISINs in files that the desk has never heard of: each is asked for once, few at a time."""

from __future__ import annotations

from threading import Lock

from openbell.desk import Desk
from openbell.model.errors import ProviderError
from openbell.store.register import Instrument

AT_ONCE = 12
"""Questions for one file at most: a vendor's budget is for prices too. The next preview asks for the others."""

REMEMBERED = 5000


class Seeker:
    """Asks the vendors' symbol search; nobody, where the desk is offline. Thread-safe."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._found: dict[str, tuple[Instrument, ...]] = {}
        self._guard = Lock()

    def seek(self, isins: list[str]) -> dict[str, tuple[Instrument, ...]]:
        """By ISIN, the listings that a vendor knows of those that were asked for; the first that fails ends it."""
        with self._guard:
            new = [each for each in dict.fromkeys(isins) if each not in self._found] if self._desk.wires else []
            for isin in new[:AT_ONCE]:
                try:
                    rows = self._desk.vendors.search(isin)
                except ProviderError:  # shown among the sources; somebody chooses, or looks again later
                    break
                if len(self._found) >= REMEMBERED:
                    self._found.clear()
                self._found[isin] = tuple(_instrument(row, isin) for row in rows.iter_rows(named=True))
            return {each: self._found[each] for each in isins if each in self._found}


def _instrument(row: dict[str, str | None], isin: str) -> Instrument:
    ticker = row["ticker"] or ""
    return Instrument(
        ticker, ticker, row["name"], isin, row["exchange"], row["currency"], row["type"], source=row["source"]
    )
