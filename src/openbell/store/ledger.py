"""The ledger: the desk's own state, in ACID tables with forward migrations. SQLite on one machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from openbell.model.errors import InvalidInput, StoreError
from openbell.store.copies import copy_before

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

FetchState = Literal["waiting", "running", "done", "rate_limited", "unknown", "failed", "imported"]
"""`imported`: prices from a file only; no vendor is asked until the reader asks for it."""

_META = sa.MetaData()
_BUDGETS = sa.Table(
    "budgets", _META, sa.Column("provider", sa.String, primary_key=True), sa.Column("state", sa.JSON, nullable=False)
)
_FETCHES = sa.Table(
    "fetches",
    _META,
    sa.Column("symbol", sa.String, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("detail", sa.String, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("next_try", sa.String),
    sa.Column("at", sa.String, nullable=False),
)


ALONE = 0x09E4BE11
"""PostgreSQL's lock of those transactions that must be alone."""

HEAD = "0014"
"""The schema that this program works with: the newest of `migrations`."""


def migrations() -> Config:
    """Alembic's configuration of the ledger's migrations."""
    from alembic.config import Config  # noqa: PLC0415  # see `_migrate`

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def revisions(config: Config) -> list[str]:
    """The schemas that the migrations know, newest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # see `_migrate`

    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


@dataclass(frozen=True, slots=True)
class Fetch:
    """How the newest fetch of one kind of data for one symbol stands."""

    symbol: str
    kind: str
    state: FetchState
    detail: str
    rows: int
    next_try: datetime | None
    at: datetime


class Ledger:
    """The tables behind a SQLAlchemy address, migrated to this program's schema on opening."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    def _migrate(self) -> None:
        """Bring the schema forward; a schema newer than this program is refused."""
        with self.transaction() as connection:
            if self._revision(connection) == HEAD:
                return
        with self.transaction(alone=True) as connection:
            found = self._revision(connection)  # again: another process may have been faster
            if found == HEAD:
                return
            from alembic import command  # noqa: PLC0415  # 0.2 s and 10 MB that only a migration needs

            config = migrations()
            if found is not None and found not in revisions(config):
                raise StoreError(
                    f"The ledger has schema {found}, which is newer than this program knows.",
                    remedy="Upgrade Openbell, or restore the copy made before the upgrade.",
                )
            if found is not None:
                copy_before(self._engine.url, found)
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)

    @staticmethod
    def _revision(connection: sa.Connection) -> str | None:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("select version_num from alembic_version")).scalar_one_or_none()

    @contextmanager
    def transaction(self, *, alone: bool = False) -> Iterator[sa.Connection]:
        """All or nothing; `alone`, what was read stays true until the end, since nobody else writes meanwhile.

        For the modules of this package. A broken constraint is SQLAlchemy's IntegrityError: the caller knows why.
        """
        try:
            with self._engine.connect().execution_options(alone=alone) as connection, connection.begin():
                yield connection
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:  # the latter: PostgreSQL is away
            raise StoreError(
                self._troubled("did not answer", error),
                remedy="Is the disk full or locked, or the database not running?",
            ) from error
        except sa.exc.IntegrityError:
            raise
        except sa.exc.DataError as error:
            raise InvalidInput("text", "The ledger cannot hold it.", remedy="Shorten it, or correct it.") from error
        except sa.exc.DatabaseError as error:
            raise StoreError(
                self._troubled("cannot be read", error),
                remedy="Restore it from a backup, or move it away to start with empty watchlists; no prices are in it.",
            ) from error

    def _troubled(self, what: str, error: sa.exc.DBAPIError) -> str:
        """The sentence of a trouble; where the ledger is, and what a server says of that, is for the log only."""
        log.warning("the ledger %s %s: %s", self._engine.url.render_as_string(hide_password=True), what, error.orig)
        of_a_file = self._engine.dialect.name == "sqlite"
        return f"The ledger {what}: {error.orig}." if of_a_file else f"The ledger {what}; the log says more."

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    # budgets of calls

    def load_budget(self, provider: str) -> dict[str, Any] | None:
        """The stored state of `provider`'s budget."""
        with self.transaction() as connection:
            query = sa.select(_BUDGETS.c.state).where(_BUDGETS.c.provider == provider)
            return connection.execute(query).scalar_one_or_none()

    def save_budget(self, provider: str, state: Mapping[str, Any]) -> None:
        """Replace the stored state of `provider`'s budget."""
        with self.transaction() as connection:
            connection.execute(sa.delete(_BUDGETS).where(_BUDGETS.c.provider == provider))
            connection.execute(sa.insert(_BUDGETS).values(provider=provider, state=dict(state)))

    # fetches

    def fetches(self) -> list[Fetch]:
        """Every fetch's newest state, by symbol and kind."""
        with self.transaction() as connection:
            rows = connection.execute(sa.select(_FETCHES).order_by(_FETCHES.c.symbol, _FETCHES.c.kind)).all()
        return [
            Fetch(r.symbol, r.kind, r.state, r.detail, r.rows, _instant(r.next_try), datetime.fromisoformat(r.at))
            for r in rows
        ]

    def save_fetch(self, fetch: Fetch) -> None:
        """Replace the state of the fetch of `fetch.kind` for `fetch.symbol`."""
        with self.transaction() as connection:
            same = (_FETCHES.c.symbol == fetch.symbol) & (_FETCHES.c.kind == fetch.kind)
            connection.execute(sa.delete(_FETCHES).where(same))
            connection.execute(
                sa.insert(_FETCHES).values(
                    symbol=fetch.symbol,
                    kind=fetch.kind,
                    state=fetch.state,
                    detail=fetch.detail,
                    rows=fetch.rows,
                    next_try=fetch.next_try.astimezone(UTC).isoformat() if fetch.next_try else None,
                    at=fetch.at.astimezone(UTC).isoformat(),
                )
            )


