"""The command line as a user runs it, over a folder of its own."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.request import urlopen

import polars as pl
import pytest
from rich.console import Console

from market import SHARED, needs_shared
from openbell.cli import main, terminal
from openbell.cli.running import LOCK, Running, alone, running
from openbell.model.errors import InvalidInput
from openbell.model.frames import INSTRUMENTS, frame_of
from openbell.settings import Settings
from openbell.store.jobbook import JobBook
from openbell.store.lake import Lake
from openbell.store.ledger import Ledger

WEEK = """date,open,high,low,close,volume
2026-03-02,10,11,9,10.5,1000
2026-03-03,10.5,12,10,11.5,1100
2026-03-04,11.5,12,11,11.75,1200
"""


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


class Shell:
    """Runs commands over one data folder: in this process, as the installed script would."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)
        self.set("OPENBELL_HOME", str(folder / "home"))
        self.set("OPENBELL_OFFLINE", "true")
        self.set("COLUMNS", "200")

    def set(self, name: str, value: str) -> None:
        self._monkeypatch.setenv(name, value)

    def __call__(self, *args: object) -> Done:
        self._monkeypatch.setattr(sys, "argv", ["openbell", *map(str, args)])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = self._capsys.readouterr()
        return Done(end.value.code or 0, out, err)

    def rows(self) -> int:
        return json.loads(self("sql", "select count(*) as n from bar_versions", "--json").stdout)[0]["n"]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, monkeypatch, capsys)


def test_a_file_is_imported_once_and_read_back_as_it_was(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK)
    first = shell("import", "ACME.csv", "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)[0]["rows"] == 3
    again = shell("import", "ACME.csv")
    assert "0 bars stored, 3 there already" in again.stdout
    read = shell("bars", "ACME", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(read.stdout)))
    assert [(r["ts"], float(r["open"]), float(r["close"]), float(r["volume"])) for r in rows] == [
        ("2026-03-02", 10.0, 10.5, 1000.0),
        ("2026-03-03", 10.5, 11.5, 1100.0),
        ("2026-03-04", 11.5, 11.75, 1200.0),
    ]


def test_every_format_and_the_readers_json(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK)
    (shell.folder / "ZETA.csv").write_text(WEEK.replace("10.5", "10.25"))
    assert shell("import", "ACME.csv", "ZETA.csv").returncode == 0
    assert "11.75" in shell("bars", "ACME").stdout
    assert json.loads(shell("bars", "ACME", "--json").stdout)[-1]["close"] == 11.75
    parquet = subprocess.run(
        [sys.executable, "-m", "openbell", "bars", "ACME", "--format", "parquet"],
        capture_output=True,
        check=True,
        timeout=120,
    ).stdout
    assert pl.read_parquet(io.BytesIO(parquet))["close"].to_list() == [10.5, 11.5, 11.75]
    weekly = json.loads(shell("bars", "ACME", "--interval", "1w", "--json").stdout)
    assert [(w["ts"], w["open"], w["high"], w["low"], w["close"], w["volume"]) for w in weekly] == [
        ("2026-03-02", 10.0, 12.0, 9.0, 11.75, 3300.0)
    ]
    compared = json.loads(shell("compare", "ACME", "ZETA", "--json").stdout)
    assert [row["symbol"] for row in compared] == ["ACME", "ZETA"]
    findings = json.loads(shell("doctor", "--json").stdout)
    assert {"lake", "folder", "port"} <= {f["subject"] for f in findings}


def test_jobs_are_run_and_listed_with_what_came_of_them(shell: Shell):
    assert [(each["name"], each["state"]) for each in json.loads(shell("jobs", "--json").stdout)] == [
        ("compact", "nothing to do now"),
        ("sweep", "nothing to do now"),
    ]
    assert shell("job", "compact").stdout == "0 partitions rewritten.\n"
    compact, _ = json.loads(shell("job", "--json").stdout)
    assert (compact["state"], compact["result"]) == ("done", "0 partitions rewritten.")
    assert compact["next"] is None  # until there is something to merge
    assert compact["took_s"] >= 0
    assert "0 partitions rewritten." in shell("job").stdout


