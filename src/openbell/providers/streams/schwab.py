"""How Schwab's streamer is spoken to: level-one quotes and minute bars in JSON, after a login with an access token.

The Streamer API of https://developer.schwab.com, whose fields are numbers. Its page and the wire disagree on those of
CHART_EQUITY; the wire is right: 1 is the sequence, 2 to 6 are open, high, low, close and volume.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import msgspec
import polars as pl

from openbell.model.errors import BadResponse, NotEntitled, ProviderError, RateLimited
from openbell.model.frames import BARS, QUOTES, UTC, conform, frame_of
from openbell.model.interval import MINUTE
from openbell.providers.base import Capabilities
from openbell.providers.http import redacted
from openbell.providers.streams.parts import (
    PAUSE_S,
    UNREADABLE,
    Fields,
    Memory,
    Millis,
    Reject,
    Request,
    Requests,
    Symbol,
    instants,
    rejects_of,
    text_of,
)
from openbell.providers.streams.spoken import Frame, Told

NAME = "schwab"
QUOTED, CHARTED = "LEVELONE_EQUITIES", "CHART_EQUITY"
FIELDS = {QUOTED: "0,1,2,3,4,5,8,10,11,12,17,34,35", CHARTED: "0,1,2,3,4,5,6,7"}
SUCCEEDED = frozenset({0, 26, 27, 28, 29})
LOGIN_DENIED, CLOSE_CONNECTION, REACHED_SYMBOL_LIMIT, STREAM_CONN_NOT_FOUND, STOP_STREAMING = 3, 12, 19, 20, 30
ENDING = frozenset({LOGIN_DENIED, CLOSE_CONNECTION, STREAM_CONN_NOT_FOUND, STOP_STREAMING})
PRICES = ("price", "previous_close", "open", "high", "low", "bid", "ask")


class Streamer(
    msgspec.Struct,
    frozen=True,
    rename={
        "url": "streamerSocketUrl",
        "customer": "schwabClientCustomerId",
        "correlation": "schwabClientCorrelId",
        "channel": "schwabClientChannel",
        "function": "schwabClientFunctionId",
    },
):
    """Where and as whom a user streams; the ids are the user's own."""

    url: str
    customer: str
    correlation: str
    channel: str
    function: str

    def __repr__(self) -> str:
        return f"Streamer({self.url})"


class _Preferences(msgspec.Struct, rename="camel"):
    streamer_info: list[Streamer]


class _Quote(
    msgspec.Struct,
    gc=False,
    rename={
        "symbol": "key",
        "bid": "1",
        "ask": "2",
        "price": "3",
        "bid_size": "4",
        "ask_size": "5",
        "volume": "8",
        "high": "10",
        "low": "11",
        "previous_close": "12",
        "open": "17",
        "quoted_ms": "34",
        "traded_ms": "35",
    },
):
    symbol: Symbol
    bid: float | None = None
    ask: float | None = None
    price: float | None = None
    bid_size: float | None = None
    ask_size: float | None = None
    volume: float | None = None
    high: float | None = None
    low: float | None = None
    previous_close: float | None = None
    open: float | None = None
    quoted_ms: Millis | None = None
    traded_ms: Millis | None = None


SCHEMA = {name: QUOTES.get(name, pl.Int64) for name in (*_Quote.__struct_fields__, "sent_ms")}
STAMPS = ("traded_ms", "quoted_ms", "sent_ms")


class _Bar(
    msgspec.Struct,
    gc=False,
    rename={"symbol": "key", "open": "2", "high": "3", "low": "4", "close": "5", "volume": "6", "ms": "7"},
):
    symbol: Symbol
    ms: Millis
    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    volume: float | None = None


class _Data(msgspec.Struct):
    service: str
    content: list[msgspec.Raw]
    timestamp: Millis | None = None


class _Verdict(msgspec.Struct):
    code: int
    msg: str = ""


class _Answer(msgspec.Struct):
    """An entry of `response`, or one of `notify` that is no heartbeat."""

    content: _Verdict | None = None
    service: str = ""
    command: str = ""
    requestid: str | int | None = None


class _Frame(msgspec.Struct):
    data: list[msgspec.Raw] = []
    response: list[_Answer] = []
    notify: list[_Answer] = []


