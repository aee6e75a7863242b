"""Alpaca's messages become trades, quotes and bars; its answers say which symbols it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from bars.tables import bars_of
from contracts.dialect import AT, DialectContract
from contracts.provider import SECRET
from market import SHARED, needs_shared
from openbell.bars.aggregate import bars_from
from openbell.model.errors import BadResponse, NotEntitled, RateLimited
from openbell.model.interval import MINUTE
from openbell.model.sessions import sessions
from openbell.providers.streams.alpaca import AlpacaDialect
from openbell.providers.streams.sales import CTS, UTP, Sale
from openbell.providers.streams.spoken import Frame, Told

OPENED = ('[{"T":"success","msg":"connected"}]', '[{"T":"success","msg":"authenticated"}]')
SUBSCRIBED = '[{"T":"subscription","trades":["ACME"],"quotes":[],"bars":[],"corrections":["ACME"]}]'
MONDAY = sessions("XNYS", date(2026, 3, 2), date(2026, 3, 2))
STAMP = "2026-03-02T14:30:00.123456789Z"


def trade(symbol: str = "ACME", **fields: Any) -> dict[str, Any]:
    known = {"T": "t", "S": symbol, "i": 1, "x": "D", "p": 10.0, "s": 100, "c": ["@"], "t": STAMP, "z": "C"}
    return known | fields


def quote(symbol: str = "ACME", **fields: Any) -> dict[str, Any]:
    known = {"T": "q", "S": symbol, "bx": "V", "bp": 9.9, "bs": 2, "ax": "V", "ap": 10.1, "as": 3, "c": ["R"]}
    return known | {"t": STAMP, "z": "C"} | fields


def bar(symbol: str = "ACME", **fields: Any) -> dict[str, Any]:
    known = {"T": "b", "S": symbol, "o": 10.0, "h": 10.5, "l": 9.5, "c": 10.2, "v": 900, "n": 3, "vw": 10.1}
    return known | {"t": "2026-03-02T14:30:00Z"} | fields


def said(*messages: dict[str, Any]) -> str:
    return json.dumps(messages)


def error(code: int, text: str) -> str:
    return said({"T": "error", "code": code, "msg": text})


def opened() -> AlpacaDialect:
    dialect = AlpacaDialect("KEY", SECRET)
    assert dialect.hear(OPENED, AT).ready
    return dialect


def hear(*frames: Frame) -> Told:
    return opened().hear(frames, AT)


class TestTheContract(DialectContract):
    opening = OPENED
    good = (
        said(trade(), quote(), trade(i=2, p=10.5)),
        said(quote("WIDG"), bar("WIDG")),
        said(bar("GIZMO"), bar("GIZMO", T="u", v=950)),
        said(trade("THING", z="A")),
    )
    complaints = (
        error(402, f"auth failed for {SECRET}"),
        error(406, f"connection limit exceeded by {SECRET}"),
        error(407, f"slow client {SECRET}"),
        error(409, f"insufficient subscription of {SECRET}"),
        error(500, f"internal error {SECRET}"),
    )

    def dialect(self) -> AlpacaDialect:
        return AlpacaDialect(SECRET, f"{SECRET}-2")

    def answers(self, request: Frame) -> Sequence[Frame]:
        return (SUBSCRIBED,)


def test_the_login_is_a_message_and_the_feed_is_in_the_address():
    dialect = AlpacaDialect("KEY", SECRET, "sip")
    assert dialect.url == "wss://stream.data.alpaca.markets/v2/sip"
    assert [json.loads(frame) for frame in dialect.hello()] == [{"action": "auth", "key": "KEY", "secret": SECRET}]


def test_only_the_success_of_the_login_lets_us_in():
    dialect = AlpacaDialect("KEY", SECRET)
    assert [dialect.hear([frame], AT).ready for frame in OPENED] == [False, True]


def test_symbols_are_asked_for_in_the_channels_that_are_wanted():
    (frame,) = AlpacaDialect("KEY", SECRET, channels=("trades", "bars")).subscribe(["ACME", "WIDG"])
    assert json.loads(frame) == {"action": "subscribe", "trades": ["ACME", "WIDG"], "bars": ["ACME", "WIDG"]}


def test_trades_keep_their_order_number_venue_and_size():
    told = hear(said(trade(i=71697158462912, s=0.5), trade("WIDG", x="V", c=None, i=None)), said(trade(i=3)))
    at = datetime(2026, 3, 2, 14, 30, 0, 123456, UTC)
    assert told.trades.rows() == [
        ("ACME", at, 0, 71697158462912, 10.0, 0.5, "D", "01", None, "alpaca"),
        ("WIDG", at, 1, None, 10.0, 100.0, "V", None, None, "alpaca"),
        ("ACME", at, 2, 3, 10.0, 100.0, "D", "01", None, "alpaca"),
    ]


def test_nanoseconds_are_cut_off_so_that_no_trade_enters_the_next_minute():
    stamps = ("2026-03-02T14:30:59.999999999Z", "2026-03-02T14:30:59Z", "2026-03-02T14:30:59.5Z")
    assert hear(said(*(trade(t=stamp) for stamp in stamps))).trades["ts"].dt.microsecond().to_list() == [
        999_999,
        0,
        500_000,
    ]


@pytest.mark.parametrize("stamp", ["noon", "", "2026-02-30T14:30:00Z", "2026-03-02T14:30:00", "+12345-01-01T00:00:00Z"])
def test_a_trade_without_a_readable_stamp_is_set_aside_in_its_place(stamp: str):
    told = hear(said(trade(i=1), trade(i=2, t=stamp), trade(i=3)), "not json")
    assert told.trades.select("id", "seq").rows() == [(1, 0), (3, 1)]
    assert told.rejects.select("symbol", "reason").rows() == [
        ("ACME", "unreadable_message"),
        (None, "unreadable_message"),
    ]
    assert json.loads(told.rejects["row"][0])["i"] == 2


@pytest.mark.parametrize(
    "stamp",
    [
        "2024-07-01T13:30:00Z", "2024-07-01T13:30:00.5Z", "2024-07-01T13:30:59.999999999Z", "0001-01-01T00:00:00Z",
        "2024-02-29T13:30:00.123456Z", "2023-02-29T13:30:00Z", "2024-07-01 13:30:00Z", "2024-07-01T13:30:00",
        "2024-07-01T13:30Z", "2024-07-01Z", "0000-01-01T00:00:00Z", "2024-07-01T13:30:00.123456x89Z",
        "2024-07-01T13:30:00.1234567Z9", "2024-07-01T13:30:00ZZ", "2024-07-01T13:30:00.12Z45",
        "20240701T133000.000000Z",
        "2024-07-01T24:00:00Z", "2024-13-01T13:30:00Z", "+024-07-01T13:30:00Z", "2024-07-01T13:30:00+02:00",
        "2024-07-01T29:00:00Z", "2024-07-01T13:60:00Z", "2024-07-01T13:30:60Z", "2024-07-01T13;30:00Z",
        "2024-07-01T13:30:00.Z", "2024-07-01T13:30:00.1", "2024-07-01T13:30:00Z.1", "2024-07-01T1a:30:00Z",
        "2024-07-01T00:00:00Z", "2024-07-01T23:59:59.999999Z", "2024-07-02T00:00:00Z", "2024-W27-1T13:30:00Z",
        "2024-07-01T13:30:00.12345678Z", "2024-07-01T13:30:00.000000001Z", "2024-07-01T13:30:00.123\x0056Z",
        "NaT", "",
    ],
)  # fmt: skip
def test_a_stamp_is_read_the_same_in_whatever_company_it_comes(stamp: str):
    """Among usual ones it is read the fast way, beside one that is none the careful way."""
    beside = "2024-07-01T13:30:01.123456789Z"
    fast = hear(said(trade(t=beside), trade(t=stamp, i=7)))
    careful = hear(said(trade(t=beside), trade(t=stamp, i=7), trade(t="never", i=8)))
    assert fast.trades.rows() == careful.trades.rows()
    assert fast.rejects.height == careful.rejects.height - 1


def test_many_messages_are_columns_as_few_are():
    frames = [said(*(trade(i=first + n) for n in range(7)), quote(), bar()) for first in range(0, 7 * 400, 7)]
    frames[300] = said(trade(t="never"), {"T": "nonsense"})
    told = hear(*frames)
    assert told.trades["seq"].to_list() == list(range(7 * 399))
    assert told.trades["id"].to_list() == [n for n in range(7 * 400) if not 2100 <= n < 2107]
    assert (told.quotes.height, told.bars.height, told.rejects.height) == (399, 399, 2)


def test_an_unreadable_part_leaves_the_others_of_its_message():
    broken = trade(p="ten")
    told = hear(said(trade(i=1), broken, quote(), trade(i=2**70), bar()))
    assert (told.trades["id"].to_list(), told.quotes.height, told.bars.height) == ([1], 1, 1)
    assert told.rejects["row"][0] == json.dumps(broken)
    assert told.rejects.height == 2


def test_a_price_that_is_none_and_a_size_that_cannot_be_are_left_to_the_quality_check():
    told = hear(said(trade(p=None), trade(s=-5)))
    assert told.trades.select("price", "size").rows() == [(None, 100.0), (10.0, -5.0)]


def test_a_quote_has_both_sides_and_no_price_and_no_side_costs_nothing():
    told = hear(said(quote(), quote(bp=0, bs=0)))
    at = datetime(2026, 3, 2, 14, 30, 0, 123456, UTC)
    nothing = (None,) * 6
    assert told.quotes.rows() == [
        ("ACME", at, *nothing, 9.9, 10.1, 2.0, 3.0, "USD", "alpaca"),
        ("ACME", at, *nothing, None, 10.1, 0.0, 3.0, "USD", "alpaca"),
    ]


def test_bars_are_closed_minutes_and_those_told_again():
    told = hear(said(bar(), bar(T="d", v=5_000), bar(T="u", v=950)))
    expected = bars_of("ACME 09:30 10 10.5 9.5 10.2 900\nACME 09:30 10 10.5 9.5 10.2 950", source="alpaca")
    assert told.bars.rows() == expected.rows()
    assert told.rejects.is_empty()


def test_what_was_not_asked_for_is_passed_over():
    told = hear(said({"T": "s", "S": "ACME", "sc": "T"}, {"T": "l", "S": "ACME"}, {"T": "i", "S": "ACME"}))
    assert told.rejects.is_empty()


def test_a_cancelled_and_a_corrected_trade_are_rejects_that_name_it():
    corrected = {"T": "c", "S": "EEM", "x": "M", "oi": 527, "op": 39.1582, "os": 440_000, "oc": [" ", "7"]}
    corrected |= {"ci": 326, "cp": 39.1809, "cs": 440_000, "cc": [" ", "7"], "z": "B", "t": STAMP}
    cancelled = {"T": "x", "S": "DJT", "i": 4868, "x": "D", "p": 36.18, "s": 31800, "a": "C", "z": "C", "t": STAMP}
    told = hear(said(trade(), corrected, cancelled, cancelled | {"a": "E"}))
    at = datetime(2026, 3, 2, 14, 30, 0, 123456, UTC)
    assert told.trades.height == 1
    assert told.rejects.select("symbol", "ts", "reason", "detail").rows() == [
        (
            "EEM",
            at,
            "corrected",
            "Trade 527 on M, 440000 at 39.1582, is corrected to trade 326, 440000 at 39.1809.",
        ),
        ("DJT", at, "cancelled", "Trade 4868 on D, 31800 at 36.18, is cancelled."),
        ("DJT", at, "cancelled", "Trade 4868 on D, 31800 at 36.18, was reported in error."),
    ]
    assert json.loads(told.rejects["row"][1]) == cancelled


def flags(codes: Iterable[str], tape: str = "C") -> Sale:
    return Sale(int(hear(said(trade(c=list(codes), z=tape))).trades["condition"][0], 16))


def test_conditions_of_a_trade_are_one_number():
    assert flags(["@", "I"]) == Sale.REGULAR | Sale.ODD_LOT
    assert flags([" ", "7"], "B") == Sale.REGULAR | Sale.CONTINGENT | Sale.TRADE_THROUGH_EXEMPT


def test_a_letter_means_what_its_tape_says():
    assert [flags("B", tape) for tape in "ABC"] == [Sale.AVERAGE_PRICE, Sale.AVERAGE_PRICE, Sale.BUNCHED]


def test_an_unknown_condition_is_not_lost():
    assert flags(["@", "?"]) == Sale.REGULAR | Sale.UNKNOWN


@pytest.mark.parametrize(
    ("tape", "codes"), [("A", CTS.sales), ("C", UTP.sales)], ids=["tapes A and B", "tape C"]
)  # as the tapes' rules for the consolidated last sale have it; but trades in extended hours (T) have bars here
def test_bars_count_a_sale_as_its_condition_allows(tape: str, codes: Mapping[str, Sale]):
    no_price = {*"47CGHILNPRUVWZ", *("B" if tape == "A" else "")}
    no_trade = {"M", "Q", "9"}
    for code in codes:
        told = hear(said(trade(), trade(p=99.0, s=7, c=[code], z=tape, t="2026-03-02T14:30:30Z")))
        bars = bars_from(told.trades, MINUTE, MONDAY)
        expected = (10.0, 100.0) if code in no_trade else (10.0, 107.0) if code in no_price else (99.0, 107.0)
        if code != "6":  # the closing cross belongs to the last minute, when it comes after it
            assert bars.select("high", "volume").rows() == [expected], code


def test_the_closing_cross_counts_in_the_last_minute():
    late = trade(p=11.0, s=5_000, c=["@", "6"], t="2026-03-02T21:00:02Z")
    bars = bars_from(hear(said(trade(t="2026-03-02T20:59:59Z"), late)).trades, MINUTE, MONDAY)
    assert bars.select(pl.col("ts").dt.strftime("%H:%M"), "close", "volume").rows() == [("20:59", 11.0, 5_100.0)]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, BadResponse),
        (402, NotEntitled),
        (404, BadResponse),
        (405, BadResponse),
        (406, RateLimited),
        (407, BadResponse),
        (408, NotEntitled),
        (409, NotEntitled),
        (410, NotEntitled),
        (500, BadResponse),
    ],
)
def test_an_error_ends_the_conversation_with_what_to_do(code: int, kind: type[Exception]):
    assert type(hear(error(code, "no")).ended) is kind


def test_a_second_login_is_no_harm():
    told = hear(error(403, "already authenticated"))
    assert (told.ended, told.rejects.height) == (None, 0)


class Limited:
    """An Alpaca that takes `limit` symbols, all of a request or none, and one request after the other."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken: list[str] = []

    def answer(self, request: Frame) -> str:
        asked = json.loads(request)
        if asked["action"] == "unsubscribe":
            self.taken = [symbol for symbol in self.taken if symbol not in asked["trades"]]
        elif len(self.taken) + len(asked["trades"]) > self.limit:
            return error(405, "symbol limit exceeded")
        else:
            self.taken += asked["trades"]
        return SUBSCRIBED


