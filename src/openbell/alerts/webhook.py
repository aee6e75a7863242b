"""An alert as a signed request to the owner's own address."""

from __future__ import annotations

import hmac
import json
import logging
import re
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus, urlsplit

from openbell.alerts.message import GONE, SECRET, SHOWN, TIMEOUT_S, Message, Undelivered, short, unanswered
from openbell.model.errors import InvalidInput
from openbell.providers.http import AGENT, Response, redacted, retry_after_s

if TYPE_CHECKING:
    import httpx

_TELLING = 8
"""A part of an address that has so many characters may be a key."""

_UNSAID_S = 0.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST of JSON to the owner's own address, signed so that the receiver knows who speaks.

    Header `Openbell-Signature: t=<unix seconds>,v1=<hex>`, see `signature`; header `Idempotency-Key`. Redirects are not
    followed, so no receiver can point the desk at another address.
    """

    url: str = field(repr=False, metadata=SECRET)  # many services put their key into the path
    secret: str = field(repr=False, metadata=SECRET)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or re.search(r"[\x00-\x20\x7f]", self.url):
            raise InvalidInput(
                "url",
                "An address begins with http:// or https://, and names a server.",
                remedy="Give one such as https://example.org/path.",
            )
        if len(self.secret) < 16:
            raise InvalidInput("secret", "The secret is shorter than 16 characters.", remedy="Use a random one.")

    async def send(self, message: Message, key: str, now: datetime) -> str:
        """As Channel promises."""
        import httpx  # noqa: PLC0415  # as in providers/http.py

        body = _json(message, key)
        stamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",  # the beginning of the answer is read as it comes
            "User-Agent": AGENT,
            "Idempotency-Key": key,
            "Openbell-Signature": f"t={stamp},v1={signature(self.secret, stamp, body)}",
        }
        # httpx logs every address at INFO, and a key may be part of it.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        try:
            async with (
                httpx.AsyncClient(verify=_authorities(), timeout=TIMEOUT_S, follow_redirects=False) as client,
                client.stream("POST", self.url, content=body, headers=headers) as answer,
            ):
                said = await _beginning(answer)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            parts = urlsplit(self.url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            raise Undelivered(short(unanswered(str(parts.hostname), port, error))) from None
        receipt = short(f"HTTP {answer.status_code} {redacted(said, *self._secrets())}".strip())
        if answer.is_success:
            return receipt
        asked = retry_after_s(Response(answer.status_code, "", answer.headers), now, default=_UNSAID_S)
        raise Undelivered(receipt, permanent=answer.status_code in GONE, retry_after_s=asked or None)

    def _secrets(self) -> list[str]:
        """What an answer may repeat and a receipt may not, the longest first: the secret, the address, its parts."""
        parts = urlsplit(self.url)
        path = parts.path.lstrip("/")
        written = [path, parts.username or "", *re.split(r"[/?&=;]", f"{path}?{parts.query}")]
        long = [form for each in written for form in (each, unquote(each), unquote_plus(each)) if len(form) >= _TELLING]
        password = parts.password or ""
        return sorted({self.secret, self.url, password, unquote(password), *long}, key=len, reverse=True)


def signature(secret: str, stamp: int, body: bytes) -> str:
    """HMAC-SHA256 with `secret` over `<stamp>.<body>`, in hex: what a receiver computes too, and compares."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()


def _json(message: Message, key: str) -> bytes:
    told = {
        "key": key,
        "rule": message.rule_id,
        "event": message.event,
        "symbol": message.symbol,
        "at": message.at.isoformat(),
        "price": message.price,
        "message": message.text,
    }
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()


@cache
def _authorities() -> ssl.SSLContext:
    """Whom the desk trusts; reading them takes longer than a delivery."""
    import httpx  # noqa: PLC0415  # as above

    return httpx.create_ssl_context()


async def _beginning(answer: httpx.Response) -> str:
    """The first characters of an answer of any length."""
    read = b""
    async for part in answer.aiter_raw():
        read += part
        if len(read) >= 4 * SHOWN:  # a character has at most four bytes
            break
    return read.decode(errors="replace")
