"""How people prove who they are besides passwords: codes of the moment, and recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.store.auditbook import Deed, write_down
from openbell.store.ledger import Ledger

_META = sa.MetaData()
_TOTPS = sa.Table(
    "totps",
    _META,
    sa.Column("person", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("secret", sa.String, nullable=False),
    sa.Column("confirmed", sa.Boolean, nullable=False),
    sa.Column("used", sa.BigInteger, nullable=False),
)
_RECOVERY = sa.Table(
    "recovery_codes",
    _META,
    sa.Column("person", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.String, primary_key=True),
)


@dataclass(frozen=True, slots=True)
class Totp:
    """A person's sealed secret of the codes; `used` is the step of the last code that was taken."""

    person: int
    secret: str = field(repr=False)
    confirmed: bool
    used: int


class FactorBook:
    """Second factors, in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def totp(self, person: int) -> Totp | None:
        """The secret of a person's codes, confirmed or not."""
        with self._ledger.transaction() as connection:
            row = connection.execute(sa.select(_TOTPS).where(_TOTPS.c.person == person)).one_or_none()
        return None if row is None else Totp(row.person, row.secret, row.confirmed, row.used)

    def offer_totp(self, person: int, secret: str) -> None:
        """Keep a secret until a code of it is shown; raises InvalidInput where codes are needed already."""
        with self._ledger.transaction(alone=True) as connection:
            mine = _TOTPS.c.person == person
            if connection.execute(sa.select(_TOTPS.c.confirmed).where(mine)).scalar_one_or_none():
                raise InvalidInput("totp", "Your account needs codes already.", remedy="Remove them first.")
            connection.execute(sa.delete(_TOTPS).where(mine))
            connection.execute(sa.insert(_TOTPS).values(person=person, secret=secret, confirmed=False, used=0))

    def confirm_totp(self, person: int, step: int, recovery: Iterable[str], deed: Deed) -> bool:
        """From now on codes are needed, the one of `step` not again; False where nothing waited to be confirmed."""
        waiting = (_TOTPS.c.person == person) & ~_TOTPS.c.confirmed
        with self._ledger.transaction(alone=True) as connection:
            update = sa.update(_TOTPS).where(waiting).values(confirmed=True, used=step)
            if connection.execute(update).rowcount != 1:
                return False
            connection.execute(sa.delete(_RECOVERY).where(_RECOVERY.c.person == person))
            connection.execute(sa.insert(_RECOVERY), [{"person": person, "hash": each} for each in recovery])
            write_down(connection, deed)
        return True

    def use_step(self, person: int, step: int) -> bool:
        """Take the code of `step`; False where it, or a later one, was taken before."""
        newer = (_TOTPS.c.person == person) & (_TOTPS.c.used < step)
        with self._ledger.transaction() as connection:
            return connection.execute(sa.update(_TOTPS).where(newer).values(used=step)).rowcount == 1

    def use_recovery(self, person: int, code_hash: str, deed: Deed) -> bool:
        """Take a recovery code; False where there is no such one any more."""
        mine = (_RECOVERY.c.person == person) & (_RECOVERY.c.hash == code_hash)
        with self._ledger.transaction() as connection:
            if connection.execute(sa.delete(_RECOVERY).where(mine)).rowcount != 1:
                return False
            write_down(connection, deed)
        return True

    def recovery_left(self, person: int) -> int:
        """How many recovery codes a person still has."""
        query = sa.select(sa.func.count()).select_from(_RECOVERY).where(_RECOVERY.c.person == person)
        with self._ledger.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def remove_totp(self, person: int, deed: Deed) -> None:
        """No codes are needed any more, and the recovery codes are forgotten."""
        with self._ledger.transaction() as connection:
            connection.execute(sa.delete(_TOTPS).where(_TOTPS.c.person == person))
            connection.execute(sa.delete(_RECOVERY).where(_RECOVERY.c.person == person))
            write_down(connection, deed)
