"""Several who use one portfolio at the same moment: somebody acts whenever another one's request looks at the clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from conftest import WEDNESDAY
from openbell.alerts.conditions import Held
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.rulebook import Rulebook
from openbell.settings import Settings

LOOKS = range(6)
"""Of a request at the clock; none looks more often."""

SALE = {"kind": "sell", "account": 1, "day": "2026-03-03", "currency": "USD", "cash": "500", "instrument": "ACME"}
BUY = {**SALE, "kind": "buy", "day": "2026-02-26", "cash": "-400"}


class Interrupted:
    """A clock that stands still; who looks at it for the n-th time is overtaken by what somebody else does."""

    def __init__(self) -> None:
        self._left = -1
        self._act: Callable[[], object] = lambda: None

    def overtaken(self, nth: int, act: Callable[[], object]) -> None:
        self._left, self._act = nth, act

    def __call__(self) -> datetime:
        self._left -= 1
        if self._left == -1:
            self._act()
        return WEDNESDAY


@pytest.fixture
def clock() -> Interrupted:
    return Interrupted()


@pytest.fixture
def desk(tmp_path: Path, clock: Interrupted) -> Iterator[Desk]:
    desk = open_desk(Settings(home=tmp_path / "home", offline=True), clock)
    yield desk
    desk.close()


@pytest.fixture
def client(desk: Desk) -> TestClient:
    client = opened(desk)
    client.post("portfolios", json={"name": "Mine", "base": "USD"})
    client.post("portfolios/1/accounts", json={"name": "Broker", "currency": "USD"})
    return client


def opened(desk: Desk) -> TestClient:
    app = create_app(desk, jobs=False)
    return TestClient(app, base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)


def told(client: TestClient, **transaction: Any) -> int:
    return client.post("portfolios/1/transactions", json=transaction).status_code


def uploaded(client: TestClient, number: int, **transaction: Any) -> dict[str, Any]:
    """A file of one transaction, confirmed by what is returned."""
    row = {**transaction, "id": number, "account_id": 1, "account": "Broker"}
    content = {
        "openbell": 1,
        "origin": "elsewhere",
        "accounts": [{"id": 1, "name": "Broker", "currency": "USD", "broker": ""}],
        "instruments": [{"id": "ACME", "ticker": "ACME", "currency": "USD"}],
        "transactions": [row],
    }
    key = client.post("portfolios/1/uploads", content=json.dumps(content)).json()["key"]
    return {"upload": key, "file": "my.json"}


def lacking(client: TestClient) -> list[str]:
    return [each["what"] for each in client.get("portfolios/1/positions").json()["problems"]]


def held(client: TestClient) -> list[tuple[str, str]]:
    found = client.get("portfolios/1/positions", params={"as_of": "2026-03-03"}).json()["positions"]
    return [(each["ticker"], each["units"]) for each in found if each["ticker"]]


@pytest.mark.parametrize("nth", LOOKS)
def test_what_is_read_while_an_import_comes_in_is_not_taken_for_what_is_there_once_it_is_undone(
    client: TestClient, clock: Interrupted, desk: Desk, nth: int
):
    told(client, **BUY, quantity="1")
    file, imports = uploaded(client, 7, **BUY, quantity="5"), list[int]()
    clock.overtaken(nth, lambda: imports.append(client.post("portfolios/1/imports", json=file).json()["id"]))
    assert held(client) in ([("ACME", "1")], [("ACME", "6")])
    clock.overtaken(0, lambda: None)
    for number in imports:
        assert client.delete(f"portfolios/1/imports/{number}").status_code == 200
    assert held(client) == held(opened(desk)) == [("ACME", "1")]


def test_who_reads_while_others_never_rest_is_answered_and_the_next_one_reads_again(
    client: TestClient, clock: Interrupted, desk: Desk
):
    def now_and_again() -> None:
        assert told(client, **BUY, quantity="1") == 201
        clock.overtaken(0, now_and_again)

    clock.overtaken(0, now_and_again)
    assert len(held(client)) == 1
    clock.overtaken(0, lambda: None)
    assert held(client) == held(opened(desk))


@pytest.mark.parametrize("nth", LOOKS)
def test_rules_on_all_that_is_held_forget_what_was_undone(client: TestClient, clock: Interrupted, desk: Desk, nth: int):
    file, rules, imports = uploaded(client, 7, **BUY, quantity="5"), Rulebook(desk), list[int]()
    clock.overtaken(nth, lambda: imports.append(client.post("portfolios/1/imports", json=file).json()["id"]))
    assert rules.members(Held(), 1) in ((), ("ACME",))
    clock.overtaken(0, lambda: None)
    for number in imports:
        assert client.delete(f"portfolios/1/imports/{number}").status_code == 200
    assert rules.members(Held(), 1) == ()


@pytest.mark.parametrize("nth", LOOKS)
def test_units_that_are_sold_while_their_import_is_undone_are_asked_about(
    client: TestClient, clock: Interrupted, nth: int
):
    number = client.post("portfolios/1/imports", json=uploaded(client, 7, **BUY, quantity="5")).json()["id"]
    sold = list[int]()
    clock.overtaken(nth, lambda: sold.append(told(client, **SALE, quantity="-5")))
    undone = client.delete(f"portfolios/1/imports/{number}").status_code
    assert (undone, sold) in ((409, [201]), (200, [422]), (200, []))
    assert lacking(client) == []


@pytest.mark.parametrize("nth", LOOKS)
def test_of_a_file_and_a_hand_that_sell_the_same_at_once_one_is_asked_about(
    client: TestClient, clock: Interrupted, nth: int
):
    told(client, **BUY, quantity="5")
    file, sold = uploaded(client, 7, **SALE, quantity="-5"), list[int]()
    clock.overtaken(nth, lambda: sold.append(told(client, **{**SALE, "cash": "501"}, quantity="-5")))
    booked = client.post("portfolios/1/imports", json=file)
    assert (booked.status_code, sold) in ((422, [201]), (201, [422]), (201, []))
    assert booked.status_code == 201 or booked.json()["field"] == "midway"
    assert lacking(client) == []
