"""Channels against real servers: what arrives, what a receipt says, what is refused for good; and no secret shows."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import urlsplit

import pytest

import apart
from openbell.alerts.channels import (
    Apprise,
    Channel,
    Email,
    Message,
    Undelivered,
    Webhook,
    _unanswered,
    channel_of,
    reconfigured,
    shown,
)
from openbell.alerts.deliver import send_test
from openbell.model.errors import InvalidInput
from receiver import Answer, Mail, closes, drips, floods, hangs, mail, says, web

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CROSSED = Message(7, "ACME@1", "ACME", NOON, 10.5, "ACME crossed 10 — <up>\r\nBcc: all@example.org")
KEY = "openbell-5f-1"
SECRET = "a secret of many letters"
apprise_loads = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def send(channel: Channel, now: datetime = NOON) -> str:
    return apart.run(channel.send(CROSSED, KEY, now))


def refused(channel: Channel) -> Undelivered:
    with pytest.raises(Undelivered) as told:
        apart.run(send_test(channel, NOON, timeout_s=0.5))
    return told.value


def by_mail(server: Mail, **more: Any) -> Email:
    return Email("127.0.0.1", "desk@example.org", "me@example.org", server.port, **{"security": "none", **more})


def test_a_mail_has_its_text_twice_and_the_key_as_its_number():
    with mail(None) as server:
        assert send(by_mail(server)) == "kept as 1"
    (heard,) = server.heard
    assert {name: heard[name] for name in ("From", "To", "Subject", "Date", "Message-ID", "Bcc")} == {
        "From": "desk@example.org",
        "To": "me@example.org",
        "Subject": "ACME crossed 10 — <up> Bcc: all@example.org",
        "Date": "Mon, 02 Mar 2026 12:00:00 +0000",
        "Message-ID": "<openbell-5f-1@example.org>",
        "Bcc": None,
    }
    plain, page = (part.get_content() for part in heard.iter_parts())
    assert plain.startswith("ACME crossed 10 — <up>")
    assert plain.rstrip().endswith("ACME at 2026-03-02 12:00:00 UTC")
    assert "<p>ACME crossed 10 — &lt;up&gt;" in page


def test_a_mail_that_is_sent_again_is_the_same_to_the_byte():
    with mail(None) as server:
        channel = by_mail(server)
        send(channel)
        send(channel, NOON.replace(hour=18))
    assert server.raw[0] == server.raw[1]


@pytest.mark.parametrize(
    ("reply", "says_", "permanent"),
    [
        ("421 going down", "421 going down", False),
        ("451 try later", "451 try later", False),
        ("550 no such user", "550 no such user", True),
        ("drop", "No answer from 127.0.0.1:", False),
        ("hang", "No answer within 0.5 seconds", False),
    ],
)
def test_a_mail_server_that_does_not_take_it(reply: str, says_: str, permanent: bool):
    with mail(reply) as server:
        error = refused(by_mail(server))
    assert says_ in error.what
    assert error.permanent is permanent
    assert server.heard == []


def test_no_mail_server_at_all_may_be_there_later():
    with mail(None) as server:
        gone = by_mail(server)
    error = refused(gone)
    assert (error.what, error.permanent) == (f"No answer from 127.0.0.1:{gone.port}.", False)


def test_a_mail_server_that_no_name_server_knows_is_said_to_be_none():
    unknown = OSError("Error connecting to mail.invalid")
    unknown.__cause__ = socket.gaierror(-2, "Name or service not known")
    assert _unanswered("mail.invalid", 587, unknown) == (
        "There is no server named mail.invalid, or no network to ask for it."
    )


def test_a_mail_server_without_starttls_or_login_is_told_so():
    with mail(None) as server:
        where = f"127.0.0.1:{server.port}"
        assert refused(by_mail(server, security="starttls")).what == f"{where} offers no STARTTLS."
        assert refused(by_mail(server, security="tls")).what == (
            f"No encrypted line to {where}: it speaks no TLS there, or another kind."
        )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    extras = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run([openssl, *request, *extras], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


def test_a_login_goes_over_a_verified_line_only(certificate: Path, monkeypatch: pytest.MonkeyPatch):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    login = {"security": "starttls", "username": "me"}
    with mail(None, tls=tls) as server:
        unverified = refused(by_mail(server, **login, password="correct horse"))
        assert (unverified.permanent, server.logins) == (False, [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        send(by_mail(server, **login, password="correct horse"))
        wrong = refused(by_mail(server, **login, password="battery staple"))
    assert server.logins[0] == (b"me", b"correct horse")
    assert len(server.heard) == 1
    assert wrong.permanent
    assert wrong.what.startswith("535")
    assert "staple" not in wrong.what


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
        (hangs, "No answer within 0.5 seconds.", False, None),
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


def test_an_answer_that_drips_is_not_waited_for():
    with web(drips) as server:
        assert refused(Webhook(server.url, SECRET)).what == "No answer within 0.5 seconds."


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


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What reaches the log of a desk, which takes everything."""
    written, root = StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


