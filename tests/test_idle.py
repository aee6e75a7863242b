"""What a desk does not do until somebody asks: load what few need, or store what is stored already."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openbell.desk import Desk, open_desk
from openbell.ingest.storing import Stored
from openbell.jobs import open_demo
from openbell.settings import Settings

NOON = datetime(2026, 3, 4, 12, 0, 20, tzinfo=UTC)

OPENED = """
import sys
import openbell.cli.serve
from openbell.desk import open_desk
from openbell.settings import Settings
open_desk(Settings(home=sys.argv[1], offline=sys.argv[2] == "offline", alphavantage_key="K")).close()
print(*sorted({"curl_cffi", "httpx", "duckdb", "pyarrow", "alembic"} & set(sys.modules)))
"""

PRICES_ASKED = """
import sys
from openbell.cli import commands
from openbell.model.errors import OpenbellError
try:
    commands.bars("ACME")
except OpenbellError as error:
    print(error.what)
print(*sorted({"alembic", "sqlalchemy", "curl_cffi", "httpx", "fastapi", "duckdb"} & set(sys.modules)))
"""


def printed(program: str, *arguments: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("vendors", ["offline", "online"])
def test_an_open_desk_has_loaded_no_vendors_client_and_nothing_for_files_or_migrations(tmp_path: Path, vendors: str):
    open_desk(Settings(home=tmp_path, offline=True)).close()
    assert printed(OPENED, str(tmp_path), vendors) == [""]


def test_a_question_about_prices_loads_neither_the_ledger_nor_a_vendor_nor_the_web_server():
    assert printed(PRICES_ASKED) == ["There are no prices of ACME here.", ""]


class Ticking:
    """A clock that a test moves, and that moves by `tick` each time it is read."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.tick = timedelta(0)

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now


@pytest.fixture(scope="module")
def clock() -> Ticking:
    return Ticking(NOON)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, clock: Ticking) -> Iterator[Desk]:
    desk = open_desk(Settings(home=tmp_path_factory.mktemp("demo"), offline=True, demo=True), clock)
    open_demo(desk)
    yield desk
    desk.close()


def test_the_demo_market_stores_what_closed_since_and_nothing_twice(market: Desk, clock: Ticking):
    held, version = market.lake.volumes()[0].rows, market.lake.version()
    assert (open_demo(market), market.lake.version()) == (Stored(), version)
    clock.now += timedelta(minutes=10)
    stored = open_demo(market)
    assert (stored.known, stored.actions, stored.rejects) == (0, 0, 0)
    assert 10 * 15 < stored.rows <= 10 * 20  # the small companies do not trade every minute
    assert market.lake.volumes()[0].rows == held + stored.rows
    newest = market.lake.spans()["last"].max()
    assert newest == datetime(2026, 3, 4, 12, 9, tzinfo=UTC)


def test_a_bar_that_closes_while_the_demo_market_is_stored_waits_for_the_next_time(market: Desk, clock: Ticking):
    open_demo(market)
    clock.now = clock.now.replace(second=58) + timedelta(minutes=5)
    last_closed = clock.now.replace(second=0) - timedelta(minutes=1)
    clock.tick = timedelta(seconds=1)
    stored = open_demo(market)
    clock.tick = timedelta(0)
    assert stored.rejects == 0
    assert market.lake.spans()["last"].max() == last_closed
