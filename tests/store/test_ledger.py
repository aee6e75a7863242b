"""The ledger keeps the desk's own state, migrates forward, and refuses a schema newer than the program."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from threading import Barrier

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from openbell import store
from openbell.model.errors import InvalidInput, StoreError
from openbell.store.alertbook import AlertBook
from openbell.store.copies import copy_before
from openbell.store.firingbook import FiringBook
from openbell.store.itembook import ItemBook
from openbell.store.ledger import HEAD, Fetch, Ledger, migrations, revisions
from openbell.store.pricebook import PriceBook
from openbell.store.watchbook import WatchBook, Watchlist

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _begin_migrated() -> None:
    """Here the migrations themselves make each ledger."""


@pytest.fixture(scope="session")
def template() -> str:
    return "template1"


@pytest.fixture
def url(ledger_url: str) -> str:
    return ledger_url


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


def test_a_newer_schema_is_refused_with_a_sentence(ledger: Ledger, url: str):
    ledger.close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="newer than this program"):
        Ledger(url)


def test_a_database_that_was_restarted_is_connected_to_anew(url: str):
    ledger = Ledger(url)
    if url.startswith("postgresql"):
        cut(url)
    assert ledger.fetches() == []
    ledger.close()


def test_a_database_that_is_away_is_told(postgres: str):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(StoreError, match="did not answer"):
        Ledger(sa.make_url(postgres).set(host="127.0.0.1", port=port).render_as_string(hide_password=False))


def test_where_the_ledger_is_stands_in_the_log_alone(postgres: str, caplog: pytest.LogCaptureFixture):
    address = sa.make_url(postgres).set(database="no_such_desk", username="nobody_here")
    for away in (address, address.set(host="desk.invalid")):
        with pytest.raises(StoreError) as error:
            Ledger(away.render_as_string(hide_password=False))
        assert error.value.what == "The ledger did not answer; the log says more."
        assert f"nobody_here@{away.host}:{away.port}/no_such_desk did not answer: " in caplog.messages[-1]


def cut(url: str) -> None:
    """Cut all lines to a PostgreSQL database, as its restart does."""
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+pg8000"))
    with engine.begin() as connection:
        others = (
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = :name and pid <> pg_backend_pid()"
        )
        connection.execute(sa.text(others), {"name": sa.make_url(url).database})
    engine.dispose()


def test_the_program_works_with_the_newest_migration():
    assert revisions(migrations())[0] == HEAD


def test_opening_again_changes_nothing(ledger: Ledger, url: str):
    WatchBook(ledger).add("Mine", ["ACME"])
    again = Ledger(url)
    assert [w.name for w in WatchBook(again).lists()] == ["Mine"]
    again.close()


def first_release(url: str) -> sa.Engine:
    """A ledger with the schema of the first release."""
    Ledger(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        everything = sa.MetaData()
        everything.reflect(connection)
        everything.drop_all(connection)
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    return engine


def test_a_ledger_of_the_first_release_is_brought_forward(url: str):
    engine = first_release(url)
    with engine.begin() as connection:
        for name in ("Mine", "Other"):
            told = {"name": name, "symbols": '["ZETA", "ACME"]'}
            connection.execute(sa.text("insert into watchlists (name, symbols) values (:name, :symbols)"), told)
    engine.dispose()
    again = Ledger(url)
    both = ("ZETA", "ACME")
    assert WatchBook(again).lists() == [Watchlist(1, 1, "Mine", both), Watchlist(2, 1, "Other", both)]
    assert WatchBook(again).add("Third", []).id == 3
    assert AlertBook(again).channels() == []
    again.close()


def test_watchlists_of_before_are_the_first_owners_whoever_that_is(url: str):
    engine = first_release(url)
    with engine.begin() as connection:
        connection.execute(sa.text("insert into watchlists (name, symbols) values ('Mine', '[]')"))
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        told = (
            "insert into people (id, name, login, role, disabled, created) values (7, 'Eve', 'eve', 'owner', :no, '')"
        )
        connection.execute(sa.text(told), {"no": False})
        connection.execute(sa.text("delete from people where id = 1"))
    engine.dispose()
    again = Ledger(url)
    assert [each.owner for each in WatchBook(again).lists()] == [7]
    again.close()


def test_rules_of_before_and_what_they_fired_are_the_first_owners_and_numbers_go_on(url: str):
    engine = first_release(url)
    config = migrations()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        eve = "insert into people (id, name, login, role, disabled, created) values (7, 'Eve', 'eve', 'owner', :no, '')"
        connection.execute(sa.text(eve), {"no": False})
        connection.execute(sa.text("update people set disabled = :yes where id = 1"), {"yes": True})
        at = "2026-03-02T12:00:00+00:00"
        rule = "insert into alert_rules (name, body, enabled, created, changed) values (:name, '{}', :yes, :at, :at)"
        for name in ("Mine", "Gone"):
            connection.execute(sa.text(rule), {"name": name, "yes": True, "at": at})
        connection.execute(sa.text("delete from alert_rules where name = 'Gone'"))
        fired = (
            "insert into firings (rule_id, event, symbol, at, message, quiet, seen)"
            " values (2, 'e', 'ACME', :at, 'ACME', :no, :no)"
        )
        connection.execute(sa.text(fired), {"at": at, "no": False})
        told = "insert into outbox (firing_id, channel_id, key, state, attempts, created)"
        connection.execute(sa.text(f"{told} values (1, 1, 'k', 'sent', 0, '')"))
    engine.dispose()
    again = Ledger(url)
    book = AlertBook(again)
    assert [(each.id, each.owner, each.name) for each in book.rules()] == [(1, 7, "Mine")]
    assert [(each.rule_id, each.owner) for each in FiringBook(again).firings(most=9)] == [(2, 7)]
    assert book.add_rule("Mine", {}, NOON, owner=1).id == 3
    with pytest.raises(InvalidInput, match="a rule of that name"):
        book.add_rule("Mine", {}, NOON)
    again.close()


def test_prices_by_hand_of_before_are_in_what_their_owner_said_and_facts_of_items_that_are_gone_go(url: str):
    engine = first_release(url)
    config = migrations()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
        item = (
            "insert into own_items (id, owner, name, currency, type, version) values (1, 1, 'House', 'EUR', 'other', 1)"
        )
        connection.execute(sa.text(item))
        price = sa.text("insert into hand_prices (owner, instrument, day, price) values (1, :of, '2026-03-02', '5')")
        fact = sa.text("insert into instrument_facts (owner, instrument, sector, currency) values (1, :of, 's', :code)")
        connection.execute(price, [{"of": "GONE"}, {"of": "AAPL"}, {"of": "MSFT"}])
        told = [("GONE", "CHF"), ("MSFT", None), ("own:1", None), ("own:2", None)]
        connection.execute(fact, [{"of": key, "code": code} for key, code in told])
    engine.dispose()
    again = Ledger(url)
    said = {key: each[date(2026, 3, 2)].currency for key, each in PriceBook(again).prices(1).items()}
    assert said == {"GONE": "CHF", "AAPL": None, "MSFT": None}
    assert sorted(ItemBook(again).facts(1)) == ["GONE", "MSFT", "own:1"]
    again.close()


def test_before_its_schema_is_changed_a_ledger_is_copied(tmp_path: Path):
    path = tmp_path / "ledger.db"
    for schema in ("0000", "0000.5"):
        (tmp_path / f"ledger.db.{schema}.copy").touch()
    engine = first_release(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.text("insert into watchlists (name, symbols) values ('Mine', '[]')"))
    engine.dispose()
    assert not (tmp_path / "ledger.db.0001.copy").exists()
    Ledger(f"sqlite:///{path}").close()
    copy = tmp_path / "ledger.db.0001.copy"
    assert copy.stat().st_mode & 0o777 == 0o600
    engine = sa.create_engine(f"sqlite:///{copy}")
    with engine.connect() as connection:
        assert connection.execute(sa.text("select version_num from alembic_version")).scalar_one() == "0001"
        assert connection.execute(sa.text("select name from watchlists")).scalar_one() == "Mine"
    engine.dispose()
    assert len(list(tmp_path.glob("*.copy"))) == 3


def test_without_a_copy_no_schema_is_changed(tmp_path: Path):
    path = tmp_path / "ledger.db"
    first_release(f"sqlite:///{path}").dispose()
    (tmp_path / "ledger.db.0001.copy").mkdir()
    with pytest.raises(StoreError, match="cannot be copied"):
        Ledger(f"sqlite:///{path}")
    (tmp_path / "ledger.db.0001.copy").rmdir()
    Ledger(f"sqlite:///{path}").close()


def test_the_owner_of_a_postgresql_is_told_how_to_copy_it(postgres: str, caplog: pytest.LogCaptureFixture):
    address = sa.make_url(postgres).set(password="secret")
    with caplog.at_level("WARNING"):
        assert copy_before(address, "0006") is None
    assert f"pg_dump --format=custom --host={address.host} --port={address.port}" in caplog.text
    assert "secret" not in caplog.text


def tables_of_the_program() -> sa.MetaData:
    """Every table that a module of the store works with."""
    found = sa.MetaData()
    for module in iter_modules(store.__path__, "openbell.store."):
        for named in vars(import_module(module.name)).values():
            if isinstance(named, sa.Table) and named.name not in found.tables:
                named.to_metadata(found)
    return found


def test_the_migrations_make_the_tables_that_the_program_works_with(ledger: Ledger, url: str):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), tables_of_the_program())
    engine.dispose()
    only_migrated = {
        "remove_index",
        "remove_constraint",
        "remove_fk",
    }  # the program reads and writes without knowing of these
    assert [each for each in found if each[0] not in only_migrated] == []


def open_at_once(url: str, count: int) -> list[str]:
    """What `count` processes that open the ledger at the same moment wrote to standard error."""
    program = "import sys\nfrom openbell.store.ledger import Ledger\nsys.stdin.readline()\nLedger(sys.argv[1]).close()"
    command = [sys.executable, "-c", program, url]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True) for _ in range(count)]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[1] for process in started]


def test_the_first_start_of_several_processes_makes_one_ledger(tmp_path: Path):
    for attempt in range(3):
        url = f"sqlite:///{tmp_path / f'{attempt}.db'}"
        assert open_at_once(url, 6) == [""] * 6
        ledger = Ledger(url)
        assert WatchBook(ledger).lists() == []
        ledger.close()


def test_a_migration_that_fails_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
        with pytest.raises(KeyboardInterrupt):
            Ledger(url)
    ledger = Ledger(url)
    assert WatchBook(ledger).lists() == []
    ledger.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("foo", "not an address"),
        ("foo://user:secret@host/db", "cannot be at foo://user:"),
        ("nosuch+driver://user:secret@host/db", "cannot be at"),
    ],
)
def test_an_address_that_is_none_is_told_without_its_password(url: str, says: str):
    with pytest.raises(InvalidInput, match=says) as told:
        Ledger(url)
    assert told.value.field == "OPENBELL_LEDGER_URL"
    assert "secret" not in str(told.value)


def test_a_broken_file_is_told_in_a_sentence(tmp_path: Path):
    path = tmp_path / "ledger.db"
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match="The ledger cannot be read: file is not a database"):
        Ledger(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be written"):
        Ledger(f"sqlite:///{tmp_path / 'file' / 'ledger.db'}")


def test_an_address_of_postgresql_needs_no_driver_named(postgres: str):
    assert postgres.startswith("postgresql://")
    ledger = Ledger(postgres)
    assert WatchBook(ledger).lists() == []
    ledger.close()


def test_as_many_as_the_desk_has_threads_ask_at_once(ledger: Ledger):
    asking = 40
    all_ask = Barrier(asking, timeout=20)  # broken where somebody waits until another has been answered

    def ask(_nth: int) -> int:
        with ledger.transaction() as connection:
            all_ask.wait()
            return connection.execute(sa.select(1)).scalar_one()

    with ThreadPoolExecutor(asking) as threads:
        assert list(threads.map(ask, range(asking))) == [1] * asking
