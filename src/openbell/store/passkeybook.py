"""Passkeys, logins of other sites, and what was used once and must not be used again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.store.auditbook import Deed, write_down
from openbell.store.instants import instant_text, maybe_instant
from openbell.store.ledger import Ledger
from openbell.store.numbers import number_of

_META = sa.MetaData()
_PASSKEYS = sa.Table(
    "passkeys",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person", sa.Integer, nullable=False),
    sa.Column("credential", sa.String, nullable=False, unique=True),
    sa.Column("public_key", sa.String, nullable=False),
    sa.Column("uses", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("seen", sa.String),
)
_IDENTITIES = sa.Table(
    "identities",
    _META,
    sa.Column("issuer", sa.String, primary_key=True),
    sa.Column("subject", sa.String, primary_key=True),
    sa.Column("person", sa.Integer, nullable=False),
)
_SPENT = sa.Table(
    "spent",
    _META,
    sa.Column("hash", sa.String, primary_key=True),
    sa.Column("expires", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A public key whose other half a person's device keeps; `uses` is what the device counted."""

    id: int
    person: int
    credential: str
    public_key: str = field(repr=False)
    uses: int
    name: str
    created: datetime
    seen: datetime | None


class PasskeyBook:
    """Passkeys and other sites' logins, in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def passkeys(self, person: int) -> list[Passkey]:
        """The passkeys of a person, oldest first."""
        with self._ledger.transaction() as connection:
            mine = sa.select(_PASSKEYS).where(_PASSKEYS.c.person == person).order_by(_PASSKEYS.c.id)
            return [_passkey(row) for row in connection.execute(mine)]

    def passkey_of(self, credential: str) -> Passkey | None:
        """The passkey that calls itself `credential`."""
        with self._ledger.transaction() as connection:
            query = sa.select(_PASSKEYS).where(_PASSKEYS.c.credential == credential)
            row = connection.execute(query).one_or_none()
        return None if row is None else _passkey(row)

    def add_passkey(self, person: int, credential: str, public_key: str, uses: int, name: str, deed: Deed) -> Passkey:
        """A new passkey; raises InvalidInput for one that is known."""
        values = {"person": person, "credential": credential, "public_key": public_key, "uses": uses, "name": name}
        try:
            with self._ledger.transaction() as connection:
                insert = sa.insert(_PASSKEYS).values(**values, created=instant_text(deed.at))
                number = number_of(connection, insert, "passkey")
                write_down(connection, deed)
        except sa.exc.IntegrityError as error:
            raise InvalidInput("credential", "This passkey is known already.", remedy="Sign in with it.") from error
        return Passkey(number, person, credential, public_key, uses, name, deed.at, None)

    def use_passkey(self, passkey: Passkey, uses: int, now: datetime) -> bool:
        """Write down a use; False where another use was written down meanwhile."""
        same = (_PASSKEYS.c.id == passkey.id) & (_PASSKEYS.c.uses == passkey.uses)
        with self._ledger.transaction() as connection:
            update = sa.update(_PASSKEYS).where(same).values(uses=uses, seen=instant_text(now))
            return connection.execute(update).rowcount == 1

    def remove_passkey(self, person: int, number: int, deed: Deed) -> None:
        """Forget a passkey of a person; raises InvalidInput when there is no such one."""
        mine = (_PASSKEYS.c.person == person) & (_PASSKEYS.c.id == number)
        with self._ledger.transaction() as connection:
            if connection.execute(sa.delete(_PASSKEYS).where(mine)).rowcount != 1:
                raise InvalidInput("id", f"There is no passkey {number}.", remedy="List them with GET /me/passkeys.")
            write_down(connection, deed)

    # other sites' logins

    def person_of(self, issuer: str, subject: str) -> int | None:
        """The number of the person whom another site knows as `subject`."""
        mine = (_IDENTITIES.c.issuer == issuer) & (_IDENTITIES.c.subject == subject)
        with self._ledger.transaction() as connection:
            return connection.execute(sa.select(_IDENTITIES.c.person).where(mine)).scalar_one_or_none()

    def is_linked(self, person: int) -> bool:
        """Whether a person may sign in by another site."""
        with self._ledger.transaction() as connection:
            query = sa.select(_IDENTITIES.c.person).where(_IDENTITIES.c.person == person).limit(1)
            return connection.execute(query).one_or_none() is not None

    def link(self, issuer: str, subject: str, person: int, deed: Deed) -> None:
        """Let a person sign in by another site; raises InvalidInput where somebody does so as `subject` already."""
        try:
            with self._ledger.transaction() as connection:
                connection.execute(sa.insert(_IDENTITIES).values(issuer=issuer, subject=subject, person=person))
                write_down(connection, deed)
        except sa.exc.IntegrityError as error:
            raise InvalidInput("oidc", "Somebody signs in by that login already.", remedy="Use another.") from error

    def unlink(self, person: int, deed: Deed) -> None:
        """Let a person sign in by no other site."""
        with self._ledger.transaction() as connection:
            connection.execute(sa.delete(_IDENTITIES).where(_IDENTITIES.c.person == person))
            write_down(connection, deed)

    # what is used once

    def spend(self, secret_hash: str, expires: datetime, now: datetime) -> bool:
        """Use something up that is good until `expires`; False where it was before."""
        try:
            with self._ledger.transaction() as connection:
                connection.execute(sa.delete(_SPENT).where(_SPENT.c.expires <= instant_text(now)))
                connection.execute(sa.insert(_SPENT).values(hash=secret_hash, expires=instant_text(expires)))
        except sa.exc.IntegrityError:
            return False
        return True


def _passkey(row: sa.Row[tuple[object, ...]]) -> Passkey:
    seen = maybe_instant(row.seen)
    created = datetime.fromisoformat(row.created)
    return Passkey(row.id, row.person, row.credential, row.public_key, row.uses, row.name, created, seen)
