"""People and invitations: who may use the desk, and as what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.store.auditbook import Deed, write_down
from openbell.store.belongings import belongings_of, forget_belongings
from openbell.store.instants import instant_text
from openbell.store.ledger import Ledger, own_name
from openbell.store.numbers import number_of

RoleName = Literal["owner", "member", "viewer"]

_META = sa.MetaData()
PEOPLE = sa.Table(
    "people",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("login", sa.String, nullable=False, unique=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("password", sa.String),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("created", sa.String, nullable=False),
)
_INVITATIONS = sa.Table(
    "invitations",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("hash", sa.String, nullable=False, unique=True),
    sa.Column("person", sa.Integer, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("expires", sa.String, nullable=False),
)
_SESSIONS = sa.table("sessions", sa.column("id"), sa.column("person"))
_INVITED = sa.select(PEOPLE.c.id).where(
    PEOPLE.c.id == _INVITATIONS.c.person, PEOPLE.c.role == "owner", ~PEOPLE.c.disabled
)
"""Who invited may still do so."""
_IDENTITIES = sa.table("identities", sa.column("issuer"), sa.column("subject"), sa.column("person"))
_OTHER_WAYS = (*(sa.table(name, sa.column("person")) for name in ("tokens", "passkeys")), _IDENTITIES)
"""What gets somebody in without their password."""
_OPENERS = (PEOPLE.c.role == "owner") & ~PEOPLE.c.disabled & PEOPLE.c.password.is_not(None)
"""The owners that can sign in whatever else fails."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may use the desk. `password` is its hash; None: signs in otherwise, or not at all."""

    id: int
    name: str
    role: RoleName
    password: str | None = field(repr=False)
    disabled: bool
    created: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as a login provider knows them."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A role that waits for whoever brings the invitation's secret."""

    id: int
    role: RoleName
    created: datetime
    expires: datetime


