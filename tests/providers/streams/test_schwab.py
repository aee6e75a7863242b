"""Schwab's changes become full quotes and its candles bars; one request is sent at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from bars.tables import bars_of
from contracts.dialect import AT, DialectContract, lawful
from contracts.provider import SECRET
from market import SHARED, needs_shared
from openbell.model.errors import BadResponse, NotEntitled, RateLimited
from openbell.providers.streams.schwab import SchwabDialect, Streamer, streamer_of
from openbell.providers.streams.spoken import Frame, Told

NOON = 1_772_470_800_000  # 2026-03-02 17:00 UTC, in milliseconds
QUOTED, CHARTED = "LEVELONE_EQUITIES", "CHART_EQUITY"
PREFERENCES = {
    "streamerInfo": [
        {
            "streamerSocketUrl": "wss://streamer.example/ws",
            "schwabClientCustomerId": f"customer-{SECRET}",
            "schwabClientCorrelId": f"session-{SECRET}",
            "schwabClientChannel": "N9",
            "schwabClientFunctionId": "APIAPP",
        }
    ]
}


def data(*content: Mapping[str, Any], service: str = QUOTED) -> str:
    entry = {"service": service, "timestamp": NOON + 5, "command": "SUBS", "content": content}
    return json.dumps({"data": [entry]})


def answer(request: Frame, code: int = 0, text: str = "succeeded") -> str:
    """The vendor's answer to a request."""
    (asked,) = json.loads(request)["requests"]
    told = {name: asked[name] for name in ("service", "command", "requestid", "SchwabClientCorrelId")}
    return json.dumps({"response": [told | {"timestamp": NOON, "content": {"code": code, "msg": text}}]})


def new(**options: bool) -> SchwabDialect:
    return SchwabDialect(streamer_of(json.dumps(PREFERENCES)), SECRET, **options)


def opened(**options: bool) -> SchwabDialect:
    dialect = new(**options)
    (login,) = dialect.hello()
    assert dialect.hear([answer(login)], AT).ready
    return dialect


def hear(*frames: Frame) -> Told:
    return opened().hear(frames, AT)


class TestTheContract(DialectContract):
    opening = (answer(new().hello()[0], 0, "server=s0166bdv-1;status=NP"),)
    good = (
        data({"key": "ACME", "delayed": False, "1": 9.9, "2": 10.1, "3": 10.0, "8": 1_000, "34": NOON, "35": NOON}),
        data({"key": "WIDG", "3": 20.0, "35": NOON}, {"key": "WIDG", "1": 19.5}),
        data({"key": "GIZMO", "seq": 0, "1": 7, "2": 5, "3": 6, "4": 4, "5": 5, "6": 26, "7": NOON}, service=CHARTED),
    )
    complaints = (
        answer(new().hello()[0], 3, f"Login Denied.: token {SECRET} is invalid or has expired."),
        json.dumps({"notify": [{"service": "ADMIN", "content": {"code": 30, "msg": f"Stop streaming {SECRET}"}}]}),
        json.dumps({"response": [{"service": "ADMIN", "content": {"code": 12, "msg": f"connections of {SECRET}"}}]}),
        json.dumps({"response": [{"service": QUOTED, "content": {"code": 9, "msg": f"UNKNOWN_FAILURE {SECRET}"}}]}),
    )

    def dialect(self) -> SchwabDialect:
        return SchwabDialect(Streamer("wss://streamer.example/ws", "customer", "session", "N9", "APIAPP"), SECRET)

    def answers(self, request: Frame) -> Sequence[Frame]:
        return (answer(request),)


def test_the_preferences_say_where_to_stream_and_their_ids_are_not_shown():
    streamer = streamer_of(json.dumps(PREFERENCES))
    assert (streamer.url, streamer.channel, streamer.function) == ("wss://streamer.example/ws", "N9", "APIAPP")
    assert SECRET not in repr(streamer)


@pytest.mark.parametrize("body", ["", "{}", '{"streamerInfo":[]}', '{"streamerInfo":[{}]}', "<html>"])
def test_preferences_without_a_streamer_are_refused(body: str):
    with pytest.raises(BadResponse, match="where to stream"):
        streamer_of(body)


def test_the_login_carries_the_token_and_the_ids():
    (frame,) = new().hello()
    assert json.loads(frame) == {
        "requests": [
            {
                "requestid": "1",
                "service": "ADMIN",
                "command": "LOGIN",
                "SchwabClientCustomerId": f"customer-{SECRET}",
                "SchwabClientCorrelId": f"session-{SECRET}",
                "parameters": {
                    "Authorization": SECRET,
                    "SchwabClientChannel": "N9",
                    "SchwabClientFunctionId": "APIAPP",
                },
            }
        ]
    }


