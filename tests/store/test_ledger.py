"""The ledger keeps the desk's own state, migrates forward, and refuses a schema newer than the program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from openbell.model.errors import InvalidInput, StoreError
from openbell.store.ledger import HEAD, Fetch, Ledger, Watchlist, migrations, revisions

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'ledger.db'}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    ledger = Ledger(url)
    yield ledger
    ledger.close()


def test_a_budget_survives_a_restart(ledger: Ledger, url: str):
    assert ledger.load_budget("yahoo") is None
    ledger.save_budget("yahoo", {"calls": [1.5, 2.5]})
    ledger.save_budget("yahoo", {"calls": [3.5]})
    again = Ledger(url)
    assert again.load_budget("yahoo") == {"calls": [3.5]}
    again.close()


def test_a_fetch_has_one_state_per_symbol_and_kind(ledger: Ledger):
    first = Fetch("ACME", "history", "running", "Fetching.", 0, None, NOON)
    second = Fetch("ACME", "history", "rate_limited", "Wait.", 3, NOON, NOON)
    ledger.save_fetch(first)
    ledger.save_fetch(second)
    assert ledger.fetches() == [second]


def test_a_watchlist_keeps_its_order(ledger: Ledger):
    made = ledger.add_watchlist("Mine", ["ZETA", "ACME"])
    ledger.change_watchlist(Watchlist(made.id, "Ours", ("ACME", "ZETA", "BETA")))
    assert ledger.watchlists() == [Watchlist(made.id, "Ours", ("ACME", "ZETA", "BETA"))]
    with pytest.raises(InvalidInput, match="no watchlist 99"):
        ledger.change_watchlist(Watchlist(99, "x", ()))


def test_a_newer_schema_is_refused_with_a_sentence(ledger: Ledger, url: str):
    ledger.close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="newer than this program"):
        Ledger(url)


def test_the_program_works_with_the_newest_migration():
    assert revisions(migrations())[0] == HEAD


def test_opening_again_changes_nothing(ledger: Ledger, url: str):
    ledger.add_watchlist("Mine", ["ACME"])
    again = Ledger(url)
    assert [w.name for w in again.watchlists()] == ["Mine"]
    again.close()
