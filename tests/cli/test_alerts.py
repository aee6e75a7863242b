"""Alerts and live prices from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from cli.test_commands import Shell
from e2e.started import StartedDesk
from openbell.alerts.conditions import Crosses, Symbol, Watchlist
from openbell.alerts.rules import Quiet
from openbell.rulebook import rule_of
from openbell.settings import Settings
from openbell.store.alertbook import AlertBook, StoredRule
from openbell.store.ledger import Ledger
from openbell.store.outbox import Cursor, Fired, Outbox
from openbell.store.watchbook import WatchBook
from receiver import says, web

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAYS = """date,open,high,low,close,volume
2026-03-02,10,11,9,10.5,1000
2026-03-03,10.5,12,10,11.5,1100
2026-03-04,11.5,12,11,11.75,1200
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.fixture
def ledger(shell: Shell) -> Iterator[Ledger]:
    ledger = Ledger(Settings(home=shell.folder / "home").ledger)
    yield ledger
    ledger.close()


def kept(ledger: Ledger) -> StoredRule:
    return AlertBook(ledger).rules()[-1]


def test_a_rule_is_added_in_words(shell: Shell, ledger: Ledger):
    done = shell("alerts", "add", "acme", "crosses", "190", "direction=up", "--repeat", "daily", "--cooldown", 5)
    assert done.stdout == "Rule 1: ACME reaches 190 from below, once a day, at most every 5 min.\n"
    rule = rule_of(kept(ledger))
    assert (rule.condition, rule.target, rule.repeat) == (Crosses(190.0, "up"), Symbol("ACME"), "daily")
    assert json.loads(shell("alerts", "list", "--json").stdout) == [
        {
            "id": 1,
            "on": "ACME",
            "rule": "reaches 190 from below, once a day, at most every 5 min",
            "enabled": True,
            "name": "ACME reaches 190 from below",
        }
    ]


@pytest.mark.parametrize(
    ("words", "says_"),
    [
        (["acme"], "ACME moves 1 % from the previous close, once a day."),
        (["acme", "moves", "2", "since=open"], "ACME moves 2 % from the open, once a day."),
        (["acme", "moves", "2", "since=minutes", "minutes=15"], "ACME moves 2 % in 15 minutes, every time."),
        (["acme", "new-low", "20"], "ACME makes a new low of 20 sessions, once."),
        (["acme", "crosses", "9"], "ACME reaches 9, once."),
        (["acme", "crosses", "9", "--repeat", "always"], "ACME reaches 9, every time."),
        (["acme", "average-cross", "50", "fast=20"], "ACME SMA 20 crosses SMA 50, every time."),
        (["acme", "macd-cross"], "ACME MACD (12, 26, 9) crosses its signal, every time."),
        (["feed-down", "5"], "the desk any feed is down for 5 minutes, every time."),
        (["job-failed", "compact"], "the desk compact fails, every time."),
    ],
)
def test_every_kind_has_a_sentence(shell: Shell, words: list[str], says_: str):
    done = shell("alerts", "add", *words)
    assert done.stdout == f"Rule 1: {says_}\n", done.stderr


def test_a_symbol_that_nothing_is_known_of_is_warned_of(shell: Shell, ledger: Ledger):
    (shell.folder / "ACME.csv").write_text(DAYS)
    shell("import", "ACME.csv")
    WatchBook(ledger).add("Mine", ["BOLT"])
    assert [shell("alerts", "add", known).stderr for known in ("ACME", "BOLT")] == ["", ""]
    unknown = shell("alerts", "add", "NOSUCH")
    assert (unknown.returncode, unknown.stdout[:7]) == (0, "Rule 3:")
    assert unknown.stderr == (
        "warning: Nothing is known of NOSUCH: no price of it is here, and no watchlist has it. If the spelling is "
        "wrong, this rule never fires: `openbell alerts remove 3` removes it.\n"
    )


def test_a_rule_on_a_watchlist_with_quiet_hours_and_a_channel(shell: Shell, ledger: Ledger):
    held = WatchBook(ledger).add("Mine", ["ACME", "BOLT"])
    number = AlertBook(ledger).add_channel("in-app", "Page", {}).id
    options = ["--watchlist", "Mine", "--quiet", "22:00-07:00@Europe/Amsterdam", "--channel", "Page"]
    assert shell("alerts", "add", "drawdown", "10", *options).returncode == 0
    rule = rule_of(kept(ledger))
    assert rule.target == Watchlist(str(held.id))
    assert rule.quiet == Quiet(time(22), time(7), "Europe/Amsterdam")
    assert kept(ledger).channels == (number,)
    assert json.loads(shell("alerts", "list", "--json").stdout)[0]["on"] == "Mine"


