"""Portfolios kept from the command line: made, filled by hand, asked why, changed, shared and removed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.test_portfolio import Shell

TYPED = """
deposit day=2026-02-02 cash=2000
buy day=2026-02-03 instrument=AAPL quantity=10 cash=-1000 price=100 tags=core,tech
sell day=2026-02-04 instrument=AAPL quantity=-4 cash=440
"""


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


def done(shell: Shell, *words: str) -> str:
    code, out, err = shell(*words)
    assert code == 0, err
    return out


def told(shell: Shell, *words: str) -> Any:
    return json.loads(done(shell, *words, "--json"))


@pytest.fixture
def mine(shell: Shell) -> Shell:
    """A portfolio with an account and three transactions, typed by hand."""
    done(shell, "make", "Mine", "usd")
    done(shell, "account", "add", "Broker", "USD")
    for line in TYPED.strip().splitlines():
        done(shell, "transaction", "add", *line.split())
    return shell


def test_a_portfolio_is_made_filled_and_looked_at_without_the_page(mine: Shell):
    (kept,) = told(mine, "show")
    assert (kept["name"], kept["owner"], kept["base"], kept["method"]) == ("Mine", "owner", "USD", "fifo")
    rows = told(mine, "transaction", "list")["transactions"]
    assert [(each["id"], each["kind"], each["quantity"], each["cash"], each["tags"]) for each in rows] == [
        (3, "sell", "-4", "440", []),
        (2, "buy", "10", "-1000", ["core", "tech"]),
        (1, "deposit", "0", "2000", []),
    ]
    assert {each["ticker"]: each["units"] for each in told(mine, "positions")["positions"]} == {
        "AAPL": "6",
        "USD": "1440",
    }
    lines = done(mine, "transaction", "list").splitlines()
    assert [each.split()[:4] for each in lines[1:]] == [
        ["3", "2026-02-04", "sell", "AAPL"],
        ["2", "2026-02-03", "buy", "AAPL"],
        ["1", "2026-02-02", "deposit", "0"],
    ]


def test_a_transaction_is_changed_deleted_and_restored(mine: Shell):
    assert done(mine, "transaction", "change", "2", "cash=-1001", "fee=1", "note=with a fee").startswith(
        "Transaction 2: buy 10 AAPL, -1001 USD, on 2026-02-03"
    )
    changed = next(each for each in told(mine, "transaction", "list")["transactions"] if each["id"] == 2)
    assert (changed["fee"], changed["price"], changed["tags"], changed["version"]) == ("1", "100", ["core", "tech"], 2)
    done(mine, "transaction", "change", "2", "price=", "tags=")
    assert done(mine, "transaction", "remove", "3") == "Transaction 3 is deleted.\n"
    assert [each["id"] for each in told(mine, "transaction", "list", "--removed")["transactions"]] == [3]
    assert done(mine, "transaction", "restore", "3").startswith("Transaction 3: sell -4 AAPL")
    bought = next(each for each in told(mine, "transaction", "list")["transactions"] if each["id"] == 2)
    assert (bought["price"], bought["tags"]) == (None, [])


def test_what_leaves_a_sale_without_its_units_is_done_where_that_is_confirmed(mine: Shell):
    for words in (
        ("remove", "2"),
        ("restore", "3"),
        ("change", "3", "quantity=-5", "cash=550"),
        ("add", "buy", "day=2026-02-03", "instrument=AAPL", "quantity=10", "cash=-1000"),
        ("add", "sell", "day=2026-02-03", "instrument=AAPL", "quantity=-10", "cash=1000"),
    ):
        if words[0] == "restore":
            done(mine, "transaction", "remove", "3")
        if words[1] != "buy":
            code, _, err = mine("transaction", *words)
            assert (code, "would lack its units" in err, "--oversold-too confirms it." in err) == (1, True, True), err
        done(mine, "transaction", *words, "--oversold-too")
    assert [each["quantity"] for each in told(mine, "transaction", "list")["transactions"]] == ["-5", "-10", "10", "0"]


HELD = """"Positions for account Individual ...123 as of 12:33 PM ET, 2026/02/05"

