"""Portfolios from the command line: a file comes in, is looked at, and goes again."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from market import SHARED, needs_shared
from openbell.cli import main

PLAIN = """Date,Action,Symbol,Quantity,Price,Amount,Currency
2026-02-02,Deposit,,,,2000,USD
2026-02-03,Buy,AAPL,10,100,-1000,USD
2026-02-04,Sell,AAPL,-4,110,440,USD
2026-02-05,Dividend,AAPL,,,3.50,USD
"""


class Shell:
    """Runs commands over one data folder without a network."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.setenv("OPENBELL_OFFLINE", "true")

    def __call__(self, *words: str) -> tuple[int, str, str]:
        return self.run("portfolio", *words)

    def people(self, *words: str) -> tuple[int, str, str]:
        """A command on people; a password is always typed the same."""
        return self.run("user", *words)

    def run(self, *words: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["openbell", *words])
        self._monkeypatch.setattr(sys, "stdin", io.StringIO("seven green apples\n"))
        with pytest.raises(SystemExit) as end:
            main()
        out, err = self._capsys.readouterr()
        return int(end.value.code or 0), out, err


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


@pytest.fixture
def plain(tmp_path: Path) -> str:
    (tmp_path / "my.csv").write_text(PLAIN)
    return str(tmp_path / "my.csv")


