"""The law of exports: whatever a portfolio holds, its export makes one that exports the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.test_founding import exported, made, unnamed
from openbell.api.app import create_app
from openbell.desk import Desk
from openbell.model.money import PriceByHand
from openbell.model.transactions import Pick, Portfolio, Transaction
from openbell.statements.draft import Beside, Named
from openbell.statements.own import NUMBERS, Export, as_json
from statements.drawn import ACCOUNTS, transactions

BOAT = "own:1"
NAMED = {
    "AAPL": Named(id="AAPL", ticker="AAPL", exchange="XNAS", currency="USD", type="stock"),
    BOAT: Named(id=BOAT, ticker="A boat", name="A boat", currency="EUR", type="other"),
}
CALLED = {"acme": "AAPL", "other": BOAT, None: None}
TODAY = date(2026, 3, 4)


@pytest.fixture
def client(desk: Desk) -> TestClient:
    return TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1")


def numbered(rows: list[Transaction]) -> tuple[Transaction, ...]:
    """`rows` in the order of a ledger, of instruments that are there; a sale takes lots of purchases among them."""
    rows = [replace(each, day=min(each.day, TODAY), at=each.at and each.at.astimezone(UTC), picks=()) for each in rows]
    rows = [replace(each, instrument=CALLED[each.instrument], other=CALLED[each.other]) for each in rows]
    rows = [replace(each, id=number) for number, each in enumerate(rows, start=1)]
    bought = [each.id for each in rows if each.kind == "buy"]
    picks = tuple(Pick(number, Decimal("0.5")) for number in bought)
    return tuple(replace(each, picks=picks) if each.kind == "sell" and not each.short else each for each in rows)


PRICES = st.dictionaries(
    st.dates(date(1900, 1, 1), TODAY),
    st.builds(PriceByHand, st.decimals("1e-12", "1e12", places=12)),
    min_size=1,
    max_size=2,
)
names = count()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(transactions(), max_size=6), PRICES, st.sampled_from(["fifo", "lifo", "hifo", "average"]))
def test_what_is_exported_makes_a_portfolio_that_exports_the_same(client: TestClient, rows, prices, method):
    told = numbered(rows)
    beside = Beside({BOAT: prices}, {"AAPL": {"sector": "Fruit"}, BOAT: {"sector": "Sea"}})
    whole = Export(ACCOUNTS, NAMED, told, Portfolio(1, f"N{next(names)}", "EUR", method, "AAPL"), "here 1", beside)
    first = exported(client, made(client, as_json(whole))["id"])
    second = exported(client, made(client, first, name=f"N{next(names)}")["id"])
    assert unnamed(second) == unnamed(first)
    assert _bare(first) == _bare(as_json(whole))
    used = {each for row in told for each in (row.instrument, row.other)}
    sectors = {said["sector"] for said in json.loads(first)["facts"].values()}
    assert sectors == {sector for key, sector in (("AAPL", "Fruit"), (BOAT, "Sea")) if key in used}


def _bare(export: bytes) -> list[str]:
    """The transactions of an export without the numbers of its ledger, in no order; 2.50 is 2.5."""
    left = ("id", "account_id", "to_account_id", "picks")

    def told(row: dict[str, Any]) -> str:
        kept = {key: row[key] for key in sorted(row) if key not in left}
        return str({key: Decimal(each).normalize() if key in NUMBERS else each for key, each in kept.items()})

    return sorted(told(row) for row in json.loads(export)["transactions"])
