"""Channels over the API."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from openbell.api.app import create_app
from openbell.desk import Desk
from openbell.store.alertbook import AlertBook

MAIL = {
    "host": "smtp.example.org",
    "sender": "a@b.org",
    "to": "c@d.org",
    "username": "me",
    "password": "a-long-password",
}


def test_a_channel_sent_back_as_it_was_shown_keeps_its_secrets(desk: Desk):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1")
    shown = client.post("alerts/channels", json={"kind": "email", "name": "Mail", "config": MAIL}).json()["config"]
    assert shown["password"] != MAIL["password"]
    changed = client.put("alerts/channels/1", json={"config": {**shown, "host": "mail.example.org"}})
    assert changed.status_code == 200
    assert AlertBook(desk.ledger).channels()[0].config == {**MAIL, "host": "mail.example.org"}


@pytest.mark.parametrize(
    ("change", "field", "detail"),
    [
        ({"port": None}, "port", "port must be a whole number."),
        ({"port": "abc"}, "port", "port must be a whole number."),
        ({"port": 10**30}, "port", "port is 1000000000000000000000000000000."),
        ({"port": 2.5}, "port", "port must be a whole number."),
        ({"host": "", "to": ""}, "host", "host and to are missing."),
        ({"to": ["c@d.org"]}, "to", "to must be a text."),
    ],
)
def test_a_channel_that_cannot_be_is_refused_with_its_field_in_a_sentence(
    desk: Desk, change: dict[str, object], field: str, detail: str
):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1")
    told = client.post("alerts/channels", json={"kind": "email", "name": "Mail", "config": {**MAIL, **change}})
    assert (told.status_code, told.json()["field"], told.json()["detail"]) == (422, field, detail)
    assert AlertBook(desk.ledger).channels() == []
