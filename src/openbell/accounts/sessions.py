"""A login on one device, from its first to its last refresh token.

A browser carries an access token, which holds for minutes, and a refresh token, which is exchanged for the next one
each time. One that comes a second time was copied: then the session ends, whoever of the two came first (RFC 9700,
4.14.2).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from openbell.accounts.accounts import LONGEST_AGENT, Accounts, Place
from openbell.accounts.errors import LoginNeeded, NotAllowed
from openbell.accounts.secrets import hash_of, new_secret
from openbell.store.peoplebook import Person
from openbell.store.sessionbook import Bearer, Refresh

ACCESS = timedelta(minutes=10)
IDLE = timedelta(days=14)
LONGEST = timedelta(days=90)
GRACE = timedelta(seconds=10)
"""Two pages of one browser may refresh at once with the same token, and a browser again whose answer was lost."""


@dataclass(frozen=True, slots=True)
class Passes:
    """What a browser carries from now on. `refresh` is None where it has a newer one already."""

    session: int
    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    csrf: str = field(repr=False)
    access_until: datetime
    until: datetime


def begin(accounts: Accounts, person: Person, place: Place, what: str = "signed in") -> Passes:
    """Sign a person in who has proven to be it; raises LoginNeeded where what proved it was changed meanwhile."""
    refresh, now = new_secret(), accounts.clock()
    until, agent = now + IDLE, place.agent[:LONGEST_AGENT]
    session = accounts.sessions.begin(person, hash_of(refresh), until, agent, accounts.deed(person, what, place))
    if session is None:
        raise LoginNeeded("The password was changed meanwhile.")
    return _passes(accounts, person.id, session, refresh, until)


def refreshed(accounts: Accounts, refresh: str, csrf: str, place: Place) -> Passes:
    """The next passes; raises LoginNeeded, or NotAllowed where another site's page may have asked."""
    found = _held(accounts, refresh, csrf)
    session, now = found.session, accounts.clock()
    new, until = new_secret(), min(now + IDLE, session.created + LONGEST)
    if accounts.sessions.rotate(session.id, hash_of(refresh), hash_of(new), until, now, GRACE):
        return _passes(accounts, session.person, session.id, new, until)
    again = accounts.sessions.refresh_of(hash_of(refresh))
    if again is None or again.used is None or now - again.used > GRACE:
        who = accounts.people.person(session.person)
        deed = accounts.deed(who, "session ended: refresh token came twice", place, f"session {session.id}")
        accounts.sessions.end(session.person, session.id, deed)
        raise LoginNeeded("This login was used from two places, and has ended.", remedy="Sign in again.")
    return _passes(accounts, session.person, session.id, None, session.expires)


def leave(accounts: Accounts, refresh: str, csrf: str, place: Place) -> None:
    """End the session that a refresh token belongs to; raises as `refreshed`."""
    session = _held(accounts, refresh, csrf).session
    who = accounts.people.person(session.person)
    accounts.sessions.end(session.person, session.id, accounts.deed(who, "signed out", place))


def bearer_of(accounts: Accounts, access: str) -> tuple[int, Bearer] | None:
    """The session of an access token, and who is signed in by it; None where either holds no longer."""
    now = accounts.clock()
    claims = accounts.key.read("access", access, now)
    if claims is None or not isinstance(claims.get("sid"), int):
        return None
    bearer = accounts.sessions.bearer_of_session(claims["sid"], now)
    return None if bearer is None else (claims["sid"], bearer)


def csrf_of(accounts: Accounts, session: int) -> str:
    """What the desk's own page can read and send back, and another site's page cannot."""
    return accounts.key.mark("csrf", str(session))


def assert_own_page(accounts: Accounts, session: int, csrf: str) -> None:
    """Raise NotAllowed unless the desk's own page asks."""
    if not hmac.compare_digest(csrf.encode(), csrf_of(accounts, session).encode()):
        raise NotAllowed(
            "This request does not prove that it comes from the desk's own page.",
            remedy="Send the cookie openbell_csrf in the header X-CSRF-Token, or use a token of your own.",
        )


def _held(accounts: Accounts, refresh: str, csrf: str) -> Refresh:
    """The refresh token as it is kept, of a session that holds."""
    found = accounts.sessions.refresh_of(hash_of(refresh))
    if found is None or accounts.sessions.bearer_of_session(found.session.id, accounts.clock()) is None:
        raise LoginNeeded("This login has ended.", remedy="Sign in again.")
    assert_own_page(accounts, found.session.id, csrf)
    return found


def _passes(accounts: Accounts, person: int, session: int, refresh: str | None, until: datetime) -> Passes:
    soon = min(accounts.clock() + ACCESS, until)
    access = accounts.key.sign("access", {"sub": str(person), "sid": session}, soon)
    return Passes(session, access, refresh, csrf_of(accounts, session), soon, until)