_preferences = msgspec.json.Decoder(_Preferences)
_frame = msgspec.json.Decoder(_Frame)
_data = msgspec.json.Decoder(_Data)
_quote = msgspec.json.Decoder(_Quote)
_bar = msgspec.json.Decoder(_Bar)


def streamer_of(preferences: str | bytes) -> Streamer:
    """Who streams, as the answer to GET /trader/v1/userPreference says; raises BadResponse."""
    try:
        return _preferences.decode(preferences).streamer_info[0]
    except (*UNREADABLE, IndexError) as error:
        what = f"the user's preferences do not say where to stream ({error})."
        raise BadResponse(NAME, what) from None  # the error may hold them


class SchwabDialect:
    """Full quotes, and minute bars where `bars` are wanted, for the user of `streamer` with the access `token`.

    A quote's `ts` is that of its last trade. Sizes of bid and ask are as Schwab tells them: round lots in recordings of
    2024, shares in those of December 2025. Who has no entitlement is told the prices of some exchanges only.
    """

    capabilities = Capabilities(
        name=NAME,
        title="Charles Schwab",
        quotes=True,
        needs_key=True,
        note="For clients of the broker; one connection at a time.",
    )
    headers: Mapping[str, str] = MappingProxyType({})
    beat_s: float | None = None
    open_at_once = False

    def __init__(self, streamer: Streamer, token: str, *, bars: bool = True) -> None:
        self.url = streamer.url
        self._streamer = streamer
        self._token = token
        self._secrets = (token, streamer.customer, streamer.correlation)
        self._services = (QUOTED, CHARTED) if bars else (QUOTED,)
        self._memory = Memory()
        self._requests = Requests()
        self._number = 0

    def hello(self) -> Sequence[Frame]:
        """The login."""
        known_as = {"SchwabClientChannel": self._streamer.channel, "SchwabClientFunctionId": self._streamer.function}
        return (self._request("ADMIN", "LOGIN", {"Authorization": self._token, **known_as}),)

    def subscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """As Dialect promises."""
        return self._ask("ADD", symbols)

    def unsubscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """As Dialect promises."""
        return self._ask("UNSUBS", symbols)

    def beat(self) -> Sequence[Frame]:
        """Nothing: Schwab sends heartbeats, and wants no answer."""
        return ()

    def hear(self, frames: Sequence[Frame], at: datetime) -> Told:
        """As Dialect promises."""
        heard = _Heard()
        for frame in frames:
            try:
                said = _frame.decode(frame)
            except UNREADABLE as error:
                heard.reject(frame, f"Schwab's message cannot be read: {error}.")
                continue
            if not (said.data or said.response or said.notify):
                heard.reject(frame, "Schwab's message says nothing.")
            for answer in (*said.response, *said.notify):
                self._hear_answer(answer, frame, heard)
            for part in said.data:
                _hear_data(part, heard)
        return Told(
            quotes=_quotes(self._memory.full(heard.quotes), at),
            bars=_bars(heard.bars),
            rejects=rejects_of(heard.rejects, NAME, *self._secrets),
            replies=tuple(heard.replies),
            ready=heard.ready,
            refused=heard.refused,
            ended=heard.ended,
        )

    def _hear_answer(self, answer: _Answer, frame: Frame, heard: _Heard) -> None:
        if answer.content is None:  # a heartbeat
            return
        code = answer.content.code
        said = redacted(f"{answer.content.msg.strip(' .')} ({code}).", *self._secrets)
        if answer.command == "LOGIN" and code == 0:
            heard.ready = True
        elif answer.command == "LOGIN" or code in ENDING:
            heard.ended = heard.ended or _reason(code, said)
        elif str(answer.requestid) == str(self._number) and (sent := self._requests.sent):
            refused = self._settle(sent, code)
            if sent.service == QUOTED and sent.verb == "ADD":
                heard.refused |= dict.fromkeys(refused, f"Schwab refuses it: {said}")
            elif refused:
                heard.reject(frame, f"Schwab refuses {sent.service} of {', '.join(refused)}: {said}", "vendor_message")
            heard.replies += self._due()
        elif code not in SUCCEEDED:
            heard.reject(frame, f"Schwab says: {said}", "vendor_message")

    def _settle(self, sent: Request, code: int) -> Sequence[str]:
        """The symbols that the answer to what was sent refuses."""
        if code == REACHED_SYMBOL_LIMIT:
            return self._requests.limited()
        self._requests.answered()
        return () if code in SUCCEEDED else sent.symbols

    def _ask(self, verb: str, symbols: Sequence[str]) -> Sequence[Frame]:
        for service in self._services:
            self._requests.add(Request(verb, tuple(symbols), service))
        return self._due()

    def _due(self) -> Sequence[Frame]:
        """Schwab may fail one of two commands that it works on at the same time (codes 22 to 25)."""
        request = self._requests.due()
        if request is None:
            return ()
        fields = {"fields": FIELDS[request.service]} if request.verb == "ADD" else {}
        return (self._request(request.service, request.verb, {"keys": ",".join(request.symbols), **fields}),)

    def _request(self, service: str, command: str, parameters: Mapping[str, str]) -> Frame:
        self._number += 1
        request = {
            "requestid": str(self._number),
            "service": service,
            "command": command,
            "SchwabClientCustomerId": self._streamer.customer,
            "SchwabClientCorrelId": self._streamer.correlation,
            "parameters": parameters,
        }
        return msgspec.json.encode({"requests": [request]}).decode()