"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Cost Basis","Security Type"
"AAPL","APPLE INC","7","$120.00","$840.00","$700.00","Equity"
"Account Total","","","","$840.00","$700.00",""
"""

REFUSED = [
    (("transaction", "add", "sell", "instrument=AAPL", "quantity=-99", "cash=1"), "99 units of AAPL were sold"),
    (("transaction", "add", "deposit", "day=2999-01-01", "cash=1"), "is yet to come"),
    (("transaction", "add", "deposit", "cash=1", "currency=XQZ"), "XQZ"),
    (("transaction", "add", "deposit", "cash=NaN"), "cash"),
    (("transaction", "add", "deposit", "cash=1e400"), "cash"),
    (("transaction", "add", "deposit", "day=soon"), "day: "),
    (("transaction", "add", "deposit", "money=1"), "There is no field 'money'."),
    (("transaction", "add", "deposit", "cash"), "cash has no value."),
    (("transaction", "add", "gamble"), "There is no kind 'gamble'. Use one of buy"),
    (("transaction", "add", "buy", "instrument=own:9", "quantity=1", "cash=-1"), "There is no item own:9."),
    (("transaction", "add", "sell", "instrument=AAPL", "quantity=-1", "cash=1", "picks=2"), "names no units"),
    (("transaction", "add", "deposit", "cash=1", "account=Bank"), "no account 'Bank'. Name one: 1 (Broker)."),
    (("transaction", "change", "77", "cash=1"), "There is no transaction 77"),
    (("transaction", "list", "--kind", "gamble"), "There is no kind 'gamble'."),
    (("make", "Mine", "USD"), "of that name already"),
    (("make", "Other", "XQZ"), "XQZ"),
    (("make", "Other", "USD", "--threshold", "sector"), "says no number"),
    (("make", "Other", "USD", "--person", "Zoe"), "There is nobody called Zoe."),
    (("change", "--method", "luck"), "There is no method 'luck'. Use one of fifo"),
    (("account", "add", "Broker", "USD"), "of that name already"),
    (("account", "remove", "Broker"), "It has 3 transactions,"),
    (("remove", "Mine"), "Mine would go for good, with 3 transactions. Repeat it with --yes"),
    (("item", "remove", "5"), "There is no item 5."),
    (("item", "add", "Barn", "USD", "--type", "hay"), "type: 'hay' is not one of"),
    (("facts", "AAPL", "--country", "Switzerland"), "country: "),
    (("price", "AAPL", "5", "--day", "2999-01-01"), "2999-01-01 is yet to come."),
    (("price", "AAPL", "five"), "'five' is not a number"),
    (("why", "luck"), "There is no figure 'luck'. Use one of value"),
    (("allocation", "--by", "luck"), "There is no by 'luck'."),
    (("positions", "--account", "Bank"), "no account 'Bank'"),
    (("positions", "--as-of", "2999-01-01"), "is yet to come"),
    (("share", "owner"), "The portfolio is yours."),
]


def test_what_the_api_refuses_is_refused_here_in_the_same_words(mine: Shell):
    for words, says in REFUSED:
        code, _, err = mine(*words)
        assert (code != 0, says in err) == (True, True), (words, err)
    assert told(mine, "transaction", "list")["total"] == 3


def test_figures_are_of_an_account_a_tag_or_an_instrument_where_that_is_asked(mine: Shell):
    done(mine, "account", "add", "Bank", "USD", "--broker", "House")
    done(mine, "transaction", "add", "deposit", "day=2026-02-05", "cash=5", "account=Bank")
    assert [each["units"] for each in told(mine, "positions", "--account", "Bank")["positions"]] == ["5"]
    assert [each["ticker"] for each in told(mine, "positions", "--instrument", "aapl")["positions"]] == ["AAPL"]
    assert [each["ticker"] for each in told(mine, "positions", "--tag", "core")["positions"]] == ["AAPL"]
    assert told(mine, "returns", "--account", "Bank")["performance"]["gain"] == "0"
    assert told(mine, "returns", "--instrument", "AAPL", "--to", "2026-02-04")["performance"]["paid_in"] is not None
    assert [each["ticker"] for each in told(mine, "lots", "--instrument", "AAPL")["open"]] == ["AAPL"]
    assert told(mine, "income", "--account", "Bank")["payments"] == []


def test_every_figure_says_why_and_the_value_is_told_by_day_by_part_and_checked(mine: Shell):
    done(mine, "price", "AAPL", "120", "--day", "2026-02-04")
    known = told(mine, "why", "realised", "--instrument", "AAPL", "--as-of", "2026-02-04")
    assert (known["figure"], "40" in json.dumps(known["inputs"])) == ("realised", True)
    assert "realised: " in done(mine, "why", "realised", "--instrument", "AAPL", "--as-of", "2026-02-04")
    days = told(mine, "history", "--as-of", "2026-02-04")
    assert (days["days"][-1], days["value"][-1], days["invested"][-1]) == ("2026-02-04", 2160.0, 2000.0)
    assert done(mine, "history", "--as-of", "2026-02-04").splitlines()[-1].startswith("2026-02-04  2160.0")
    spread = told(mine, "allocation", "--by", "instrument", "--as-of", "2026-02-04")
    assert [(each["label"], each["value"]) for each in spread["slices"]] == [("cash USD", "1440"), ("AAPL", "720")]
    out = done(mine, "allocation", "--by", "account", "--by", "instrument", "--as-of", "2026-02-04")
    assert "2160 USD in all, as of 2026-02-04, by account, then instrument." in out
    assert "  AAPL" in out
    found = {each["name"]: each["state"] for each in told(mine, "checks", "--as-of", "2026-02-04")["checks"]}
    done(mine, "change", "--threshold", "position=0.9", "--threshold", "cash=0.9")
    calmer = {each["name"]: each["state"] for each in told(mine, "checks", "--as-of", "2026-02-04")["checks"]}
    assert found != calmer


def test_a_portfolio_is_renamed_compared_shared_and_removed(mine: Shell):
    out = done(mine, "change", "--name", "Ours", "--method", "hifo", "--benchmark", "SPY")
    assert out == "Ours: counted in USD, hifo, compared with SPY.\n"
    assert told(mine, "show")[0]["benchmark"] == "SPY"
    assert "compared with nothing" in done(mine, "change", "--benchmark", "none")
    assert mine.people("add", "Ann")[0] == 0
    assert done(mine, "share", "Ann", "--right", "write") == "Ann may write Ours.\n"
    assert told(mine, "shares") == [{"right": "write", "person": 2, "name": "Ann"}]
    assert done(mine, "unshare", "Ann") == "Ann sees Ours no more.\n"
    done(mine, "account", "add", "Spare", "USD")
    assert done(mine, "account", "change", "Spare", "--name", "Bank", "--currency", "EUR").endswith("Bank, EUR.\n")
    done(mine, "account", "remove", "Bank")
    assert [each["name"] for each in told(mine, "account", "list")] == ["Broker"]
    assert done(mine, "remove", "Ours", "--yes") == "Ours is removed: 3 transactions went with it.\n"
    assert told(mine, "show") == []


def test_two_portfolios_of_one_name_are_told_apart_by_number(mine: Shell):
    mine.people("add", "Ann")
    done(mine, "make", "Mine", "EUR", "--person", "ann")
    code, _, err = mine("positions", "--portfolio", "Mine")
    assert (code, "1 (Mine, of owner), 2 (Mine, of Ann)" in err) == (2, True)
    assert told(mine, "positions", "--portfolio", "2")["base"] == "EUR"


def test_items_of_ones_own_their_prices_and_facts_are_said(mine: Shell):
    assert done(mine, "item", "add", "House", "USD") == "own:1: House, other, in USD.\n"
    done(mine, "transaction", "add", "opening", "day=2026-02-02", "instrument=own:1", "quantity=1", "cost=900")
    done(mine, "price", "own:1", "950", "--day", "2026-02-03")
    assert done(mine, "item", "change", "1", "--name", "Home").startswith("own:1: Home")
    assert [(each["name"], each["prices"]) for each in told(mine, "item", "list")] == [
        ("Home", [{"day": "2026-02-03", "price": "950"}])
    ]
    assert [(each["instrument"], each["price"]) for each in told(mine, "prices")] == [("own:1", "950")]
    assert done(mine, "facts", "AAPL", "--sector", "Technology", "--country", "US") == (
        "AAPL: sector Technology, country US.\n"
    )
    assert done(mine, "facts", "AAPL", "--type", "stock") == "AAPL: type stock, sector Technology, country US.\n"
    assert [each["instrument"] for each in told(mine, "facts")] == ["AAPL"]
    assert done(mine, "facts", "AAPL", "--forget") == "AAPL: as the desk knows it.\n"
    code, _, err = mine("item", "remove", "1")
    assert (code, "It is in 1 transaction," in err) == (2, True)


def test_a_price_that_is_refused_leaves_no_currency_behind(mine: Shell):
    bought = ("instrument=NOBODY", "quantity=1", "cash=-5", "day=2026-02-03")
    done(mine, "transaction", "add", "buy", *bought)
    for words, says in (
        (("0", "--currency", "CHF"), "A price is more than 0."),
        (("5", "--day", "2999-01-01", "--currency", "CHF"), "is yet to come"),
        (("5", "--day", "1850-01-01", "--currency", "CHF"), "is before 1900-01-01"),
        (("5", "--currency", "XQZ"), "XQZ"),
    ):
        code, _, err = mine("price", "NOBODY", *words)
        assert (code, says in err) == (2, True), err
    assert told(mine, "facts") == []
    assert done(mine, "price", "NOBODY", "5", "--currency", "chf", "--day", "2026-02-04") == (
        "NOBODY on 2026-02-04: 5 CHF.\n"
    )
    assert [(each["instrument"], each["currency"]) for each in told(mine, "facts")] == [("NOBODY", "CHF")]


def test_the_brokers_own_count_is_compared_with_the_books(mine: Shell, tmp_path: Any):
    (tmp_path / "held.csv").write_text(HELD)
    code, out, err = mine("reconcile", str(tmp_path / "held.csv"), "--day", "2026-02-05")
    assert (code, "The broker has 7 AAPL, this portfolio 6: 1 are missing here." in out) == (1, True), err
    done(mine, "transaction", "add", "delivery_in", "day=2026-02-05", "instrument=AAPL", "quantity=1", "cost=100")
    assert "0 differences." in done(mine, "reconcile", str(tmp_path / "held.csv"), "--day", "2026-02-05")