@pytest.mark.parametrize("limit", [0, 1, 5, 12, 13, 30])
def test_symbols_up_to_the_limit_are_heard_and_only_the_others_refused(limit: int):
    symbols = [f"S{number:02}" for number in range(13)]
    dialect, vendor = opened(), Limited(limit)
    waiting, refused = list(dialect.subscribe(symbols)), dict[str, str]()
    while waiting:
        assert len(waiting) == 1
        told = dialect.hear([vendor.answer(waiting.pop())], AT)
        waiting += told.replies
        refused |= told.refused
    assert vendor.taken == symbols[:limit]
    assert list(refused) == symbols[limit:]
    assert set(refused.values()) <= {"Alpaca refuses it: symbol limit exceeded (405)."}


def test_a_request_waits_for_the_answer_to_the_one_before():
    dialect = opened()
    (first,) = dialect.subscribe(["ACME"])
    assert list(dialect.unsubscribe(["ACME"])) == []
    assert json.loads(first)["action"] == "subscribe"
    (second,) = dialect.hear([SUBSCRIBED], AT).replies
    assert json.loads(second)["action"] == "unsubscribe"
    assert dialect.hear([SUBSCRIBED], AT).replies == ()


@needs_shared
def test_recorded_messages():
    recorded = json.loads((SHARED / "api_alpaca/websocket_messages.json").read_text())
    stamped = [message | {"t": STAMP} for message in recorded]  # the recording has marks of another encoding
    told = hear(json.dumps(stamped))
    assert told.bars.select("symbol", "close", "volume").rows() == [("AAPL", 178.005, 8547.0)]
    assert told.trades.select("symbol", "id", "price", "size", "venue", "condition").rows() == [
        ("AAPL", 6142, 177.79, 90.0, "V", "80000001")
    ]
    assert told.quotes.select("symbol", "bid", "bid_size", "ask", "ask_size").rows() == [
        ("SPIP", 25.41, 35.0, 25.43, 35.0)
    ]
    assert told.rejects.select("symbol", "reason").rows() == [(None, "unreadable_message"), ("DJT", "cancelled")]
    assert '"o"' in told.rejects["row"][0]  # an order book, of another stream