def test_a_job_of_the_demo_market_is_listed_where_an_open_desk_has_run_it(shell: Shell):
    assert [each["name"] for each in json.loads(shell("jobs", "--json").stdout)] == ["compact", "sweep"]
    ledger = Ledger(Settings(home=shell.folder / "home").ledger)
    book, now = JobBook(ledger), datetime.now(UTC)
    book.end(book.begin("demo", "clock", now), "done", now, result="3 bars stored.")
    ledger.close()
    listed = {each["name"]: each for each in json.loads(shell("jobs", "--json").stdout)}
    assert listed.keys() == {"demo", "compact", "sweep"}
    assert (listed["demo"]["state"], listed["demo"]["result"]) == ("done", "3 bars stored.")


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * 300_000_000)


BAD_FILES = {
    "empty.csv": lambda p: p.write_text(""),
    "header.csv": lambda p: p.write_text("date,open,high,low,close,volume\n"),
    "columns.csv": lambda p: p.write_text("name,age\nAnn,5\n"),
    "zones.csv": lambda p: p.write_text(
        "datetime,open,high,low,close\n2026-03-02 09:30:00,1,1,1,1\n2026-03-02 09:31:00-05:00,1,1,1,1\n"
    ),
    "years.csv": lambda p: p.write_text("date,open,high,low,close\n03/02/26,1,1,1,1\n03/03/26,1,1,1,1\n"),
    "noise.csv": lambda p: p.write_bytes(bytes(range(256)) * 64),
    "bomb.zip": bomb,
    "broken.zip": lambda p: p.write_bytes(b"PK\x03\x04 and no more"),
    "folder": lambda p: p.mkdir(),
    "missing.csv": lambda _: None,
    "broken.csv.gz": lambda p: p.write_bytes(b"\x1f\x8b\x08\x00 and no more"),
    "broken.parquet": lambda p: p.write_bytes(b"PAR1 and no more"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_a_sentence_and_stores_nothing(shell: Shell, name: str):
    BAD_FILES[name](shell.folder / name)
    done = shell("import", name, "--symbol", "ACME")
    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("error: ")
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert shell.rows() == 0


def test_a_bad_file_does_not_keep_the_good_ones_out(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK)
    (shell.folder / "ZETA.csv").write_text("")
    done = shell("import", "ZETA.csv", "ACME.csv")
    assert done.returncode == 1
    assert "3 bars stored" in done.stdout
    assert shell.rows() == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file")
def test_an_unreadable_file_is_named(shell: Shell):
    path = shell.folder / "ACME.csv"
    path.write_text(WEEK)
    path.chmod(0)
    done = shell("import", "ACME.csv")
    assert done.returncode == 1
    assert "ACME.csv" in done.stderr


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("bars", "NOPE"), 1, "no prices of NOPE"),
        (("bars", "ACME", "--interval", "7x"), 2, "no interval '7x'"),
        (("bars", "ACME", "--interval", "1m"), 2, "cannot make 1m bars"),
        (("bars", "ACME", "--from", "2026-03-04", "--to", "2026-03-02"), 2, "before it starts"),
        (("bars", "ACME", "--from", "soon"), 2, "not a date"),
        (("bars", "ACME", "--adjust", "double"), 2, "double"),
        (("compare", "ACME"), 2, "two to eight"),
        (("fetch", "ACME", "--from", "2026-03-04", "--to", "2026-03-02"), 2, "not before"),
        (("fetch", "ACME", "--from", "2199-01-01"), 2, "not before"),
        (("fetch", "ACME"), 1, "no vendor offers"),
        (("sql", "drop table bars"), 2, "single SELECT"),
        (("sql", "selec x"), 2, 'syntax error at or near "selec". The tables are bars'),
        (("import", "ACME.csv", "--symbol", "!!"), 2, "'!!' is no ticker"),
        (("import", "ACME.csv", "--tz", "Mars/Phobos"), 2, "no time zone 'Mars/Phobos'"),
        (("import", "ACME.csv", "--columns", "close"), 2, "'close' names no columns"),
        (("import", "ACME.csv", "--columns", "ts=Day,ts=Rate"), 2, "names a column twice"),
        (("import", "ACME.csv", "--dates", "ydm"), 2, "ydm"),
        (("job", "nothing"), 2, "no job"),
        (("job", "demo"), 2, "does not apply"),
        (("job", "fetch"), 2, "does not apply"),
        (("job", "backfill", "ACME"), 2, "--from 2020-01"),
        (("job", "backfill"), 2, "does not apply"),
        (("up", "--host", "0.0.0.0"), 2, "can be reached by others"),
        (("import", "ACME.csv", "--interval", "7x"), 2, "no interval"),
        (("nonsense",), 2, "error: No such command 'nonsense'. See `openbell --help`."),
        (
            ("import", "ACME.csv", "--scale", "5x"),
            2,
            "Invalid value for '--scale': '5x' is not one of 'raw', 'split', 'total'. See `openbell import --help`.",
        ),
        (("import", "ACME.csv", "--dates", "dym"), 2, "error: Invalid value for '--dates': 'dym' is not one of"),
        (("bars", "ACME", "--format", "xml"), 2, "error: Invalid value for '--format': 'xml' is not one of"),
        (("bars",), 2, "error: Missing argument 'symbol'. See `openbell bars --help`."),
        (("bars", "ACME", "--nope"), 2, "error: No such option: --nope"),
        (("import", "ACME.csv", "--symbol", ""), 2, "error: '' is no ticker."),
        (("sql", "select * from nope"), 2, "error: Table with name nope does not exist. The tables are bars,"),
        (("bars", "ACME", "--from", "2030-01-01"), 2, "Begin on 2026-03-04 or earlier."),
        (("bars", "ACME", "--to", "2020-01-01"), 2, "End on 2026-03-02 or later."),
    ],
)
def test_a_wrong_argument_gets_a_sentence_and_an_exit_code(shell: Shell, args: tuple[str, ...], code: int, says: str):
    (shell.folder / "ACME.csv").write_text(WEEK)
    assert shell("import", "ACME.csv").returncode == 0
    done = shell(*args)
    assert says in " ".join((done.stderr + done.stdout).split())
    assert done.returncode == code
    assert done.stderr.startswith(("error: ", "ACME: "))
    assert done.stderr.count("\n") == 1


