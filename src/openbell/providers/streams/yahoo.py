"""How Yahoo's streamer is spoken to: quotes in Protocol Buffers, as base64 in JSON, without a key.

Nothing of it is documented. The message is that of yfinance/pricing.proto: all numbers but prices are ZigZag.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec
import polars as pl

from openbell.model.frames import QUOTES, UTC, conform, frame_of
from openbell.providers.base import Capabilities
from openbell.providers.streams.parts import LAST_MS, UNREADABLE, Fields, Memory, Reject, instants, rejects_of, text_of
from openbell.providers.streams.spoken import Frame, Told
from openbell.providers.yahoo.scale import shortest

NAME = "yahoo"
URL = "wss://streamer.finance.yahoo.com/?version=2"
BEAT_S = 15.0
"""Yahoo forgets who is quiet for longer; yfinance repeats its subscription so often."""

HEARTBEAT = 7
"""The `quote_type` of a message that is no quote."""

FIELDS = {
    "id": (1, "STRING"),
    "price": (2, "FLOAT"),
    "time": (3, "SINT64"),
    "currency": (4, "STRING"),
    "quote_type": (6, "INT32"),
    "day_volume": (9, "SINT64"),
    "day_high": (10, "FLOAT"),
    "day_low": (11, "FLOAT"),
    "open_price": (15, "FLOAT"),
    "previous_close": (16, "FLOAT"),
    "bid": (23, "FLOAT"),
    "bid_size": (24, "SINT64"),
    "ask": (25, "FLOAT"),
    "ask_size": (26, "SINT64"),
}
"""The fields that are read: number and type."""

COLUMNS = {
    "symbol": "id",
    "ms": "time",
    "price": "price",
    "previous_close": "previous_close",
    "open": "open_price",
    "high": "day_high",
    "low": "day_low",
    "volume": "day_volume",
    "bid": "bid",
    "ask": "ask",
    "bid_size": "bid_size",
    "ask_size": "ask_size",
    "currency": "currency",
}
PRICES = ("price", "previous_close", "open", "high", "low", "bid", "ask")
SCHEMA = {name: QUOTES.get(name, pl.Int64) for name in COLUMNS}


class _Envelope(msgspec.Struct):
    """A message of version 2; one of version 1 is the bare base64."""

    type: str
    message: str = ""


_envelope = msgspec.json.Decoder(_Envelope)


class YahooDialect:
    """Quotes before, in and after the regular hours, of one connection to `url`.

    Yahoo leaves out what it has told before. Its prices are float32: 314.76501 means 314.765, the shortest decimal; its
    `price_hint` is for showing, and would make 314.77 of it.
    """

    capabilities = Capabilities(
        name=NAME,
        title="Yahoo Finance",
        quotes=True,
        note="Unofficial: Yahoo may change or refuse it at any time.",
    )
    headers: Mapping[str, str] = MappingProxyType({})
    beat_s: float | None = BEAT_S
    open_at_once = True

    def __init__(self, url: str = URL) -> None:
        self.url = url
        self._memory = Memory()
        self._subscribed: dict[str, None] = {}

    def hello(self) -> Sequence[Frame]:
        """Nothing: Yahoo asks for no login."""
        return ()

    def subscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """As Dialect promises."""
        self._subscribed |= dict.fromkeys(symbols)
        return _asked("subscribe", symbols)

    def unsubscribe(self, symbols: Sequence[str]) -> Sequence[Frame]:
        """As Dialect promises."""
        for symbol in symbols:
            self._subscribed.pop(symbol, None)
        return _asked("unsubscribe", symbols)

    def beat(self) -> Sequence[Frame]:
        """The subscription again."""
        return _asked("subscribe", list(self._subscribed))

    def hear(self, frames: Sequence[Frame], at: datetime) -> Told:
        """As Dialect promises."""
        rows: list[Fields] = []
        rejects: list[Reject] = []
        for frame in frames:
            try:
                row = _row(frame)
            except _unreadable() as error:
                rejects.append(Reject(text_of(frame), f"Yahoo's message cannot be read: {error}."))
            else:
                if row is not None:
                    rows.append(row)
        return Told(quotes=_quotes(self._memory.full(rows), at), rejects=rejects_of(rejects, NAME))


def _quotes(rows: Sequence[Fields], at: datetime) -> pl.DataFrame:
    if not rows:
        return frame_of(QUOTES)
    columns = zip(SCHEMA.items(), zip(*rows, strict=True), strict=True)
    table = pl.DataFrame([pl.Series(name, values, dtype) for (name, dtype), values in columns])
    stamp = instants(pl.col("ms")).fill_null(pl.lit(at).cast(UTC))
    return conform(table.with_columns(shortest(pl.col(PRICES)), ts=stamp, source=pl.lit(NAME)), QUOTES)


def _row(frame: Frame) -> Fields | None:
    """What a message says, in the order of COLUMNS, None for what it leaves out; None for a heartbeat."""
    text = text_of(frame)
    if text.lstrip().startswith("{"):
        envelope = _envelope.decode(text)
        if envelope.type == "heartbeat":
            return None
        if envelope.type != "pricing":
            raise ValueError(f"it is of the unknown type {envelope.type[:20]!r}")
        text = envelope.message
    told = _pricing().FromString(base64.b64decode(text, validate=True))
    if told.quote_type == HEARTBEAT or not (told.id or told.HasField("price")):
        return None
    if bytes in {type(told.id), type(told.currency)}:  # what is not UTF-8
        raise ValueError("a name in it is no text")
    if not told.id:
        raise ValueError("its price is nobody's")
    if not 0 <= told.time <= LAST_MS:
        raise ValueError(f"its time is {told.time}")
    return tuple(_value(told, name) for name in COLUMNS.values())


def _value(told: Any, name: str) -> object:
    value = getattr(told, name) if told.HasField(name) else None
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _asked(verb: str, symbols: Sequence[str]) -> Sequence[Frame]:
    return (msgspec.json.encode({verb: symbols}).decode(),) if symbols else ()


@cache
def _unreadable() -> tuple[type[Exception], ...]:
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # noqa: PLC0415  # as below

    return (*UNREADABLE, ValueError, DecodeError)


@cache
def _pricing() -> Any:
    """The class of Yahoo's messages. Loaded when a stream first speaks: it takes 10 MB."""
    from google.protobuf import (  # type: ignore[import-untyped]  # noqa: PLC0415
        descriptor_pb2,
        descriptor_pool,
        message_factory,
    )

    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="pricing.proto", syntax="proto2")  # which tells absent from zero
    message = file.message_type.add(name="PricingData")
    for name, (number, kind) in FIELDS.items():
        message.field.add(
            name=name, number=number, type=field.Type.Value(f"TYPE_{kind}"), label=field.Label.Value("LABEL_OPTIONAL")
        )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("PricingData"))
