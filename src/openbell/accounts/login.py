"""Signing in with a name and a password, and a code where one is needed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address

from openbell.accounts import passwords, totp
from openbell.accounts.accounts import Accounts, Place
from openbell.accounts.errors import LoginNeeded, TooManyTries
from openbell.accounts.names import login_of
from openbell.accounts.secrets import hash_of, new_secret
from openbell.model.errors import InvalidInput, StoreError
from openbell.store.brakebook import Brake
from openbell.store.factorbook import Totp
from openbell.store.peoplebook import Person

NAME = Brake(free=10, longest=timedelta(minutes=1))
DEVICE = Brake(free=10, longest=timedelta(minutes=1))
ADDRESS = Brake(free=30, longest=timedelta(minutes=15))
CODE = Brake(free=5, longest=timedelta(minutes=15))

REMEMBERED = timedelta(days=365)
"""How long a browser that has signed in is known again."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody typed, and the mark that their browser carries from an earlier login."""

    name: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    device: str = field(default="", repr=False)


def log_in(accounts: Accounts, tried: Tried, place: Place) -> Person:
    """Who has proven to be it; raises LoginNeeded, which says nothing of the name, or TooManyTries."""
    person = accounts.people.person_named(login_of(tried.name))
    mine = _bucket(accounts, person, tried)
    counted = {mine: DEVICE} if mine.startswith("device") else {mine: NAME, address_bucket(place): ADDRESS}
    take(accounts, counted)
    kept = None if person is None or person.disabled else person.password
    if not passwords.is_right(kept, tried.password) or person is None or kept is None:
        accounts.audit.write(accounts.deed(None, "login refused", place, "" if person is None else person.name))
        raise LoginNeeded("The name or the password is wrong.", remedy="Try again, or ask the desk's owner.")
    accounts.brakes.give_back([*counted])
    _assert_code(accounts, person, tried, place)
    accounts.brakes.release(mine)
    if not passwords.is_old(kept):
        return person
    renewed = passwords.hash_of(tried.password)
    accounts.people.renew_hash(person.id, kept, renewed)
    return replace(person, password=renewed)


def assert_is(accounts: Accounts, person: Person, password: str, place: Place) -> None:
    """Raise InvalidInput unless the one who has signed in as `person` knows the password too, where there is one."""
    if person.password is None:
        return
    bucket = f"again:{person.id}"
    take(accounts, {bucket: NAME})
    if not passwords.is_right(person.password, password):
        accounts.audit.write(accounts.deed(person, "password refused", place))
        raise InvalidInput("password", "The password is wrong.", remedy="Try again.")
    accounts.brakes.release(bucket)


def device_mark(accounts: Accounts, person: Person) -> str:
    """What lets a browser be known again: strangers who guess at the person's name do not slow it down."""
    claims = {"sub": str(person.id), "jti": new_secret()[:16]}
    return accounts.key.sign("device", claims, accounts.clock() + REMEMBERED)


def take(accounts: Accounts, buckets: dict[str, Brake]) -> None:
    """Count a try; raises TooManyTries where there were too many."""
    wait = accounts.brakes.take(buckets, accounts.clock())
    if wait > timedelta(0):
        raise TooManyTries(wait.total_seconds())


def address_bucket(place: Place) -> str:
    """An address, of IPv6 the network that one household gets (RFC 6177): it has 2^64 addresses at least."""
    try:
        address = ip_address(place.address)
    except ValueError:
        return f"address:{place.address[:60]}"
    if address.version == 4:
        return f"address:{address}"
    if address.ipv4_mapped is not None:
        return f"address:{address.ipv4_mapped}"
    return f"address:{int(address) >> 64:x}"


def _bucket(accounts: Accounts, person: Person | None, tried: Tried) -> str:
    """Whose tries these are: a known browser's own, else all that are made at the name."""
    claims = accounts.key.read("device", tried.device, accounts.clock()) if tried.device else None
    if person is not None and claims is not None and claims.get("sub") == str(person.id):
        return f"device:{claims.get('jti')}"
    return f"name:{sha256(login_of(tried.name).encode()).hexdigest()[:32]}"


def _assert_code(accounts: Accounts, person: Person, tried: Tried, place: Place) -> None:
    held = accounts.factors.totp(person.id)
    if held is None or not held.confirmed:
        return
    if not tried.code.strip():
        raise LoginNeeded("A code is needed.", remedy="Type what your authenticator shows.", field="code")
    mine = _bucket(accounts, person, tried)
    bucket = f"code:{person.id}" if mine.startswith("name") else f"code:{mine}"
    take(accounts, {bucket: CODE})
    if not is_code(accounts, person, held, tried.code, place):
        accounts.audit.write(accounts.deed(None, "login refused: code", place, person.name))
        raise LoginNeeded(
            "The code is wrong, or was used before.",
            remedy="Wait for the next one, or use a recovery code.",
            field="code",
        )
    accounts.brakes.release(bucket)


def is_code(accounts: Accounts, person: Person, held: Totp, code: str, place: Place) -> bool:
    """Whether a code is of this moment, or one for recovery, and was never taken before; from now on it was."""
    secret = secret_of(accounts, held)
    step = totp.step_of(secret, code, accounts.clock())
    if step is not None:
        return accounts.factors.use_step(person.id, step)
    deed = accounts.deed(person, "recovery code used", place)
    return accounts.factors.use_recovery(person.id, hash_of(totp.recovery_of(code)), deed)


def secret_of(accounts: Accounts, held: Totp) -> bytes:
    """The secret of a person's codes; raises StoreError where the desk's key is another one by now."""
    secret = accounts.key.unseal("totp", held.secret)
    if secret is None:
        raise StoreError(
            "The codes of this account were made with another key of the desk.",
            remedy="On its host: openbell user password NAME --without-codes.",
        )
    return secret