def test_what_will_be_known_one_day_is_what_is_known_now(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK)
    assert shell("import", "ACME.csv").returncode == 0
    done = shell("bars", "ACME", "--as-of", "2199-01-01")
    assert (done.returncode, done.stderr) == (0, "1 Jan 2199 is yet to come; this is what is known now.\n")
    assert len(done.stdout.splitlines()) == 4


def test_a_range_in_the_future_is_empty(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK)
    assert shell("import", "ACME.csv").returncode == 0
    done = shell("bars", "ACME", "--from", "2190-01-01", "--to", "2190-02-01", "--json")
    assert (done.returncode, done.stdout.strip()) == (0, "[]")


def test_files_of_a_folder_that_differ_are_imported_again_without_a_new_row(shell: Shell):
    (shell.folder / "files" / "later").mkdir(parents=True)
    (shell.folder / "files" / "ACME.csv").write_text(WEEK)
    (shell.folder / "files" / "later" / "ACME.csv").write_text(WEEK.replace("11.75", "11.80"))
    for _ in range(2):
        assert shell("import", "files").returncode == 0
        assert shell.rows() == 4
        assert json.loads(shell("bars", "ACME", "--json").stdout)[-1]["close"] == 11.80
    assert shell("import", "files/ACME.csv").returncode == 0  # named by hand: this one is right
    assert json.loads(shell("bars", "ACME", "--json").stdout)[-1]["close"] == 11.75


def test_one_wrong_path_keeps_no_other_out(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK)
    (shell.folder / "empty").mkdir()
    done = shell("import", "nope.csv", "ACME.csv", "empty")
    assert done.returncode == 1
    assert shell.rows() == 3
    assert "there is no such file" in done.stderr
    assert "holds no price files" in done.stderr


