"""Yahoo's messages become full quotes, with the volume and the prices that were meant."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from contracts.dialect import AT, DialectContract, lawful
from market import SHARED, needs_shared
from openbell.providers.streams.spoken import Told
from openbell.providers.streams.yahoo import FIELDS, HEARTBEAT, YahooDialect, _pricing

NOON = 1_772_470_800_000  # 2026-03-02 17:00 UTC, in milliseconds


def payload(symbol: str | None = "ACME", **fields: object) -> str:
    """A message of Yahoo's as base64."""
    return base64.b64encode(_pricing()(id=symbol, **fields).SerializeToString()).decode()


def pricing(symbol: str | None = "ACME", **fields: object) -> str:
    """The same as a frame of version 2."""
    return json.dumps({"type": "pricing", "message": payload(symbol, **fields)})


def hear(*frames: str | bytes) -> Told:
    return YahooDialect().hear(frames, AT)


class TestTheContract(DialectContract):
    good = (
        pricing("ACME", price=10.0, time=NOON, day_volume=1_000, currency="USD"),
        pricing("WIDG", price=20.0, time=NOON, bid=19.5, bid_size=3),
        pricing("BTC-USD", price=94_745.08, time=NOON),
    )
    complaints = ('{"type":"error","message":"too many symbols"}',)

    def dialect(self) -> YahooDialect:
        return YahooDialect()


def test_symbols_are_subscribed_in_one_message_and_again_with_every_beat():
    dialect = YahooDialect()
    assert [json.loads(frame) for frame in dialect.subscribe(["ACME", "WIDG"])] == [{"subscribe": ["ACME", "WIDG"]}]
    dialect.subscribe(["GIZMO"])
    assert [json.loads(frame) for frame in dialect.unsubscribe(["WIDG"])] == [{"unsubscribe": ["WIDG"]}]
    assert [json.loads(frame) for frame in dialect.beat()] == [{"subscribe": ["ACME", "GIZMO"]}]
    assert dialect.beat_s == 15


def test_a_message_is_a_quote_with_every_field():
    told = hear(
        pricing(
            price=10.0, time=NOON, previous_close=9.0, open_price=9.5, day_high=11.0, day_low=8.5, day_volume=1_000,
            bid=9.9, ask=10.1, bid_size=3, ask_size=4, currency="USD",
        )
    )  # fmt: skip
    noon = datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert told.quotes.rows() == [
        ("ACME", noon, 10.0, 9.0, 9.5, 11.0, 8.5, 1_000.0, 9.9, 10.1, 3.0, 4.0, "USD", "yahoo")
    ]


def test_the_bare_base64_of_version_1_says_the_same():
    fields = {"price": 10.0, "time": NOON}
    for frame in (payload(**fields), payload(**fields).encode(), f" {pricing(**fields)}\n"):
        assert_frame_equal(hear(frame).quotes, hear(pricing(**fields)).quotes)


def test_what_is_left_out_is_as_it_was_told_before_and_null_where_it_never_was():
    told = hear(
        pricing(price=10.0, time=NOON, day_volume=1_000),
        pricing("WIDG", price=20.0, time=NOON),
        pricing(price=10.5, time=NOON + 1_000, bid=10.4),
        pricing("WIDG", day_volume=7),
        pricing(price=0.0, time=NOON + 2_000),
    )
    second = timedelta(seconds=1)
    noon = datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert told.quotes.select("symbol", "ts", "price", "volume", "bid", "ask").rows() == [
        ("ACME", noon, 10.0, 1_000.0, None, None),
        ("WIDG", noon, 20.0, None, None, None),
        ("ACME", noon + second, 10.5, 1_000.0, 10.4, None),
        ("WIDG", noon, 20.0, 7.0, None, None),
        ("ACME", noon + 2 * second, 0.0, 1_000.0, 10.4, None),
    ]


def test_a_quote_without_a_time_is_true_when_it_comes():
    assert hear(pricing(price=10.0)).quotes["ts"].to_list() == [AT]


