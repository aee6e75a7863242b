"""Who is signed in: sessions with the refresh tokens that keep them alive, and the tokens of programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.store.auditbook import Deed, write_down
from openbell.store.instants import instant_text, maybe_instant
from openbell.store.ledger import Ledger
from openbell.store.numbers import number_of
from openbell.store.peoplebook import PEOPLE, Person, RoleName

Scope = Literal["read", "write", "admin"]
"""What a token may do; each includes the one before."""

SEEN_EVERY = timedelta(minutes=10)
"""When a token was used last is written down no more often."""

_META = sa.MetaData()
_SESSIONS = sa.Table(
    "sessions",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person", sa.Integer, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("seen", sa.String, nullable=False),
    sa.Column("expires", sa.String, nullable=False),
    sa.Column("agent", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
)
_REFRESHES = sa.Table(
    "refreshes",
    _META,
    sa.Column("hash", sa.String, primary_key=True),
    sa.Column("session", sa.Integer, nullable=False),
    sa.Column("used", sa.String),
)
_TOKENS = sa.Table(
    "tokens",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person", sa.Integer, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False, unique=True),
    sa.Column("scope", sa.String, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("expires", sa.String, nullable=False),
    sa.Column("seen", sa.String),
)


@dataclass(frozen=True, slots=True)
class Session:
    """One login on one device; `seen` is when it was refreshed last."""

    id: int
    person: int
    created: datetime
    seen: datetime
    expires: datetime
    agent: str
    address: str


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token as it is kept: of which session, and when it was exchanged for the next one."""

    session: Session
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """A program's token; its secret is not known any more."""

    id: int
    person: int
    name: str
    scope: Scope
    created: datetime
    expires: datetime
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a session or token stands for, as they are now. `scope` is None for a session, which may do all."""

    person: int
    name: str
    role: RoleName
    scope: Scope | None


class SessionBook:
    """Sessions and tokens, in the ledger: secrets only as hashes. What is removed ends at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def begin(self, person: Person, refresh_hash: str, expires: datetime, agent: str, deed: Deed) -> int | None:
        """A new session with its first refresh token; returns its number. Those that are over are forgotten.

        None where the password was changed, or the person disabled, since `person` was read.
        """
        at = instant_text(deed.at)
        values = {"person": person.id, "created": at, "seen": at, "expires": instant_text(expires)}
        password = PEOPLE.c.password.is_not_distinct_from(person.password)
        same = sa.select(PEOPLE.c.id).where(PEOPLE.c.id == person.id, password, ~PEOPLE.c.disabled)
        with self._ledger.transaction(alone=True) as connection:
            if connection.execute(same).one_or_none() is None:
                return None
            connection.execute(sa.delete(_SESSIONS).where(_SESSIONS.c.expires <= at))
            insert = sa.insert(_SESSIONS).values(**values, agent=agent, address=deed.address)
            number = number_of(connection, insert, "session")
            connection.execute(sa.insert(_REFRESHES).values(hash=refresh_hash, session=number))
            write_down(connection, deed)
        return number

    def bearer_of_session(self, number: int, now: datetime) -> Bearer | None:
        """Who is signed in by a session, if it still holds."""
        query = (
            sa.select(PEOPLE.c.id, PEOPLE.c.name, PEOPLE.c.role)
            .join(_SESSIONS, _SESSIONS.c.person == PEOPLE.c.id)
            .where(_SESSIONS.c.id == number, _SESSIONS.c.expires > instant_text(now), ~PEOPLE.c.disabled)
        )
        with self._ledger.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Bearer(row.id, row.name, row.role, None)

    def refresh_of(self, refresh_hash: str) -> Refresh | None:
        """The refresh token with that hash, used or not."""
        query = sa.select(_SESSIONS, _REFRESHES.c.used).join(_REFRESHES, _REFRESHES.c.session == _SESSIONS.c.id)
        with self._ledger.transaction() as connection:
            row = connection.execute(query.where(_REFRESHES.c.hash == refresh_hash)).one_or_none()
        return None if row is None else Refresh(_session(row), maybe_instant(row.used))

    def rotate(
        self, session: int, old_hash: str, new_hash: str, expires: datetime, now: datetime, grace: timedelta
    ) -> bool:
        """Exchange a refresh token for the next one; False where it was exchanged already.

        Within `grace` it is exchanged once more while nothing that came of it was used: that answer may have been lost.
        The first of several that is used uses up the others.
        """
        of_session = _REFRESHES.c.session == session
        used = sa.select(_REFRESHES.c.used).where(_REFRESHES.c.hash == old_hash)
        with self._ledger.transaction(alone=True) as connection:
            held = connection.execute(used).one_or_none()
            if held is None:  # the session has just ended
                return False
            if (before := held.used) is None:
                unused = of_session & _REFRESHES.c.used.is_(None)
                connection.execute(sa.update(_REFRESHES).where(unused).values(used=instant_text(now)))
            else:
                later = sa.select(_REFRESHES.c.hash).where(of_session, _REFRESHES.c.used > before).limit(1)
                late = now - datetime.fromisoformat(before) > grace
                if late or connection.execute(later).one_or_none() is not None:
                    return False
            connection.execute(sa.insert(_REFRESHES).values(hash=new_hash, session=session))
            times = {"seen": instant_text(now), "expires": instant_text(expires)}
            connection.execute(sa.update(_SESSIONS).where(_SESSIONS.c.id == session).values(**times))
        return True

    def sessions(self, person: int, now: datetime) -> list[Session]:
        """Where a person is signed in, oldest first."""
        mine = (_SESSIONS.c.person == person) & (_SESSIONS.c.expires > instant_text(now))
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(_SESSIONS).where(mine).order_by(_SESSIONS.c.id)).all()
        return [_session(row) for row in rows]

    def end(self, person: int, number: int, deed: Deed) -> None:
        """End one session of a person; raises InvalidInput when there is no such one."""
        mine = (_SESSIONS.c.person == person) & (_SESSIONS.c.id == number)
        with self._ledger.transaction() as connection:
            if connection.execute(sa.delete(_SESSIONS).where(mine)).rowcount != 1:
                raise InvalidInput("id", f"There is no session {number}.", remedy="List them with GET /sessions.")
            write_down(connection, deed)

    def end_all(self, person: int, deed: Deed) -> None:
        """End all sessions of a person."""
        with self._ledger.transaction() as connection:
            connection.execute(sa.delete(_SESSIONS).where(_SESSIONS.c.person == person))
            write_down(connection, deed)

    # tokens

    def tokens(self, person: int) -> list[Token]:
        """The tokens of a person, oldest first; those that are over too."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(_TOKENS).where(_TOKENS.c.person == person).order_by(_TOKENS.c.id)).all()
        return [_token(row) for row in rows]

    def add_token(self, person: int, name: str, secret_hash: str, scope: Scope, expires: datetime, deed: Deed) -> Token:
        """A new token; raises InvalidInput for a name that another one of the person bears."""
        values = {"person": person, "name": name, "scope": scope}
        times = {"created": instant_text(deed.at), "expires": instant_text(expires)}
        try:
            with self._ledger.transaction() as connection:
                insert = sa.insert(_TOKENS).values(**values, **times, hash=secret_hash)
                number = number_of(connection, insert, "token")
                write_down(connection, deed)
        except sa.exc.IntegrityError as error:
            raise InvalidInput("name", f"You have a token {name} already.", remedy="Choose another name.") from error
        return Token(number, person, name, scope, deed.at, expires, None)

    def remove_token(self, person: int, number: int, deed: Deed) -> None:
        """Forget a token of a person; raises InvalidInput when there is no such one."""
        mine = (_TOKENS.c.person == person) & (_TOKENS.c.id == number)
        with self._ledger.transaction() as connection:
            if connection.execute(sa.delete(_TOKENS).where(mine)).rowcount != 1:
                raise InvalidInput("id", f"There is no token {number}.", remedy="List them with GET /tokens.")
            write_down(connection, deed)

    def remove_tokens(self, person: int, deed: Deed) -> None:
        """Forget all tokens of a person."""
        with self._ledger.transaction() as connection:
            connection.execute(sa.delete(_TOKENS).where(_TOKENS.c.person == person))
            write_down(connection, deed)

    def bearer_of_token(self, secret_hash: str, now: datetime) -> Bearer | None:
        """Who a token stands for, if it still holds."""
        mine = (_TOKENS.c.hash == secret_hash) & (_TOKENS.c.expires > instant_text(now)) & ~PEOPLE.c.disabled
        query = sa.select(_TOKENS.c.id.label("token"), _TOKENS.c.scope, _TOKENS.c.seen, PEOPLE)
        with self._ledger.transaction() as connection:
            row = connection.execute(query.join(PEOPLE, _TOKENS.c.person == PEOPLE.c.id).where(mine)).one_or_none()
        if row is None:
            return None
        seen = maybe_instant(row.seen)
        if seen is None or now - seen >= SEEN_EVERY:
            with self._ledger.transaction() as connection:
                connection.execute(sa.update(_TOKENS).where(_TOKENS.c.id == row.token).values(seen=instant_text(now)))
        return Bearer(row.id, row.name, row.role, row.scope)


def _session(row: sa.Row[tuple[object, ...]]) -> Session:
    created, seen, expires = (datetime.fromisoformat(each) for each in (row.created, row.seen, row.expires))
    return Session(row.id, row.person, created, seen, expires, row.agent, row.address)


def _token(row: sa.Row[tuple[object, ...]]) -> Token:
    return Token(
        row.id,
        row.person,
        row.name,
        row.scope,
        datetime.fromisoformat(row.created),
        datetime.fromisoformat(row.expires),
        maybe_instant(row.seen),
    )