def test_trades_are_named_and_cut_as_told(shell: Shell):
    ticks = "34200000,100000,5,P,0,0\n57540000,110000,5,P,0,0\n59400000,120000,5,P,0,0\n"  # 09:30, 15:59, 16:30
    for name in ("acme", "acme.to"):
        with zipfile.ZipFile(shell.folder / f"20131011_{name}_trade.zip", "w") as archive:
            archive.writestr(f"20131011_{name}_Trade_Tick.csv", ticks)
        assert shell("import", f"20131011_{name}_trade.zip", "--source", "mine").returncode == 0
    told = json.loads(
        shell("sql", "select symbol, source, count(*) n from bars group by all order by 1", "--json").stdout
    )
    assert told == [{"symbol": "ACME", "source": "mine", "n": 3}, {"symbol": "ACME.TO", "source": "mine", "n": 2}]


@pytest.mark.parametrize(
    ("providers", "named"),
    [("yahoo", {"yahoo"}), ("alphavantage", {"alphavantage"}), ("alphavantage,yahoo", {"yahoo", "alphavantage"})],
)
def test_the_doctor_looks_for_the_vendors_of_the_settings(shell: Shell, providers: str, named: set[str]):
    shell.set("OPENBELL_OFFLINE", "false")
    shell.set("OPENBELL_PROVIDERS", providers)
    shell.set("OPENBELL_ALPHAVANTAGE_KEY", "secret")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        shell.set("OPENBELL_ALPHAVANTAGE_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
        shell.set("OPENBELL_YAHOO_URL", "http://127.0.0.1:9")
        findings = json.loads(shell("doctor", "--json").stdout)
    vendors = {f["subject"].removeprefix("vendor "): f for f in findings if f["subject"].startswith("vendor ")}
    assert set(vendors) == named
    assert vendors.get("alphavantage", {"state": "ok"})["state"] == "ok"
    desk = next(f for f in findings if f["subject"] == "desk")
    assert ("demo market" in desk["remedy"]) == (providers == "yahoo")


def test_a_wrong_setting_is_named(shell: Shell):
    shell.set("OPENBELL_PORT", "many")
    done = shell("doctor")
    assert done.returncode == 2
    assert "OPENBELL_PORT" in done.stderr


@needs_shared
def test_apple_from_lean_reads_back_raw_and_adjusted(shell: Shell):
    assert shell("import", SHARED / "ohlcv_daily" / "lean_aapl_daily.zip").returncode == 0
    span = ("--from", "2014-06-06", "--to", "2014-06-09", "--json")
    assert [r["close"] for r in json.loads(shell("bars", "AAPL", *span).stdout)] == [645.57, 93.70]
    split = [r["close"] for r in json.loads(shell("bars", "AAPL", "--adjust", "split", *span).stdout)]
    assert split == pytest.approx([645.57 / 28, 93.70 / 4])


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("OPENBELL_LEDGER_URL", "foo", "not an address of a database"),
        ("OPENBELL_LAKE_URL", "s3://bucket/prices", "cannot be in s3://"),
        ("OPENBELL_HOME", "ACME.csv/below", "Not a directory"),
        ("OPENBELL_LEDGER_URL", "sqlite:///ACME.csv", "cannot be read: file is not a database"),
    ],
)
def test_a_place_that_cannot_be_used_is_told_by_every_command(shell: Shell, name: str, value: str, says: str):
    (shell.folder / "ACME.csv").write_text(WEEK * 40)
    shell.set(name, value)
    for command in (("doctor",), ("import", "ACME.csv"), ("job", "compact")):
        done = shell(*command)
        assert done.returncode in {1, 2}, command
        assert says in done.stdout + done.stderr, command
    assert [p.name for p in shell.folder.iterdir() if p.name != "home"] == ["ACME.csv"]


@pytest.mark.parametrize(
    ("host", "says"), [("::1", "is free"), ("nowhere", "not an address"), ("0.0.0.0", "by others")]
)
def test_the_doctor_looks_at_any_address(shell: Shell, host: str, says: str):
    shell.set("OPENBELL_HOST", host)
    port = next(f for f in json.loads(shell("doctor", "--json").stdout) if f["subject"] == "port")
    assert says in port["detail"]


