"""The sample portfolio over the API: every figure that pages show is there, in two currencies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.jobs import open_demo
from openbell.settings import Settings

WEDNESDAY = datetime(2026, 3, 4, 15, 30, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = open_desk(Settings(home=tmp_path_factory.mktemp("demo"), offline=True, demo=True), lambda: WEDNESDAY)
    open_demo(desk)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def client(demo: Desk) -> TestClient:
    client = TestClient(create_app(demo, jobs=False), base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)
    assert client.get("portfolios").json() == {"portfolios": [], "sample": True}
    made = client.post("portfolios/sample")
    assert (made.status_code, made.json()["id"], made.json()["base"]) == (201, 1, "EUR")
    return client


def sums_up(row: dict[str, Any], gain: str) -> bool:
    return Decimal(row[gain]) == Decimal(row["price_effect"]) + Decimal(row["currency_effect"])


def test_there_is_one_sample_of_each_owner(client: TestClient):
    again = client.post("portfolios/sample")
    assert (again.status_code, again.json()["field"]) == (422, "name")


def test_a_desk_without_the_simulated_market_offers_none(desk: Desk):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1")
    assert client.get("portfolios").json()["sample"] is False
    refused = client.post("portfolios/sample")
    assert (refused.status_code, refused.json()["field"]) == (422, "sample")


def test_a_gain_is_what_the_price_and_what_the_rate_did(client: TestClient):
    found = client.get("portfolios/1/positions").json()
    held = [each for each in found["positions"] if each["instrument"]]
    assert len(held) >= 8
    assert all(sums_up(each, "gain") for each in held)
    assert all(Decimal(each["currency_effect"]) for each in held)
    lots = client.get("portfolios/1/lots").json()
    assert all(sums_up(each, "gain_base") for each in (*lots["open"], *lots["closed"]))
    for position in held:
        mine = [
            each
            for each in lots["open"]
            if (each["account"], each["ticker"]) == (position["account"], position["ticker"])
        ]
        assert abs(sum(Decimal(each["gain_base"]) for each in mine) - Decimal(position["gain"])) < Decimal("1e-9")


def test_every_figure_of_every_page_is_known(client: TestClient):
    performance = client.get("portfolios/1/returns").json()["performance"]
    assert None not in performance.values()
    assert client.get("portfolios/1/returns").json()["benchmark"]["value"]
    assert None not in client.get("portfolios/1/history?range=1Y").json()["value"]
    assert client.get("portfolios/1/income").status_code == 200
    assert client.get("portfolios/1/allocation").status_code == 200
    assert client.get("portfolios/1/checks").status_code == 200


def test_where_flows_are_not_known_neither_is_what_they_would_be_in_the_benchmark(client: TestClient):
    pounds = client.post("portfolios", json={"name": "Pounds", "base": "GBP", "benchmark": "BROMA"}).json()["id"]
    account = client.post(f"portfolios/{pounds}/accounts", json={"name": "US", "currency": "USD"}).json()["id"]
    for told in (
        {"kind": "deposit", "day": "2026-01-05", "cash": "1000"},
        {"kind": "buy", "day": "2026-01-06", "instrument": "QUORB", "quantity": "2", "cash": "-200"},
    ):
        answer = client.post(f"portfolios/{pounds}/transactions", json={"account": account, "currency": "USD", **told})
        assert answer.status_code == 201, answer.text
    assert set(client.get(f"portfolios/{pounds}/history").json()["benchmark"]) == {None}
    assert client.get(f"portfolios/{pounds}/history?range=1M").json()["benchmark"].count(0) == 0
    for span in ("Max", "1M"):
        found = client.get(f"portfolios/{pounds}/returns?range={span}").json()
        assert (found["benchmark"]["value"], found["performance"]["gain"]) == (None, None)


def test_what_the_file_says_is_held_is_compared_in_the_preview_with_what_would_be(client: TestClient):
    flex = """<FlexQueryResponse><FlexStatements><FlexStatement accountId="U1"><Trades>
      <Trade accountId="U1" assetCategory="STK" symbol="QUORB" buySell="BUY" quantity="3" tradePrice="50" currency="USD"
       tradeDate="20260105" ibCommission="-1" ibCommissionCurrency="USD" proceeds="-150" netCash="-151" tradeID="7"/>
      </Trades><OpenPositions><OpenPosition accountId="U1" assetCategory="STK" symbol="QUORB" position="5"
       currency="USD" reportDate="20260105" markPrice="50" positionValue="250"/>
      </OpenPositions></FlexStatement></FlexStatements>
      </FlexQueryResponse>"""
    mine = client.post("portfolios", json={"name": "Flex", "base": "USD"}).json()["id"]
    key = client.post(f"portfolios/{mine}/uploads", content=flex).json()["key"]
    found = client.post(f"portfolios/{mine}/uploads/{key}/preview", json={}).json()
    assert (found["counts"]["new"], found["holdings"]) == (1, 1)
    assert found["differences"] == [
        {
            "name": "QUORB",
            "ticker": "QUORB",
            "ours": "3",
            "theirs": "5",
            "missing": "2",
            "said": "The broker has 5 QUORB, this portfolio 3: 2 are missing here.",
        }
    ]


def asked_why(client: TestClient, figure: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"portfolios/1/why/{figure}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def added(why: dict[str, Any], begins: str) -> Decimal:
    return sum((Decimal(each["value"]) for each in why["inputs"] if each["label"].startswith(begins)), Decimal(0))


def test_cost_unrealised_realised_and_day_change_come_out_of_the_inputs_of_their_reasons(client: TestClient):
    positions = client.get("portfolios/1/positions").json()
    cost = asked_why(client, "cost")
    assert sum(
        Decimal(each["value"]) for each in cost["inputs"] if each["unit"] == "EUR" and " as " not in each["label"]
    ) == (Decimal(positions["cost"]))
    amounts = [each for each in cost["inputs"] if each["label"] not in {"rate", "first rate"}]
    assert all(each["source"].startswith("transaction ") for each in amounts)
    worth = added(asked_why(client, "unrealised"), "value of ")
    assert worth - Decimal(positions["cost"]) == Decimal(positions["gain"])
    change = asked_why(client, "day_change")
    assert added(change, "change of ") == added(change, "together") == Decimal(positions["day_gain"])
    (one, *_) = client.get("portfolios/1/lots").json()["closed"]
    realised = asked_why(client, "realised", instrument=one["ticker"], lot=one["opened"])
    gains = [
        Decimal(each["gain_base"])
        for each in client.get("portfolios/1/lots", params={"instrument": one["ticker"]}).json()["closed"]
        if each["opened"] == one["opened"]
    ]
    assert added(realised, "received for ") - added(realised, "cost") == sum(gains)
    assert added(realised, "by the price") + added(realised, "by the rate") == sum(gains)


def test_a_price_and_a_check_have_their_reasons_and_notes_end_in_one_full_stop(client: TestClient):
    (price,) = asked_why(client, "price", instrument="HAZLO")["inputs"]
    position = next(
        each for each in client.get("portfolios/1/positions").json()["positions"] if each["ticker"] == "HAZLO"
    )
    told = (position["price"]["price"], "USD", position["price"]["source"])
    assert (price["value"], price["unit"], price["source"]) == told
    assert price["label"] == "price of HAZLO"
    every = {each["name"]: each for each in client.get("portfolios/1/checks").json()["checks"]}
    for name, check in every.items():
        why = asked_why(client, "check", key=name)
        assert why["notes"] == [check["sentence"]]
    refused = client.get("portfolios/1/why/check", params={"key": "luck"})
    assert (refused.status_code, refused.json()["field"]) == (422, "key")
    units = asked_why(client, "value")["inputs"][0]
    assert units["source"].startswith("account ")


def test_positions_that_lack_the_same_are_told_of_in_one_note(client: TestClient):
    yen = client.post("portfolios", json={"name": "Yen", "base": "JPY"}).json()["id"]
    account = client.post(f"portfolios/{yen}/accounts", json={"name": "US", "currency": "USD"}).json()["id"]
    for ticker in ("QUORB", "HAZLO"):
        told = {
            "kind": "buy",
            "account": account,
            "currency": "USD",
            "day": "2026-01-06",
            "quantity": "2",
            "cash": "-9",
        }
        assert client.post(f"portfolios/{yen}/transactions", json={**told, "instrument": ticker}).status_code == 201
    notes = client.get(f"portfolios/{yen}/returns").json()["performance"]["notes"]
    assert notes[0] == (
        "The value at the end is not known, for want of HAZLO, QUORB: 1 USD in JPY on 2026-03-04: no rate of the 7 "
        "days before is known."
    )


def test_companies_of_the_demo_market_are_in_their_sectors(client: TestClient):
    slices = client.get("portfolios/1/allocation", params={"by": "sector"}).json()["slices"]
    assert {"Financials", "Technology", "Consumer staples", "cash"} <= {each["key"] for each in slices}
    assert "unknown" not in {each["key"] for each in slices}
    checks = {each["name"]: each for each in client.get("portfolios/1/checks").json()["checks"]}
    assert checks["sector"]["sentence"].startswith("Funds is ")
