"""Desks for the tests: one with the demo market, opened once, and empty ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openbell.desk import Desk, open_desk
from openbell.jobs import open_demo
from openbell.settings import Settings

WEDNESDAY = datetime(2026, 3, 4, 15, 30, 20, tzinfo=UTC)


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