@apprise_loads
@pytest.mark.parametrize(
    "url",
    [
        "nosuch://user:TOPSECRET@host/x",
        "tgram://TOPSECRET/",
        "slack://TOPSECRET",
        "discord://TOPSECRET",
        "mailto://user:TOPSECRET@",
        "json://user:TOPSECRET@127.0.0.1:9/TOPSECRET",
    ],
)
def test_no_address_of_apprise_is_in_a_log(url: str, logged: StringIO, capfd: pytest.CaptureFixture[str]):
    assert "TOPSECRET" not in apart.run(_undelivered(Apprise(url))).what
    assert "TOPSECRET" not in logged.getvalue()
    assert "TOPSECRET" not in "".join(capfd.readouterr())


@apprise_loads
def test_services_that_do_not_answer_leave_the_threads_for_prices_alone():
    async def main() -> int:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        sending = asyncio.create_task(Apprise(server.url.replace("http", "json")).send(CROSSED, KEY, NOON))
        while not server.heard:
            await asyncio.sleep(0.01)
        stored = await asyncio.wait_for(asyncio.to_thread(lambda: 1), 2)
        assert not sending.done()
        server.over.set()
        with pytest.raises(Undelivered):
            await sending
        return stored

    with web(hangs) as server:
        assert apart.run(main()) == 1


@apprise_loads
def test_apprise_tells_a_service(caplog: pytest.LogCaptureFixture):
    with web(says(200), says(404), says(500)) as server:
        channel = Apprise(server.url.replace("http", "json") + "/T0KEN")
        with caplog.at_level(logging.INFO):
            assert send(channel) == "Accepted; Apprise gives no receipt."
            gone, broken = (apart.run(_undelivered(channel)) for _ in range(2))
    assert json.loads(server.heard[0].body)["message"] == CROSSED.text
    assert (gone.what, gone.permanent) == ("The service did not accept it (HTTP 404).", True)
    assert (broken.what, broken.permanent) == ("The service did not accept it (HTTP 500).", False)
    assert "T0KEN" not in caplog.text


async def _undelivered(channel: Channel) -> Undelivered:
    with pytest.raises(Undelivered) as told:
        await channel.send(CROSSED, KEY, NOON)
    return told.value


@apprise_loads
def test_a_service_that_apprise_does_not_know_is_refused_for_good():
    error = apart.run(_undelivered(Apprise("nosuchservice://T0KEN")))
    assert error.permanent
    assert "T0KEN" not in error.what


