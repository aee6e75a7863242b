"""What a channel carries, what it promises, and how it says that a message has not arrived."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from openbell.model.errors import OpenbellError

SHOWN = 200
"""So many characters of an answer are kept as the receipt."""

TIMEOUT_S = 15.0
"""For each step of a try, and (in `alerts.deliver`) for all of it; well under the outbox's LEASE."""

GONE = frozenset({401, 404, 410})
"""HTTP answers that the same request will get again: the address or the key is wrong."""

SECRET: Mapping[str, bool] = {"secret": True}
"""Marks a field of a channel that nobody is shown."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a firing tells. The same firing makes the same message, whenever it is sent."""

    rule_id: int
    event: str
    symbol: str
    at: datetime
    price: float | None
    text: str


class Undelivered(OpenbellError):
    """The message has not arrived; `permanent`: trying again is pointless. The receiver may ask to wait."""

    def __init__(self, what: str, *, permanent: bool = False, retry_after_s: float | None = None) -> None:
        super().__init__(what)
        self.permanent = permanent
        self.retry_after_s = retry_after_s


class Channel(Protocol):
    """A way to the owner. It may be given the same message again, under the same `key`."""

    async def send(self, message: Message, key: str, now: datetime) -> str:
        """Deliver; returns what the receiver answered, at most SHOWN characters. Raises Undelivered."""
        ...


def unanswered(host: str, port: int, error: BaseException) -> str:
    """Why a server did not answer. What errors say themselves may be long, raw, or hold a key."""
    causes = list(_causes(error))
    server = f"{host}:{port}"
    if any(isinstance(each, socket.gaierror) for each in causes):
        return f"There is no server named {host}, or no network to ask for it."
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"{server} has a certificate that is not trusted: {each.verify_message}."
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return f"No encrypted line to {server}: it speaks no TLS there, or another kind."
    if any("STARTTLS" in str(each) for each in causes):
        return f"{server} offers no STARTTLS."
    if any("AUTH" in str(each) for each in causes):
        return f"{server} takes no login here."
    return f"No answer from {server}."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that it was raised for."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def short(text: str) -> str:
    """The first characters, without what a terminal or PostgreSQL would stumble over."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)[:SHOWN]