def test_symbols_are_added_to_each_service_one_request_after_the_other():
    dialect = opened()
    (quotes,) = dialect.subscribe(["ACME", "WIDG"])
    (bars,) = dialect.hear([answer(quotes)], AT).replies
    (asked, then) = (json.loads(frame)["requests"][0] for frame in (quotes, bars))
    assert (asked["service"], asked["command"], asked["parameters"]) == (
        QUOTED,
        "ADD",
        {"keys": "ACME,WIDG", "fields": "0,1,2,3,4,5,8,10,11,12,17,34,35"},
    )
    assert (then["service"], then["parameters"]) == (CHARTED, {"keys": "ACME,WIDG", "fields": "0,1,2,3,4,5,6,7"})
    assert asked["requestid"] != then["requestid"]
    assert dialect.hear([answer(bars, 28)], AT).replies == ()


def test_symbols_are_left_out_again():
    dialect = opened(bars=False)
    (frame,) = dialect.unsubscribe(["ACME"])
    (asked,) = json.loads(frame)["requests"]
    assert (asked["service"], asked["command"], asked["parameters"]) == (QUOTED, "UNSUBS", {"keys": "ACME"})


def test_a_first_message_is_a_quote_with_every_field():
    told = hear(
        data(
            {
                "key": "ACME", "delayed": True, "1": 9.9, "2": 10.1, "3": 10.0, "4": 200, "5": 100, "6": "Z",
                "8": 1_000, "10": 11.0, "11": 8.5, "12": 9.0, "17": 9.5, "34": NOON + 10, "35": NOON,
            }
        )
    )  # fmt: skip
    noon = datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert told.quotes.rows() == [
        ("ACME", noon, 10.0, 9.0, 9.5, 11.0, 8.5, 1_000.0, 9.9, 10.1, 200.0, 100.0, None, "schwab")
    ]


def test_what_has_not_changed_is_filled_in_and_the_time_is_that_of_the_last_trade():
    told = hear(
        data({"key": "ACME", "1": 9.9, "3": 10.0, "8": 1_000, "34": NOON, "35": NOON}),
        data({"key": "WIDG", "3": 20.0, "35": NOON + 1_000}),
        data({"key": "ACME", "2": 10.1, "34": NOON + 2_000}),
        data({"key": "ACME", "3": 10.2, "8": 1_100, "35": NOON + 3_000}),
    )
    noon = datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert told.quotes.select("symbol", "ts", "price", "volume", "bid", "ask").rows() == [
        ("ACME", noon, 10.0, 1_000.0, 9.9, None),
        ("WIDG", noon + timedelta(seconds=1), 20.0, None, None, None),
        ("ACME", noon, 10.0, 1_000.0, 9.9, 10.1),
        ("ACME", noon + timedelta(seconds=3), 10.2, 1_100.0, 9.9, 10.1),
    ]


def test_without_a_trade_the_time_is_that_of_the_quote_or_of_the_message():
    quoted = data({"key": "ACME", "1": 9.9, "34": NOON + 1, "35": 0})
    sent = data({"key": "ACME", "1": 9.9})
    bare = json.dumps({"data": [{"service": QUOTED, "content": [{"key": "ACME", "1": 9.9}]}]})
    told = [hear(frame).quotes["ts"].item() for frame in (quoted, sent, bare)]
    assert told[:2] == [datetime(2026, 3, 2, 17, 0, 0, ms * 1_000, UTC) for ms in (1, 5)]
    assert told[2] == AT


def test_a_price_of_zero_is_none_and_hides_yesterdays():
    told = hear(
        data({"key": "ACME", "3": 10.0, "10": 11.0, "11": 9.0, "17": 9.5, "35": NOON}),
        data({"key": "ACME", "10": 0, "11": 0, "17": 0}),
        data({"key": "ACME", "4": 3}),
    )
    assert told.quotes.select("price", "open", "high", "low").rows() == [
        (10.0, 9.5, 11.0, 9.0),
        (10.0, None, None, None),
        (10.0, None, None, None),
    ]


CHANGES = st.dictionaries(st.sampled_from(["1", "2", "3", "4", "5", "8", "10", "11", "12", "17"]), st.integers(0, 99))


@lawful
@given(changes=st.lists(st.tuples(st.sampled_from(["ACME", "WIDG"]), CHANGES), min_size=1, max_size=12))
def test_changes_one_by_one_end_where_all_of_them_at_once_do(changes: list[tuple[str, dict[str, int]]]):
    merged: dict[str, dict[str, Any]] = {}
    for symbol, fields in changes:
        merged[symbol] = {**merged.get(symbol, {}), **fields, "key": symbol, "35": NOON}
    told = hear(*(data({"key": symbol, "35": NOON, **fields}) for symbol, fields in changes))
    last = told.quotes.unique("symbol", keep="last", maintain_order=True).sort("symbol")
    assert_frame_equal(last, hear(data(*merged.values())).quotes.sort("symbol"))


def test_a_candle_is_a_bar_labelled_by_its_start():
    candle = {"seq": 0, "key": "ACME", "1": 330, "2": 10.0, "3": 10.5, "4": 9.5, "5": 10.2, "6": 900.0}
    told = hear(data({**candle, "7": NOON, "8": 20_000}, service=CHARTED))
    assert told.bars.rows() == bars_of("ACME 12:00 10 10.5 9.5 10.2 900", source="schwab").rows()


