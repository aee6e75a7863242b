"""The ways an alert leaves the desk: e-mail, a signed webhook, and the hundred services that Apprise speaks to.

A channel is its configuration, checked when it is made; `channel_of` makes one from what the ledger keeps. What is
secret in it is in no repr, no error and no receipt. When to send is `alerts.deliver`'s business.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from hashlib import sha256
from html import escape
from threading import get_ident
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import unquote, unquote_plus, urlsplit

from openbell.alerts.given import made
from openbell.model.errors import InvalidInput, OpenbellError
from openbell.providers.http import AGENT, Response, redacted, retry_after_s
from openbell.store.outbox import READ_BY_THE_PAGE

if TYPE_CHECKING:
    import httpx

SHOWN = 200
"""So many characters of an answer are kept as the receipt."""

TIMEOUT_S = 15.0
"""For each step of a try, and (in `alerts.deliver`) for all of it; well under the outbox's LEASE."""

GONE = frozenset({401, 404, 410})
"""HTTP answers that the same request will get again: the address or the key is wrong."""

_TELLING = 8
"""A part of an address that has so many characters may be a key."""

_SECRET: Mapping[str, bool] = {"secret": True}
_UNSAID_S = 0.0


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


@dataclass(frozen=True, slots=True)
class Email:
    """A mail to one address. `tls` from the first byte, `starttls` before anything is said, or `none`."""

    host: str
    sender: str
    to: str
    port: int = 587
    security: Literal["tls", "starttls", "none"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False, metadata=_SECRET)

    def __post_init__(self) -> None:
        _assert_host(self.host)
        for name in ("sender", "to"):
            if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", address := getattr(self, name)):
                raise InvalidInput(
                    name, f"{address!r} is no e-mail address.", remedy="Give one, such as name@example.org."
                )
            if not address.isascii():  # most servers take no others (RFC 6531)
                raise InvalidInput(name, f"{name} has letters beyond ASCII.", remedy="Write the domain as xn--….")
        if not 0 < self.port < 65536:
            raise InvalidInput(
                "port", f"port is {self.port}.", remedy="Give 1 to 65535: 587 for starttls, 465 for tls."
            )
        if self.password and self.security == "none":
            raise InvalidInput("security", "A password would go over an open line.", remedy="Choose starttls or tls.")

    async def send(self, message: Message, key: str, now: datetime) -> str:  # noqa: ARG002  # the mail bears the event's time
        """As Channel promises; the Message-ID is the key."""
        import aiosmtplib  # noqa: PLC0415  # only desks that send mail need it

        server = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            timeout=TIMEOUT_S,
        )
        line = None
        try:
            await server.connect()
            line = server.transport
            if self.username:
                await server.login(self.username, self.password)
            _, answer = await server.send_message(self._mail(message, key))
            with suppress(aiosmtplib.SMTPException):  # it has the mail, whatever it says to a good-bye
                await server.quit(timeout=1.0)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise self._refused(error.recipients[0].code, error.recipients[0].message) from None
        except aiosmtplib.SMTPResponseException as error:
            raise self._refused(error.code, error.message) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undelivered(_short(_unanswered(self.host, self.port, error))) from None
        finally:
            server.close()
            if isinstance(line, asyncio.WriteTransport):
                line.abort()  # closing one in TLS would wait for the server's good-bye
        return _short(redacted(answer, self.password))

    def _refused(self, code: int, said: str) -> Undelivered:
        """RFC 5321, 4.2.1: 4yz may be repeated, 5yz not."""
        return Undelivered(_short(redacted(f"{code} {said}", self.password)), permanent=500 <= code < 600)

    def _mail(self, message: Message, key: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, self.to
        mail["Subject"] = _short(" ".join(message.text.split()))
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{key}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        foot = f"{message.symbol} at {message.at:%Y-%m-%d %H:%M:%S %Z}"
        mail.set_content(f"{message.text}\n\n{foot}\n", cte="quoted-printable")
        page = f"<p>{escape(message.text)}</p>\n<p><small>{escape(foot)}</small></p>\n"
        mail.add_alternative(page, subtype="html", cte="quoted-printable")
        mail.set_boundary(key)  # else a random one: the same key is to bear the same bytes
        return mail


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST of JSON to the owner's own address, signed so that the receiver knows who speaks.

    Header `Openbell-Signature: t=<unix seconds>,v1=<hex>`, see `signature`; header `Idempotency-Key`. Redirects are not
    followed, so no receiver can point the desk at another address.
    """

    url: str = field(repr=False, metadata=_SECRET)  # many services put their key into the path
    secret: str = field(repr=False, metadata=_SECRET)

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
            raise Undelivered(_short(_unanswered(str(parts.hostname), port, error))) from None
        receipt = _short(f"HTTP {answer.status_code} {redacted(said, *self._secrets())}".strip())
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


_SENDERS = ThreadPoolExecutor(16, "apprise")
"""Its own threads: services that do not answer leave those by which prices are stored alone."""


@dataclass(frozen=True, slots=True)
class Apprise:
    """A service that Apprise speaks to: Telegram, Discord, Slack, ntfy, SNS and more, by its address.

    Apprise takes no idempotency key and gives no receipt: a repeat arrives twice, and the log says only that it was
    accepted.
    """

    url: str = field(repr=False, metadata=_SECRET)

    def __post_init__(self) -> None:
        if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S", self.url):
            raise InvalidInput("url", "This is no address for Apprise.", remedy="Such as ntfy://topic.")

    async def send(self, message: Message, key: str, now: datetime) -> str:  # noqa: ARG002  # see the class
        """As Channel promises; one that is given up meanwhile ends by Apprise's own time-outs."""
        return await asyncio.get_running_loop().run_in_executor(_SENDERS, self._notify, message)

    def _notify(self, message: Message) -> str:
        import apprise  # noqa: PLC0415  # 0.7 s and 30 MB

        statuses = _Statuses()
        logger = logging.getLogger("apprise")
        logger.propagate = False  # it tells whole addresses, with the keys in them
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # and so do this one's warnings
        logger.addHandler(statuses)
        try:
            sender = apprise.Apprise()
            if not sender.add(self.url):
                raise Undelivered("Apprise does not understand the address.", permanent=True)
            accepted = sender.notify(body=message.text, title=message.symbol, body_format="text")
        finally:
            logger.removeHandler(statuses)
        if not accepted:
            told = f" (HTTP {statuses.newest})" if statuses.newest else ""
            raise Undelivered(f"The service did not accept it{told}.", permanent=statuses.newest in GONE)
        return "Accepted; Apprise gives no receipt."


class _Statuses(logging.Handler):
    """The HTTP status that Apprise tells its log only, of this thread. Its other words may hold keys."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = get_ident()
        self.newest: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Remember the status."""
        found = re.search(r"error=(\d{3})\b", record.getMessage())
        if found and record.thread == self._thread:
            self.newest = int(found[1])


_KINDS: Mapping[str, type[Email] | type[Webhook] | type[Apprise]] = {
    "email": Email,
    "webhook": Webhook,
    "apprise": Apprise,
}
KINDS = (*_KINDS, *READ_BY_THE_PAGE)


def channel_of(kind: str, config: Mapping[str, Any]) -> Channel | None:
    """The channel of a kind; None for one that the page reads itself. Raises InvalidInput, without a secret in it."""
    if kind not in KINDS:
        raise InvalidInput("kind", f"There is no kind of channel {kind!r}.", remedy=f"Choose of {', '.join(KINDS)}.")
    known = [each.name for each in fields(_KINDS[kind])] if kind in _KINDS else []
    unknown = sorted(set(config) - set(known))
    if unknown:
        remedy = f"Its fields: {', '.join(known)}." if known else "It has no fields."
        raise InvalidInput(unknown[0], f"A channel of kind {kind} has no {unknown[0]}.", remedy=remedy)
    if kind in READ_BY_THE_PAGE:
        return None
    missing = [each.name for each in fields(_KINDS[kind]) if each.default is MISSING and not config.get(each.name)]
    if missing:
        names = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
        raise InvalidInput(
            missing[0], f"{names} {'is' if len(missing) == 1 else 'are'} missing.", remedy="An alert could not leave."
        )
    channel: Channel = made(dict(config), _KINDS[kind])
    return channel


def shown(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """`config` as it may be shown: of a secret no more than how it ends, and of an address where it leads."""
    if kind not in _KINDS:
        return {}
    secrets = {each.name for each in fields(_KINDS[kind]) if each.metadata.get("secret")}
    hide = {"url": _service if kind == "apprise" else _place}
    return {
        name: hide.get(name, _hidden)(str(value)) if name in secrets and value else value
        for name, value in config.items()
    }


def reconfigured(kind: str, config: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`config` with what `change` says otherwise; a secret that is told as it is `shown` stays what it was."""
    seen = shown(kind, config)
    return {**config, **{name: value for name, value in change.items() if name not in seen or seen[name] != value}}


def _place(url: str) -> str:
    """Scheme, host and port of a webhook's address; what follows is hidden, and so is a password before them."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    rest = url.partition(parts.netloc)[2]
    return f"{parts.scheme}://{host}{f'/{_hidden(rest)}' if rest.strip('/') else rest}"


def _service(url: str) -> str:
    """The service of an address for Apprise, such as `tgram://`; many have their keys where a host would be."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{_hidden(rest)}"


def _hidden(secret: str) -> str:
    """`****` and the last four; of a short secret that would be too much."""
    return f"****{secret[-4:]}" if len(secret) >= 16 else "****"


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


def _unanswered(host: str, port: int, error: BaseException) -> str:
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


def _assert_host(host: str) -> None:
    if not re.fullmatch(r"[^\s/@]+", host):
        raise InvalidInput("host", f"{host!r} is no name of a server.", remedy="Give one, such as smtp.example.org.")


def _short(text: str) -> str:
    """The first characters, without what a terminal or PostgreSQL would stumble over."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)[:SHOWN]
