"""Who did what to the desk's accounts, when and from where; never a secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from openbell.store.instants import instant_text
from openbell.store.ledger import Ledger

KEPT = timedelta(days=400)
MACHINE = "the desk's machine"
"""Who did what the command line of the host does; nobody else bears it."""
AT_HOST = "this machine"
"""The address of that."""
MOST_KINDS = 500
"""To choose from: anybody may bear any number of names, one after the other."""

_AUDIT = sa.Table(
    "audit",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("person", sa.Integer),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("what", sa.String, nullable=False),
    sa.Column("about", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
)

_WHO = sa.case(((_AUDIT.c.name == "") & (_AUDIT.c.address == AT_HOST), MACHINE), else_=_AUDIT.c.name)
"""Who it was: what the host did was written down without a name once."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did; written down in the transaction that does it.

    `person` is None where nobody had signed in, or it was done on the host itself.
    """

    at: datetime
    person: int | None
    name: str
    what: str
    about: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed with its number."""

    id: int
    deed: Deed


def write_down(connection: sa.Connection, deed: Deed) -> None:
    """Add a deed to the log, within the transaction of `connection`."""
    at = instant_text(deed.at)
    values = {"person": deed.person, "name": deed.name, "what": deed.what, "about": deed.about}
    connection.execute(sa.insert(_AUDIT).values(at=at, address=deed.address, **values))


class AuditBook:
    """The audit log, in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def write(self, deed: Deed) -> None:
        """Add a deed that changed nothing else, such as a refused login, and forget those older than KEPT."""
        with self._ledger.transaction() as connection:
            write_down(connection, deed)
            old = instant_text(deed.at - KEPT)
            connection.execute(sa.delete(_AUDIT).where(_AUDIT.c.at < old))

    def entries(
        self, *, before: int | None = None, limit: int = 100, name: str | None = None, what: str | None = None
    ) -> list[Entry]:
        """Newest first; `before` that number, of whoever bore `name` then (empty: nobody signed in), of one kind."""
        query = sa.select(_AUDIT, _WHO.label("who")).order_by(_AUDIT.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_AUDIT.c.id < before)
        if name is not None:
            query = query.where(_WHO.in_([name]))
        if what is not None:
            query = query.where(_AUDIT.c.what == what)
        with self._ledger.transaction() as connection:
            rows = connection.execute(query).all()
        return [
            Entry(r.id, Deed(datetime.fromisoformat(r.at), r.person, r.who, r.what, r.about, r.address)) for r in rows
        ]

    def kinds(self) -> tuple[list[str], list[str]]:
        """The names of those who did something, and what was done, in the order of the alphabet; MOST_KINDS of each."""
        with self._ledger.transaction() as connection:
            names, kinds = (
                list(
                    connection.execute(
                        sa.select(column.label("it")).distinct().order_by("it").limit(MOST_KINDS)
                    ).scalars()
                )
                for column in (_WHO, _AUDIT.c.what)
            )
        return names, kinds
