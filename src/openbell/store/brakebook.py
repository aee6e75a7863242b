"""How often something was tried in vain, so that guessing becomes slow; over restarts too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from openbell.store.instants import instant_text
from openbell.store.ledger import Ledger

_BRAKES = sa.Table(
    "brakes",
    sa.MetaData(),
    sa.Column("bucket", sa.String, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last", sa.String, nullable=False),
)

MEMORY = timedelta(hours=1)
"""Tries are forgotten that long after the last one."""


@dataclass(frozen=True, slots=True)
class Brake:
    """`free` tries in a row cost nothing; then each has to wait twice as long as the one before, `longest` at most."""

    free: int
    longest: timedelta

    def wait(self, count: int) -> timedelta:
        """How long after the last of `count` tries the next may come."""
        if count < self.free:
            return timedelta(0)
        return min(self.longest, timedelta(seconds=2 ** min(count - self.free, 30)))


class BrakeBook:
    """Counts of tries by bucket, in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def take(self, buckets: Mapping[str, Brake], now: datetime) -> timedelta:
        """Count one try in all buckets and return 0; or count nothing, and return how long to wait.

        It is counted before it is known to be in vain, so that tries at once cannot outrun the count.
        """
        with self._ledger.transaction(alone=True) as connection:
            forgotten = instant_text(now - MEMORY)
            connection.execute(sa.delete(_BRAKES).where(_BRAKES.c.last < forgotten))
            rows = connection.execute(sa.select(_BRAKES).where(_BRAKES.c.bucket.in_(buckets))).all()
            counts: dict[str, int] = {row.bucket: row.tries for row in rows}
            waits = [
                _left(buckets[row.bucket], counts[row.bucket], datetime.fromisoformat(row.last), now) for row in rows
            ]
            if waits and (wait := max(waits)) > timedelta(0):
                return wait
            at = instant_text(now)
            for bucket in buckets:
                connection.execute(sa.delete(_BRAKES).where(_BRAKES.c.bucket == bucket))
                connection.execute(sa.insert(_BRAKES).values(bucket=bucket, tries=counts.get(bucket, 0) + 1, last=at))
        return timedelta(0)

    def give_back(self, buckets: Sequence[str]) -> None:
        """The try that was counted last was not in vain."""
        with self._ledger.transaction() as connection:
            less = sa.update(_BRAKES).where(_BRAKES.c.bucket.in_(buckets), _BRAKES.c.tries > 0)
            connection.execute(less.values(tries=_BRAKES.c.tries - 1))

    def release(self, bucket: str) -> None:
        """Forget the tries of a bucket."""
        with self._ledger.transaction() as connection:
            connection.execute(sa.delete(_BRAKES).where(_BRAKES.c.bucket == bucket))


def _left(brake: Brake, count: int, last: datetime, now: datetime) -> timedelta:
    """How much of the wait is left; a clock that was ahead makes it no longer."""
    wait = brake.wait(count)
    return min(wait, last + wait - now)
