from __future__ import annotations

import pytest

from openbell.model.sessions import EXCHANGES
from openbell.model.symbols import MICS, exchange_of


@pytest.mark.parametrize(
    ("symbol", "exchange"),
    [
        ("VOD.L", "XLON"),
        ("7203.T", "XTKS"),
        ("MC.PA", "XPAR"),
        ("SAP.DE", "XETR"),
        ("SAP.F", "XFRA"),
        ("CBA.AX", "XASX"),
        ("0700.HK", "XHKG"),
        ("BTCC-B.TO", "XTSE"),
        ("ENI.MI", "XMIL"),
        ("ASML.AS", "XAMS"),
        ("NESN.SW", "XSWX"),
        ("BTC-USD", "24/7"),
        ("ETH-EUR", "24/7"),
        ("EURUSD=X", "24/5"),
        ("JPY=X", "24/5"),
        (" vod.l ", "XLON"),
    ],
)
def test_a_suffix_names_the_exchange(symbol: str, exchange: str):
    assert exchange_of(symbol) == exchange


@pytest.mark.parametrize("symbol", ["ACME", "BRK.B", "BRK-B", "T", "L", ".L", "^GSPC", "ES=F", "005930.KS", ""])
def test_a_ticker_without_a_suffix_that_we_know_names_none(symbol: str):
    assert exchange_of(symbol) is None


def test_every_exchange_that_a_suffix_names_has_a_calendar():
    assert set(MICS.values()) <= set(EXCHANGES)
