"""Finnhub's messages become trades, each told once, and the key is never shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from contracts.dialect import AT, DialectContract
from contracts.provider import SECRET
from market import SHARED, needs_shared
from openbell.model.errors import NotEntitled, RateLimited
from openbell.providers.streams.finnhub import REMEMBERED, FinnhubDialect
from openbell.providers.streams.spoken import Told

NOON = 1_772_470_800_000  # 2026-03-02 17:00 UTC, in milliseconds


def trades(*prints: tuple[str, int, float, float, list[str] | None]) -> str:
    """A message of trades: symbol, milliseconds after noon in New York, price, size, codes."""
    data = [{"s": s, "t": NOON + ms, "p": p, "v": v, "c": c} for s, ms, p, v, c in prints]
    return json.dumps({"type": "trade", "data": data})


def error(text: str) -> str:
    return json.dumps({"type": "error", "msg": text})


def hear(*frames: str) -> Told:
    return FinnhubDialect(SECRET).hear(frames, AT)


class TestTheContract(DialectContract):
    good = (
        trades(("ACME", 0, 10.0, 100, ["1"]), ("ACME", 1, 10.5, 5, ["1", "12"])),
        trades(("BINANCE:BTCUSDT", 2, 66_972.77, 0.01559, None)),
        trades(("WIDG", 3, 20.0, 7, None)),
    )
    complaints = (
        error(f"Invalid API key {SECRET}"),
        error(f"API limit reached for {SECRET}"),
        error(f"Something new about {SECRET}"),
    )

    def dialect(self) -> FinnhubDialect:
        return FinnhubDialect(SECRET)


def test_the_key_is_in_the_address_and_escaped_there():
    url = urlsplit(FinnhubDialect("a&b=c").url)
    assert (url.scheme, url.hostname, parse_qs(url.query)) == ("wss", "ws.finnhub.io", {"token": ["a&b=c"]})


def test_each_symbol_is_asked_for_by_itself():
    dialect = FinnhubDialect(SECRET)
    assert [json.loads(frame) for frame in dialect.subscribe(["ACME", "WIDG"])] == [
        {"type": "subscribe", "symbol": "ACME"},
        {"type": "subscribe", "symbol": "WIDG"},
    ]
    assert [json.loads(frame) for frame in dialect.unsubscribe(["ACME"])] == [{"type": "unsubscribe", "symbol": "ACME"}]


def test_a_message_of_trades_is_its_trades_in_order():
    told = hear(trades(("ACME", 0, 10.0, 100, ["1"]), ("WIDG", 0, 20.0, 5, None), ("ACME", 0, 10.0, 100, ["1"])))
    noon = datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert told.trades.rows() == [
        ("ACME", noon, 0, None, 10.0, 100.0, None, "01", None, "finnhub"),
        ("WIDG", noon, 1, None, 20.0, 5.0, None, None, None, "finnhub"),
        ("ACME", noon, 2, None, 10.0, 100.0, None, "01", None, "finnhub"),
    ]


def test_a_message_told_three_times_counts_once_and_equal_trades_in_other_messages_count():
    told = hear(
        trades(("ACME", 0, 10.0, 100, None)),
        trades(("ACME", 0, 10.0, 100, None)),
        trades(("ACME", 0, 10.0, 100, None), ("ACME", 1, 10.0, 50, None)),
        trades(("ACME", 0, 10.0, 100, None)),
    )
    assert told.trades["size"].to_list() == [100.0, 100.0, 50.0]


def test_a_message_is_known_again_among_the_last_thousand():
    first, *others = (trades(("ACME", ms, 10.0, 100, None)) for ms in range(REMEMBERED + 1))
    assert hear(first, *others[:-1], first).trades.height == REMEMBERED
    assert hear(first, *others, first).trades.height == REMEMBERED + 2
    assert hear(first, others[0], first, *others[1:], first).trades.height == REMEMBERED + 1


def test_a_ping_is_no_row_and_wants_no_answer():
    told = hear('{"type":"ping"}', '{"type":"ping"}')
    assert (told.trades.height, told.rejects.height, told.replies) == (0, 0, ())


def test_one_unreadable_trade_leaves_the_others_of_its_message():
    broken = {"s": "ACME", "t": "noon", "p": 11.0, "v": 1}
    sound = {"s": "ACME", "t": NOON, "p": 10.0, "v": 1}
    told = hear(json.dumps({"type": "trade", "data": [sound, broken, sound]}))
    assert told.trades["price"].to_list() == [10.0, 10.0]
    assert told.rejects["row"].to_list() == [json.dumps(broken)]


def test_a_price_that_is_none_and_a_size_that_cannot_be_are_left_to_the_quality_check():
    rows = [{"s": "ACME", "t": NOON, "p": None, "v": 1}, {"s": "ACME", "t": NOON, "p": 1.0, "v": -5}]
    told = hear(json.dumps({"type": "trade", "data": rows}))
    assert told.trades.select("price", "size").rows() == [(None, 1.0), (1.0, -5.0)]


@pytest.mark.parametrize("code", ["16", "20", "39"])
def test_official_prices_are_the_same_flags_as_in_leans_ticks(code: str):
    flags = int(hear(trades(("ACME", 0, 10.0, 1, [code]))).trades["condition"][0], 16)
    assert flags & (1 << 24 | 1 << 26)


def test_a_code_is_never_taken_for_the_hexadecimal_number_it_looks_like():
    conditions = hear(trades(("ACME", 0, 10.0, 1, ["12"]), ("ACME", 1, 10.0, 1, ["99"]))).trades["condition"]
    assert conditions.to_list() == ["80000000", "40000000"]


def test_too_many_symbols_refuse_those_asked_for_last():
    dialect = FinnhubDialect(SECRET)
    dialect.subscribe(["AAA", "BBB", "CCC"])
    told = dialect.hear([error("Subscribing to too many symbols")] * 2, AT)
    assert told.refused == {
        "CCC": "Finnhub refuses it: Subscribing to too many symbols.",
        "BBB": "Finnhub refuses it: Subscribing to too many symbols.",
    }
    assert told.ended is None


def test_a_symbol_that_an_error_names_is_refused():
    dialect = FinnhubDialect(SECRET)
    dialect.subscribe(["AAA", "NOSUCH"])
    assert dialect.hear([error("Invalid symbol NOSUCH")], AT).refused == {
        "NOSUCH": "Finnhub refuses it: Invalid symbol NOSUCH."
    }


def test_an_error_about_nothing_in_particular_is_kept():
    told = hear(error("Invalid symbol"))
    assert told.rejects.select("reason", "detail").rows() == [("vendor_message", "Finnhub says: Invalid symbol.")]
    assert told.ended is None


def test_a_refused_key_and_a_limit_end_the_conversation():
    assert isinstance(hear(error("Invalid API key")).ended, NotEntitled)
    limited = hear(error("API limit reached. Please try again later.")).ended
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == 60


@needs_shared
def test_recorded_messages():
    recorded = json.loads((SHARED / "api_other/finnhub_ws.json").read_text())
    dialect = FinnhubDialect(SECRET)
    dialect.subscribe(["MSFT"])
    told = dialect.hear([json.dumps(frame) for frame in recorded], AT)
    assert told.trades.select("symbol", pl.col("ts").dt.epoch("ms"), "seq", "price", "size").rows() == [
        ("MSFT", 1575526691134, 0, 220.89, 100.0),
        ("MSFT", 1575526691167, 1, 220.82, 15.0),
        ("BINANCE:BTCUSDT", 1721555886208, 2, 66972.77, 0.01559),
    ]
    assert told.rejects.is_empty()
    assert list(told.refused) == ["MSFT"]
