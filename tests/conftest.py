"""Desks for the tests: one with the demo market, opened once, and empty ones."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
import typer.main
from argon2 import PasswordHasher
from bench import servers
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from openbell.accounts import passwords
from openbell.desk import Desk, open_desk
from openbell.jobs import open_demo
from openbell.settings import Settings
from openbell.store import ledger
from openbell.store.ledger import Ledger

WEDNESDAY = datetime(2026, 3, 4, 15, 30, 20, tzinfo=UTC)

QUICK = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
"""Not as the hashes of `people`, which are old."""

LONGEST = (
    "tests/api/test_schema.py",
    "tests/e2e/",
    "tests/cli/test_killed.py",
    "tests/ingest/test_killed.py",
    "tests/test_live.py",
)
"""Where the tests are that take minutes."""

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: what is packed bears the time, and each process must find the same names."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, lest one process is still at them when the other has nothing left to do."""
    first = {item: [not item.nodeid.startswith(path) for path in LONGEST] for item in items}
    items.sort(key=first.__getitem__)


class BySharedDesk(LoadFileScheduling):
    """The files of one process are those of one folder of end-to-end tests, whose desk they share, or one file."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        folder = file.rpartition("/")[0]
        return folder if folder.startswith("tests/e2e/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BySharedDesk:
    """No desk of the end-to-end tests is started by two processes."""
    return BySharedDesk(config, log)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the settings or the data of whoever runs it."""
    monkeypatch.setenv("OPENBELL_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _hash_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password is hashed in no time; what a desk takes for it, tests/accounts/test_secrets.py tests."""
    monkeypatch.setattr(passwords, "_hasher", lambda: QUICK)


@pytest.fixture(scope="session", autouse=True)
def _make_commands_once() -> Iterator[None]:
    """Typer makes all commands anew each time that one is run, which takes longer than most of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.main.get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of an empty ledger as the migrations make it, which takes them a quarter of a second."""
    path = tmp_path_factory.mktemp("migrated") / "ledger.db"
    Ledger(f"sqlite:///{path}").close()
    return path.read_bytes()


@pytest.fixture(autouse=True)
def _begin_migrated(monkeypatch: pytest.MonkeyPatch, migrated: bytes) -> None:
    """A new SQLite ledger is a copy of the one that was migrated; what the migrations do, the ledger's tests test."""
    migrate = Ledger._migrate

    def copy(opened: Ledger) -> None:
        database = opened._engine.url.database
        if opened._engine.dialect.name == "sqlite" and database and not (path := Path(database)).stat().st_size:
            path.write_bytes(migrated)
        migrate(opened)

    monkeypatch.setattr(Ledger, "_migrate", copy)


@pytest.fixture(autouse=True)
def _write_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger does not wait for the disk at each commit: no test cuts the power of this process."""
    careful = ledger._careful_sqlite

    def careless(connection: sqlite3.Connection, record: object) -> None:
        careful(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(ledger, "_careful_sqlite", careless)


@pytest.fixture(scope="session")
def demo_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The demo market on a Wednesday at 15:30:20 UTC. Tests must not change it."""
    settings = Settings(home=tmp_path_factory.mktemp("demo"), offline=True, demo=True)
    desk = open_desk(settings, lambda: WEDNESDAY)
    open_demo(desk)
    yield desk
    desk.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk without vendors."""
    desk = open_desk(Settings(home=tmp_path / "home", offline=True), lambda: WEDNESDAY)
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL."""
    with ExitStack() as running:
        try:
            address = running.enter_context(servers.postgres(fsync=False))
        except (servers.Missing, RuntimeError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"NOTHING WAS TESTED ON POSTGRESQL: {error}")
        yield address


def new_database(address: str, template: str) -> str:
    """The address of a new database beside another of a PostgreSQL, a copy of `template`."""
    url = sa.make_url(address).set(drivername="postgresql+pg8000")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"ledger_{uuid4().hex}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """The database of a PostgreSQL that new ones are copies of: an empty ledger as the migrations make it."""
    url = new_database(postgres, "template1")
    Ledger(url).close()
    name = sa.make_url(url).database
    assert name is not None
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty ledger, on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'ledger.db'}"
    return new_database(request.getfixturevalue("postgres"), request.getfixturevalue("template"))
