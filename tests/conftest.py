"""Desks for the tests: one with the demo market, opened once, and empty ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from bench import servers
from hypothesis import settings

from openbell.desk import Desk, open_desk
from openbell.jobs import open_demo
from openbell.settings import Settings

WEDNESDAY = datetime(2026, 3, 4, 15, 30, 20, tzinfo=UTC)

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: what is packed bears the time, and each process must find the same names."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the settings or the data of whoever runs it."""
    monkeypatch.setenv("OPENBELL_HOME", str(tmp_path / "home"))


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
            address = running.enter_context(servers.postgres())
        except (servers.Missing, RuntimeError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"NOTHING WAS TESTED ON POSTGRESQL: {error}")
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty ledger, on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'ledger.db'}"
    address = sa.make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+pg8000")
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    name = f"ledger_{uuid4().hex}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return address.set(database=name).render_as_string(hide_password=False)