def test_sql_shows_every_cell_as_it_is_and_in_full(shell: Shell):
    shell.set("COLUMNS", "80")
    line = "[bold]" + "long " * 40 + "[/b]"
    done = shell("sql", f"select '{line}' as \"[/i]\", 1.5 as n, E'a\\nb\\x1b[2J' as c, interval 1 day as d, 2 as n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"{'[/i]':{len(line)}}    n  {'c':11}  d      n_2",
        f"{line}  1.5  a\\nb\\x1b[2J  1 day    2",
    ]


def test_a_terminal_gets_a_fitted_table_without_markup_read_into_it(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(terminal, "out", Console(width=40, force_terminal=True, color_system=None))
    row = shell("sql", f"select '[/b]' as a, '{'x' * 100}' as b").stdout.splitlines()[-1]
    assert row == f" [/b]  {'x' * 31}… "


def free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.2", "127.0.0.2"), ("::1", "[::1]"), ("localhost", "localhost")])
def test_the_desk_answers_at_the_address_that_it_prints(shell: Shell, host: str, shown: str):
    (shell.folder / "ACME.csv").write_text(WEEK)
    assert shell("import", "ACME.csv").returncode == 0
    port = free_port("127.0.0.1" if host == "localhost" else host)
    command = [sys.executable, "-m", "openbell", "up", "--host", host, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout is not None
        told = next((line for line in desk.stdout if line.startswith("Openbell is at ")), "")
        address = f"http://{shown}:{port}"
        try:
            with urlopen(f"{address}/api/v1/market", timeout=20) as answer:
                assert answer.status == 200
        finally:
            desk.terminate()
    assert told == f"Openbell is at {address}  (Ctrl-C ends it)\n"


def test_six_imports_into_a_new_folder_at_once_all_succeed(shell: Shell):
    tickers = ["AAX", "BBX", "CCX", "DDX", "EEX", "FFX"]
    for ticker in tickers:
        (shell.folder / f"{ticker}.csv").write_text(WEEK)
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "openbell", "import", f"{ticker}.csv"], stderr=subprocess.PIPE, text=True
        )
        for ticker in tickers
    ]
    said = "On the watchlist now: {0}\nNo vendor is asked for {0} until `python -m openbell fetch {0}`.\n"
    assert [(p.communicate(timeout=120)[1], p.returncode) for p in started] == [(said.format(t), 0) for t in tickers]
    assert shell.rows() == 18


def test_a_reused_ticker_is_read_back_under_its_new_bearer(shell: Shell):
    (shell.folder / "old.csv").write_text(WEEK.replace("2026-", "2020-"))
    (shell.folder / "new.csv").write_text(WEEK)
    for name in ("old.csv", "new.csv"):
        assert shell("import", name, "--symbol", "FB").returncode == 0

    def days(*args: str) -> list[str]:
        return [row["ts"] for row in json.loads(shell("bars", *args, "--json").stdout)]

    assert days("FB") == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert days("META") == ["2020-03-02", "2020-03-03", "2020-03-04"]


def test_a_ticker_borne_again_after_its_bearer_is_gone_is_read_back_as_the_newcomers(shell: Shell):
    gone = frame_of(INSTRUMENTS, [{"id": "XO", "ticker": "XO", "valid_to": date(2020, 12, 31), "simulated": False}])
    Lake(shell.folder / "home" / "lake").append_instruments(gone, datetime(2026, 1, 1, tzinfo=UTC))
    (shell.folder / "old.csv").write_text(WEEK.replace("2026-", "2020-"))
    (shell.folder / "new.csv").write_text(WEEK)
    for name in ("new.csv", "old.csv"):
        assert shell("import", name, "--symbol", "XO").returncode == 0
    spans = json.loads(
        shell("sql", "select symbol, min(year) y, count(*) n from bars group by 1 order by 1", "--json").stdout
    )
    assert spans == [{"symbol": "XO", "y": 2020, "n": 3}, {"symbol": "XO.2", "y": 2026, "n": 3}]
    assert [row["ts"][:4] for row in json.loads(shell("bars", "XO", "--json").stdout)] == ["2026"] * 3
    ended = json.loads(shell("bars", "XO", "--from", "2020-03-02", "--to", "2020-03-31", "--json").stdout)
    assert [row["ts"][:4] for row in ended] == ["2020"] * 3


