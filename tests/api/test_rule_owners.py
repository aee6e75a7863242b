"""Whose alert it is: nobody else sees the rule, what it is on, or what it has fired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.test_sharing import client_of
from openbell.desk import Desk, open_desk
from openbell.settings import Settings
from openbell.store.firingbook import FiringBook
from openbell.store.ledger import Fetch
from openbell.store.outbox import Cursor, Fired, Outbox
from openbell.store.watchbook import WatchBook
from people import join, lock

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
CROSSES = {"type": "Crosses", "level": 5}


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Desk]:
    """A desk with passwords: an owner, the members ann and bob, and the viewer vic."""
    desk = open_desk(Settings(home=tmp_path / "shared", offline=True), lambda: NOON)
    lock(desk.accounts)
    for name, role in (("ann", "member"), ("bob", "member"), ("vic", "viewer")):
        join(desk.accounts, name, role)
    yield desk
    desk.close()


def draft(**change: Any) -> dict[str, Any]:
    return {"name": "Mine", "condition": CROSSES, "target": {"type": "Symbol", "symbol": "ACME"}, **change}


def number_of(desk: Desk, name: str) -> int:
    person = desk.accounts.people.person_named(name)
    assert person is not None
    return person.id


def fire(desk: Desk, *rules: int) -> None:
    fired = [Fired(rule, "crossed", "ACME", NOON, 5.0, f"Rule {rule}") for rule in rules]
    Outbox(desk.ledger).record("rules", Cursor("log", 1, {}), fired, NOON)


def named(client: TestClient) -> list[str]:
    return [rule["name"] for rule in client.get("alerts/rules").json()["rules"]]


def test_a_rule_is_seen_changed_and_removed_by_who_made_it_alone(shared: Desk):
    ann = client_of(shared, "ann")
    number = ann.post("alerts/rules", json=draft()).json()["id"]
    for other in (client_of(shared, name) for name in ("bob", "vic", "owner")):
        assert named(other) == []
        assert other.put(f"alerts/rules/{number}", json=draft()).status_code in {403, 404}
        assert other.delete(f"alerts/rules/{number}").json()["detail"] == f"There is no rule {number}."
    assert client_of(shared, "bob").post("alerts/rules", json=draft()).status_code == 201
    assert ann.post("alerts/rules", json=draft()).json()["detail"] == "There is a rule of that name already."
    assert ann.put(f"alerts/rules/{number}", json=draft(name="Hers")).json()["name"] == "Hers"
    assert ann.delete(f"alerts/rules/{number}").status_code == 204
    assert [named(client_of(shared, name)) for name in ("ann", "bob")] == [[], ["Mine"]]


def test_what_a_rule_fires_is_told_its_owner_alone(shared: Desk):
    ann, bob = client_of(shared, "ann"), client_of(shared, "bob")
    client_of(shared, "owner").post("alerts/channels", json={"kind": "in-app", "name": "page", "config": {}})
    hers, his = (client.post("alerts/rules", json=draft()).json()["id"] for client in (ann, bob))
    fire(shared, hers, his)

    def told(client: TestClient) -> tuple[int, int, list[str], list[int]]:
        answer = client.get("alerts/firings").json()
        ways = [len(client.get(f"alerts/firings/{n}/deliveries").json()["deliveries"]) for n in (1, 2)]
        return answer["unseen"], answer["last_day"], [each["message"] for each in answer["firings"]], ways

    assert told(ann) == (1, 1, [f"Rule {hers}"], [1, 0])
    assert told(client_of(shared, "owner")) == told(client_of(shared, "vic")) == (0, 0, [], [0, 0])
    bob.post("alerts/firings/seen", json={"upto": 2})
    assert (told(ann)[0], told(bob)) == (1, (0, 1, [f"Rule {his}"], [0, 1]))
    ann.delete(f"alerts/rules/{hers}")
    assert told(ann) == (1, 1, [f"Rule {hers}"], [1, 0])


def test_who_may_only_look_by_now_reads_and_removes_the_rules_they_made(shared: Desk):
    ann = client_of(shared, "ann")
    number = ann.post("alerts/rules", json=draft()).json()["id"]
    fire(shared, number)
    client_of(shared, "owner").put(f"users/{number_of(shared, 'ann')}", json={"role": "viewer"}).raise_for_status()
    assert named(ann) == ["Mine"]
    assert ann.put(f"alerts/rules/{number}", json=draft(enabled=False)).status_code == 403
    assert ann.post("alerts/firings/seen", json={"upto": 9}).status_code == 204
    assert ann.get("alerts/firings").json()["unseen"] == 0
    assert ann.delete(f"alerts/rules/{number}").status_code == 204


def test_a_rule_on_a_list_that_is_not_shared_any_more_is_left_out_and_says_why(shared: Desk):
    ann, bob = client_of(shared, "ann"), number_of(shared, "bob")
    hers = ann.post("watchlists", json={"name": "Hers", "symbols": ["GAMA"]}).json()["id"]
    on = draft(target={"type": "Watchlist", "id": str(hers)})
    his = client_of(shared, "bob")
    assert his.post("alerts/rules", json=on).json()["detail"] == f"There is no watchlist {hers}."
    ann.put(f"watchlists/{hers}/shares/{bob}", json={"right": "read"}).raise_for_status()
    made = his.post("alerts/rules", json=on).json()
    assert (made["symbols"], made["left_out"]) == (["GAMA"], None)
    ann.delete(f"watchlists/{hers}/shares/{bob}").raise_for_status()
    (kept,) = his.get("alerts/rules").json()["rules"]
    assert (kept["symbols"], kept["left_out"]) == ([], "Its watchlist was removed, or is not shared any more.")
    assert his.post("alerts/trial", json=on).json() == {"count": 0, "trials": []}


def test_the_rules_of_a_removed_person_and_what_they_fired_go_with_them(shared: Desk):
    number = client_of(shared, "ann").post("alerts/rules", json=draft()).json()["id"]
    owner = client_of(shared, "owner")
    owner.post("alerts/channels", json={"kind": "in-app", "name": "page", "config": {}})
    fire(shared, number)
    assert owner.delete(f"users/{number_of(shared, 'ann')}").status_code == 204
    assert FiringBook(shared.ledger).firings(most=9) == []
    assert Outbox(shared.ledger).deliveries(1) == []
    fire(shared, number)
    assert FiringBook(shared.ledger).firings(most=9) == []
    assert owner.post("alerts/rules", json=draft()).json()["id"] > number


def test_what_is_being_fetched_is_told_to_owners_and_who_follows_it(shared: Desk):
    WatchBook(shared.ledger).add("Hers", ["WAIT"], number_of(shared, "ann"))
    client_of(shared, "bob").post("alerts/rules", json=draft(target={"type": "Symbol", "symbol": "RULE"}))
    for symbol in ("WAIT", "RULE"):
        shared.ledger.save_fetch(Fetch(symbol, "history", "waiting", "Waiting.", 0, None, NOON))

    def told(name: str) -> tuple[list[str], list[tuple[str, str]]]:
        client = client_of(shared, name)
        missing = client.get("quotes?symbols=WAIT,RULE,NONE").json()["missing"]
        fetches = [each["symbol"] for each in client.get("sources").json()["fetches"]]
        return fetches, [(each["state"], each["detail"].replace(each["symbol"], "it")) for each in missing]

    none = ("no_data", "No prices of it here. Import a file with `openbell import`, or fetch it when online.")
    fetched = ("fetching", "Waiting.")
    assert told("owner") == (["RULE", "WAIT"], [fetched, fetched, none])
    assert told("ann") == (["WAIT"], [fetched, none, none])
    assert told("bob") == (["RULE"], [none, fetched, none])
    assert told("vic") == ([], [none, none, none])
