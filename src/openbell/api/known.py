"""Whether anything is known of a ticker that somebody typed: here, or to the vendors' search."""

from __future__ import annotations

from collections.abc import Iterable

from openbell.desk import Desk
from openbell.model.errors import InvalidInput, ProviderError

AT_ONCE = 5
"""Tickers of one request that vendors are asked about: their budget is for prices too."""


def unknown_of(desk: Desk, tickers: Iterable[str], field: str) -> list[str]:
    """Those of which nothing is known here, and that no vendor could be asked about; raises InvalidInput for one that
    the vendors do not know."""
    strange = [each for each in tickers if not is_here(desk, each)]
    found = [_found(desk, each) for each in strange[:AT_ONCE]]
    if wrong := [ticker for ticker, is_there in zip(strange, found, strict=False) if is_there is False]:
        told = ", ".join(wrong)
        raise InvalidInput(
            field, f"Nobody knows {told}: neither this desk nor its vendors.", remedy="Search for the name."
        )
    asked = dict(zip(strange, found, strict=False))
    return [each for each in strange if asked.get(each) is None]


def is_here(desk: Desk, ticker: str) -> bool:
    """Whether the desk has heard of a ticker."""
    register = desk.history.register
    key = register.id_of(ticker)
    return register.knows(key) or not desk.history.stored(key).is_empty() or bool(dict(desk.tape.latest([ticker])))


def _found(desk: Desk, ticker: str) -> bool | None:
    """Whether a vendor lists the ticker; None where none could be asked."""
    try:
        return ticker in desk.vendors.search(ticker)["ticker"]
    except ProviderError:
        return None
