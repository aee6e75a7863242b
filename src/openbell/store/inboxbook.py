"""The inbox of splits and dividends: what was noticed, and what its owner decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.store.instants import instant_text
from openbell.store.ledger import Ledger

EntryState = Literal["new", "applied", "undone"]

_ENTRIES = sa.Table(
    "action_inbox",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("symbol", sa.String, nullable=False),
    sa.Column("ex_date", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("told", sa.JSON, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("noticed", sa.String, nullable=False),
    sa.Column("changed", sa.String, nullable=False),
)

Row = Mapping[str, Any]
"""`ratio`, `amount`, `currency` and `source` of one row of ACTIONS."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was told of one event: the splits, or the dividends, of an instrument on an ex date."""

    id: int
    symbol: str
    ex_date: date
    kind: str
    told: tuple[Row, ...]
    state: EntryState
    noticed: datetime
    changed: datetime

    @property
    def source(self) -> str:
        """Who told of it; `inferred`: the prices."""
        return str(self.told[0]["source"])


class InboxBook:
    """Entries of the inbox, in the ledger: one for each event, whoever tells of it and however often."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def notice(self, symbol: str, ex_date: date, kind: str, told: Sequence[Row], now: datetime) -> None:
        """An event was told of: a new entry, or other values of one that is there; its state stays."""
        at, rows = instant_text(now), [dict(row) for row in told]
        event = (_ENTRIES.c.symbol == symbol) & (_ENTRIES.c.ex_date == ex_date.isoformat()) & (_ENTRIES.c.kind == kind)
        with self._ledger.transaction() as connection:
            held = connection.execute(sa.select(_ENTRIES).where(event)).one_or_none()
        if held is not None:
            if held.told != rows:
                with self._ledger.transaction(alone=True) as connection:
                    connection.execute(sa.update(_ENTRIES).where(event).values(told=rows, changed=at))
            return
        values = {"symbol": symbol, "ex_date": ex_date.isoformat(), "kind": kind, "told": rows}
        with suppress(sa.exc.IntegrityError), self._ledger.transaction(alone=True) as connection:  # another was faster
            connection.execute(sa.insert(_ENTRIES).values(**values, state="new", noticed=at, changed=at))

    def decide(self, number: int, state: EntryState, now: datetime) -> None:
        """The owner's decision on an entry."""
        changes = {"state": state, "changed": instant_text(now)}
        with self._ledger.transaction(alone=True) as connection:
            connection.execute(sa.update(_ENTRIES).where(_ENTRIES.c.id == number).values(**changes))

    def entry(self, number: int) -> Entry:
        """The entry of that number; raises InvalidInput when there is none."""
        with self._ledger.transaction() as connection:
            row = connection.execute(sa.select(_ENTRIES).where(_ENTRIES.c.id == number)).one_or_none()
        if row is None:
            raise InvalidInput("id", f"There is no entry {number}.", remedy="List them with GET /actions/inbox.")
        return _entry(row)

    def entries(self, *, limit: int = 200) -> list[Entry]:
        """The entries with the newest ex dates first."""
        query = sa.select(_ENTRIES).order_by(_ENTRIES.c.ex_date.desc(), _ENTRIES.c.id.desc()).limit(limit)
        with self._ledger.transaction() as connection:
            return [_entry(row) for row in connection.execute(query)]


def _entry(row: sa.Row[Any]) -> Entry:
    noticed, changed = (datetime.fromisoformat(at) for at in (row.noticed, row.changed))
    return Entry(
        row.id, row.symbol, date.fromisoformat(row.ex_date), row.kind, tuple(row.told), row.state, noticed, changed
    )
