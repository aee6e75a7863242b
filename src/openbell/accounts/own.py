"""What people change of their own account: name, password, codes, tokens."""

from __future__ import annotations

from datetime import timedelta

from openbell.accounts import passwords, totp
from openbell.accounts.accounts import HOST, Accounts, Place
from openbell.accounts.login import assert_is, secret_of
from openbell.accounts.names import login_of, name_of
from openbell.accounts.secrets import TOKEN, hash_of, new_secret
from openbell.model.errors import InvalidInput
from openbell.store.peoplebook import Person
from openbell.store.sessionbook import Scope, Token

MOST_TOKENS = 50


def rename(accounts: Accounts, person: Person, name: str, place: Place) -> str:
    """Give a person another name, and return it as it is shown."""
    shown = name_of(name)
    deed = accounts.deed(person, "renamed", place, shown)
    accounts.people.rename(person.id, shown, login_of(shown), deed)
    return shown


def change_password(
    accounts: Accounts, person: Person, password: str, new: str, place: Place, *, keep: int | None
) -> None:
    """Set a new password and end all other sessions; the one to `keep` goes on. Tokens stay."""
    assert_is(accounts, person, password, place)
    what = "first password set" if person.password is None else "password changed, signed out elsewhere"
    deed = accounts.deed(person, what, place, person.name)
    accounts.people.set_password(person.id, _hashed(person, new), deed, keep=keep)


def recover(accounts: Accounts, person: Person, new: str, *, without_codes: bool) -> None:
    """Set the password of somebody who forgot it, or was robbed of it, on the host; nothing else lets them in then."""
    deed = accounts.deed(None, "password changed, all other ways in ended", HOST, person.name)
    accounts.people.set_password(person.id, _hashed(person, new), deed, recovering=True)
    if without_codes:
        accounts.factors.remove_totp(person.id, accounts.deed(None, "codes removed", HOST, person.name))


def _hashed(person: Person, new: str) -> str:
    passwords.assert_strong(new, person.name, "new_password")
    return passwords.hash_of(new)


def offer_codes(accounts: Accounts, person: Person, password: str, place: Place) -> bytes:
    """A secret for an authenticator; codes are needed once one of them was shown with `confirm_codes`."""
    assert_is(accounts, person, password, place)
    if person.password is None:
        raise InvalidInput("password", "You have no password that codes could add to.", remedy="Set one first.")
    secret = totp.new_secret()
    accounts.factors.offer_totp(person.id, accounts.key.seal("totp", secret))
    return secret


def confirm_codes(accounts: Accounts, person: Person, code: str, place: Place) -> list[str]:
    """Have codes needed from now on, and return the recovery codes, which are known to nobody afterwards."""
    held = accounts.factors.totp(person.id)
    if held is None or held.confirmed:
        raise InvalidInput("code", "No codes wait to be confirmed.", remedy="Ask for a secret with POST /me/totp.")
    step = totp.step_of(secret_of(accounts, held), code, accounts.clock())
    if step is None:
        raise InvalidInput("code", "The code is wrong.", remedy="Is the clock of your phone right?")
    recovery = totp.recovery_codes()
    hashes = [hash_of(totp.recovery_of(each)) for each in recovery]
    if not accounts.factors.confirm_totp(person.id, step, hashes, accounts.deed(person, "codes set up", place)):
        raise InvalidInput("code", "No codes wait to be confirmed.", remedy="They were confirmed just now.")
    return recovery


def remove_codes(accounts: Accounts, person: Person, password: str, place: Place) -> None:
    """Have no codes needed any more; the recovery codes are forgotten."""
    assert_is(accounts, person, password, place)
    accounts.factors.remove_totp(person.id, accounts.deed(person, "codes removed", place))


def unlink(accounts: Accounts, person: Person, place: Place) -> None:
    """Have another site's login open the account no more."""
    if person.password is None:
        raise InvalidInput("password", "You could not sign in any more.", remedy="Set a password first.")
    accounts.passkeys.unlink(person.id, accounts.deed(person, "login provider unlinked", place))


def new_token(
    accounts: Accounts, person: Person, name: str, scope: Scope, days: int, place: Place
) -> tuple[Token, str]:
    """A token for a program, and its secret, which is known to nobody afterwards."""
    if len(accounts.sessions.tokens(person.id)) >= MOST_TOKENS:
        raise InvalidInput("name", f"You have {MOST_TOKENS} tokens already.", remedy="Remove some.")
    secret = new_secret(TOKEN)
    deed = accounts.deed(person, "token made", place, f"{name}, {scope}")
    until = deed.at + timedelta(days=days)
    return accounts.sessions.add_token(person.id, name, hash_of(secret), scope, until, deed), secret


def leave_everywhere(accounts: Accounts, person: Person, place: Place, *, tokens: bool) -> None:
    """End all sessions of a person, and with `tokens` what programs use too."""
    accounts.sessions.end_all(person.id, accounts.deed(person, "signed out everywhere", place))
    if tokens:
        accounts.sessions.remove_tokens(person.id, accounts.deed(person, "all tokens removed", place))
