"""How Alpaca's stock stream is spoken to: trades, quotes and minute bars in JSON, for the holder of a key.

https://docs.alpaca.markets/docs/streaming-market-data and https://docs.alpaca.markets/docs/real-time-stock-pricing-data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Literal, cast

import msgspec
import polars as pl

from openbell.model.errors import BadResponse, NotEntitled, ProviderError, RateLimited
from openbell.model.frames import BARS, QUOTES, TRADES, Schema, conform, frame_of
from openbell.model.interval import MINUTE
from openbell.providers.base import Capabilities
from openbell.providers.http import redacted
from openbell.providers.streams.parts import (
    PAUSE_S,
    UNREADABLE,
    Reject,
    Request,
    Requests,
    Symbol,
    Whole,
    rejects_of,
    text_of,
)
from openbell.providers.streams.sales import CTS, UTP
from openbell.providers.streams.spoken import Frame, Told
from openbell.providers.streams.stamps import rfc3339

NAME = "alpaca"
URL = "wss://stream.data.alpaca.markets/v2"

Feed = Literal["iex", "sip"]
"""IEX alone, free; or all exchanges of the United States."""

Channel = Literal["trades", "quotes", "bars", "updatedBars"]
"""`updatedBars` are minutes told again, half a minute later, for trades that were reported late."""

CHANNELS: tuple[Channel, ...] = ("trades", "quotes", "bars", "updatedBars")
NOT_ASKED_FOR = frozenset({"d", "i", "l", "s"})
"""Daily bars, imbalances, price limits and trading halts: no rows of ours."""

TOGETHER = 1_000
"""So many rows are turned into columns at once: more do not fit into the processor's cache, and take twice as long."""


class _Trade(
    msgspec.Struct,
    tag_field="T",
    tag="t",
    gc=False,
    rename={"symbol": "S", "stamp": "t", "id": "i", "venue": "x", "price": "p", "size": "s", "codes": "c", "tape": "z"},
):
    symbol: Symbol
    stamp: str
    id: Whole | None = None
    venue: str | None = None
    price: float | None = None
    size: float | None = None
    codes: tuple[str, ...] | None = None
    tape: str | None = None


class _Quote(
    msgspec.Struct,
    tag_field="T",
    tag="q",
    gc=False,
    rename={"symbol": "S", "bid": "bp", "bid_size": "bs", "ask": "ap", "ask_size": "as", "stamp": "t"},
):
    symbol: Symbol
    stamp: str
    bid: float | None = None
    bid_size: float | None = None
    ask: float | None = None
    ask_size: float | None = None


class _Bar(
    msgspec.Struct,
    tag_field="T",
    tag="b",
    gc=False,
    rename={"symbol": "S", "stamp": "t", "open": "o", "high": "h", "low": "l", "close": "c", "volume": "v"},
):
    symbol: Symbol
    stamp: str
    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    volume: float | None = None


class _UpdatedBar(_Bar, tag="u"):
    pass


class _Cancelled(
    msgspec.Struct,
    tag_field="T",
    tag="x",
    rename={"symbol": "S", "id": "i", "venue": "x", "price": "p", "size": "s", "action": "a", "stamp": "t"},
):
    symbol: Symbol
    stamp: str
    id: int
    venue: str
    price: float
    size: int | float
    action: str


class _Corrected(
    msgspec.Struct,
    tag_field="T",
    tag="c",
    rename={
        "symbol": "S",
        "venue": "x",
        "stamp": "t",
        "id": "oi",
        "price": "op",
        "size": "os",
        "new_id": "ci",
        "new_price": "cp",
        "new_size": "cs",
    },
):
    symbol: Symbol
    stamp: str
    venue: str
    id: int
    price: float
    size: int | float
    new_id: int
    new_price: float
    new_size: int | float


class _Success(msgspec.Struct, tag_field="T", tag="success"):
    msg: str = ""


class _Subscription(msgspec.Struct, tag_field="T", tag="subscription"):
    pass


class _Error(msgspec.Struct, tag_field="T", tag="error"):
    code: int
    msg: str = ""


class _Kind(msgspec.Struct, rename={"kind": "T"}):
    kind: str


TOLD = {name: TRADES[name] for name in ("symbol", "id", "price", "size", "venue", "condition", "ts")}
"""What Alpaca tells of a trade."""

_Row = _Trade | _Quote | _Bar | _UpdatedBar
_Part = _Row | _Cancelled | _Corrected | _Success | _Subscription | _Error
_rows: msgspec.json.Decoder[list[_Row]] = msgspec.json.Decoder(list[_Row])
_parts = msgspec.json.Decoder(list[msgspec.Raw])
_part: msgspec.json.Decoder[_Part] = msgspec.json.Decoder(_Part)
_kind = msgspec.json.Decoder(_Kind)


