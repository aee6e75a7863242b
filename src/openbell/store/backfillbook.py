"""Backfills by month: what was asked for, and which months are done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from openbell.store.instants import instant_text
from openbell.store.ledger import Ledger
from openbell.store.numbers import number_of

BackfillState = Literal["open", "done", "failed"]

SETTLED = timedelta(days=2)
"""How long after its end a month is over in every time zone, and its bars are final."""

_META = sa.MetaData()
_BACKFILLS = sa.Table(
    "backfills",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("symbol", sa.String, nullable=False),
    sa.Column("interval", sa.String, nullable=False),
    sa.Column("first", sa.String, nullable=False),
    sa.Column("last", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("detail", sa.String, nullable=False),
    sa.Column("created", sa.String, nullable=False),
)
_MONTHS = sa.Table(
    "backfilled_months",
    _META,
    sa.Column("symbol", sa.String, primary_key=True),
    sa.Column("interval", sa.String, primary_key=True),
    sa.Column("month", sa.String, primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Backfill:
    """A range of months, `first` and `last` included (each by its first day), to be fetched newest first."""

    id: int
    symbol: str
    interval: str
    first: date
    last: date
    state: BackfillState
    detail: str
    created: datetime

    @property
    def months(self) -> tuple[date, ...]:
        """Its months, newest first."""
        found, month = [], self.last
        while month >= self.first:
            found.append(month)
            month = (month - timedelta(days=1)).replace(day=1)
        return tuple(found)


class BackfillBook:
    """Backfills, in the ledger. A month that is over is asked for once, whichever backfill it belongs to."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def add(self, symbol: str, interval: str, first: date, last: date, now: datetime) -> Backfill:
        """A new backfill; the one that is open and asks for the same is returned in its place."""
        same = next(
            (b for b in self.open() if (b.symbol, b.interval, b.first, b.last) == (symbol, interval, first, last)), None
        )
        if same is not None:
            return same
        values = {"symbol": symbol, "interval": interval, "first": first.isoformat(), "last": last.isoformat()}
        at = now.astimezone(UTC)
        with self._ledger.transaction(alone=True) as connection:
            added = sa.insert(_BACKFILLS).values(**values, state="open", detail="", created=at.isoformat())
            number = number_of(connection, added, "backfill")
        return Backfill(number, symbol, interval, first, last, "open", "", at)

    def open(self) -> list[Backfill]:
        """Those that are not finished, oldest first."""
        return self._select(sa.select(_BACKFILLS).where(_BACKFILLS.c.state == "open").order_by(_BACKFILLS.c.id))

    def all(self, *, limit: int = 100) -> list[Backfill]:
        """The newest first."""
        return self._select(sa.select(_BACKFILLS).order_by(_BACKFILLS.c.id.desc()).limit(limit))

    def left(self, backfill: Backfill) -> tuple[date, ...]:
        """The months of `backfill` that are still to be fetched, newest first.

        One that was fetched before it was over counts for the backfills that were there by then.
        """
        mine = (_MONTHS.c.symbol == backfill.symbol) & (_MONTHS.c.interval == backfill.interval)
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(_MONTHS.c.month, _MONTHS.c.at).where(mine)).all()
        fetched = {date.fromisoformat(row.month): datetime.fromisoformat(row.at) for row in rows}
        return tuple(
            month
            for month in backfill.months
            if month not in fetched or fetched[month] < min(backfill.created, over(month))
        )

    def fetched(self, backfill: Backfill, months: Sequence[date], rows: int, now: datetime) -> None:
        """The months were fetched, and brought `rows` new bars."""
        at = instant_text(now)
        for month in months:
            key = {"symbol": backfill.symbol, "interval": backfill.interval, "month": month.isoformat()}
            with self._ledger.transaction(alone=True) as connection:
                mine = sa.and_(*(_MONTHS.c[name] == value for name, value in key.items()))
                connection.execute(sa.delete(_MONTHS).where(mine))
                connection.execute(sa.insert(_MONTHS).values(**key, rows=rows, at=at))

    def is_open(self, backfill: Backfill) -> bool:
        """Whether it is still there, and not finished."""
        return any(backfill.id == each.id for each in self.open())

    def withdraw(self, number: int) -> bool:
        """Forget a backfill; what it has fetched stays. Returns whether there was one."""
        with self._ledger.transaction(alone=True) as connection:
            return bool(connection.execute(sa.delete(_BACKFILLS).where(_BACKFILLS.c.id == number)).rowcount)

    def finish(self, backfill: Backfill, state: BackfillState, detail: str) -> None:
        """Nothing more is asked for it."""
        with self._ledger.transaction(alone=True) as connection:
            mine = _BACKFILLS.c.id == backfill.id
            connection.execute(sa.update(_BACKFILLS).where(mine).values(state=state, detail=detail))

    def _select(self, query: sa.Select[Any]) -> list[Backfill]:
        with self._ledger.transaction() as connection:
            return [
                Backfill(
                    r.id,
                    r.symbol,
                    r.interval,
                    date.fromisoformat(r.first),
                    date.fromisoformat(r.last),
                    r.state,
                    r.detail,
                    datetime.fromisoformat(r.created),
                )
                for r in connection.execute(query)
            ]


def over(month: date) -> datetime:
    """When a month is over everywhere."""
    following = (month + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, 1, tzinfo=UTC) + SETTLED