GOOD = {
    "email": {"host": "smtp.example.org", "sender": "a@b.org", "to": "c@d.org", "password": "0123456789abcdef"},
    "webhook": {"url": "https://example.org/hooks/T0KENT0KEN", "secret": SECRET},
    "apprise": {"url": "tgram://T0KENT0KEN/12345"},
}


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("pigeon", {}, "kind"),
        ("email", {"hots": "x"}, "hots"),
        ("email", {"to": "c@d.org, e@f.org"}, "to"),
        ("email", {"sender": "Desk"}, "sender"),
        ("email", {"sender": "a@b.org\r\nBcc: x@y.org"}, "sender"),
        ("email", {"sender": "bell@exämple.org"}, "sender"),
        ("email", {"to": "mé@example.org"}, "to"),
        ("email", {"port": 0}, "port"),
        ("email", {"port": "587"}, "port"),
        ("email", {"host": "smtp.example.org/x"}, "host"),
        ("email", {"security": "none"}, "security"),
        ("email", {"security": "ssl"}, "security"),
        ("webhook", {"url": "file:///etc/passwd"}, "url"),
        ("webhook", {"url": "https://"}, "url"),
        ("webhook", {"url": "https://[::1"}, "url"),
        ("webhook", {"url": "https://example.org/a b"}, "url"),
        ("webhook", {"secret": "short"}, "secret"),
        ("webhook", {"secret": 5}, "secret"),
        ("apprise", {"url": "T0KEN"}, "url"),
        ("in-app", {"url": "x"}, "url"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_by_its_field(kind: str, change: Mapping[str, Any], field: str):
    with pytest.raises(InvalidInput) as told:
        channel_of(kind, {**GOOD.get(kind, {}), **change})
    assert told.value.field == field
    assert told.value.remedy
    for secret in ("0123456789abcdef", SECRET, "T0KEN"):
        assert secret not in str(told.value)


@pytest.mark.parametrize(
    ("kind", "config", "says_"),
    [
        ("email", {"host": "", "sender": "", "to": ""}, "host, sender and to are missing."),
        ("email", {**GOOD["email"], "port": None}, "port must be a whole number."),
        ("email", {**GOOD["email"], "port": 99999}, "port is 99999."),
        ("email", {**GOOD["email"], "security": "ssl"}, "security cannot be 'ssl'."),
        ("webhook", {"url": "", "secret": SECRET}, "url is missing."),
        ("webhook", {**GOOD["webhook"], "secret": 5}, "secret must be a text."),
        ("apprise", {}, "url is missing."),
    ],
)
def test_what_is_wrong_with_a_channel_is_a_sentence_with_its_field(kind: str, config: Mapping[str, Any], says_: str):
    with pytest.raises(InvalidInput) as told:
        channel_of(kind, config)
    assert told.value.what == says_


def test_what_a_channel_shows_of_its_secrets():
    assert {kind: shown(kind, config) for kind, config in GOOD.items()} == {
        "email": {"host": "smtp.example.org", "sender": "a@b.org", "to": "c@d.org", "password": "****cdef"},
        "webhook": {"url": "https://example.org/****0KEN", "secret": "****ters"},
        "apprise": {"url": "tgram://****2345"},
    }
    assert shown("email", {"password": "short"}) == {"password": "****"}
    assert shown("in-app", {}) == {}
    places = {
        "http://me:T0KENT0KENT0KEN@127.0.0.1:9999/ok": "http://127.0.0.1:9999/****",
        "https://example.org": "https://example.org",
        "https://example.org/": "https://example.org/",
        "https://example.org?token=T0KENT0KEN1234": "https://example.org/****1234",
    }
    assert {url: shown("webhook", {"url": url})["url"] for url in places} == places
    for kind, config in GOOD.items():
        told = repr(channel_of(kind, config))
        assert not any(secret in told for secret in ("0123456789abcdef", SECRET, "T0KEN"))


def test_a_secret_told_as_it_is_shown_stays_what_it_was():
    mail = {**GOOD["email"], "username": "me"}
    again = {**shown("email", mail), "host": "mail.example.org"}
    assert reconfigured("email", mail, again) == {**mail, "host": "mail.example.org"}
    assert reconfigured("email", mail, {"password": "another"}) == {**mail, "password": "another"}
    hook = GOOD["webhook"]
    assert reconfigured("webhook", hook, shown("webhook", hook)) == hook
    assert reconfigured("email", {"password": "short"}, {"password": "****"}) == {"password": "short"}


def test_nothing_is_sent_for_what_the_page_reads():
    assert channel_of("in-app", {}) is None
    assert channel_of("browser", {}) is None