@pytest.mark.parametrize(
    ("words", "says_"),
    [
        (["acme", "jumps", "3"], "There is no kind of rule 'jumps'."),
        (["acme", "crosses"], "level is missing. Its fields: level (a number), direction (up, down, either)."),
        (["acme", "crosses", "high"], "level must be a number."),
        (["acme", "crosses", "level=-1"], "level is -1. Give a number above 0, 1,000,000,000 at most."),
        (["acme", "crosses", "-5"], "level is -5."),
        (["acme", "crosses", "1e300"], "level is 1e+300."),
        (["acme", "crosses", "1", "direction=left"], "direction cannot be 'left'."),
        (["acme", "new-high", "2.5"], "days must be a whole number."),
        (["acme", "--nosuch", "5"], "There is no option --nosuch."),
        (["acme", "crosses", "1", "2"], "'2' is one value too many"),
        (["acme", "crosses", "1", "colour=red"], "colour is no field here."),
        (["crosses", "1"], "No symbol was named."),
        (["acme", "--quiet", "22-7"], "no quiet hours"),
        (["acme", "--quiet", "25:00-07:00@UTC"], "no times of a day"),
        (["acme", "--channel", "Nobody"], "There is no channel 'Nobody'."),
        (["a,b", "crosses", "1"], "'A,B' is not a ticker."),
        (["acme", "--cooldown", "nan"], "A cool-down of nan minutes is none."),
        (["acme", "--cooldown", "1e12"], "A cool-down of 1,000,000,000,000 minutes is none."),
        (["acme", "--name", "n" * 81], "name has 81 characters."),
        (["acme", "--name", "\x1b[2J"], "name has a character that cannot be shown."),
        (["acme", "--name", "\udcff"], "name has a character that cannot be shown."),
        (["acme", "--expires", "2001-01-01"], "The rule would have ended at 2001-01-01 00:00 UTC."),
        (["moves", "--watchlist", "Nobody's"], 'There is no watchlist "Nobody\'s".'),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(shell: Shell, ledger: Ledger, words: list[str], says_: str):
    done = shell("alerts", "add", *words)
    assert done.returncode == 2
    assert says_ in done.stderr
    assert AlertBook(ledger).rules() == []


def test_a_rule_of_another_version_is_listed_beside_the_others_and_can_be_removed(shell: Shell, ledger: Ledger):
    AlertBook(ledger).add_rule("From tomorrow", {"condition": {"type": "Guess"}}, NOON)
    shell("alerts", "add", "acme")
    listed = json.loads(shell("alerts", "list", "--json").stdout)
    assert [(each["id"], each["name"]) for each in listed] == [
        (1, "From tomorrow"),
        (2, "ACME moves 1 % from the previous close"),
    ]
    assert listed[0]["rule"] == "cannot be read: condition.type cannot be 'Guess'."
    assert shell("alerts", "remove", "1").returncode == 0
    assert [each["id"] for each in json.loads(shell("alerts", "list", "--json").stdout)] == [2]


def test_a_rule_on_a_watchlist_with_a_long_name_is_named_within_the_limit(shell: Shell, ledger: Ledger):
    WatchBook(ledger).add("L" * 60, ["ACME"])
    done = shell("alerts", "add", "average-cross", "200", "fast=50", "direction=up", "--watchlist", "L" * 60)
    assert done.returncode == 0, done.stderr
    assert kept(ledger).name == f"{'L' * 60} SMA 50 crosses SMA"


def test_a_rule_is_tried_on_the_past(shell: Shell):
    (shell.folder / "ACME.csv").write_text(DAYS)
    shell("import", "ACME.csv")
    shell("alerts", "add", "ACME", "crosses", "11.7", "direction=down")
    done = shell("alerts", "test", "1", "--days", "3660", "--json")
    assert [(row["at"], row["price"]) for row in json.loads(done.stdout)] == [("2026-03-03", 11.7)], done.stderr
    assert "would have fired once in the last 3,660 days" in shell("alerts", "test", "1", "--days", "3660").stderr
    assert "There is no rule 7." in shell("alerts", "test", "7").stderr


def test_what_fired_is_told_in_full_as_json_and_stays_without_its_rule(shell: Shell, ledger: Ledger):
    AlertBook(ledger).add_channel("in-app", "Page", {})
    mine = {"url": "https://example.org/hook", "secret": "0123456789abcdef"}
    AlertBook(ledger).add_channel("webhook", "Mine", mine)
    shell("alerts", "add", "ACME", "crosses", "11")
    outbox = Outbox(ledger)
    outbox.record("x", Cursor("log", 1, {}), [Fired(1, "e", "ACME", NOON, 11.0, "ACME reached 11")], NOON)
    item = outbox.take(2, NOON)
    assert item is not None
    outbox.failed(item, "HTTP 500", NOON, NOON + timedelta(seconds=30))
    assert shell("alerts", "remove", "1").stdout == "Rule 1 is removed.\n"
    (told,) = json.loads(shell("alerts", "log", "--json").stdout)
    keys = [way.pop("key") for way in told["deliveries"]]
    assert told == {
        "id": 1,
        "at": "2026-03-04T12:00:00Z",
        "rule": 1,
        "rule_name": None,
        "event": "e",
        "symbol": "ACME",
        "price": 11.0,
        "message": "ACME reached 11",
        "quiet": False,
        "seen": False,
        "deliveries": [
            {
                "channel": 1,
                "channel_name": "Page",
                "state": "sent",
                "next_try": None,
                "created": "2026-03-04T12:00:00Z",
                "attempts": [],
            },
            {
                "channel": 2,
                "channel_name": "Mine",
                "state": "waiting",
                "next_try": "2026-03-04T12:00:30Z",
                "created": "2026-03-04T12:00:00Z",
                "attempts": [{"at": "2026-03-04T12:00:00Z", "ok": False, "receipt": "HTTP 500"}],
            },
        ],
    }
    assert item.key == keys[1]


def test_the_log_says_where_it_shows_the_newest_only(shell: Shell, ledger: Ledger):
    AlertBook(ledger).add_channel("in-app", "Page", {})
    shell("alerts", "add", "ACME", "crosses", "11")
    fired = [Fired(1, f"e{n}", "ACME", NOON, 11.0, f"ACME reached 11, time {n}") for n in (1, 2, 3)]
    Outbox(ledger).record("x", Cursor("log", 1, {}), fired, NOON)
    some, all_ = (shell("alerts", "log", "--most", most) for most in (2, 3))
    assert some.stdout.splitlines()[1:] == [
        "2026-03-04 12:00:00Z     1  ACME reached 11, time 3  1 sent",
        "2026-03-04 12:00:00Z     1  ACME reached 11, time 2  1 sent",
    ]
    assert some.stderr == "These are the newest 2; older ones are shown with --most, 1,000 at once.\n"
    assert all_.stderr == ""


def test_a_channel_is_tried_and_its_secret_is_not_shown(shell: Shell, ledger: Ledger):
    with web(says(200, "thanks"), says(404)) as server:
        config = {"url": f"{server.url}/a-long-and-secret-path", "secret": "0123456789abcdef"}
        AlertBook(ledger).add_channel("webhook", "Mine", config)
        assert shell("alerts", "try", "Mine").stdout == "Mine: HTTP 200 thanks\n"
        refused = shell("alerts", "try", "Mine")
    assert (refused.returncode, "HTTP 404" in refused.stderr) == (1, True)
    listed = shell("alerts", "channels").stdout
    assert "Mine" in listed
    assert "a-long-and" not in listed
    assert "0123456789" not in listed


def test_the_open_desk_is_watched(tmp_path: Path):
    desk = StartedDesk(tmp_path)
    desk.start()
    command = [sys.executable, "-m", "openbell", "watch", "QUORB", "HAZLO", "--json"]
    environment = {**os.environ, "OPENBELL_HOME": str(desk.home)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        told = [json.loads(watching.stdout.readline()) for _ in range(6)]
        watching.terminate()
    desk.end()
    assert {each["symbol"] for each in told} == {"QUORB", "HAZLO"}
    assert all(each["price"] > 0 for each in told)


def test_without_an_open_desk_there_is_nothing_to_watch(shell: Shell):
    done = shell("watch", "ACME")
    assert done.returncode == 2
    assert "No desk is open" in done.stderr
