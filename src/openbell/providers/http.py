"""How a vendor is asked: one GET over a real connection, with a time-out, and keys that never reach a message.

What an answer means is the vendor's file's business. The clients are loaded and connected when a vendor is first asked:
a desk that asks nobody is spared their 10 MB.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from openbell.model.errors import Unreachable

if TYPE_CHECKING:
    import httpx
    from curl_cffi import requests as browser

TIMEOUT_S = 15.0
AGENT = "openbell (self-hosted market desk)"


@dataclass(frozen=True, slots=True)
class Response:
    """A vendor's answer; header names are in lower case."""

    status: int
    text: str = field(repr=False)  # a vendor may echo the key
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Fetch(Protocol):
    """A connection to one vendor."""

    def get(self, path: str, params: Mapping[str, str]) -> Response:
        """The answer to a GET of `path`, relative to the vendor's address or absolute; raises Unreachable."""
        ...


class Plain:
    """A vendor that answers any client, at `base_url`."""

    def __init__(self, provider: str, base_url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        # httpx logs every address at INFO, and a key is part of the address.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self.provider = provider
        self.base_url = base_url.rstrip("/")
        self._timeout_s = timeout_s
        self._client: httpx.Client | None = None
        self._guard = Lock()

    def get(self, path: str, params: Mapping[str, str]) -> Response:
        """As Fetch promises."""
        import httpx  # noqa: PLC0415  # see the module's docstring

        url = _joined(self.base_url, path)
        with self._guard:
            if self._client is None:
                agent = {"User-Agent": AGENT}
                self._client = httpx.Client(timeout=self._timeout_s, headers=agent, follow_redirects=True)
        try:
            answer = self._client.get(url, params=dict(params))
        except httpx.HTTPError as error:
            raise _unreachable(self.provider, url, type(error).__name__) from None  # its text may hold the address
        return Response(answer.status_code, answer.text, {name.lower(): text for name, text in answer.headers.items()})

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()


class Browser:
    """A vendor that turns away everything that does not look like a browser, at `base_url`.

    The TLS handshake and the headers are Chrome's; cookies are kept for the life of the object.
    """

    def __init__(self, provider: str, base_url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.provider = provider
        self.base_url = base_url.rstrip("/")
        self._timeout_s = timeout_s
        self._session: browser.Session[browser.Response] | None = None
        self._guard = Lock()

    def get(self, path: str, params: Mapping[str, str]) -> Response:
        """As Fetch promises."""
        from curl_cffi import requests as browser  # noqa: PLC0415  # see the module's docstring

        url = _joined(self.base_url, path)
        with self._guard:
            if self._session is None:
                self._session = browser.Session(impersonate="chrome", timeout=self._timeout_s)
        try:
            answer = self._session.get(url, params=dict(params))
        except browser.exceptions.RequestException as error:
            raise _unreachable(self.provider, url, type(error).__name__) from None  # its text may hold the address
        headers = {name.lower(): text or "" for name, text in answer.headers.items()}
        return Response(answer.status_code, answer.text, headers)

    def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            self._session.close()


def _joined(base: str, path: str) -> str:
    return path if path.startswith(("http://", "https://")) else f"{base}/{path.lstrip('/')}"


SPOKEN = (
    ("DNS", "its address is not found"),
    ("gaierror", "its address is not found"),
    ("Timeout", "it took too long"),
    ("SSL", "the connection is not secure"),
    ("Certificate", "the connection is not secure"),
    ("Proxy", "the proxy refuses"),
)
"""By a part of an error's name, what has happened; anything else is a failed connection."""


def _unreachable(provider: str, url: str, kind: str) -> Unreachable:
    host = urlsplit(url).netloc.rpartition("@")[2]
    return Unreachable(provider, f"no answer from {host}: {spoken(kind)}.", remedy="Check the network, then try again.")


def spoken(kind: str) -> str:
    """What has happened, by the name of an error."""
    return next((said for part, said in SPOKEN if part in kind), "the connection failed")


def redacted(text: str, *secrets: str) -> str:
    """`text` without the `secrets` and without anything that stands where a key or a crumb stands."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    text = re.sub(r"(?i)\b(apikey|api_key|token|crumb)=[^&\s\"']+", r"\1=***", text)
    return re.sub(r"(?i)(api key as )\S+", r"\1***", text)


def retry_after_s(response: Response, now: datetime, *, default: float) -> float:
    """The seconds that `Retry-After` asks for, as a number or a date (RFC 9110, 10.2.3); else `default`."""
    asked = response.headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        at = parsedate_to_datetime(asked)
    except ValueError:
        return default
    return max((at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds(), 1.0)
