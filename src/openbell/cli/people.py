"""People from the command line of the host: who reads its files may let anybody in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from openbell.cli import terminal
from openbell.model.errors import InvalidInput
from openbell.settings import Settings

if TYPE_CHECKING:
    from openbell.accounts.accounts import Accounts

app = typer.Typer(no_args_is_help=True, help="Who may use the desk; passwords are typed, or come from standard input.")


class Role(StrEnum):
    """What a person may do; each includes the ones before."""

    VIEWER = "viewer"
    MEMBER = "member"
    OWNER = "owner"


@app.command("list")
def people(as_json: Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")] = False) -> None:
    """List the people of the desk."""
    with _accounts() as accounts:
        rows = [
            {
                "id": each.id,
                "name": each.name,
                "role": each.role,
                "password": each.password is not None,
                "codes": (held := accounts.factors.totp(each.id)) is not None and held.confirmed,
                "disabled": each.disabled,
                "created": each.created.replace(microsecond=0),
            }
            for each in accounts.people.people()
        ]
    terminal.frame(pl.DataFrame(rows), as_json=as_json)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.MEMBER,
) -> None:
    """Add a person; their password is asked for."""
    from openbell.accounts import joining  # noqa: PLC0415  # as slow to load as the ledger

    with _accounts() as accounts:
        person = joining.add(accounts, name, role.value, _typed())
        terminal.said(f"{person.name} may sign in as {person.role}.")
        if not accounts.people.locked():
            terminal.warned("No owner has a password yet: whoever uses this machine is still the owner.")


@app.command("password")
def password(
    name: Annotated[str, typer.Argument(help="Whose password.")],
    without_codes: Annotated[
        bool, typer.Option("--without-codes", help="Need no code any more, where the authenticator is lost.")
    ] = False,
) -> None:
    """Set somebody's password; all their logins, tokens, passkeys and linked logins end."""
    from openbell.accounts import own  # noqa: PLC0415  # as above
    from openbell.accounts.names import login_of  # noqa: PLC0415

    with _accounts() as accounts:
        person = accounts.people.person_named(login_of(name))
        if person is None:
            raise InvalidInput("name", f"There is nobody called {name}.", remedy="See `openbell user list`.")
        own.recover(accounts, person, _typed(), without_codes=without_codes)
        terminal.said(f"The password of {person.name} is set; they sign in anew, and make tokens and passkeys anew.")


def _typed() -> str:
    """A password: typed twice without being shown, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass("Password: ")
    if getpass("Again: ") != first:
        raise InvalidInput("password", "The two are not the same.", remedy="Nothing was changed; try again.")
    return first


@contextmanager
def _accounts() -> Iterator[Accounts]:
    from openbell.accounts.accounts import open_accounts  # noqa: PLC0415  # as above
    from openbell.store.ledger import Ledger  # noqa: PLC0415

    settings = Settings()
    with closing(Ledger(settings.ledger)) as ledger:
        yield open_accounts(ledger, settings.folder, lambda: datetime.now(UTC))