def test_a_file_that_nobody_foresaw_does_not_end_the_others_and_all_are_summed_up(
    shell: Shell, caplog: pytest.LogCaptureFixture
):
    (shell.folder / "AAA.csv").write_text(WEEK.replace("2026-03-02", "0001-01-01"))
    (shell.folder / "ACME.csv").write_text(WEEK)
    (shell.folder / "BAD.csv").write_text("")
    done = shell("import", ".", "--tz", "UTC", "--stamp", "start")
    assert done.returncode == 1
    said = "error: AAA.csv: this file could not be read: OverflowError. Please report it with the trace above.\n"
    assert said in done.stderr
    trace = next(record for record in caplog.records if record.message == "AAA.csv could not be read")
    assert trace.exc_info is not None
    assert trace.exc_info[0] is OverflowError
    assert done.stdout.splitlines()[-1] == "1 file imported (3 bars stored), 2 not: AAA.csv, BAD.csv."
    assert shell.rows() == 3


def test_a_folder_of_a_thousand_files_is_imported_when_that_is_confirmed(shell: Shell):
    (shell.folder / "many").mkdir()
    for number in range(1_001):
        (shell.folder / "many" / f"{number}.csv").touch()
    done = shell("import", "many")
    assert done.returncode == 2
    assert "many holds more than 1,000 price files: among the first are 1,001 in many." in done.stderr
    assert "--yes" in done.stderr
    assert shell("import", "many", "--yes").stdout.startswith(
        "0 files imported (0 bars stored), 1,001 not: 0.csv, 1.csv,"
    )


def test_columns_of_a_file_without_a_header_cannot_be_named(shell: Shell):
    (shell.folder / "ACME.csv").write_text("\n".join(WEEK.splitlines()[1:]))
    done = shell("import", "ACME.csv", "--columns", "close=Rate")
    assert done.returncode == 1
    assert "has no header" in done.stderr


def test_columns_and_the_order_of_dates_can_be_told(shell: Shell):
    (shell.folder / "ACME.csv").write_text("Tag;Kurs\n02/03/2026;10,5\n03/03/2026;11,5\n")
    assert "--columns" in shell("import", "ACME.csv").stderr
    told = ("--columns", "ts=Tag, close=Kurs")
    assert "--dates" in shell("import", "ACME.csv", *told).stderr
    assert shell("import", "ACME.csv", *told, "--dates", "dmy").returncode == 0
    rows = json.loads(shell("bars", "ACME", "--json").stdout)
    assert [(row["ts"], row["close"]) for row in rows] == [("2026-03-02", 10.5), ("2026-03-03", 11.5)]


def test_the_report_of_an_import_tells_the_span_of_what_is_stored(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK + "2199-01-02,12,13,11,12,1\n")
    done = shell("import", "ACME.csv")
    assert "ACME, 2026-03-02 to 2026-03-04: 3 bars stored, 1 row set aside: ends in the future (line 5)." in done.stdout
    assert done.returncode == 0


def test_a_file_of_which_all_is_set_aside_fails_with_the_reasons_and_the_lines(shell: Shell):
    head, *rows = WEEK.replace("2026-", "2199-").splitlines()
    lines = [head, *rows, "2199-03-05,1,2,3,4,5", "2199-03-06,12,13,11,12,1", "soon,1,1,1,1,1"]
    (shell.folder / "ACME.csv").write_text("\n".join(lines))
    for _ in range(2):
        done = shell("import", "ACME.csv")
        assert done.returncode == 1
        assert done.stdout.splitlines()[0] == (
            "ACME.csv (generic): ACME: 0 bars stored, 6 rows set aside: "
            "ends in the future (lines 2, 3, 4, ...), high or low is not the extreme (line 5), "
            "row cannot be read (line 7)."
        )
    reasons = json.loads(shell("import", "ACME.csv", "--json").stdout)[0]["reasons"]
    assert {"reason": "future", "rows": 4, "repaired": False, "first_lines": [2, 3, 4]} in reasons


