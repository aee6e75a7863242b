"""Webhooks to a real server: what arrives, what a receipt says, what is refused for good; and no secret shows."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from alerts.sending import CROSSED, KEY, NOON, refused, send
from openbell.alerts.webhook import Webhook
from receiver import Answer, closes, drips, floods, hangs, says, web

SECRET = "a secret of many letters"


def test_a_webhook_is_signed_and_says_what_fired():
    with web(says(202, "thanks")) as server:
        assert send(Webhook(f"{server.url}/hook?a=b", SECRET)) == "HTTP 202 thanks"
    (post,) = server.heard
    stamp = int(NOON.timestamp())
    expected = hmac.new(SECRET.encode(), b"%d." % stamp + post.body, hashlib.sha256).hexdigest()
    assert post.path == "/hook?a=b"
    assert post.headers["openbell-signature"] == f"t={stamp},v1={expected}"
    assert post.headers["idempotency-key"] == KEY
    assert json.loads(post.body) == {
        "key": KEY,
        "rule": 7,
        "event": "ACME@1",
        "symbol": "ACME",
        "at": "2026-03-02T12:00:00+00:00",
        "price": 10.5,
        "message": CROSSED.text,
    }


def test_the_documented_check_tells_a_genuine_webhook():
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text()
    documented = next(each for each in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "genuine" in each)
    names: dict[str, Any] = {"hmac": hmac, "hashlib": hashlib}
    exec(documented, names)
    with web(says(200)) as server:
        send(Webhook(server.url, SECRET))
    header, body, now = server.heard[0].headers["openbell-signature"], server.heard[0].body, NOON.timestamp()
    assert names["genuine"](header, body, SECRET, now)
    assert not names["genuine"](header, body + b" ", SECRET, now)
    assert not names["genuine"](header, body, "another secret of letters", now)
    assert not names["genuine"](header, body, SECRET, now + 301)


@pytest.mark.parametrize(
    ("answer", "what", "permanent", "retry_after_s"),
    [
        (says(500, "oops"), "HTTP 500 oops", False, None),
        (says(503, Retry_After="Mon, 02 Mar 2026 12:01:30 GMT"), "HTTP 503", False, 90),
        (says(429, Retry_After="77"), "HTTP 429", False, 77),
        (says(301, Location="http://127.0.0.1:1/"), "HTTP 301", False, None),
        (says(401), "HTTP 401", True, None),
        (says(404), "HTTP 404", True, None),
        (says(410), "HTTP 410", True, None),
        (closes, "No answer from 127.0.0.1:{port}.", False, None),
        (says(500, "x" * 300), "HTTP 500 " + "x" * 191, False, None),
        (says(500, "a\x00b\r\nc"), "HTTP 500 a b c", False, None),
    ],
)
def test_a_webhook_that_does_not_take_it(answer: Answer, what: str, permanent: bool, retry_after_s: float | None):
    with web(answer) as server:
        error = refused(Webhook(server.url, SECRET))
    said = what.format(port=urlsplit(server.url).port)
    assert (error.what, error.permanent, error.retry_after_s) == (said, permanent, retry_after_s)
    assert len(server.heard) == 1


def test_an_answer_without_end_is_read_at_its_beginning_only():
    with web(floods) as server:
        assert send(Webhook(server.url, SECRET)) == "HTTP 200 " + "x" * 191


@pytest.mark.parametrize("answer", [hangs, drips])
def test_an_answer_that_does_not_end_is_not_waited_for(answer: Answer):
    with web(answer) as server:
        error = refused(Webhook(server.url, SECRET), timeout_s=0.5)
    assert (error.what, error.permanent, error.retry_after_s) == ("No answer within 0.5 seconds.", False, None)


def test_nobody_at_the_address_and_a_server_without_tls():
    with web(says(200)) as server:
        where = server.url.removeprefix("http://")
        assert refused(Webhook(f"https://{where}", SECRET)).what == (
            f"No encrypted line to {where}: it speaks no TLS there, or another kind."
        )
    assert refused(Webhook(server.url, SECRET)).what == f"No answer from {where}."


def test_a_receipt_repeats_no_secret():
    with web(lambda to, web: says(500, f"{SECRET} at {web.url}/hooks/T0KEN and /hooks/T0KEN")(to, web)) as server:
        error = refused(Webhook(f"{server.url}/hooks/T0KEN", SECRET))
    assert error.what == "HTTP 500 *** at *** and /***"


@pytest.mark.parametrize(
    ("address", "echo", "receipt"),
    [
        ("/in?token=SUPERSECRET123", "unknown SUPERSECRET123", "HTTP 403 unknown ***"),
        ("/services/T000/SUPERSECRET123", "unknown SUPERSECRET123 of T000", "HTTP 403 unknown *** of T000"),
        ("/in?k=a%20long%2Bsecret", "no a long+secret, no a%20long%2Bsecret", "HTTP 403 no ***, no ***"),
        ("/in?k=a+long+secret", "no a long secret, no a+long+secret", "HTTP 403 no ***, no ***"),
    ],
)
def test_a_receipt_repeats_no_part_of_an_address_that_may_be_a_key(address: str, echo: str, receipt: str):
    with web(says(403, echo)) as server:
        assert refused(Webhook(f"{server.url}{address}", SECRET)).what == receipt


def test_a_receipt_repeats_no_password_of_an_address():
    with web(says(403, "not pass/1, not pass%2F1")) as server:
        address = server.url.replace("//", "//me:pass%2F1@")
        assert refused(Webhook(address, SECRET)).what == "HTTP 403 not ***, not ***"