@pytest.mark.parametrize("price", [314.765, 94_745.08, 0.0001234, 1.09535, 725_000.0, 6_879.25, 1e-5])
def test_a_widened_float_is_the_price_that_was_meant(price: float):
    assert hear(pricing(price=price, time=NOON)).quotes["price"].to_list() == [price]


def test_a_price_that_is_no_number_is_none():
    told = hear(pricing(price=float("nan"), time=NOON, bid=float("inf")))
    assert told.quotes.select("price", "bid").rows() == [(None, None)]


def test_quotes_before_and_after_the_regular_hours_are_quotes():
    # market_hours is field 7, which is not read: 0 before, 1 in, 2 after the regular hours
    raw = base64.b64decode(payload(price=10.0, time=NOON))
    for hours in range(3):
        frame = base64.b64encode(raw + bytes([7 << 3, hours])).decode()
        assert hear(frame).quotes["price"].to_list() == [10.0]


def test_heartbeats_are_passed_over():
    told = hear('{"type":"heartbeat"}', pricing("ACME", quote_type=HEARTBEAT), pricing(None, time=NOON), "")
    assert (told.quotes.height, told.rejects.height) == (0, 0)


@pytest.mark.parametrize(
    "frame",
    [
        '{"type":"status","message":"closed"}',
        '{"type":"pricing","message":"?"}',
        '{"type":"pricing","message":null}',
        pricing(None, price=10.0),
        pricing(price=10.0, time=-1),
        pricing(price=10.0, time=2**62),
        base64.b64encode(b"\x0a\x02\xff\xfe\x15\x00\x00\x20\x41").decode(),  # a symbol that is not UTF-8
    ],
)
def test_a_message_that_makes_no_sense_is_a_reject(frame: str):
    told = hear(frame)
    assert (told.quotes.height, told.rejects["row"].to_list()) == (0, [frame])


@lawful
@given(junk=st.binary(max_size=12), at=st.integers(0, 60), gone=st.integers(0, 8))
def test_damaged_bytes_harm_no_other_symbol(junk: bytes, at: int, gone: int):
    raw = base64.b64decode(payload("WIDG", price=20.0, time=NOON, bid=1.0, day_volume=9, currency="USD"))
    bent = base64.b64encode(raw[:at] + junk + raw[at + gone :]).decode()
    before, after = pricing(price=10.0, time=NOON), pricing(price=11.0, time=NOON)
    told = hear(before, bent, after)
    assert told.quotes.rows()
    assert_frame_equal(told.quotes.filter(symbol="ACME"), hear(before, after).quotes)


def test_protocol_buffers_are_not_loaded_before_yahoo_speaks():
    code = "import sys; from openbell.providers.streams.yahoo import YahooDialect as Y; Y().subscribe(['ACME']); "
    code += "sys.exit('google.protobuf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@needs_shared
def test_the_fields_are_those_of_yahoos_message():
    listed = json.loads((SHARED / "api_yahoo_ws/pricing_fields.json").read_text())
    known = {each["name"]: (each["field"], each["type"].upper()) for each in listed}
    assert {name: known[name] for name in FIELDS} == FIELDS


@needs_shared
def test_recorded_messages():
    recorded = json.loads((SHARED / "api_yahoo_ws/pricing_messages.json").read_text())
    frames = [each.get("message") or each["frame"] for each in recorded if "expect" in each]
    told = hear(*frames)
    assert told.quotes.select("symbol", "price", "volume", "open", "high", "low", "currency").rows() == [
        ("AAPL", 314.765, 17_557_274.0, None, None, None, None),
        ("AAPL", 314.79, 17_557_426.0, None, None, None, None),
        ("BTC-USD", 94_745.08, 59_712_028_672.0, 92_529.99, 95_227.555, 92_517.22, "USD"),
    ]
    assert told.quotes["ts"].dt.epoch("ms").to_list() == [1589820933000, 1589820938000, 1736509140000]
    assert told.rejects["row"].to_list() == ["invalid_base64_string", "not json"]
