"""How people come to a desk: invited, by themselves where that is allowed, or added by its host."""

from __future__ import annotations

from datetime import timedelta

from openbell.accounts import passwords
from openbell.accounts.accounts import HOST, Accounts, Place
from openbell.accounts.errors import NotAllowed
from openbell.accounts.login import address_bucket, take
from openbell.accounts.names import login_of, name_of
from openbell.accounts.secrets import hash_of, new_secret
from openbell.model.errors import InvalidInput
from openbell.store.brakebook import Brake
from openbell.store.peoplebook import Identity, Invitation, Person, RoleName

UNVETTED: RoleName = "viewer"
"""What people are who signed up by themselves: what all share (rules, splits, jobs) is not theirs to change. An owner
makes them members."""

SIGN_UPS = Brake(free=5, longest=timedelta(minutes=15))
"""Of an address: people who come by themselves, and invitations that are not valid."""
INVITED = Brake(free=20, longest=timedelta(minutes=1))
"""Of a valid invitation: a taken name, a refused password and a link that is opened again are honest."""
MOST_DAYS = 30


def invite(accounts: Accounts, owner: Person, role: RoleName, days: int, place: Place) -> tuple[Invitation, str]:
    """An invitation and its secret, which is known to nobody afterwards; it holds while `owner` is one."""
    if not accounts.people.locked():
        raise NotAllowed("Set a password of your own first.", remedy="Until then, whoever is here is the owner.")
    secret = new_secret()
    deed = accounts.deed(owner, "invited", place, role)
    return accounts.people.invite(owner.id, hash_of(secret), role, deed.at + timedelta(days=days), deed), secret


def look_at(accounts: Accounts, secret: str, place: Place) -> Invitation:
    """The invitation of `secret`, while it holds; raises InvalidInput, or TooManyTries."""
    invitation = _held(accounts, secret, place)
    take(accounts, {f"shown:{invitation.id}": INVITED})
    return invitation


def accept(
    accounts: Accounts, secret: str, name: str, password: str | None, place: Place, identity: Identity | None = None
) -> Person:
    """The person that an invitation makes, once, to sign in by another site where there is an `identity`."""
    invitation = _held(accounts, secret, place)
    take(accounts, {f"invitation:{invitation.id}": INVITED})
    shown, kept = _checked(name, password)
    deed = accounts.deed_of(None, "", "joined by invitation", place, f"{shown}, {invitation.role}")
    person = accounts.people.accept(invitation, shown, login_of(shown), kept, deed, identity)
    accounts.brakes.release(_bucket(place))
    return person


def sign_up(
    accounts: Accounts, name: str, password: str | None, place: Place, identity: Identity | None = None
) -> Person:
    """A person who came by themselves; whether that is allowed is a setting, which the caller knows."""
    _count(accounts, place)
    if not accounts.people.locked():
        raise NotAllowed("This desk has no owner with a password yet.", remedy="Its owner sets one first.")
    shown, kept = _checked(name, password)
    deed = accounts.deed_of(None, "", "signed up", place, shown)
    return accounts.people.add(shown, login_of(shown), UNVETTED, kept, deed, identity)


def add(accounts: Accounts, name: str, role: RoleName, password: str) -> Person:
    """A person whom the host adds."""
    shown, kept = _checked(name, password)
    return accounts.people.add(
        shown, login_of(shown), role, kept, accounts.deed(None, "added", HOST, f"{shown}, {role}")
    )


def _held(accounts: Accounts, secret: str, place: Place) -> Invitation:
    invitation = accounts.people.invitation(hash_of(secret), accounts.clock())
    if invitation is None:
        _count(accounts, place)
        raise InvalidInput("invitation", "This invitation is not valid any more.", remedy="Ask for another.")
    return invitation


def _checked(name: str, password: str | None) -> tuple[str, str | None]:
    """The name as it is shown, and the hash of the password, where there is one; raises InvalidInput."""
    shown = name_of(name)
    if password is None:
        return shown, None
    passwords.assert_strong(password, shown)
    return shown, passwords.hash_of(password)


def _count(accounts: Accounts, place: Place) -> None:
    take(accounts, {_bucket(place): SIGN_UPS})


def _bucket(place: Place) -> str:
    return f"join:{address_bucket(place)}"
