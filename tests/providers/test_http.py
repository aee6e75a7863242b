"""A vendor is asked over a real socket; what goes wrong there is `Unreachable`, and no message holds a key."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from time import sleep
from typing import Any

import pytest

from openbell.model.errors import Unreachable
from openbell.providers.http import Browser, Plain, Response, redacted, retry_after_s
from recorded import Answer, Asked, vendor

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLIENTS = pytest.mark.parametrize("client", [Plain, Browser])
KEY = "S3CR3T-K3Y"


def echo(asked: Asked) -> Answer:
    return Answer(f"{asked.path} {sorted(asked.query.items())}", headers={"X-Seen": "yes"})


@pytest.fixture
def closing() -> Iterator[list[Any]]:
    opened: list[Any] = []
    yield opened
    for each in opened:
        each.close()


@CLIENTS
def test_a_path_is_joined_to_the_address_and_parameters_are_encoded(client: Any, closing: list[Any]):
    with vendor(echo) as server:
        closing.append(fetch := client("vendor", server.url + "/"))
        answer = fetch.get("v8/chart/%5EGSPC", {"q": "a&b=c", "n": "1"})
        absolute = fetch.get(server.url + "/cookie", {})
    assert (answer.status, answer.headers["x-seen"]) == (200, "yes")
    assert answer.text == "/v8/chart/^GSPC [('n', '1'), ('q', 'a&b=c')]"
    assert absolute.text == "/cookie []"


@CLIENTS
def test_nobody_there_and_nobody_answering_are_unreachable_and_do_not_tell_the_key(client: Any, closing: list[Any]):
    with vendor(echo) as server:
        gone = server.url
    closing.append(fetch := client("vendor", gone))
    with pytest.raises(
        Unreachable, match=r"vendor: no answer from 127\.0\.0\.1:\d+: the connection failed\."
    ) as refused:
        fetch.get("query", {"apikey": KEY})

    def slow(asked: Asked) -> Answer:
        sleep(0.5)
        return Answer()

    with vendor(slow) as server:
        closing.append(fetch := client("vendor", server.url, timeout_s=0.1))
        with pytest.raises(Unreachable, match=": it took too long\\.") as late:
            fetch.get("query", {"apikey": KEY})
    for error in (refused.value, late.value):
        assert KEY not in repr(error) + str(error)
        assert error.__cause__ is None


@CLIENTS
def test_nothing_is_logged_that_holds_the_key(client: Any, closing: list[Any], caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    with vendor(echo) as server:
        closing.append(fetch := client("vendor", server.url))
        answer = fetch.get("query", {"apikey": KEY})
    assert KEY in answer.text
    assert KEY not in caplog.text + repr(answer) + repr(fetch)


def test_the_browser_looks_like_one_and_keeps_its_cookies(closing: list[Any]):
    def shop(asked: Asked) -> Answer:
        return Answer(asked.headers.get("Cookie", "none"), headers={"Set-Cookie": "A3=crumbs; Path=/"})

    with vendor(shop) as server:
        closing.append(fetch := Browser("vendor", server.url))
        assert [fetch.get("one", {}).text, fetch.get("two", {}).text] == ["none", "A3=crumbs"]
    assert "Chrome/" in server.asked[0].headers["User-Agent"]


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        (f"your API key as {KEY} and our limit", "your API key as *** and our limit"),
        ("we have detected your API key as UNKNOWN1 and", "we have detected your API key as *** and"),
        ("GET /query?function=X&apikey=abc123&month=2026-01", "GET /query?function=X&apikey=***&month=2026-01"),
        ("https://host/quote?symbols=A&crumb=a.B%2F", "https://host/quote?symbols=A&crumb=***"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_a_key_is_redacted_wherever_it_stands(said: str, clean: str):
    assert redacted(said, KEY, "") == clean


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (format_datetime(datetime(2026, 11, 20, 12, 5, tzinfo=UTC), usegmt=True), 300.0),
        (format_datetime(datetime(2026, 11, 20, 11, tzinfo=UTC), usegmt=True), 1.0),
        ("soon", 3600.0),
        ("", 3600.0),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float):
    assert retry_after_s(Response(429, "", {"retry-after": header}), NOON, default=3600.0) == seconds


def test_a_host_without_an_address_is_told_in_words(monkeypatch: pytest.MonkeyPatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    nowhere = Browser("vendor", "https://vendor.invalid")
    try:
        with pytest.raises(Unreachable) as lost:
            nowhere.get("/", {})
    finally:
        nowhere.close()
    assert str(lost.value) == (
        "vendor: no answer from vendor.invalid: its address is not found. Check the network, then try again."
    )
