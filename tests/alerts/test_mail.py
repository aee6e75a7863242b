"""Mails to a real server: what arrives, what a receipt says, what is refused for good."""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from alerts.sending import NOON, refused, send
from openbell.alerts.mail import Email
from openbell.alerts.message import unanswered
from receiver import Mail, mail


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
    ],
)
def test_a_mail_server_that_does_not_take_it(reply: str, says_: str, permanent: bool):
    with mail(reply) as server:
        error = refused(by_mail(server))
    assert says_ in error.what
    assert error.permanent is permanent
    assert server.heard == []


def test_a_mail_server_that_says_nothing_is_not_waited_for():
    with mail("hang") as server:
        error = refused(by_mail(server), timeout_s=0.5)
    assert "No answer within 0.5 seconds" in error.what
    assert error.permanent is False


def test_no_mail_server_at_all_may_be_there_later():
    with mail(None) as server:
        gone = by_mail(server)
    error = refused(gone)
    assert (error.what, error.permanent) == (f"No answer from 127.0.0.1:{gone.port}.", False)


def test_a_mail_server_that_no_name_server_knows_is_said_to_be_none():
    unknown = OSError("Error connecting to mail.invalid")
    unknown.__cause__ = socket.gaierror(-2, "Name or service not known")
    assert unanswered("mail.invalid", 587, unknown) == (
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
