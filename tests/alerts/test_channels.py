"""A channel is made of what the ledger keeps, or refused with a sentence; and it shows no secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from openbell.alerts.channels import channel_of, reconfigured, shown
from openbell.model.errors import InvalidInput

SECRET = "a secret of many letters"
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