class AlpacaDialect:
    """Trades, quotes and minute bars of `feed`, as `key` and `secret` allow; of the `channels` alone.

    A trade's id is unique for its symbol, venue and day; `x` and `c` name it by that. Trades told are never changed: a
    cancelled or corrected one is a reject that says so, and the minute is told again in `updatedBars`. Bars are
    labelled by their start. Quotes have bid and ask alone, with sizes as Alpaca tells them.
    """

    capabilities = Capabilities(
        name=NAME,
        title="Alpaca",
        quotes=True,
        needs_key=True,
        note="The free plan hears of the trades on one exchange, IEX, and of 30 symbols.",
    )
    headers: Mapping[str, str] = MappingProxyType({})
    beat_s: float | None = None
    open_at_once = False

    def __init__(
        self, key: str, secret: str, feed: Feed = "iex", *, channels: Sequence[Channel] = CHANNELS, url: str = URL
    ) -> None:
        self.url = f"{url}/{feed}"
        self._key = key
        self._secret = secret
        self._feed = feed
        self._channels = tuple(channels)
        self._requests = Requests()
        self._seq = 0

    def hello(self) -> Sequence[Frame]:
        """The login."""
        return (_json({"action": "auth", "key": self._key, "secret": self._secret}),)

    def subscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """As Dialect promises."""
        self._requests.add(Request("subscribe", tuple(symbols)))
        return self._due()

    def unsubscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """As Dialect promises."""
        self._requests.add(Request("unsubscribe", tuple(symbols)))
        return self._due()

    def beat(self) -> Sequence[Frame]:
        """Nothing: the pings of the WebSocket itself are enough."""
        return ()

    def hear(self, frames: Sequence[Frame], at: datetime) -> Told:  # noqa: ARG002  # every message has its stamp
        """As Dialect promises."""
        heard = _Heard()
        for frame in frames:
            try:
                heard.rows += _rows.decode(frame)
            except UNREADABLE:
                self._hear_parts(frame, heard)
            if len(heard.rows) >= TOGETHER:
                heard.set_down()
        heard.set_down()
        trades, quotes, bars = (pl.concat(parts) for parts in (heard.trades, heard.quotes, heard.bars))
        first = self._seq
        self._seq += trades.height
        return Told(
            trades=conform(trades.with_columns(seq=pl.int_range(pl.len()) + first, source=pl.lit(NAME)), TRADES),
            quotes=quotes,
            bars=bars,
            rejects=rejects_of(heard.rejects, NAME, self._key, self._secret),
            replies=tuple(heard.replies),
            ready=heard.ready,
            refused=heard.refused,
            ended=heard.ended,
        )

    def _hear_parts(self, frame: Frame, heard: _Heard) -> None:
        """A frame that holds more than rows, or something that is none."""
        try:
            parts = _parts.decode(frame)
        except UNREADABLE as error:
            heard.rows.append(Reject(text_of(frame), f"Alpaca's message cannot be read: {error}."))
            return
        for part in parts:
            try:
                self._hear_part(_part.decode(part), part, heard)
            except UNREADABLE as error:
                if _kind_of(part) not in NOT_ASKED_FOR:
                    heard.rows.append(Reject(text_of(part), f"Alpaca's message cannot be read: {error}."))

    def _hear_part(self, said: _Part, part: msgspec.Raw, heard: _Heard) -> None:
        match said:
            case _Success(msg="authenticated"):
                heard.ready = True
            case _Success():
                pass  # connected
            case _Subscription():
                self._requests.answered()
                heard.replies += self._due()
            case _Error():
                self._hear_error(said, heard)
            case _Cancelled():
                heard.rows.append(_cancelled(said, text_of(part)))
            case _Corrected():
                heard.rows.append(_corrected(said, text_of(part)))
            case _:
                heard.rows.append(said)

    def _hear_error(self, error: _Error, heard: _Heard) -> None:
        said = redacted(error.msg, self._key, self._secret)
        if error.code in {400, 405} and self._requests.sent:
            for symbol in self._requests.limited():
                heard.refused[symbol] = f"Alpaca refuses it: {said} ({error.code})."
            heard.replies += self._due()
        elif error.code != 403:  # already authenticated
            heard.ended = heard.ended or self._reason(error.code, f"{said} ({error.code}).")

    def _reason(self, code: int, said: str) -> ProviderError:
        if code == 402:
            return NotEntitled(NAME, said, remedy="Check the key and its secret.")
        if code in {408, 409, 410}:
            return NotEntitled(NAME, said, remedy=f"The plan does not cover the feed {self._feed}; iex is free.")
        if code == 406:
            remedy = "Close the other program that is connected with this key."
            return RateLimited(NAME, said, retry_after=PAUSE_S, remedy=remedy)
        return BadResponse(NAME, said)

    def _due(self) -> Sequence[Frame]:
        request = self._requests.due()
        if request is None:
            return ()
        return (_json({"action": request.verb} | dict.fromkeys(self._channels, request.symbols)),)


