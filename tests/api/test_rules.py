"""Rules over the API: what is taken, what is refused, and what cannot be read any more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from openbell.api.app import create_app
from openbell.desk import Desk
from openbell.model.frames import BARS, frame_of
from openbell.store.alertbook import AlertBook
from openbell.store.watchbook import WatchBook

CROSSES = {"type": "Crosses", "level": 5}


@pytest.fixture
def client(desk: Desk) -> TestClient:
    return TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)


def draft(symbol: str = "ACME", **change: Any) -> dict[str, Any]:
    return {"name": "Mine", "condition": CROSSES, "target": {"type": "Symbol", "symbol": symbol}, **change}


def test_a_symbol_is_kept_in_capitals(client: TestClient):
    made = client.post("alerts/rules", json=draft(" brk.b "))
    assert made.status_code == 201
    assert client.get("alerts/rules").json()["rules"][0]["symbols"] == ["BRK.B"]
    changed = client.put("alerts/rules/1", json=draft("bolt")).json()
    assert (changed["target"], changed["symbols"]) == ({"type": "Symbol", "symbol": "BOLT"}, ["BOLT"])


@pytest.mark.parametrize(
    ("change", "field", "detail"),
    [
        ({"target": {"type": "Symbol", "symbol": "A,B/../x?y"}}, "symbol", "'A,B/../x?y' is not a ticker."),
        ({"target": {"type": "Symbol", "symbol": "A" * 50_000}}, "symbol", f"'{'A' * 40}' is not a ticker."),
        ({"target": {"type": "Watchlist", "id": "999"}}, "target", "There is no watchlist 999."),
        ({"condition": {"type": "Crosses"}}, "level", "level is missing."),
        ({"condition": {"type": "Crosses", "level": None}}, "level", "level must be a number."),
        ({"condition": {"type": "Crosses", "level": 1e300}}, "level", "level is 1e+300."),
        ({"condition": {"type": "JobFailed", "job": "nope"}, "target": None}, "job", "There is no job 'nope'."),
        ({"condition": {"type": "Guess"}}, "type", "type cannot be 'Guess'."),
        ({"channels": [9]}, "channels", "There is no channel 9."),
        ({"name": "x" * 81}, "name", "name has 81 characters."),
        ({"name": "a\tb"}, "name", "name has a character that cannot be shown."),
        ({"message": "x" * 401}, "message", "message has 401 characters."),
        ({"cooldown_min": 525_601}, "cooldown_min", "A cool-down of 525,601 minutes is none."),
        ({"expires": "2001-01-01T00:00:00Z"}, "expires", "The rule would have ended at 2001-01-01 00:00 UTC."),
    ],
)
def test_what_no_rule_can_be_is_refused_by_its_field(
    client: TestClient, change: dict[str, Any], field: str, detail: str
):
    client.post("alerts/rules", json=draft(name="Another"))
    for answer in (
        client.post("alerts/rules", json=draft(**change)),
        client.put("alerts/rules/1", json=draft(**change)),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["field"], problem["detail"]) == (422, field, detail)
    assert [each["name"] for each in client.get("alerts/rules").json()["rules"]] == ["Another"]


def test_a_rule_that_is_over_may_still_be_renamed(client: TestClient, desk: Desk):
    client.post("alerts/rules", json=draft(expires="2026-03-04T16:00:00Z"))
    over = AlertBook(desk.ledger).rules()[0]
    body = {**over.body, "expires": "2026-03-04T15:00:00Z"}
    AlertBook(desk.ledger).change_rule(
        type(over)(1, over.owner, over.name, body, None, True, over.created, over.changed), desk.clock()
    )
    renamed = client.put("alerts/rules/1", json=draft(name="Past", expires="2026-03-04T16:00:00+01:00"))
    assert (renamed.status_code, renamed.json()["name"], renamed.json()["over"]) == (200, "Past", "ended")


def test_a_feed_that_the_desk_does_not_hear_is_named(client: TestClient):
    for name, waited in (("One", {"type": "FeedDown", "feed": "nope"}), ("Any", {"type": "FeedDown"})):
        client.post("alerts/rules", json=draft(name=name, condition=waited, target=None)).raise_for_status()
    assert [rule["unknown"] for rule in client.get("alerts/rules").json()["rules"]] == [["nope"], []]


def test_symbols_that_the_desk_has_never_heard_of_are_named(client: TestClient, desk: Desk):
    rows = [{"symbol": "ACME", "interval": "1d", "ts": datetime(2026, 3, 2, tzinfo=UTC), "close": 10.0, "scale": "raw"}]
    desk.lake.append_bars(frame_of(BARS, rows).with_columns(source=pl.lit("closes")), desk.clock())
    both = WatchBook(desk.ledger).add("Both", ["ACME", "NOSUCH"])
    on = {"type": "Watchlist", "id": str(both.id)}
    told = client.post("alerts/rules", json=draft(target=on)).json()
    assert (told["unknown"], told["over"]) == (["NOSUCH"], None)


def test_a_rule_of_another_version_is_named_with_its_number_and_can_be_removed(client: TestClient, desk: Desk):
    strange = AlertBook(desk.ledger).add_rule("From tomorrow", {"condition": {"type": "Guess"}}, desk.clock())
    client.post("alerts/rules", json=draft())
    told = client.get("alerts/rules").json()
    assert told["unreadable"] == [{"id": strange.id, "name": "From tomorrow"}]
    assert [each["name"] for each in told["rules"]] == ["Mine"]
    assert client.delete(f"alerts/rules/{strange.id}").status_code == 204
    assert client.get("alerts/rules").json()["unreadable"] == []


def test_the_document_describes_each_condition_once(client: TestClient):
    shapes = client.app.openapi()["components"]["schemas"]
    for shape in ("Draft", "KeptRule"):
        assert shapes[shape]["properties"]["condition"] == {"$ref": "#/components/schemas/Condition"}
    assert len(shapes["Condition"]["anyOf"]) == 12