class PeopleBook:
    """People and invitations, in the ledger. A number is never given twice."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def people(self) -> list[Person]:
        """Everybody, oldest first."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(PEOPLE).order_by(PEOPLE.c.id)).all()
        return [_person(row) for row in rows]

    def person(self, number: int) -> Person | None:
        """The person of that number."""
        return self._one(PEOPLE.c.id == number)

    def person_named(self, login: str) -> Person | None:
        """Whose name is `login`, however it is spelled."""
        return self._one(PEOPLE.c.login == login)

    def first_owner(self) -> Person | None:
        """Whose desk it is while nobody needs to sign in."""
        with self._ledger.transaction() as connection:
            return _first_owner(connection)

    def open_to(self) -> Person | None:
        """The first owner while nobody needs to sign in; None once an owner has a password."""
        with self._ledger.transaction() as connection:
            return None if _is_locked(connection) else _first_owner(connection)

    def locked(self) -> bool:
        """Whether an owner has a password, so that everybody must sign in."""
        with self._ledger.transaction() as connection:
            return _is_locked(connection)

    def add(
        self,
        name: str,
        login: str,
        role: RoleName,
        password: str | None,
        deed: Deed,
        identity: Identity | None = None,
    ) -> Person:
        """A new person, who signs in by `identity` too; raises InvalidInput for a name that another one bears."""
        with own_name("person"), self._ledger.transaction() as connection, _locking(connection, deed):
            return _add(connection, name, login, role, password, deed, identity)

    def rename(self, number: int, name: str, login: str, deed: Deed) -> None:
        """Give a person another name; raises InvalidInput for one that another bears."""
        with own_name("person"), self._ledger.transaction() as connection:
            _change(connection, number, {"name": name, "login": login}, deed)

    def set_password(
        self, number: int, password: str, deed: Deed, *, keep: int | None = None, recovering: bool = False
    ) -> None:
        """Replace the hash of a person's password and end their sessions, but one to `keep`.

        `recovering`: who else got in may have made other ways in. Tokens, passkeys and linked logins end too.
        """
        with self._ledger.transaction(alone=True) as connection, _locking(connection, deed):
            _change(connection, number, {"password": password}, deed)
            theirs = _SESSIONS.c.person == number
            connection.execute(
                sa.delete(_SESSIONS).where(theirs if keep is None else theirs & (_SESSIONS.c.id != keep))
            )
            for others in _OTHER_WAYS if recovering else ():
                connection.execute(sa.delete(others).where(others.c.person == number))

    def renew_hash(self, number: int, old: str, new: str) -> None:
        """The same password under a stronger hash, unless it was changed meanwhile."""
        with self._ledger.transaction() as connection:
            mine = (PEOPLE.c.id == number) & (PEOPLE.c.password == old)
            connection.execute(sa.update(PEOPLE).where(mine).values(password=new))

    def change_role(self, number: int, role: RoleName, deed: Deed) -> None:
        """Make a person something else; raises InvalidInput where no owner who can sign in would be left."""
        with self._keeping_an_owner(number) as connection, _locking(connection, deed):
            _change(connection, number, {"role": role}, deed)

    def disable(self, number: int, *, disabled: bool, deed: Deed) -> None:
        """Keep a person out, or let them in again; raises InvalidInput as `change_role`."""
        with self._keeping_an_owner(number) as connection, _locking(connection, deed):
            _change(connection, number, {"disabled": disabled}, deed)

    def remove(self, number: int, deed: Deed, *, named: str | None = None) -> None:
        """Forget a person with their sessions, tokens, shares and rules; raises InvalidInput as `change_role`.

        With all that is their own too, where they are `named` as they are called; else raises InvalidInput, which says
        what that is.
        """
        with self._keeping_an_owner(number) as connection:
            row = connection.execute(sa.select(PEOPLE.c.name).where(PEOPLE.c.id == number)).one_or_none()
            _assert_there(number, 0 if row is None else 1)
            theirs = belongings_of(connection, number)
            if row is not None and theirs and named != row.name:
                raise InvalidInput(
                    "name",
                    f"{row.name} has {theirs}, which would go too and cannot be brought back.",
                    remedy=f"Confirm it with their name, {row.name}; or keep the person out: then all stays.",
                )
            forget_belongings(connection, number)
            connection.execute(sa.delete(PEOPLE).where(PEOPLE.c.id == number))
            write_down(connection, deed)

    @contextmanager
    def _keeping_an_owner(self, number: int) -> Iterator[sa.Connection]:
        """A transaction after which an owner can still sign in; on a desk without passwords, is still there."""
        openers = sa.select(sa.func.count()).select_from(PEOPLE).where(_OPENERS)
        owners = sa.select(sa.func.count()).select_from(PEOPLE).where(PEOPLE.c.role == "owner", ~PEOPLE.c.disabled)
        with self._ledger.transaction(alone=True) as connection:
            needed = openers if connection.execute(openers).scalar_one() else owners
            yield connection
            if connection.execute(needed).scalar_one() == 0:
                raise InvalidInput(
                    "id",
                    f"Person {number} is the last owner who can sign in.",
                    remedy="Make another one an owner first.",
                )

    def _one(self, which: sa.ColumnElement[bool]) -> Person | None:
        with self._ledger.transaction() as connection:
            row = connection.execute(sa.select(PEOPLE).where(which)).one_or_none()
        return None if row is None else _person(row)

    # invitations

    def invitations(self, now: datetime) -> list[Invitation]:
        """Those that can still be accepted, oldest first."""
        query = sa.select(_INVITATIONS).where(_holds(now)).order_by(_INVITATIONS.c.id)
        with self._ledger.transaction() as connection:
            return [_invitation(row) for row in connection.execute(query)]

    def invitation(self, secret_hash: str, now: datetime) -> Invitation | None:
        """The invitation with that secret, while it can be accepted."""
        mine = (_INVITATIONS.c.hash == secret_hash) & _holds(now)
        with self._ledger.transaction() as connection:
            row = connection.execute(sa.select(_INVITATIONS).where(mine)).one_or_none()
        return None if row is None else _invitation(row)

    def invite(self, owner: int, secret_hash: str, role: RoleName, expires: datetime, deed: Deed) -> Invitation:
        """A new invitation, which holds while `owner` is one; those that are over are forgotten."""
        times = {"created": instant_text(deed.at), "expires": instant_text(expires)}
        with self._ledger.transaction() as connection:
            connection.execute(sa.delete(_INVITATIONS).where(_INVITATIONS.c.expires <= instant_text(deed.at)))
            insert = sa.insert(_INVITATIONS).values(hash=secret_hash, person=owner, role=role, **times)
            number = number_of(connection, insert, "invitation")
            write_down(connection, deed)
        return Invitation(number, role, deed.at, expires)

    def withdraw(self, number: int, deed: Deed) -> None:
        """Forget an invitation, and write down which; raises InvalidInput when there is no such one."""
        mine = _INVITATIONS.c.id == number
        with self._ledger.transaction(alone=True) as connection:
            row = connection.execute(sa.select(_INVITATIONS).where(mine)).one_or_none()
            if row is None:
                raise InvalidInput("id", f"There is no invitation {number}.", remedy="It may have been accepted.")
            connection.execute(sa.delete(_INVITATIONS).where(mine))
            write_down(connection, replace(deed, about=f"{row.role}, made {row.created[:10]}"))

    def accept(
        self,
        invitation: Invitation,
        name: str,
        login: str,
        password: str | None,
        deed: Deed,
        identity: Identity | None = None,
    ) -> Person:
        """The person that an invitation makes, once; raises InvalidInput for one that was accepted meanwhile."""
        with own_name("person"), self._ledger.transaction(alone=True) as connection:
            mine = (_INVITATIONS.c.id == invitation.id) & _holds(deed.at)
            if connection.execute(sa.delete(_INVITATIONS).where(mine)).rowcount != 1:
                raise InvalidInput("invitation", "This invitation is not valid any more.", remedy="Ask for another.")
            return _add(connection, name, login, invitation.role, password, deed, identity)


