"""People from the command line, and a desk that others may reach."""

from __future__ import annotations

import io
import json
import os
import pty
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from openbell.accounts.accounts import open_accounts
from openbell.accounts.login import Tried, log_in
from openbell.cli import main
from openbell.cli.doctor import examine
from openbell.settings import Settings
from openbell.store.auditbook import AuditBook
from openbell.store.ledger import Ledger
from people import HERE, NOON, PASSWORD

SENTENCE = "a sentence of my own"


class Shell:
    """Runs commands over one data folder; what is typed comes from standard input."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str, typed: str = "") -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["openbell", *words])
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as end:
            main()
        out, err = self._capsys.readouterr()
        return int(end.value.code or 0), out, err

    def people(self) -> dict[str, str]:
        return {each["name"]: each["role"] for each in json.loads(self("user", "list", "--json")[1])}


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "home", monkeypatch, capsys)


def test_the_host_adds_people_and_sets_their_passwords(shell: Shell):
    assert shell.people() == {"owner": "owner"}
    code, out, err = shell("user", "add", "Ann", typed=f"{SENTENCE}\n")
    assert (code, out.strip()) == (0, "Ann may sign in as member.")
    assert "whoever uses this machine is still the owner" in err
    code, out, _ = shell("user", "password", "OWNER", typed=f"{PASSWORD}\r\nmore")
    assert (code, out.strip()) == (
        0,
        "The password of owner is set; they sign in anew, and make tokens and passkeys anew.",
    )
    assert shell.people() == {"owner": "owner", "Ann": "member"}
    ledger = Ledger(f"sqlite:///{shell.folder / 'ledger.db'}")
    accounts = open_accounts(ledger, shell.folder, lambda: NOON)
    assert log_in(accounts, Tried("owner", PASSWORD), HERE).id == 1
    assert log_in(accounts, Tried("ann", SENTENCE), HERE).role == "member"
    ledger.close()


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (("user", "password", "nobody"), f"{SENTENCE}\n", "There is nobody called nobody."),
        (("user", "password", "owner"), "short\n", "A password has 12"),
        (("user", "password", "owner"), "", "A password has 12"),
        (("user", "add", "Owner"), f"{SENTENCE}\n", "of that name already"),
        (("user", "add", " "), f"{SENTENCE}\n", "A name has 1"),
        (("user", "add", "Ann", "--role", "king"), f"{SENTENCE}\n", "king"),
        (("user", "add", "Ann", "--password", SENTENCE), "", "--password"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_changes_nothing(shell: Shell, words: tuple[str, ...], typed: str, says: str):
    code, _, err = shell(*words, typed=typed)
    assert code == 2
    assert says in err
    assert shell.people() == {"owner": "owner"}


@pytest.mark.parametrize(("again", "code"), [(SENTENCE, 0), (f"{SENTENCE}s", 2)])
def test_at_a_terminal_a_password_is_typed_twice_and_not_shown(tmp_path: Path, again: str, code: int):
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "openbell", "user", "password", "owner"],
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
        env={**os.environ, "OPENBELL_HOME": str(tmp_path / "home")},
    )
    os.close(end)
    shown = b""
    for prompt, line in ((b"Password: ", SENTENCE), (b"Again: ", again)):
        while prompt not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, f"{line}\n".encode())
    assert process.wait(timeout=60) == code
    os.close(terminal)
    assert SENTENCE.encode() not in shown


def test_no_other_address_is_listened_on_until_an_owner_has_a_password(shell: Shell):
    code, _, err = shell("up", "--host", "0.0.0.0", "--offline")
    assert code == 2
    assert "no owner of this desk has a password" in err
    assert "openbell user password owner" in err


def test_no_other_name_is_answered_to_until_an_owner_has_a_password(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENBELL_NAMES", "desk.example")
    code, _, err = shell("up", "--offline")
    assert code == 2
    assert "desk.example can be reached by others, and no owner of this desk has a password." in err
    assert findings(shell, names="desk.example")["port"][0] == "bad"


def findings(shell: Shell, **settings: str) -> dict[str, tuple[str, str]]:
    found = examine(Settings(home=shell.folder, offline=True, port=9, **settings))
    return {each.subject: (each.state, each.detail) for each in found}


def test_the_doctor_says_who_may_use_the_desk(shell: Shell):
    assert findings(shell)["accounts"] == ("ok", "no owner has a password: whoever uses this machine is the owner")
    assert findings(shell, host="0.0.0.0")["port"][0] == "bad"
    shell("user", "password", "owner", typed=f"{PASSWORD}\n")
    assert findings(shell)["accounts"] == ("ok", "1 person, who sign in")
    assert findings(shell, host="0.0.0.0")["accounts"] == ("note", "The desk answers to no name but 0.0.0.0.")
    assert findings(shell, host="0.0.0.0", names="desk.example")["accounts"][0] == "ok"


def test_a_desk_with_a_password_is_served_to_others_by_its_names(shell: Shell):
    shell("user", "password", "owner", typed=f"{PASSWORD}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "OPENBELL_HOME": str(shell.folder), "OPENBELL_NAMES": "desk.example"}
    command = [sys.executable, "-m", "openbell", "up", "--host", "0.0.0.0", "--port", str(port), "--offline"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert any("Openbell is at" in line for line in process.stdout)
        ways = f"http://127.0.0.1:{port}/api/v1/sessions/ways"
        assert httpx.get(ways, headers={"host": "desk.example"}).json()["open"] is False
        assert httpx.get(ways, headers={"host": "evil.example"}).status_code == 400
        assert httpx.get(f"http://127.0.0.1:{port}/api/v1/symbols").status_code == 401
        typed = {"name": "owner", "password": PASSWORD}
        passed_on = {"host": "desk.example", "x-forwarded-for": "203.0.113.9"}
        assert httpx.post(f"http://127.0.0.1:{port}/api/v1/sessions", json=typed, headers=passed_on).status_code == 201
        with closing(Ledger(f"sqlite:///{shell.folder / 'ledger.db'}")) as ledger:
            assert AuditBook(ledger).entries(limit=1)[0].deed.address == "203.0.113.9"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def log_of(shell: Shell) -> list[tuple[str, str]]:
    return [(each["what"], each["about"]) for each in json.loads(shell("user", "log", "--json")[1])]


def test_the_host_gives_roles_keeps_out_lets_in_and_forgets(shell: Shell):
    shell("user", "add", "Ann", typed=f"{SENTENCE}\n")
    assert shell("user", "role", "ann", "viewer")[1] == "Ann is viewer from now on.\n"
    assert shell("user", "disable", "Ann")[1] == "Ann is kept out.\n"
    assert shell("user", "enable", "Ann")[1] == "Ann may sign in again.\n"
    code, _, err = shell("user", "role", "owner", "member")
    assert (code, "last owner" in err) == (2, True)
    assert shell("portfolio", "make", "Hers", "EUR", "--person", "Ann")[0] == 0
    assert shell("watchlist", "make", "Tech", "--person", "Ann")[0] == 0
    code, _, err = shell("user", "remove", "Ann")
    assert (code, "Ann would go for good, with 1 portfolio and 1 watchlist of their own." in err) == (2, True)
    assert shell.people() == {"owner": "owner", "Ann": "viewer"}
    assert shell("user", "remove", "Ann", "--yes")[0] == 0
    assert shell.people() == {"owner": "owner"}
    assert json.loads(shell("portfolio", "show", "--json")[1]) == []
    assert log_of(shell)[:4] == [
        ("removed", "Ann"),
        ("ended all sessions", "Ann"),
        ("let in again", "Ann"),
        ("ended all sessions", "Ann"),
    ]


def test_the_host_invites_and_makes_tokens_that_are_told_once(shell: Shell):
    shell("user", "password", "owner", typed=f"{PASSWORD}\n")
    code, out, err = shell("user", "invite", "viewer", "--days", "3")
    assert (code, "Invitation 1, as viewer" in out, "/join#" in out) == (0, True, True), err
    assert [each["role"] for each in json.loads(shell("user", "invitations", "--json")[1])] == ["viewer"]
    assert shell("user", "withdraw", "1")[1] == "Invitation 1 is withdrawn.\n"
    newest = json.loads(shell("user", "log", "--json")[1])[0]
    assert (newest["name"], newest["what"]) == ("the desk's machine", "invitation withdrawn")
    assert newest["about"].startswith("viewer, made 20")
    code, _, err = shell("user", "add", "The Desk's machine", typed=f"{PASSWORD}\n")
    assert (code, "The log calls the command line the desk's machine." in err) == (2, True), err
    assert json.loads(shell("user", "invitations", "--json")[1]) == []
    secret = shell("user", "token", "make", "script", "--scope", "write", "--days", "5")[1].strip()
    (told,) = json.loads(shell("user", "token", "list", "--json")[1])
    assert (secret.startswith("obt_"), told["name"], told["scope"]) == (True, "script", "write")
    assert secret not in shell("user", "token", "list")[1] + shell("user", "log")[1]
    assert shell("user", "token", "remove", "1")[1] == "Token 1 is removed.\n"
    assert json.loads(shell("user", "token", "list", "--json")[1]) == []


def test_what_the_api_would_have_read_is_said_as_a_command(shell: Shell):
    shell("portfolio", "make", "Mine", "USD")
    shell("portfolio", "account", "add", "Broker", "USD")
    _, _, err = shell("portfolio", "transaction", "add", "buy", "instrument=own:9", "quantity=1", "cash=-1")
    assert "openbell portfolio item list`" in err
    assert "GET /" not in err
    assert "openbell watchlist list`" in shell("watchlist", "restore", "7")[2]


def test_nobody_is_invited_to_an_open_desk_from_the_host_either(shell: Shell):
    code, _, err = shell("user", "invite")
    assert (code, "Set a password of your own first." in err) == (1, True)
