"""How Finnhub's stream is spoken to: trades in JSON, for the holder of a key.

https://finnhub.io/docs/api/websocket-trades. What an error says is not documented: its words are those that were seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlencode

import msgspec
import polars as pl

from openbell.model.errors import NotEntitled, ProviderError, RateLimited
from openbell.model.frames import TRADES, conform
from openbell.providers.base import Capabilities
from openbell.providers.http import redacted
from openbell.providers.streams.parts import (
    PAUSE_S,
    UNREADABLE,
    Millis,
    Reject,
    Symbol,
    instants,
    rejects_of,
    text_of,
)
from openbell.providers.streams.sales import FINNHUB
from openbell.providers.streams.spoken import Frame, Told

NAME = "finnhub"
URL = "wss://ws.finnhub.io"
REMEMBERED = 1_000
"""Messages with trades that are known again. Finnhub has sent each message three times over (finnhubio/Finnhub-API,
issue 143), and numbers no trade: two equal trades are two, but a message that is the same to the byte, with the same
milliseconds in the same order, is told again."""


class _Trade(msgspec.Struct, gc=False, rename={"symbol": "s", "price": "p", "size": "v", "ms": "t", "codes": "c"}):
    symbol: Symbol
    ms: Millis
    price: float | None = None
    size: float | None = None
    codes: tuple[str, ...] | None = None


class _Trades(msgspec.Struct, tag_field="type", tag="trade"):
    data: list[_Trade]


class _Parts(msgspec.Struct, tag_field="type", tag="trade"):
    data: list[msgspec.Raw]


class _Ping(msgspec.Struct, tag_field="type", tag="ping"):
    pass


class _Error(msgspec.Struct, tag_field="type", tag="error"):
    msg: str


_Said = _Trades | _Ping | _Error
_message: msgspec.json.Decoder[_Said] = msgspec.json.Decoder(_Said)
_parts = msgspec.json.Decoder(_Parts)
_trade = msgspec.json.Decoder(_Trade)


class FinnhubDialect:
    """Trades, as `key` allows: American ones, and those of currencies and crypto markets (`BINANCE:BTCUSDT`).

    The key is part of the address, and reaches no message. A trade has no number and no venue.
    """

    capabilities = Capabilities(
        name=NAME,
        title="Finnhub",
        needs_key=True,
        note="The free plan hears of 50 symbols over one connection.",
    )
    headers: Mapping[str, str] = MappingProxyType({})
    beat_s: float | None = None
    open_at_once = True

    def __init__(self, key: str, url: str = URL) -> None:
        self.url = f"{url}?{urlencode({'token': key})}"
        self._key = key
        self._asked: dict[str, None] = {}
        self._recent: dict[bytes, None] = {}
        self._seq = 0

    def hello(self) -> Sequence[Frame]:
        """Nothing: the key is in the address."""
        return ()

    def subscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """As Dialect promises."""
        self._asked |= dict.fromkeys(symbols)
        return [_request("subscribe", symbol) for symbol in symbols]

    def unsubscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """As Dialect promises."""
        for symbol in symbols:
            self._asked.pop(symbol, None)
        return [_request("unsubscribe", symbol) for symbol in symbols]

    def beat(self) -> Sequence[Frame]:
        """Nothing: Finnhub pings, and wants no answer."""
        return ()

    def hear(self, frames: Sequence[Frame], at: datetime) -> Told:  # noqa: ARG002  # every trade has its stamp
        """As Dialect promises."""
        trades: list[_Trade] = []
        rejects: list[Reject] = []
        refused: dict[str, str] = {}
        ended: ProviderError | None = None
        for frame in frames:
            said = _read(frame, rejects)
            if isinstance(said, _Trades) and not self._is_repeated(frame):
                trades += said.data
            elif isinstance(said, _Error):
                words = redacted(said.msg, self._key)
                symbols, why = self._refused(words), self._reason(words)
                refused |= dict.fromkeys(symbols, f"Finnhub refuses it: {words}.")
                ended = ended or (None if symbols else why)
                if not symbols and why is None:
                    rejects.append(Reject(text_of(frame), f"Finnhub says: {words}.", "vendor_message"))
        told = _told(trades, self._seq)
        self._seq += told.height
        return Told(trades=told, rejects=rejects_of(rejects, NAME, self._key), refused=refused, ended=ended)

    def _is_repeated(self, frame: Frame) -> bool:
        """Whether the same was told before; remembers it."""
        mark = hashlib.blake2b(frame if isinstance(frame, bytes) else frame.encode(), digest_size=16).digest()
        known = mark in self._recent
        self._recent.pop(mark, None)  # the newest stand last
        self._recent[mark] = None
        if len(self._recent) > REMEMBERED:
            del self._recent[next(iter(self._recent))]
        return known

    def _refused(self, words: str) -> Sequence[str]:
        """The symbols that an error is about.

        `Subscribing to too many symbols` names none: Finnhub takes them in the order in which they were asked for, so
        that each such error means the last one that is not refused yet.
        """
        if "too many symbols" in words.lower():
            chosen = list(self._asked)[-1:]
        else:
            chosen = [word for word in words.replace(",", " ").split() if word in self._asked]
        for symbol in chosen:
            del self._asked[symbol]
        return chosen

    def _reason(self, words: str) -> ProviderError | None:
        """Why Finnhub will say no more; None where it may."""
        text = words.lower()
        if any(phrase in text for phrase in ("api key", "apikey", "token", "unauthorized")):
            return NotEntitled(NAME, f"refuses the key: {words}.", remedy="Check the key.")
        if "limit" in text or "too many" in text:
            return RateLimited(NAME, f"{words}.", retry_after=PAUSE_S)
        return None


def _read(frame: Frame, rejects: list[Reject]) -> _Said | None:
    """A message; what cannot be read of it is added to `rejects`."""
    try:
        return _message.decode(frame)
    except UNREADABLE as error:
        whole = Reject(text_of(frame), f"Finnhub's message cannot be read: {error}.")
    try:
        parts = _parts.decode(frame).data
    except UNREADABLE:
        rejects.append(whole)
        return None
    trades = []
    for part in parts:
        try:
            trades.append(_trade.decode(part))
        except UNREADABLE as error:
            rejects.append(Reject(text_of(part), f"Finnhub's trade cannot be read: {error}."))
    return _Trades(trades)


def _told(trades: Sequence[_Trade], first: int) -> pl.DataFrame:
    table = pl.DataFrame(
        {
            "symbol": [each.symbol for each in trades],
            "ms": [each.ms for each in trades],
            "price": [each.price for each in trades],
            "size": [each.size for each in trades],
            "condition": [FINNHUB[each.codes] for each in trades],
        },
        schema={"ms": pl.Int64, **{name: TRADES[name] for name in ("symbol", "price", "size", "condition")}},
    )
    numbered = table.with_columns(seq=pl.int_range(pl.len()) + first, ts=instants(pl.col("ms")), source=pl.lit(NAME))
    return conform(numbered, TRADES)


def _request(verb: str, symbol: str) -> Frame:
    return msgspec.json.encode({"type": verb, "symbol": symbol}).decode()
