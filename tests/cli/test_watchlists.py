"""Watchlists from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.test_portfolio import Shell

DAYS = """date,open,high,low,close,volume
2026-03-03,10.5,12,10,11.5,1100
2026-03-04,11.5,12,11,11.75,1200
"""


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


def done(shell: Shell, *words: str) -> str:
    code, out, err = shell.run("watchlist", *words)
    assert code == 0, err
    return out


def lists(shell: Shell, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done(shell, "list", *words, "--json"))
    return found


def test_a_list_is_made_filled_ordered_renamed_removed_and_restored(shell: Shell):
    assert done(shell, "make", "Tech", "zeta", "ACME") == "Tech (1): ZETA ACME.\n"
    assert done(shell, "add", "Tech", "beta", "acme") == "Tech (1): ZETA ACME BETA.\n"
    assert done(shell, "sort", "Tech", "beta") == "Tech (1): BETA ZETA ACME.\n"
    assert done(shell, "drop", "1", "zeta") == "Tech (1): BETA ACME.\n"
    assert done(shell, "rename", "Tech", "Chips").startswith("Chips (1)")
    done(shell, "make", "Oil")
    assert done(shell, "order", "Oil", "Chips") == "Oil, Chips.\n"
    assert done(shell, "remove", "Chips") == "Chips is removed.\n"
    assert [each["name"] for each in lists(shell)] == ["Oil"]
    assert done(shell, "restore", "1") == "Chips (1): BETA ACME.\n"
    assert [each["name"] for each in lists(shell)] == ["Oil", "Chips"]
    assert "BETA ACME" in done(shell, "list")


def test_a_symbol_that_nobody_could_be_asked_about_is_warned_of(shell: Shell):
    code, _, err = shell.run("watchlist", "make", "Tech", "NOSUCH")
    assert (code, "Nothing is known of NOSUCH, and no vendor could be asked" in err) == (0, True)


def test_a_list_is_shared_seen_and_taken_back(shell: Shell):
    shell.people("add", "Ann")
    done(shell, "make", "Tech", "ACME")
    assert done(shell, "share", "Tech", "Ann", "--right", "write") == "Ann may write Tech.\n"
    (hers,) = lists(shell, "--person", "Ann")
    assert (hers["right"], hers["owner"]) == ("write", "owner")
    assert json.loads(done(shell, "shares", "Tech", "--json"))[0]["name"] == "Ann"
    assert done(shell, "unshare", "Tech", "Ann") == "Ann sees Tech no more.\n"
    assert lists(shell, "--person", "Ann") == []
    told = [each["what"] for each in json.loads(shell.people("log", "--json")[1])]
    assert told[:2] == ["watchlist unshared", "watchlist shared"]


def test_a_list_is_taken_away_as_csv_with_its_last_prices(shell: Shell, tmp_path: Path):
    (tmp_path / "ACME.csv").write_text(DAYS)
    assert shell.run("import", str(tmp_path / "ACME.csv"), "--symbol", "ACME", "--interval", "1d")[0] == 0
    done(shell, "make", "Tech", "ACME", "ZETA")
    head, acme, zeta = done(shell, "csv", "Tech").splitlines()
    assert head.startswith("symbol,name,price,change,change_pct,open")
    assert (acme.split(",")[0], acme.split(",")[2]) == ("ACME", "11.75")
    assert zeta.strip(",") == "ZETA"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("make", " "), "A watchlist needs a name."),
        (("make", "Tech", "<script>"), "'<script>' is not a ticker"),
        (("add", "Nowhere", "ACME"), "There is no watchlist 'Nowhere'. There are: none yet."),
        (("list", "--person", "Zoe"), "There is nobody called Zoe."),
        (("restore", "7"), "There is no watchlist 7."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(shell: Shell, words: tuple[str, ...], says: str):
    code, _, err = shell.run("watchlist", *words)
    assert (code != 0, says in err) == (True, True), err