def test_a_row_that_comes_twice_is_left_out_and_a_changed_one_is_a_correction(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK + WEEK.splitlines()[1] + "\n")
    first = shell("import", "ACME.csv").stdout
    assert "2026-03-04: 3 bars stored.\n" in first
    assert "  1 repeated row left out\n" in first
    (shell.folder / "ACME.csv").write_text(WEEK.replace("11.75", "11.80") + "2026-03-05,11.5,12,11,11.75,1200\n")
    assert "2026-03-05: 1 bar stored, 1 bar corrected, 2 there already.\n" in shell("import", "ACME.csv").stdout
    (shell.folder / "ACME.csv").write_text(WEEK)
    done = shell("import", "ACME.csv", "--json")
    assert {name: json.loads(done.stdout)[0][name] for name in ("rows", "corrected", "already_there")} == {
        "rows": 1,
        "corrected": 1,
        "already_there": 2,
    }


def test_a_ticker_that_is_another_by_now_is_told_with_it(shell: Shell):
    (shell.folder / "FB.csv").write_text(WEEK.replace("2026-", "2020-"))
    done = shell("import", "FB.csv")
    assert "FB.csv (generic): FB (now META), 2020-03-02" in done.stdout
    assert "On the watchlist now: META\n" in done.stderr


def test_a_file_that_is_named_in_two_ways_is_imported_once(shell: Shell):
    (shell.folder / "files").mkdir()
    (shell.folder / "files" / "ACME.csv").write_text(WEEK)
    (shell.folder / "link").symlink_to("files")
    done = shell("import", "files/ACME.csv", shell.folder / "files", "link", "./link/../files/ACME.csv")
    assert [line for line in done.stdout.splitlines() if "ACME.csv" in line] == [
        "ACME.csv (generic): ACME, 2026-03-02 to 2026-03-04: 3 bars stored."
    ]
    assert "imported" not in done.stdout


def test_several_new_symbols_are_fetched_with_one_command(shell: Shell):
    for ticker in ("ACME", "ZETA"):
        (shell.folder / f"{ticker}.csv").write_text(WEEK)
    said = shell("import", "ACME.csv", "ZETA.csv").stderr.splitlines()[-1]
    assert said == "No vendor is asked for 2 of them until `openbell fetch ACME ZETA`."


def test_an_empty_stretch_is_told_with_what_there_is(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK)
    shell("import", "ACME.csv")
    done = shell("bars", "ACME", "--from", "2020-01-01", "--to", "2020-01-03")
    assert (done.returncode, done.stderr) == (
        0,
        "No 1d bars between 2020-01-01 and 2020-01-03; 1d bars are held from 2026-03-02 to 2026-03-04.\n",
    )


def test_the_numbers_of_a_column_have_as_many_decimals_and_a_volume_none(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK.replace("1000", "103943083"))
    shell("import", "ACME.csv")
    assert [line.split()[-5:-1] for line in shell("bars", "ACME").stdout.splitlines()[1:]] == [
        ["11", "9", "10.50", "103943083"],
        ["12", "10", "11.50", "1100"],
        ["12", "11", "11.75", "1200"],
    ]
    assert shell("bars", "ACME", "--format", "csv").stdout.splitlines()[1].split(",")[-2] == "103943083"
    shown = shell("sql", "select x from (values (1234567890.5::double), (2.25), (null)) t(x)").stdout.split()
    assert shown == ["x", "1234567890.50", "2.25"]


def test_what_is_compared_in_per_cent_says_so(shell: Shell):
    (shell.folder / "ACME.csv").write_text(WEEK)
    (shell.folder / "ZETA.csv").write_text(WEEK.replace("11.75", "9"))
    shell("import", "ACME.csv", "ZETA.csv")
    period, header, *_ = shell("compare", "ACME", "ZETA").stdout.splitlines()
    assert period == "2026-03-02 to 2026-03-03, 1d bars, adjusted for splits"
    assert ["change %" in header, "volatility %" in header, "max drawdown %" in header] == [True] * 3
    assert "_" not in header
    exact = json.loads(shell("compare", "ACME", "ZETA", "--json").stdout)
    assert "change_pct" in exact[0]