def test_a_file_is_tried_imported_shown_and_undone(shell: Shell, plain: str):
    code, out, _ = shell("import", plain, "--portfolio", "Mine", "--dry-run")
    assert (code, "4 transactions would be imported" in out) == (0, True)
    assert json.loads(shell("show", "--json")[1]) == []
    code, out, err = shell("import", plain, "--portfolio", "Mine")
    assert (code, "4 transactions imported, as import 1." in out, "undo 1" in err + out) == (0, True, True)
    code, out, _ = shell("import", plain, "--portfolio", "Mine", "--json")
    assert (code, json.loads(out)["counts"]["known"]) == (0, 4)
    (told,) = json.loads(shell("show", "--json")[1])
    assert (told["name"], told["owner"], told["base"], told["imports"]) == ("Mine", "owner", "USD", "1 (my.csv)")
    held = json.loads(shell("positions", "--json")[1])["positions"]
    assert {each["ticker"]: each["units"] for each in held} == {"AAPL": "6", "USD": "1443.5"}
    assert [each["gain"] for each in json.loads(shell("lots", "--json")[1])["closed"]] == ["40"]
    assert json.loads(shell("returns", "--json")[1])["performance"]["income"] == "3.5"
    assert json.loads(shell("income", "--json")[1])["by_month"][0]["net"] == "3.5"
    for command in ("show", "positions", "lots", "returns", "income"):
        code, out, _ = shell(command)
        assert (code, bool(out.strip())) == (0, True), command
    code, _, err = shell("undo", "1")
    assert (code, "Import 1 is of my.csv from Mine, of " in err, "with 4 transactions. Repeat it" in err) == (
        2,
        True,
        True,
    )
    assert shell("undo", "1", "--yes")[1] == "Import 1 of my.csv is undone: 4 transactions went.\n"
    assert json.loads(shell("positions", "--json")[1])["positions"] == []


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_is_imported_again(shell: Shell, plain: str, tmp_path: Path, form: str):
    shell("import", plain, "--portfolio", "Mine")
    written = str(tmp_path / f"out.{form}")
    assert shell("export", "--format", form, "--output", written)[0] == 0
    code, out, _ = shell("import", written, "--portfolio", "Again")
    assert (code, "4 transactions imported" in out) == (0, True)
    assert shell("export", "--portfolio", "Again", "--format", form)[1].count("AAPL") >= 3


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("import", "nothing.csv", "--portfolio", "Mine"), 1, "cannot be read"),
        (("import", "FILE", "--portfolio", "Mine", "--format", "nobody"), 2, "no preset 'nobody'"),
        (("import", "FILE", "--portfolio", "Mine", "--decimal", "x"), 2, "before no decimals"),
        (("undo", "7"), 2, "There is no import 7."),
        (("positions",), 2, "There are 0 portfolios."),
        (("positions", "--portfolio", "Mine"), 2, "called 'Mine'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(shell: Shell, plain: str, words: tuple[str, ...], code: int, says: str):
    found = shell(*(plain if word == "FILE" else word for word in words))
    assert (found[0], says in found[2]) == (code, True), found


@needs_shared
def test_what_a_file_means_is_asked_for(shell: Shell):
    path = str(SHARED / "broker_exports" / "etg_degiro-export.csv")
    code, out, err = shell("import", path, "--portfolio", "Mine", "--dry-run")
    assert (code, "Degiro (degiro)" in out) == (2, True), err
    assert "instruments would be" in out
    asked = err.count("is not known: say what it is with --instrument")
    code, _, err = shell("import", path, "--portfolio", "Mine")
    assert (code, err.count("is not known: say what it is with --instrument")) == (2, asked)
    assert "Say it of each with --instrument NAME=TICKER, or NAME=own." in err
    assert json.loads(shell("show", "--json")[1]) == []


def test_what_has_no_price_is_said_with_the_remedy_and_priced_by_hand(shell: Shell, plain: str):
    shell("import", plain, "--portfolio", "Mine")
    code, out, err = shell("positions")
    assert (code, "there is no price of" in out) == (0, True)
    assert "AAPL has no price: fetch or import some, or say one with `openbell portfolio price AAPL PRICE`." in err
    assert shell("price", "aapl", "120.5", "--day", "2026-02-05")[1] == "AAPL on 2026-02-05: 120.5 USD.\n"
    held = json.loads(shell("positions", "--as-of", "2026-02-05", "--json")[1])
    assert (held["value"], held["positions"][1]["price"]["source"]) == ("2166.5", "by hand")
    assert shell("price", "AAPL", "forget", "--day", "2026-02-05")[1].startswith("The price of AAPL of 2026-02-05 is")
    assert json.loads(shell("positions", "--json")[1])["value"] is None
    assert shell("price", "AAPL", "1", "--currency", "EUR")[0] != 0


ODD = "Wann;Was;Wieviel\n03.02.2026;Got;12,50\n04.02.2026;Gave;-2,50\n"
COLUMNS = ("--columns", "date=Wann,kind=Was,amount=Wieviel", "--kinds", "Got=deposit,Gave=withdrawal")


def test_a_table_of_no_known_kind_is_read_by_the_columns_that_are_said_and_the_next_one_unasked(
    shell: Shell, tmp_path: Path
):
    odd, later = tmp_path / "odd.csv", tmp_path / "later.csv"
    odd.write_text(ODD)
    later.write_text(ODD.replace("12,50", "13,50"))
    code, _, err = shell("import", str(odd), "--portfolio", "Mine")
    assert (code, "Its columns are Wann, Was, Wieviel: write --columns date=Wann" in err) == (1, True), err
    code, out, err = shell(
        "import", str(odd), "--portfolio", "Mine", *COLUMNS, "--currency", "EUR", "--dates", "dmy", "--keep", "My bank"
    )
    assert (code, "2 transactions imported, as import 1." in out) == (0, True), err
    code, out, err = shell("import", str(later), "--portfolio", "Mine")
    assert (code, "1 transaction imported, as import 2; 1 imported before." in out, "Read as My bank" in out + err) == (
        0,
        True,
        True,
    ), err


@pytest.mark.parametrize(("name", "says"), [("My bank", "has no columns to keep"), ("x" * 81, "1 to 80 characters")])
def test_how_a_file_is_read_that_cannot_be_kept_is_said_before_anything_is_written(
    shell: Shell, plain: str, tmp_path: Path, name: str, says: str
):
    shell("import", plain, "--portfolio", "Mine")
    written = tmp_path / "out.json"
    shell("export", "--output", str(written))
    code, _, err = shell("import", str(written), "--portfolio", "Again", "--keep", name)
    assert (code, says in err) == (2, True), err
    assert [each["name"] for each in json.loads(shell("show", "--json")[1])] == ["Mine"]


def test_how_a_file_is_read_is_kept_where_nothing_of_it_is_new_but_not_by_a_dry_run(shell: Shell, tmp_path: Path):
    odd = tmp_path / "odd.csv"
    odd.write_text(ODD)
    again = ("import", str(odd), "--portfolio", "Mine", *COLUMNS, "--currency", "EUR", "--dates", "dmy")
    shell(*again)
    assert shell(*again, "--keep", "My bank", "--dry-run")[0] == 0
    assert "Read as" not in "".join(shell("import", str(odd), "--portfolio", "Mine")[1:])
    assert shell(*again, "--keep", "My bank")[0] == 0
    assert "Read as My bank" in "".join(shell("import", str(odd), "--portfolio", "Mine")[1:])


def test_amounts_that_are_said_to_be_in_pence_become_pounds(shell: Shell, tmp_path: Path):
    odd = tmp_path / "odd.csv"
    odd.write_text(ODD)
    said = (*COLUMNS, "--currency", "GBp", "--dates", "dmy")
    code, _, err = shell("import", str(odd), "--portfolio", "Mine", *said)
    assert code == 0, err
    kept = json.loads(shell("transaction", "list", "--json")[1])["transactions"]
    assert {(each["currency"], each["cash"]) for each in kept} == {("GBP", "0.125"), ("GBP", "-0.025")}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--columns", "date"), "does not say for each what it is"),
        (("--columns", "date=A,date=B"), "names one twice"),
        (("--columns", "moment=Date"), "'moment' is nothing that a column can be"),
        (("--columns", "date=Date,amount=Day"), "it has no column 'Day'"),
        (("--columns", "date=Date", "--kinds", "Got=gift"), "'gift' is no kind of transaction"),
        (("--kinds", "Got=deposit"), "Which column is what?"),
    ],
)
def test_columns_that_are_said_wrongly_are_one_sentence(shell: Shell, plain: str, words: tuple[str, ...], says: str):
    code, _, err = shell("import", plain, "--portfolio", "Mine", *words)
    assert (code != 0, says in err) == (True, True), err
    assert json.loads(shell("show", "--json")[1]) == []