@contextmanager
def own_name(thing: str) -> Iterator[None]:
    """A name that another `thing` bears is InvalidInput."""
    article = "an" if thing[0] in "aeiou" else "a"
    try:
        yield
    except sa.exc.IntegrityError as error:
        raise InvalidInput(
            "name", f"There is {article} {thing} of that name already.", remedy="Choose another."
        ) from error


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _engine(url: str) -> sa.Engine:
    """The engine for a SQLAlchemy address; raises InvalidInput, without any password in it, for one that is none."""
    remedy = "Leave it empty, or write sqlite:////folder/ledger.db or postgresql://user:password@host/database."
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise InvalidInput(
            "OPENBELL_LEDGER_URL", "OPENBELL_LEDGER_URL is not an address of a database.", remedy=remedy
        ) from error
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+pg8000")
    try:
        engine = sa.create_engine(address, **_pool(address))
    except (sa.exc.ArgumentError, ImportError) as error:
        raise InvalidInput(
            "OPENBELL_LEDGER_URL", f"The ledger cannot be at {address!r}: {error}.", remedy=remedy
        ) from error
    if address.get_backend_name() == "sqlite":
        _make_folder(address.database)
        _keep_private(address.database)
        sa.event.listen(engine, "connect", _careful_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    else:
        _ping_calmly(engine)
        sa.event.listen(engine, "begin", _begin_postgres)
        sa.event.listen(engine, "handle_error", _broken_constraint)
    return engine


def _pool(address: sa.URL) -> dict[str, Any]:
    """How connections are kept: opening one costs more than most questions, and nobody waits for another's.

    A server's may have died meanwhile.
    """
    in_memory = address.get_backend_name() == "sqlite" and address.database in {None, "", ":memory:"}
    kept = {} if in_memory else {"pool_size": 16, "max_overflow": -1, "pool_use_lifo": True}
    return kept | {"pool_pre_ping": address.get_backend_name() != "sqlite"}


def _ping_calmly(engine: sa.Engine) -> None:
    """A connection that is dead is replaced, also where its driver says so with the socket's own error."""
    ping = engine.dialect.do_ping

    def lives(connection: Any) -> bool:
        try:
            return ping(connection)
        except OSError:
            return False

    engine.dialect.do_ping = lives  # type: ignore[assignment]


def _make_folder(database: str | None) -> None:
    if not database:
        return
    folder = Path(database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written: {error.strerror}.", remedy="Set OPENBELL_HOME to a folder of your own."
        ) from error


def _keep_private(database: str | None) -> None:
    """Only the owner reads the file: passwords of channels are in it. SQLite's other files get the same mode."""
    if not database or database == ":memory:" or database.startswith("file:"):
        return
    with suppress(OSError):  # another user's file, or a disk without modes: opening tells whether it can be used
        os.close(os.open(database, os.O_CREAT | os.O_RDONLY, 0o600))
        for path in (database, f"{database}-wal", f"{database}-shm"):
            with suppress(FileNotFoundError):
                Path(path).chmod(0o600)


def _careful_sqlite(connection: Any, _record: object) -> None:
    """Readers and one writer side by side; a commit survives a power cut."""
    connection.isolation_level = None  # else Python begins transactions late, and none for changes of the schema
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _broken_constraint(context: sa.ExceptionContext) -> sa.exc.DatabaseError | None:
    """What the errors of PostgreSQL's classes 23 and 22 are; its driver says so of names that are taken only."""
    told = context.original_exception.args[0] if context.original_exception.args else None
    code = str(told.get("C", "")) if isinstance(told, dict) else ""
    kinds = {"23": sa.exc.IntegrityError, "22": sa.exc.DataError}
    if code[:2] not in kinds:
        return None
    return kinds[code[:2]](context.statement, None, context.original_exception)


def _begin_sqlite(connection: sa.Connection) -> None:
    alone = connection.get_execution_options().get("alone", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")


def _begin_postgres(connection: sa.Connection) -> None:
    """One at a time of those that must be alone; the others go on beside it."""
    if connection.get_execution_options().get("alone", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ALONE})")