@dataclass(slots=True)
class _Heard:
    """What is known of a batch so far."""

    quotes: list[Fields] = field(default_factory=list)
    bars: list[_Bar] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    replies: list[Frame] = field(default_factory=list)
    ready: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    ended: ProviderError | None = None

    def reject(self, message: Frame | msgspec.Raw, detail: str, reason: str = "unreadable_message") -> None:
        self.rejects.append(Reject(text_of(message), detail, reason))


def _hear_data(part: msgspec.Raw, heard: _Heard) -> None:
    """The rows of one service."""
    try:
        data = _data.decode(part)
    except UNREADABLE as error:
        heard.reject(part, f"Schwab's data cannot be read: {error}.")
        return
    for row in data.content:
        try:
            if data.service == QUOTED:
                heard.quotes.append((*msgspec.structs.astuple(_quote.decode(row)), data.timestamp))
            elif data.service == CHARTED:
                heard.bars.append(_bar.decode(row))
            else:
                heard.reject(row, f"Schwab's service {data.service!r} was not asked for.")
        except UNREADABLE as error:
            heard.reject(row, f"Schwab's {data.service} cannot be read: {error}.")


def _quotes(rows: Sequence[Fields], at: datetime) -> pl.DataFrame:
    """Quotes at their last trade, else when they were quoted or sent; Schwab writes 0 where there is nothing."""
    if not rows:
        return frame_of(QUOTES)
    columns = zip(SCHEMA.items(), zip(*rows, strict=True), strict=True)
    table = pl.DataFrame([pl.Series(name, values, dtype) for (name, dtype), values in columns])
    told = table.with_columns(pl.when(pl.col(name) != 0).then(name).alias(name) for name in (*PRICES, *STAMPS))
    stamp = pl.coalesce(instants(pl.col(name)) for name in STAMPS).fill_null(pl.lit(at).cast(UTC))
    return conform(told.with_columns(ts=stamp, source=pl.lit(NAME)), QUOTES)


def _bars(told: Sequence[_Bar]) -> pl.DataFrame:
    """Bars labelled by their start: the last one of a day that ends at 20:00 is that of 19:59."""
    if not told:
        return frame_of(BARS)
    names = [name for name in _Bar.__struct_fields__ if name in BARS]
    columns = {name: pl.Series([getattr(each, name) for each in told], dtype=BARS[name]) for name in names}
    table = pl.DataFrame({**columns, "ms": pl.Series([each.ms for each in told], dtype=pl.Int64)})
    labels = {"interval": str(MINUTE), "scale": "raw", "source": NAME}
    labelled = table.with_columns(pl.lit(text).alias(name) for name, text in labels.items())
    return conform(labelled.with_columns(ts=instants(pl.col("ms"))), BARS)


def _reason(code: int, said: str) -> ProviderError:
    if code == LOGIN_DENIED:
        return NotEntitled(NAME, said, remedy="Log in to Schwab again: its tokens end after seven days.")
    if code == CLOSE_CONNECTION:
        remedy = "Close the other program that is connected for this user."
        return RateLimited(NAME, said, retry_after=PAUSE_S, remedy=remedy)
    return BadResponse(NAME, said)