@dataclass(slots=True)
class _Heard:
    """What is known of a batch so far."""

    rows: list[_Row | Reject] = field(default_factory=list)
    """Those that are no columns yet."""
    trades: list[pl.DataFrame] = field(default_factory=lambda: [frame_of(TOLD)])
    quotes: list[pl.DataFrame] = field(default_factory=lambda: [frame_of(QUOTES)])
    bars: list[pl.DataFrame] = field(default_factory=lambda: [frame_of(BARS)])
    rejects: list[Reject] = field(default_factory=list)
    replies: list[Frame] = field(default_factory=list)
    ready: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    ended: ProviderError | None = None

    def set_down(self) -> None:
        """Turn rows into columns."""
        rows, self.rows = self.rows, []
        kinds = set(map(type, rows))
        if kinds == {_Trade}:
            self._set_down_trades(cast("list[_Trade]", rows))
            return
        stamps = rfc3339([None if isinstance(each, Reject) else each.stamp for each in rows])
        self.rejects += [_reject(rows[place]) for place in stamps.is_null().arg_true()]
        told = [each for each, known in zip(rows, stamps.is_not_null(), strict=True) if known]
        if trades := [each for each in told if isinstance(each, _Trade)]:
            self._set_down_trades(trades)
        if quotes := [each for each in told if isinstance(each, _Quote)]:
            self.quotes.append(_quotes(quotes))
        if bars := [each for each in told if isinstance(each, _Bar)]:
            self.bars.append(_bars(bars))

    def _set_down_trades(self, trades: Sequence[_Trade]) -> None:
        told: dict[str, Sequence[object]] = {
            "symbol": [each.symbol for each in trades],
            "id": [each.id for each in trades],
            "price": [each.price for each in trades],
            "size": [each.size for each in trades],
            "venue": [each.venue for each in trades],
            "condition": [(UTP if each.tape == "C" else CTS)[each.codes] for each in trades],
        }
        columns = [pl.Series(name, column, dtype=TRADES[name]) for name, column in told.items()]
        ts = rfc3339([each.stamp for each in trades])
        frame = pl.DataFrame([*columns, ts])
        if ts.null_count():
            self.rejects += [_reject(trades[place]) for place in ts.is_null().arg_true()]
            frame = frame.drop_nulls("ts")
        self.trades.append(frame)


def _quotes(quotes: Sequence[_Quote]) -> pl.DataFrame:
    """Bids and asks; Alpaca writes 0 where there is none."""
    told = _table(quotes, QUOTES, ("symbol", "bid", "bid_size", "ask", "ask_size"))
    sides = (pl.when(pl.col(side) != 0).then(side).alias(side) for side in ("bid", "ask"))
    return conform(told.with_columns(*sides, currency=pl.lit("USD"), source=pl.lit(NAME)), QUOTES)


def _bars(bars: Sequence[_Bar]) -> pl.DataFrame:
    told = _table(bars, BARS, ("symbol", "open", "high", "low", "close", "volume"))
    labels = {"interval": str(MINUTE), "scale": "raw", "source": NAME}
    return conform(told.with_columns(pl.lit(text).alias(name) for name, text in labels.items()), BARS)


def _table(messages: Sequence[_Quote | _Bar], schema: Schema, names: Sequence[str]) -> pl.DataFrame:
    """The columns `names`, and the stamps."""
    columns = [pl.Series(name, list(map(attrgetter(name), messages)), dtype=schema[name]) for name in names]
    return pl.DataFrame([*columns, rfc3339([each.stamp for each in messages])])


def _reject(row: _Row | Reject) -> Reject:
    if isinstance(row, Reject):
        return row
    return Reject(_json(row), f"Alpaca's stamp cannot be read: {row.stamp!r}.", symbol=row.symbol)


def _cancelled(said: _Cancelled, row: str) -> Reject:
    why = "was reported in error" if said.action == "E" else "is cancelled"
    detail = f"Trade {said.id} on {said.venue}, {said.size} at {said.price}, {why}."
    return Reject(row, detail, "cancelled", said.symbol, rfc3339([said.stamp]).item())


def _corrected(said: _Corrected, row: str) -> Reject:
    detail = (
        f"Trade {said.id} on {said.venue}, {said.size} at {said.price}, "
        f"is corrected to trade {said.new_id}, {said.new_size} at {said.new_price}."
    )
    return Reject(row, detail, "corrected", said.symbol, rfc3339([said.stamp]).item())


def _kind_of(part: msgspec.Raw) -> str | None:
    try:
        return _kind.decode(part).kind
    except UNREADABLE:
        return None


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
