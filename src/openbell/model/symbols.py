"""What a ticker says of its market: the suffixes that Yahoo gave to the world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from openbell.model.errors import InvalidInput

TICKER = re.compile(r"[A-Z0-9^][A-Z0-9.\-=^/_]{0,19}")
"""What can be a ticker, in capitals: BRK.B, ^GSPC, EURUSD=X, BTC/USD."""

MICS: Mapping[str, str] = MappingProxyType(
    {
        "L": "XLON",
        "T": "XTKS",
        "PA": "XPAR",
        "DE": "XETR",
        "F": "XFRA",
        "AX": "XASX",
        "HK": "XHKG",
        "TO": "XTSE",
        "MI": "XMIL",
        "AS": "XAMS",
        "SW": "XSWX",
    }
)
"""By what follows the last point of a ticker, the exchanges whose calendars we have. BRK.B names none."""

COINS = ("-USD", "-USDT", "-EUR", "-GBP", "-BTC")
"""The ends of a coin's ticker. New York's classes and units end in one or two letters (BRK-B, SPNV-UN)."""

PLAIN = re.compile(r"[A-Z]{1,5}([.\-][A-Z]{1,2})?")
"""What vendors call a share in New York: AAPL, BRK.B, SPNV-UN. The program's own tickers look the same."""


def ticker_of(typed: str, field: str = "symbol") -> str:
    """The ticker that somebody typed as `field`, in capitals; raises InvalidInput for what can be none."""
    ticker = typed.strip().upper()
    if not TICKER.fullmatch(ticker):
        raise InvalidInput(field, f"{typed[:40]!r} is not a ticker.", remedy="Search for the company's name.")
    return ticker


def exchange_of(symbol: str) -> str | None:
    """The exchange of a ticker as Yahoo writes it, a key of `sessions.EXCHANGES`; None where the ticker names none.

    A ticker without a suffix is one of New York's exchanges or the program's own, so that it tells nothing.
    """
    ticker = symbol.strip().upper()
    if ticker.endswith("=X"):  # EURUSD=X
        return "24/5"
    if ticker.endswith(COINS):
        return "24/7"
    return MICS.get(ticker.rpartition(".")[2]) if "." in ticker[1:] else None