def first_owner(connection: sa.Connection) -> int:
    """The number of the first owner, in the midst of a transaction: whose what the desk makes by itself is."""
    first = sa.select(sa.func.min(PEOPLE.c.id)).where(PEOPLE.c.role == "owner", ~PEOPLE.c.disabled)
    return int(connection.execute(first).scalar_one())


def _first_owner(connection: sa.Connection) -> Person | None:
    owners = sa.select(PEOPLE).where(PEOPLE.c.role == "owner", ~PEOPLE.c.disabled).order_by(PEOPLE.c.id)
    row = connection.execute(owners.limit(1)).one_or_none()
    return None if row is None else _person(row)


def _is_locked(connection: sa.Connection) -> bool:
    return connection.execute(sa.select(PEOPLE.c.id).where(_OPENERS).limit(1)).one_or_none() is not None


@contextmanager
def _locking(connection: sa.Connection, deed: Deed) -> Iterator[None]:
    """Where what is done inside locks an open desk: whoever sat there made other ways in, and they end.

    No password was asked for them, since there was none: they are those of the people without one.
    """
    if _is_locked(connection):
        yield
        return
    without = list(connection.execute(sa.select(PEOPLE.c.id).where(PEOPLE.c.password.is_(None))).scalars())
    yield
    if not _is_locked(connection):
        return
    for others in _OTHER_WAYS:
        gone = connection.execute(sa.delete(others).where(others.c.person.in_(without))).rowcount
        if gone:
            write_down(connection, replace(deed, what=f"{others.name} of the open desk ended", about=str(gone)))


def _holds(now: datetime) -> sa.ColumnElement[bool]:
    """Whether an invitation can be accepted: it is not over, and who invited may still do so."""
    return (_INVITATIONS.c.expires > instant_text(now)) & _INVITED.exists()


def _add(
    connection: sa.Connection,
    name: str,
    login: str,
    role: RoleName,
    password: str | None,
    deed: Deed,
    identity: Identity | None,
) -> Person:
    values = {"name": name, "login": login, "role": role, "password": password, "disabled": False}
    number = number_of(connection, sa.insert(PEOPLE).values(**values, created=instant_text(deed.at)), "person")
    if identity is not None:
        known = {"issuer": identity.issuer, "subject": identity.subject, "person": number}
        connection.execute(sa.insert(_IDENTITIES).values(**known))
    write_down(connection, deed)
    return Person(number, name, role, password, disabled=False, created=deed.at)


def _change(connection: sa.Connection, number: int, values: dict[str, object], deed: Deed) -> None:
    _assert_there(number, connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == number).values(**values)).rowcount)
    write_down(connection, deed)


def _assert_there(number: int, found: int) -> None:
    if found != 1:
        raise InvalidInput("id", f"There is no person {number}.", remedy="List them with GET /users.")


def _person(row: sa.Row[tuple[object, ...]]) -> Person:
    return Person(row.id, row.name, row.role, row.password, row.disabled, datetime.fromisoformat(row.created))


def _invitation(row: sa.Row[tuple[object, ...]]) -> Invitation:
    return Invitation(row.id, row.role, datetime.fromisoformat(row.created), datetime.fromisoformat(row.expires))
