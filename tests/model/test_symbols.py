from __future__ import annotations

import pytest

from openbell.model.errors import InvalidInput
from openbell.model.sessions import EXCHANGES
from openbell.model.symbols import MICS, exchange_of, ticker_of


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


def test_a_ticker_is_what_was_typed_in_capitals():
    assert [ticker_of(each) for each in (" brk.b ", "^gspc", "btc/usd")] == ["BRK.B", "^GSPC", "BTC/USD"]


@pytest.mark.parametrize("typed", ["", " ", "A,B", "A" * 21, "\ud800", "a b"])
def test_what_is_no_ticker_is_refused(typed: str):
    with pytest.raises(InvalidInput, match="is not a ticker") as refused:
        ticker_of(typed, "symbols")
    assert refused.value.field == "symbols"
