"""What the nightly upkeep found, by symbol and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from openbell.store.instants import instant_text
from openbell.store.ledger import Ledger

KEPT = 60
"""Days of each symbol that are remembered."""

_REPORTS = sa.Table(
    "upkeep_reports",
    sa.MetaData(),
    sa.Column("symbol", sa.String, primary_key=True),
    sa.Column("day", sa.String, primary_key=True),
    sa.Column("told", sa.JSON, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Report:
    """How the bars that a stream made of one trade date compare with the official ones, as plain JSON."""

    symbol: str
    day: date
    told: Mapping[str, Any]
    at: datetime


class UpkeepBook:
    """Reports of the nightly upkeep, in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def save(self, report: Report) -> None:
        """Keep a report in place of any of the same symbol and day, and forget those of long ago."""
        mine, day = _REPORTS.c.symbol == report.symbol, report.day.isoformat()
        with self._ledger.transaction(alone=True) as connection:
            connection.execute(sa.delete(_REPORTS).where(mine & (_REPORTS.c.day == day)))
            at = instant_text(report.at)
            connection.execute(sa.insert(_REPORTS).values(symbol=report.symbol, day=day, told=dict(report.told), at=at))
            newest = sa.select(_REPORTS.c.day).where(mine).order_by(_REPORTS.c.day.desc())
            days = connection.execute(newest.offset(KEPT)).scalars().all()
            if days:
                connection.execute(sa.delete(_REPORTS).where(mine & _REPORTS.c.day.in_(days)))

    def last_days(self) -> dict[str, date]:
        """The newest day that each symbol has a report of."""
        query = sa.select(_REPORTS.c.symbol, sa.func.max(_REPORTS.c.day).label("day")).group_by(_REPORTS.c.symbol)
        with self._ledger.transaction() as connection:
            return {row.symbol: date.fromisoformat(row.day) for row in connection.execute(query)}

    def reports(self, symbol: str | None = None, *, limit: int = 100) -> list[Report]:
        """The reports of `symbol`, or of all, newest day first."""
        query = sa.select(_REPORTS).order_by(_REPORTS.c.day.desc(), _REPORTS.c.symbol).limit(limit)
        if symbol is not None:
            query = query.where(_REPORTS.c.symbol == symbol)
        with self._ledger.transaction() as connection:
            rows = connection.execute(query).all()
        return [Report(r.symbol, date.fromisoformat(r.day), r.told, datetime.fromisoformat(r.at)) for r in rows]
