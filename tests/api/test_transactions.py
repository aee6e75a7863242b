"""Portfolios, accounts and transactions over the API: what is kept, what is refused, and who was faster."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from openbell.api.app import create_app
from openbell.api.edits import Edit, fitting
from openbell.api.problems import STATUS, NotFound
from openbell.desk import Desk
from openbell.store.portfoliobook import PortfolioBook
from openbell.store.transactionbook import MovedOn, TransactionBook

BUY = {
    "kind": "buy",
    "account": 1,
    "day": "2026-03-02",
    "currency": "USD",
    "cash": "-1001.10",
    "instrument": "AAPL",
    "quantity": "10",
    "fee": "1.1",
    "price": "100",
    "note": "first",
    "tags": ["long", "tech"],
}


@pytest.fixture
def client(desk: Desk) -> TestClient:
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)
    assert client.post("portfolios", json={"name": "Mine", "base": "eur"}).status_code == 201
    assert client.post("portfolios/1/accounts", json={"name": "Broker", "currency": "USD"}).status_code == 201
    assert client.post("portfolios/1/accounts", json={"name": "Bank", "currency": "EUR"}).status_code == 201
    return client


def test_a_portfolio_is_told_as_it_was_made(client: TestClient):
    told = client.get("portfolios").json()["portfolios"][0]
    assert (told["name"], told["base"], told["method"], told["right"]) == ("Mine", "EUR", "fifo", "owner")
    assert [each["name"] for each in told["accounts"]] == ["Broker", "Bank"]


def test_a_transaction_comes_back_exactly(client: TestClient):
    made = client.post("portfolios/1/transactions", json=BUY)
    assert made.status_code == 201, made.text
    told = client.get("portfolios/1/transactions/1").json()
    assert {name: told[name] for name in BUY} == {**BUY, "cash": "-1001.1"}
    assert (told["version"], told["ticker"], told["batch"]) == (1, "AAPL", None)


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"day": "2026-03-06"}, "day", "2026-03-06 is yet to come"),
        ({"currency": "XXX"}, "currency", "'XXX' is not a currency"),
        ({"currency": "GBp"}, "currency", "GBp is a part of GBP"),
        ({"price": "1", "price_currency": "GBX"}, "price_currency", "GBX is a part of GBP"),
        ({"cash": "NaN"}, "cash", "cash is NaN"),
        ({"cash": "-1e400"}, "cash", "too large"),
        ({"cash": "ten"}, "cash", "'ten' is not a number"),
        ({"cash": "1_000"}, "cash", "'1_000' is not a number"),
        ({"cash": "5"}, "cash", "less than 0 or 0, not 5"),
        ({"quantity": "1.0000000000001"}, "quantity", "13 decimals"),
        ({"account": 9}, "account", "no account 9"),
        ({"instrument": None}, "instrument", "names its instrument"),
        ({"note": "x" * 10_001}, "note", "too long"),
        ({"tags": ["x"] * 51}, "tags", "50"),
        ({"kind": "gift"}, "kind", ""),
        ({"at": "0001-01-01T00:00:00+05:00"}, "at", "no year of UTC"),
        ({"at": "9999-12-31T23:59:59-05:00"}, "at", "no year of UTC"),
    ],
)
def test_what_no_transaction_can_be_is_refused_by_its_field(
    client: TestClient, change: dict[str, Any], field: str, says: str
):
    answer = client.post("portfolios/1/transactions", json={**BUY, **change})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"].split(".")[0] == field
    assert says in answer.json()["detail"]
    assert client.get("portfolios/1/transactions").json()["total"] == 0


@pytest.mark.parametrize("nothing", ["0e-400", "-0", "0e999999", "-0.00"])
def test_nothing_is_nothing_however_it_is_written(client: TestClient, nothing: str):
    made = client.post("portfolios/1/transactions", json={**BUY, "cash": nothing, "fee": nothing, "price": nothing})
    assert made.status_code == 201, made.text
    assert (made.json()["cash"], made.json()["fee"], made.json()["price"]) == ("0", "0", "0")
    assert client.get("portfolios/1/transactions/1").json()["cash"] == "0"


TRANSFER = {"kind": "transfer", "account": 1, "day": "2026-03-02", "currency": "USD", "cash": "-50", "to_account": 2}


@pytest.mark.parametrize("arrival", [{"to_currency": "EUR"}, {"to_cash": "-45", "to_currency": "EUR"}])
def test_a_transfer_into_another_currency_says_how_much_arrived(client: TestClient, arrival: dict[str, str]):
    answer = client.post("portfolios/1/transactions", json=TRANSFER | arrival)
    assert (answer.status_code, answer.json()["field"]) == (422, "to_cash")
    assert "how much EUR arrived" in answer.json()["detail"]
    for said in ({}, {"to_currency": "USD"}, {"to_currency": "EUR", "to_cash": "45"}):
        assert client.post("portfolios/1/transactions", json=TRANSFER | said).status_code == 201
    changed = client.put("portfolios/1/transactions/1", json={**TRANSFER, **arrival, "version": 1})
    assert (changed.status_code, changed.json()["field"]) == (422, "to_cash")


NOTHING = {**BUY, "quantity": "0", "price": None, "fee": "0", "tax": "0", "cash": "0"}


@pytest.mark.parametrize(
    ("told", "field", "says"),
    [
        *(
            ({"kind": kind, "instrument": None}, "cash", "of nothing changes nothing")
            for kind in ("interest", "fee", "tax", "opening")
        ),
        ({"kind": "dividend"}, "cash", "Dividend of nothing"),
        ({"kind": "exchange", "instrument": None}, "cash", "The cash of an exchange of currency is less than 0"),
        ({"kind": "rename", "instrument": None}, "instrument", "A ticker change names its instrument"),
        (
            {"kind": "spin_off", "quantity": "2", "other": "MSFT", "ratio": "150"},
            "ratio",
            "150, which is more than all",
        ),
    ],
)
def test_what_moves_nothing_or_too_much_is_not_added(client: TestClient, told: dict[str, Any], field: str, says: str):
    answer = client.post("portfolios/1/transactions", json={**NOTHING, **told})
    assert answer.status_code == 422, answer.text
    assert (answer.json()["field"], says in answer.json()["detail"]) == (field, True), answer.json()


@pytest.mark.parametrize("moved", [{"cash": "5"}, {"tax": "5"}, {"fee": "5"}])
def test_what_is_there_does_not_become_nothing(client: TestClient, moved: dict[str, str]):
    paid = client.post("portfolios/1/transactions", json={**NOTHING, "kind": "dividend", **moved}).json()
    path, draft = f"portfolios/1/transactions/{paid['id']}", {**NOTHING, "kind": "dividend", "version": paid["version"]}
    refused = client.put(path, json=draft)
    assert (refused.status_code, refused.json()["field"]) == (422, "cash")
    assert client.put(path, json={**draft, "cash": "4"}).json()["cash"] == "4"


def test_the_second_of_two_who_edit_the_same_is_told_what_is_there_now(client: TestClient):
    client.post("portfolios/1/transactions", json=BUY)
    assert client.put("portfolios/1/transactions/1", json={**BUY, "note": "mine", "version": 1}).status_code == 200
    late = client.put("portfolios/1/transactions/1", json={**BUY, "note": "yours", "version": 1})
    assert late.status_code == 409
    assert (late.json()["current"]["note"], late.json()["current"]["version"]) == ("mine", 2)
    assert client.delete("portfolios/1/transactions/1", params={"version": 1}).status_code == 409
    assert client.get("portfolios/1/transactions/1").json()["note"] == "mine"


def test_a_deleted_transaction_can_be_brought_back(client: TestClient):
    client.post("portfolios/1/transactions", json=BUY)
    assert client.delete("portfolios/1/transactions/1", params={"version": 1}).status_code == 204
    assert client.get("portfolios/1/transactions").json()["total"] == 0
    assert client.get("portfolios/1/transactions", params={"removed": True}).json()["total"] == 1
    back = client.post("portfolios/1/transactions/1/restore").json()
    assert (back["version"], back["tags"], back["removed"]) == (3, ["long", "tech"], None)
    assert client.get("portfolios/1/transactions").json()["total"] == 1


@pytest.mark.parametrize(
    ("asked", "notes"),
    [
        ({}, ["third", "second", "first"]),
        ({"kind": "sell"}, ["third"]),
        ({"tag": "tech"}, ["first"]),
        ({"q": "SECO"}, ["second"]),
        ({"from": "2026-03-03"}, ["third"]),
        ({"to": "2026-03-02", "limit": 1}, ["second"]),
        ({"offset": 2}, ["first"]),
        ({"account": 2}, ["second"]),
        ({"instrument": "msft"}, ["second"]),
    ],
)
def test_transactions_are_found_by_what_they_are(client: TestClient, asked: dict[str, Any], notes: list[str]):
    client.post("portfolios/1/transactions", json=BUY)
    client.post(
        "portfolios/1/transactions", json={**BUY, "account": 2, "instrument": "MSFT", "note": "second", "tags": ["x"]}
    )
    sale = {"kind": "sell", "quantity": "-10", "cash": "900", "day": "2026-03-03", "note": "third", "tags": []}
    client.post("portfolios/1/transactions", json={**BUY, **sale})
    found = client.get("portfolios/1/transactions", params=asked).json()
    assert [each["note"] for each in found["transactions"]] == notes
    assert found["tags"] == ["long", "tech", "x"]


def test_a_portfolio_is_removed_by_its_name_only(client: TestClient):
    client.post("portfolios/1/transactions", json=BUY)
    assert client.delete("portfolios/1", params={"name": "mine"}).status_code == 422
    assert client.delete("portfolios/1", params={"name": "Mine"}).status_code == 204
    assert client.get("portfolios/1").status_code == 404
    assert client.get("portfolios/1/transactions").status_code == 404


def test_an_account_with_transactions_stays(client: TestClient):
    client.post("portfolios/1/transactions", json=BUY)
    refused = client.delete("portfolios/1/accounts/1")
    assert (refused.status_code, refused.json()["remedy"]) == (422, "Move them first.")
    assert client.delete("portfolios/1/accounts/2").status_code == 204


def test_more_than_is_held_is_sold_as_a_marked_short_only(client: TestClient):
    client.post("portfolios/1/transactions", json=BUY)
    sale = {"kind": "sell", "quantity": "-11", "cash": "1100", "day": "2026-03-03"}
    refused = client.post("portfolios/1/transactions", json={**BUY, **sale})
    assert (refused.status_code, refused.json()["field"]) == (422, "quantity")
    assert "but the account held 10" in refused.json()["detail"]
    assert client.post("portfolios/1/transactions", json={**BUY, **sale, "short": True}).status_code == 201
    early = client.post("portfolios/1/transactions", json={**BUY, **sale, "quantity": "-1", "day": "2026-03-01"})
    assert early.status_code == 422


def test_items_are_the_owners_own(client: TestClient):
    refused = client.post("portfolios/1/transactions", json={**BUY, "instrument": "own:1"})
    assert (refused.status_code, refused.json()["detail"]) == (422, "There is no item own:1.")
    client.post("items", json={"name": "A house", "currency": "EUR"})
    client.put("items/1/prices", json={"prices": [{"day": "2026-03-02", "price": "250000.50"}]})
    bought = client.post("portfolios/1/transactions", json={**BUY, "instrument": "own:1"})
    assert (bought.status_code, bought.json()["ticker"]) == (201, "A house")
    listed = client.get("portfolios/1/transactions").json()["transactions"]
    assert [(each["instrument"], each["ticker"]) for each in listed] == [("own:1", "A house")]
    found = client.get("portfolios/1/positions").json()["positions"]
    house = next(each for each in found if each["instrument"] == "own:1")
    assert (house["ticker"], house["price"]) == (
        "A house",
        {"price": "250000.5", "day": "2026-03-02", "source": "by hand"},
    )
    assert client.delete("items/1").status_code == 422


def test_a_sale_comes_back_after_the_lots_that_it_was_told_to_take(client: TestClient):
    client.post("portfolios/1/transactions", json=BUY)
    sale = {"kind": "sell", "quantity": "-10", "cash": "900", "picks": [{"opened": 1, "quantity": "10"}]}
    client.post("portfolios/1/transactions", json={**BUY, **sale})
    told = {"version": 1, "oversold_too": True}
    assert client.delete("portfolios/1/transactions/1", params=told).status_code == 422
    for number in (2, 1):
        assert client.delete(f"portfolios/1/transactions/{number}", params={"version": 1}).status_code == 204
    early = client.post("portfolios/1/transactions/2/restore", params={"oversold_too": True})
    assert (early.status_code, early.json()["field"]) == (422, "picks")
    assert [client.post(f"portfolios/1/transactions/{number}/restore").status_code for number in (1, 2)] == [200, 200]
    assert client.get("portfolios/1/transactions").json()["total"] == 2


@pytest.mark.parametrize("field", ["day", "acquired"])
def test_a_year_that_was_mistyped_is_refused(client: TestClient, field: str):
    answer = client.post("portfolios/1/transactions", json={**BUY, field: "0001-01-01"})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert "0001-01-01 is before 1900-01-01" in answer.json()["detail"]
    assert client.post("items", json={"name": "House", "currency": "CHF"}).status_code == 201
    priced = client.put("items/1/prices", json={"prices": [{"day": "1899-12-31", "price": "5"}]})
    assert (priced.status_code, priced.json()["field"]) == (422, "day")
    assert client.post("portfolios/1/transactions", json={**BUY, field: "1900-01-01"}).status_code == 201
    assert client.get("portfolios/1/positions").status_code == 200


def test_of_those_who_sell_all_that_is_held_at_once_one_does(client: TestClient):
    client.post("portfolios/1/transactions", json=BUY)
    sale = {**BUY, "kind": "sell", "quantity": "-10", "cash": "900"}
    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(lambda _: client.post("portfolios/1/transactions", json=sale), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    assert {answer.json()["field"] for answer in answers if answer.status_code == 422} == {"quantity"}


SALE = {**BUY, "kind": "sell", "day": "2026-03-03", "quantity": "-5", "cash": "600", "fee": "0", "price": "120"}
LACKS = "The sale of 5 AAPL on 2026-03-03 would lack its units."


def test_an_edit_that_leaves_a_later_sale_without_its_units_is_asked_about(client: TestClient):
    for told in (BUY, SALE):
        assert client.post("portfolios/1/transactions", json=told).status_code == 201
    one = "portfolios/1/transactions/1"
    less = {**BUY, "quantity": "1", "cash": "-101.10", "version": 1}
    for answer in (client.put(one, json=less), client.delete(one, params={"version": 1})):
        assert (answer.status_code, answer.json()["detail"], answer.json()["field"]) == (409, LACKS, "oversold_too")
    assert client.get(one).json()["quantity"] == "10"
    assert client.put(one, json={**less, "quantity": "5", "cash": "-501.10"}).status_code == 200
    assert client.put(one, json={**less, "version": 2}, params={"oversold_too": True}).status_code == 200
    assert client.delete(one, params={"version": 3}).status_code == 409, "one more unit would lack"
    assert client.delete(one, params={"version": 3, "oversold_too": True}).status_code == 204
    assert client.post(f"{one}/restore").status_code == 200, "it can only help"


def test_an_own_item_that_would_lack_is_called_by_its_name(client: TestClient):
    item = client.post("items", json={"name": "A boat", "currency": "USD", "type": "other"}).json()["instrument"]
    for told in (BUY, SALE):
        assert client.post("portfolios/1/transactions", json={**told, "instrument": item}).status_code == 201
    asked = client.delete("portfolios/1/transactions/1", params={"version": 1})
    assert asked.json()["detail"] == "The sale of 5 A boat on 2026-03-03 would lack its units."
    more = client.post("portfolios/1/transactions", json={**SALE, "instrument": item, "quantity": "-50"})
    assert (more.status_code, "A boat" in more.json()["detail"]) == (422, True)


def test_an_earlier_sale_does_not_take_the_units_of_a_later_one_unasked(client: TestClient):
    for told in (BUY, {**SALE, "quantity": "-10", "cash": "1200"}):
        assert client.post("portfolios/1/transactions", json=told).status_code == 201
    early = {**SALE, "day": "2026-03-02"}
    answer = client.post("portfolios/1/transactions", json=early)
    assert (answer.status_code, answer.json()["detail"]) == (409, LACKS.replace("5", "10", 1))
    assert client.post("portfolios/1/transactions", json=early, params={"oversold_too": True}).status_code == 201


def test_a_sale_that_comes_back_is_asked_about_where_its_units_are_gone(client: TestClient):
    for told in (BUY, SALE):
        client.post("portfolios/1/transactions", json=told)
    for number in (2, 1):
        assert client.delete(f"portfolios/1/transactions/{number}", params={"version": 1}).status_code == 204
    answer = client.post("portfolios/1/transactions/2/restore")
    assert (answer.status_code, answer.json()["detail"]) == (409, LACKS)
    assert client.post("portfolios/1/transactions/2/restore", params={"oversold_too": True}).status_code == 200


def test_what_was_sold_and_never_held_is_edited_and_lacks_no_more_units_unasked(client: TestClient):
    for told in (BUY, SALE):
        client.post("portfolios/1/transactions", json=told)
    client.delete("portfolios/1/transactions/1", params={"version": 1, "oversold_too": True})
    one, told = "portfolios/1/transactions/2", {**SALE, "version": 1, "note": "Of 2019"}
    assert client.put(one, json=told).json()["note"] == "Of 2019"
    more = {**told, "version": 2, "quantity": "-6", "cash": "720"}
    asked = client.put(one, json=more)
    assert (asked.status_code, asked.json()["field"]) == (409, "oversold_too")
    assert asked.json()["detail"] == "The sale of 6 AAPL on 2026-03-03 would lack its units."
    assert client.put(one, json=more, params={"oversold_too": True}).json()["quantity"] == "-6"


def test_more_of_the_lots_that_a_sale_chose_are_taken_only_where_that_is_confirmed_again(client: TestClient):
    for told in (BUY, BUY, {**SALE, "quantity": "-9", "picks": [{"opened": 1, "quantity": "9"}]}):
        assert client.post("portfolios/1/transactions", json=told).status_code == 201
    five, four = ({**SALE, "day": "2026-03-02", "quantity": units} for units in ("-5", "-4"))
    assert client.post("portfolios/1/transactions", json=five, params={"oversold_too": True}).status_code == 201
    asked = client.post("portfolios/1/transactions", json=four)
    assert (asked.status_code, asked.json()["field"]) == (409, "oversold_too")
    assert asked.json()["detail"] == "The sale of AAPL on 2026-03-03 would lack the lots that it chose."
    note = {**SALE, "quantity": "-9", "picks": [{"opened": 1, "quantity": "9"}], "version": 1, "note": "All of it"}
    assert client.put("portfolios/1/transactions/3", json=note).status_code == 200, "it lacks no more than before"


def test_a_purchase_before_those_that_a_sale_chose_is_asked_about_where_it_takes_their_place(client: TestClient):
    moved = {**BUY, "kind": "transfer", "cash": "0", "quantity": "-10", "fee": "0", "price": None, "to_account": 2}
    sold = {**SALE, "account": 2, "quantity": "-10", "picks": [{"opened": 1, "quantity": "10"}]}
    for told in (BUY, moved, sold):
        assert client.post("portfolios/1/transactions", json=told).status_code == 201
    older, younger = {**BUY, "day": "2026-02-27"}, {**BUY, "day": "2026-03-03"}
    asked = client.post("portfolios/1/transactions", json=older)
    assert (asked.status_code, asked.json()["field"]) == (409, "oversold_too"), asked.text
    assert client.get("portfolios/1/lots").json()["closed"][0]["cost"]["amount"] == "1001.1"
    assert client.post("portfolios/1/transactions", json=younger).status_code == 201
    assert client.post("portfolios/1/transactions", json=older, params={"oversold_too": True}).status_code == 201


def test_a_sale_that_got_nothing_of_what_it_chose_lacks_no_more_when_other_units_come(client: TestClient):
    chosen = {**SALE, "quantity": "-10", "picks": [{"opened": 1, "quantity": "10"}]}
    for told in (BUY, chosen):
        client.post("portfolios/1/transactions", json=told)
    less = {**BUY, "day": "2026-03-04", "version": 1}
    moved = client.put("portfolios/1/transactions/1", json=less, params={"oversold_too": True})
    assert moved.status_code == 200, "bought after the sale"
    assert client.post("portfolios/1/transactions", json=BUY).status_code == 201


def test_an_edit_ends_where_the_portfolio_was_removed_while_it_was_checked(client: TestClient, desk: Desk):
    client.post("portfolios/1/transactions", json=BUY)
    portfolios, book = PortfolioBook(desk.ledger), TransactionBook(desk.ledger)
    kept = portfolios.find(1)
    assert kept is not None
    somebody = iter([lambda: portfolios.remove(1)])

    def write(state: str | None) -> None:
        next(somebody)()
        book.remove(1, 1, 1, desk.clock(), state)

    with pytest.raises(NotFound, match="Mine was removed meanwhile"):
        fitting(desk, kept, Edit(None, oversold_too=True, number=1), write)


def test_an_edit_is_given_up_where_others_are_faster_each_time(client: TestClient, desk: Desk):
    client.post("portfolios/1/transactions", json=BUY)
    kept, book = PortfolioBook(desk.ledger).find(1), TransactionBook(desk.ledger)
    assert kept is not None
    paid_in = {"kind": "deposit", "account": 2, "day": "2026-03-02", "currency": "EUR", "cash": "1"}

    def write(state: str | None) -> None:
        assert client.post("portfolios/1/transactions", json=paid_in).status_code == 201
        book.remove(1, 1, 1, desk.clock(), state)

    with pytest.raises(MovedOn, match="Mine was changed by others again and again") as error:
        fitting(desk, kept, Edit(None, oversold_too=True, number=1), write)
    assert STATUS[error.type] == (409, "Busy")
    assert [each["id"] for each in client.get("portfolios/1/transactions").json()["transactions"]][-1] == 1


def test_more_of_a_lot_than_there_is_cannot_be_chosen(client: TestClient):
    for told in (BUY, BUY):
        client.post("portfolios/1/transactions", json=told)
    answer = client.post(
        "portfolios/1/transactions",
        json={**SALE, "quantity": "-12", "cash": "1440", "picks": [{"opened": 2, "quantity": "12"}]},
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "picks")
    assert "chose 2 units too many of transaction 2" in answer.json()["detail"]
    assert client.get("portfolios/1/transactions").json()["total"] == 2


def test_what_is_odd_in_a_transaction_is_in_its_answer(client: TestClient):
    odd = client.post("portfolios/1/transactions", json={**BUY, "price": "1"}).json()["notes"]
    asked = "Is the price, the number of units or a fee another one?"
    assert odd == [f"10 x 1 with 1.1 of costs is 11.1 USD, but 1001.1 USD was paid. {asked}"]
    assert client.get("portfolios/1/transactions/1").json()["notes"] == odd
    paid = {"kind": "dividend", "quantity": "0", "cash": "5", "fee": "0", "price": None, "instrument": "MSFT"}
    early = client.post("portfolios/1/transactions", json={**BUY, **paid}).json()["notes"]
    assert [note.split(",")[0] for note in early] == ["MSFT paid a dividend on 2026-03-02"]
    assert client.post("portfolios/1/transactions", json=BUY).json()["notes"] == []


def test_figures_say_what_is_not_in_them_of_a_sale_without_a_purchase(client: TestClient):
    client.post("portfolios", json={"name": "Dollars", "base": "USD"})
    account = client.post("portfolios/2/accounts", json={"name": "Broker", "currency": "USD"}).json()["id"]
    client.post("portfolios/2/transactions", json={**BUY, "account": account})
    client.post("portfolios/2/transactions", json={**SALE, "quantity": "-10", "cash": "1200", "account": account})
    client.delete("portfolios/2/transactions/1", params={"version": 1, "oversold_too": True})
    done = client.get("portfolios/2/returns").json()
    said = "10 units of AAPL that were sold on 2026-03-03 were never held"
    assert (done["performance"]["gain"], done["performance"]["uncounted"]) == ("0", ["AAPL"])
    assert [note for note in done["contributions"][0]["notes"] if said in note]
    assert [note for note in done["performance"]["notes"] if said in note]
    assert client.get("portfolios/2/lots").json()["problems"][0]["kind"] == "oversold"
    for figure in ("gain", "twr", "mwr", "simple", "realised", "contribution?instrument=AAPL"):
        assert said in str(client.get(f"portfolios/2/why/{figure}").json()["notes"])


@pytest.mark.parametrize("path", ["items/1/prices", "hand-prices/AAPL"])
def test_a_price_of_a_day_that_is_yet_to_come_is_refused(client: TestClient, path: str):
    client.post("items", json={"name": "House", "currency": "CHF"})
    client.put("facts/AAPL", json={"currency": "USD"})
    told = [{"day": "2026-03-02", "price": "5"}, {"day": "2027-01-05", "price": "6"}]
    answer = client.put(path, json={"prices": told})
    assert (answer.status_code, answer.json()["field"], answer.json()["detail"]) == (
        422,
        "day",
        "2027-01-05 is yet to come.",
    )
    forgotten = [{"day": "2027-01-05", "price": None}]
    assert client.put(path, json={"prices": forgotten}).status_code == 200


def test_rows_of_no_value_are_listed_alike_by_a_desk_that_was_started_again(client: TestClient, desk: Desk):
    house = client.post("items", json={"name": "House", "currency": "USD", "type": "other"}).json()["instrument"]
    for nth, instrument in enumerate(("ZZZ", house, "AAA"), start=1):
        bought = {**BUY, "instrument": instrument, "day": f"2026-03-0{nth}"}
        assert client.post("portfolios/1/transactions", json=bought).status_code == 201
        paid = {"account": 1, "kind": "deposit", "day": f"2026-03-0{nth}", "currency": ("USD", "GBP", "CHF")[nth - 1]}
        assert client.post("portfolios/1/transactions", json={**paid, "cash": "1"}).status_code == 201
        fee = {**paid, "kind": "fee", "cash": "-9"}
        assert client.post("portfolios/1/transactions", json=fee).status_code == 201
        for path in ("positions", "history", "returns", "checks"):
            client.get(f"portfolios/1/{path}")
    again = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1")
    for path in ("positions", "returns", "history", "checks", "why/value", "why/gain", "why/day_change", "income"):
        found = [each.get(f"portfolios/1/{path}").json() for each in (client, again)]
        assert found[0] == found[1], path
    for path, rows in (("positions", "positions"), ("returns", "contributions")):
        found = client.get(f"portfolios/1/{path}").json()[rows]
        assert [each["ticker"] for each in found if each["type"] != "cash"] == ["AAA", "ZZZ", "House"]
    notes = client.get("portfolios/1/returns").json()["performance"]["notes"]
    assert [note.partition(" for want of ")[2].partition(":")[0].split(", ") for note in notes] == [
        *([code] for code in ("CHF", "GBP", "USD")),
        ["AAA", "ZZZ"],
        ["House"],
    ]