def test_what_a_file_sells_that_is_not_held_is_told_and_booked_only_if_it_begins_midway(shell: Shell, tmp_path: Path):
    middle = tmp_path / "middle.csv"
    middle.write_text("Date,Action,Symbol,Quantity,Price,Amount,Currency\n2026-02-04,Sell,AAPL,-4,110,440,USD\n")
    told = "4 units of AAPL were sold on 2026-02-04, but the account held none"
    code, out, err = shell("import", str(middle), "--portfolio", "Mine", "--dry-run")
    assert (code, told in err, "--midway" in out + err) == (2, True, True), err
    assert "1 transaction would be imported, once what it needs is there." in out
    code, out, err = shell("import", str(middle), "--portfolio", "Mine", "--dry-run", "--midway")
    assert (code, "once" in out, "--midway" in out + err) == (0, False, False)
    code, _, err = shell("import", str(middle), "--portfolio", "Mine")
    assert (code, told in err, json.loads(shell("show", "--json")[1])) == (2, True, [])
    code, out, _ = shell("import", str(middle), "--portfolio", "Mine", "--midway", "--json")
    found = json.loads(out[out.index("{") :])
    assert (code, found["import"], [each["rows"] for each in found["unheld"]]) == (0, 1, [[2]])


def test_a_new_portfolio_of_an_export_is_counted_as_that_was(shell: Shell, plain: str, tmp_path: Path):
    shell("import", plain, "--portfolio", "Mine")
    written = tmp_path / "out.json"
    shell("export", "--output", str(written))
    told = json.loads(written.read_text())
    told["portfolio"] |= {"base": "CHF", "method": "lifo", "benchmark": "SPY"}
    told["settings"] = {"thresholds": {"position": "0.3"}}
    written.write_text(json.dumps(told))
    code, out, _ = shell("import", str(written), "--portfolio", "Again")
    assert (code, "A new portfolio Again, counted in CHF by lifo, beside SPY." in out) == (0, True)
    back = json.loads(shell("export", "--portfolio", "Again")[1])
    assert (back["settings"], back["portfolio"]["method"]) == (told["settings"], "lifo")
    accounts = [{name: each[name] for name in each if name != "id"} for each in told["accounts"]]
    assert [{name: each[name] for name in each if name != "id"} for each in back["accounts"]] == accounts


