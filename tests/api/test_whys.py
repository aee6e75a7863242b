"""Each figure that a portfolio answers with says why it is so: no answer has a number that nobody can ask about."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.test_sample import client, demo
from openbell.api.whys import Figure

__all__ = ["client", "demo"]

START = "/api/v1/portfolios/{number}/"

NO_FIGURES = {
    "export", "imports", "imports/{batch}/problems", "shares", "transactions", "transactions/{transaction}",
    "why/{figure}",
}  # fmt: skip
"""What was told, and reasons themselves."""

TOLD = {
    "about", "account", "account_name", "acquired", "actions", "also", "base", "benchmark_id", "by", "carried",
    "closed", "currency", "day", "days", "ex_date", "first", "instrument", "key", "kind", "label", "lacks", "last",
    "method", "name", "note", "notes", "opened", "paid_in_currency", "pay_date", "peak", "reason", "recovered",
    "remedy", "rule", "said", "sentence", "severity", "short", "since", "source", "state", "sure", "ticker",
    "total_closed", "total_gaps", "transaction", "trough", "type", "uncounted", "what",
    "without",
}  # fmt: skip
"""Names, days, numbers of rows, sentences: not figures."""

LOT = {"units": "cost", "cost.amount": "cost", "cost.base": "cost", "cost.fees": "cost", "cost.taxes": "cost"}
LOT |= {"fees_base": "cost", "taxes_base": "cost"}
HELD = {"gain": "unrealised", "gain_base": "unrealised", "price_effect": "unrealised", "currency_effect": "unrealised"}
SOLD = dict.fromkeys(("units", "fees_base", "taxes_base", *HELD), "realised") | {
    f"{side}.{name}": "realised" for side in ("cost", "proceeds") for name in ("amount", "base", "fees", "taxes")
}
PAID = {"gross": "received", "tax": "received", "fee": "received", "net": "received"}

WHY: dict[str, dict[str, str]] = {
    "positions": {
        "value": "value", "cost": "cost", "gain": "unrealised", "day_gain": "day_change",
        "positions.units": "value", "positions.price.price": "price", "positions.rate.rate": "value",
        "positions.value": "value", "positions.share": "share", "positions.cost": "cost",
        "positions.gain": "unrealised",
        "positions.gain_relative": "unrealised", "positions.price_effect": "unrealised",
        "positions.currency_effect": "unrealised", "positions.day_change.relative": "day_change",
        "positions.day_change.gain": "day_change", "positions.day_change.currency_gain": "day_change",
    },
    "lots": {f"open.{name}": figure for name, figure in (LOT | HELD).items()}
    | {f"closed.{name}": figure for name, figure in SOLD.items()},
    "history": {
        "value": "value", "invested": "net_invested", "index": "twr", "drawdown": "drawdown", "benchmark": "benchmark",
    },
    "returns": {
        "performance.start": "gain", "performance.end": "gain", "performance.paid_in": "gain",
        "performance.taken_out": "gain", "performance.gain": "gain", "performance.simple": "simple",
        "performance.twr": "twr", "performance.twr_annual": "twr", "performance.mwr.annual": "mwr",
        "performance.mwr.period": "mwr", "performance.income": "income", "performance.fees": "fees",
        "performance.taxes": "taxes", "performance.currency_gain": "currency_gain",
        "performance.drawdown.depth": "drawdown", "contributions.gain": "contribution",
        "contributions.share": "contribution", "benchmark.value": "benchmark", "benchmark.twr": "benchmark_twr",
        "benchmark.twr_annual": "benchmark_twr", "benchmark.mwr.annual": "benchmark_mwr",
        "benchmark.mwr.period": "benchmark_mwr",
    },
    "income": {
        **{f"by_{by}.{name}": why for by in ("month", "instrument", "account") for name, why in PAID.items()},
        **{f"by_{by}.announced": "announced" for by in ("month", "instrument", "account")},
        **{f"payments.{name}": why for name, why in PAID.items()},
        "announced.units": "announced", "announced.amount": "announced", "announced.paid_in": "announced",
        "announced.value": "announced", "yields.income": "yield_on_cost", "yields.on_cost": "yield_on_cost",
        "yields.on_value": "yield_on_value", "total": "received",
    },
    "allocation": {
        "total": "value", "slices.value": "share", "slices.share": "share", "slices.inner": "share",
        "unvalued.units": "value",
    },
    "checks": {"checks.number": "check", "checks.threshold": "check"},
}  # fmt: skip


def leaves(schema: dict[str, Any], every: dict[str, Any], within: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of what an answer tells in the end; what holds others of its kind is told of once."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in within:
            yield ""
            return
        schema, within = every[name], (*within, name)
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            yield from leaves(one, every, within)
    if schema.get("type") == "array":
        yield from leaves(schema["items"], every, within)
    elif "properties" in schema:
        for field, inner in schema["properties"].items():
            for leaf in leaves(inner, every, within):
                yield f"{field}.{leaf}".removesuffix(".")
    elif "anyOf" not in schema:
        yield ""


def answers(client: TestClient) -> dict[str, list[str]]:
    """By what is asked for, the leaves of the answer."""
    schema = client.app.openapi()  # type: ignore[attr-defined]  # FastAPI's
    found = {}
    for path, ways in schema["paths"].items():
        if path.startswith(START) and "get" in ways:
            told = ways["get"]["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
            found[path.removeprefix(START)] = list(dict.fromkeys(leaves(told, schema["components"]["schemas"])))
    return found


def test_each_number_of_an_answer_is_a_figure_with_a_why_or_said_to_be_none(client: TestClient):
    told = answers(client)
    assert set(told) == {*WHY, *NO_FIGURES}
    for asked, figures in WHY.items():
        untold = {leaf for leaf in told[asked] if leaf not in figures and leaf.rpartition(".")[2] not in TOLD}
        assert not untold, f"{asked} answers with figures that have no why"
        assert not figures.keys() - set(told[asked]), f"{asked} answers no longer"


def test_each_why_belongs_to_a_figure():
    assert {figure for figures in WHY.values() for figure in figures.values()} == set(Figure.__args__)


ASKED = {
    "contribution": {"instrument": "HAZLO"},
    "price": {"instrument": "HAZLO"},
    "check": {"key": "cash"},
    "share": {"by": "type", "key": "stock"},
    "yield_on_cost": {"instrument": "HAZLO"},
    "yield_on_value": {"instrument": "HAZLO"},
}


@pytest.mark.parametrize("figure", sorted(set(Figure.__args__) - {"announced"}))
def test_each_why_has_a_method_and_what_went_into_it(client: TestClient, figure: str):
    told = client.get(f"portfolios/1/why/{figure}", params={"range": "Max", **ASKED.get(figure, {})})
    assert told.status_code == 200, told.text
    assert told.json()["method"].endswith((".", ")"))
    assert told.json()["inputs"]
    for each in told.json()["inputs"]:
        priced = each["label"].startswith(("price", "close", "rate", "dividend", "reinvested", "first", "last"))
        assert not priced or (each["source"] and each["day"]), each


def inputs(client: TestClient, figure: str, **asked: object) -> list[dict[str, Any]]:
    answer = client.get(f"portfolios/1/why/{figure}", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["inputs"]
    return found


def test_a_lot_is_asked_about_by_what_opened_it_and_by_what_closed_it(client: TestClient):
    told = client.get("portfolios/1/lots").json()
    for each in told["open"]:
        asked = {"instrument": each["instrument"], "account": each["account"], "lot": each["opened"]}
        (value,) = [one for one in inputs(client, "unrealised", **asked) if one["label"].startswith("value of")]
        cost = [one for one in inputs(client, "cost", **asked) if one["unit"] == told["base"]]
        assert Decimal(cost[0]["value"]) == Decimal(each["cost"]["base"])
        assert Decimal(value["value"]) - Decimal(cost[0]["value"]) == Decimal(each["gain_base"])
    for each in told["closed"]:
        asked = {"instrument": each["instrument"], "lot": each["opened"], "sale": each["closed"]}
        came, *_ = inputs(client, "realised", **asked)
        assert Decimal(came["value"]) == Decimal(each["proceeds"]["base"])
        assert inputs(client, "realised", **asked | {"sale": each["opened"]}) == []


def test_the_share_of_a_position_is_of_its_account_alone(client: TestClient):
    for each in client.get("portfolios/1/positions").json()["positions"]:
        key = f"{each['account']} {each['instrument'] or 'cash ' + each['currency']}"
        part, whole = inputs(client, "share", by="position", key=key)
        assert (
            part["label"]
            == f"{each['ticker'] if each['instrument'] else 'cash ' + each['currency']} in " + (each["account_name"])
        )
        assert Decimal(part["value"]) == Decimal(each["value"])
        assert float(Decimal(part["value"]) / Decimal(whole["value"])) == pytest.approx(each["share"], abs=1e-6)