def test_an_unreadable_part_leaves_the_others_of_its_message():
    sound, broken = {"key": "ACME", "3": 10.0, "35": NOON}, {"key": "ACME", "3": "ten"}
    entries = [
        {"service": QUOTED, "content": [sound, broken, sound]},
        {"service": "NEWS", "content": [{"key": "ACME"}]},
        {"service": QUOTED, "content": None},
        {"service": QUOTED, "content": [sound]},
    ]
    told = hear(json.dumps({"data": entries}))
    assert told.quotes["price"].to_list() == [10.0] * 3
    assert [json.loads(row) for row in told.rejects["row"]] == [broken, {"key": "ACME"}, entries[2]]


def test_heartbeats_are_passed_over():
    told = hear('{"notify":[{"heartbeat":"1668715930582"}]}')
    assert (told.rejects.height, told.replies, told.ended) == (0, (), None)


@pytest.mark.parametrize(("code", "kind"), [(3, NotEntitled), (12, RateLimited), (20, BadResponse), (30, BadResponse)])
def test_a_code_that_ends_the_stream_says_what_to_do(code: int, kind: type[Exception]):
    dialect = new()
    (login,) = dialect.hello()
    told = dialect.hear([answer(login, code, "no")], AT)
    assert type(told.ended) is kind
    assert not told.ready


def test_a_login_that_fails_for_no_known_reason_ends_the_conversation():
    dialect = new()
    (login,) = dialect.hello()
    assert isinstance(dialect.hear([answer(login, 9, "UNKNOWN_FAILURE")], AT).ended, BadResponse)


@pytest.mark.parametrize("limit", [0, 1, 5, 13])
def test_symbols_up_to_the_limit_are_heard_and_only_the_others_refused(limit: int):
    symbols = [f"S{number:02}" for number in range(13)]
    dialect, taken, refused = opened(bars=False), list[str](), dict[str, str]()
    waiting = list(dialect.subscribe(symbols))
    while waiting:
        request = waiting.pop()
        keys = json.loads(request)["requests"][0]["parameters"]["keys"].split(",")
        fits = len(taken) + len(keys) <= limit
        taken += keys if fits else []
        told = dialect.hear([answer(request) if fits else answer(request, 19, "REACHED_SYMBOL_LIMIT")], AT)
        waiting += told.replies
        refused |= told.refused
    assert (taken, list(refused)) == (symbols[:limit], symbols[limit:])


def test_a_request_that_fails_refuses_its_symbols_and_the_next_is_sent():
    dialect = opened()
    (quotes,) = dialect.subscribe(["ACME"])
    told = dialect.hear([answer(quotes, 22, "FAILED_COMMAND_SUBS")], AT)
    assert told.refused == {"ACME": "Schwab refuses it: FAILED_COMMAND_SUBS (22)."}
    (bars,) = told.replies
    told = dialect.hear([answer(bars, 11, "SERVICE_NOT_AVAILABLE")], AT)
    assert told.refused == {}
    assert told.rejects.select("reason", "detail").rows() == [
        ("vendor_message", "Schwab refuses CHART_EQUITY of ACME: SERVICE_NOT_AVAILABLE (11).")
    ]


@needs_shared
def test_the_recorded_preferences():
    recorded = streamer_of((SHARED / "api_schwab/preferences.json").read_bytes())
    assert recorded.url == "wss://streamer-api.schwab.com/ws"


@needs_shared
def test_recorded_quotes():
    recorded = json.loads((SHARED / "api_schwab/level_one_quote_handler.json").read_text())
    told = hear(json.dumps(recorded["stream_item"]))
    columns = ("symbol", "price", "previous_close", "open", "volume", "bid", "ask", "bid_size", "ask_size")
    assert told.quotes.select(*columns).rows() == [
        ("MSFT", 417.09, 415.81, None, 162_750.0, 417.01, 417.08, 1.0, 0.0),
        ("GOOG", 172.7786, 171.93, None, 167_934.0, 172.75, 172.77, 0.0, 1.0),
    ]
    assert told.quotes["ts"].dt.epoch("ms").to_list() == [1715777953982, 1715777950470]


@needs_shared
def test_recorded_bars():
    recorded = json.loads((SHARED / "api_schwab/chart_equity_handler.json").read_text())
    told = hear(json.dumps(recorded["stream_item"]))
    # The last minute of the extended hours, 19:59 in New York, is the 779th after 07:00: labelled by its start.
    assert told.bars.select(pl.col("ts").dt.convert_time_zone("America/New_York").dt.strftime("%H:%M")).rows() == [
        ("19:59",),
        ("19:59",),
    ]
    assert told.bars.select("symbol", "open", "high", "low", "close", "volume").rows() == [
        ("MSFT", 421.65, 421.79, 421.65, 421.755, 26.0),
        ("GOOG", 175.16, 175.21, 175.06, 175.06, 145.0),
    ]


@needs_shared
def test_recorded_samples_of_other_services_are_set_aside():
    samples = json.loads((SHARED / "api_schwab/schwabdev_stream_samples.json").read_text())
    told = hear(*(json.dumps(each["sample"]) for each in samples))
    assert told.quotes["symbol"].to_list() == ["AMD", "INTC"]
    assert told.rejects.height == len(samples) - 1