def test_an_export_is_made_into_a_portfolio_as_the_api_makes_it_or_not_at_all(shell: Shell, plain: str, tmp_path: Path):
    shell("import", plain, "--portfolio", "Mine")
    told = json.loads(shell("export")[1])
    damaged, empty, late = (tmp_path / f"{name}.json" for name in ("damaged", "empty", "late"))
    to_come = {**told["transactions"][0], "id": 10, "day": "2100-01-01"}
    damaged.write_text(json.dumps({**told, "transactions": [*told["transactions"], {"id": 9, "kind": "gift"}]}))
    empty.write_text(json.dumps({**told, "transactions": []}))
    late.write_text(json.dumps({**told, "transactions": [*told["transactions"], to_come]}))
    for dry in ((), ("--dry-run",)):
        code, out, err = shell("import", str(damaged), "--portfolio", "Damaged", *dry)
        assert (code, out, "1 transaction of the export cannot be read." in err) == (2, "", True), err
        code, out, err = shell("import", str(late), "--portfolio", "Late", *dry)
        assert (code, out, "1 transaction of the export is yet to come, on 2100-01-01 first." in err) == (2, "", True)
    code, out, err = shell("import", str(empty), "--portfolio", "Empty", "--base", "chf")
    assert (code, out) == (0, "A new portfolio Empty, counted in CHF by fifo.\n"), err
    accounts = [each["name"] for each in json.loads(shell("account", "list", "--portfolio", "Empty", "--json")[1])]
    assert accounts == [each["name"] for each in told["accounts"]]
    assert [each["name"] for each in json.loads(shell("show", "--json")[1])] == ["Mine", "Empty"]


def test_a_file_comes_into_a_portfolio_by_its_number(shell: Shell, plain: str):
    shell("make", "Mine", "USD")
    code, _, err = shell("import", plain, "--portfolio", "1")
    assert code == 0, err
    assert [each["name"] for each in json.loads(shell("show", "--json")[1])] == ["Mine"]


def test_an_import_whose_units_were_sold_by_hand_is_undone_only_when_that_is_said(shell: Shell, plain: str):
    shell("make", "Mine", "USD")
    shell("account", "add", "Broker", "USD")
    shell("import", plain, "--portfolio", "Mine", "--account", "Broker")
    sale = ("sell", "instrument=AAPL", "quantity=-6", "cash=600", "day=2026-02-06")
    assert shell("transaction", "add", *sale)[0] == 0
    code, _, err = shell("undo", "1", "--yes")
    assert (code, "would lack its units" in err, "--oversold-too confirms it." in err) == (1, True, True), err
    assert shell("undo", "1", "--oversold-too", "--yes")[:2] == (
        0,
        "Import 1 of my.csv is undone: 4 transactions went.\n",
    )


def test_a_list_of_symbols_and_units_is_compared_with_what_is_held(shell: Shell, plain: str, tmp_path: Path):
    shell("import", plain, "--portfolio", "Mine")
    held, odd = tmp_path / "rec.csv", tmp_path / "odd.csv"
    held.write_text("Symbol,Quantity\nAAPL,7\nUSD,1443.50\n")
    odd.write_text("What,How many\nAAPL,6\n")
    code, out, err = shell("reconcile", str(held))
    assert (code, "2 holdings in the file" in out, "1 difference." in out) == (1, True, True), err
    code, _, err = shell("reconcile", str(odd))
    assert (code, "write --columns ticker=What,quantity=... of them" in err) == (1, True), err
    code, out, err = shell("reconcile", str(odd), "--columns", "ticker=What,quantity=How many")
    assert (code, "0 differences." in out) == (0, True), err


LEDGER = """option "title" "Mine"
option "operating_currency" "EUR"
2026-01-05 * "Shop" "Bread"
  Expenses:Food  3.00 EUR
  Assets:Bank
2026-01-06 * "Shop" "Milk"
  Expenses:Food  2.00 EUR
  Assets:Bank
"""


def test_a_ledger_without_investments_is_counted_in_its_own_currency_and_says_why_it_brings_nothing(
    shell: Shell, tmp_path: Path
):
    ledger = tmp_path / "my.beancount"
    ledger.write_text(LEDGER)
    code, out, err = shell("import", str(ledger), "--portfolio", "Bean", "--dry-run")
    assert (code, "0 transactions would be imported" in out) == (0, True), err
    assert "Ignored: 2 rows: it moves no investment." in err
    ledger.write_text(LEDGER.split("\n", 2)[2])
    code, _, err = shell("import", str(ledger), "--portfolio", "Bean", "--dry-run")
    assert (code, "in which currency Bean is to be counted. Say it, such as --base EUR" in err) == (2, True), err