def test_an_interrupted_import_says_what_is_stored(shell: Shell):
    rows = "".join(f"2026-03-02T{n // 60:02}:{n % 60:02}:00Z,10,11,9,10.5,1000\n" for n in range(1_400))
    (shell.folder / "many").mkdir()
    for number in range(200):
        (shell.folder / "many" / f"Q{number}.csv").write_text("ts,open,high,low,close,volume\n" + rows)
    command = [sys.executable, "-m", "openbell", "import", "many", "--symbol", "ACME", "--stamp", "start"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert "Q0.csv" in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert re.search(r"^\d+ of 200 files imported\.$", said, re.MULTILINE)
    assert "what was stored stays, and repeating the command stores nothing twice" in said
    assert "Traceback" not in said


@pytest.fixture
def open_desk(shell: Shell) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A desk that is open beside the commands, and its address."""
    (shell.folder / "ACME.csv").write_text(WEEK)
    assert shell("import", "ACME.csv").returncode == 0
    port = free_port("127.0.0.1")
    command = [sys.executable, "-m", "openbell", "up", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as desk:
        assert desk.stdout is not None
        assert any(line.startswith("Openbell is at ") for line in desk.stdout)
        yield desk, f"http://127.0.0.1:{port}"
        desk.kill()


def test_a_folder_has_one_open_desk_and_the_doctor_knows_it(shell: Shell, open_desk: tuple[subprocess.Popen[str], str]):
    desk, address = open_desk
    second = shell("up", "--port", str(free_port("127.0.0.1")))
    assert second.returncode == 2
    assert f"This desk is already open at {address} (process {desk.pid})" in second.stderr
    told = shell("doctor").stdout
    assert f"desk: open at {address} (process {desk.pid})" in told
    assert told.endswith(f"\nNext: Open {address} in a browser.\n")
    (shell.folder / "ZETA.csv").write_text(WEEK)
    assert shell("import", "ZETA.csv").returncode == 0


def test_a_glance_of_the_doctor_keeps_no_desk_from_opening(tmp_path: Path):
    with (tmp_path / LOCK).open("a+") as doctor:
        fcntl.flock(doctor, fcntl.LOCK_SH)
        with alone(tmp_path, "http://here", wait=lambda _: fcntl.flock(doctor, fcntl.LOCK_UN)):
            assert running(tmp_path) == Running("http://here", os.getpid())


def test_a_desk_whose_address_is_not_known_is_not_to_be_opened_there(tmp_path: Path):
    with (tmp_path / LOCK).open("a+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(InvalidInput) as refused, alone(tmp_path, "http://here", wait=lambda _: None):
            pass
    assert str(refused.value) == (
        f"This desk is already open; its folder is {tmp_path}. Try again, or set OPENBELL_HOME to another folder."
    )


def test_a_desk_that_is_interrupted_ends_well_and_another_may_open(
    shell: Shell, open_desk: tuple[subprocess.Popen[str], str]
):
    desk, _ = open_desk
    desk.send_signal(signal.SIGINT)
    _, said = desk.communicate(timeout=30)
    assert (desk.returncode, said) == (0, "")
    assert shell("doctor").stdout.endswith("\nNext: Run `openbell up`.\n")


def test_a_command_is_named_as_it_can_be_typed(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(shell.folder))
    for program, typed in (
        (".venv/bin/openbell", ".venv/bin/openbell"),
        ("/site-packages/openbell/__main__.py", "python -m openbell"),
    ):
        monkeypatch.setattr(sys, "argv", [program])
        assert terminal.called("Run `openbell up`.") == f"Run `{typed} up`."


def test_an_imported_symbol_waits_until_it_is_asked_for(shell: Shell):
    for ticker in ("ACME", "AAPL"):
        (shell.folder / f"{ticker}.csv").write_text(WEEK)
    done = shell("import", "ACME.csv", "AAPL.csv")
    assert "No exchange is known for ACME" in done.stdout
    assert "No exchange is known for AAPL" not in done.stdout
    assert done.stderr.splitlines() == [
        "On the watchlist now: AAPL, ACME",
        "No vendor is asked for ACME until `openbell fetch ACME`.",
    ]
    findings = {f["subject"]: f["detail"] for f in json.loads(shell("doctor", "--json").stdout)}
    assert findings["imported"].startswith("no vendor is asked for ACME; ")
