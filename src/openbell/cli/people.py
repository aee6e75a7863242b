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
from openbell.cli.chosen import Json, Whose, Yes, assert_sure, opened, person_of, table
from openbell.model.errors import InvalidInput
from openbell.settings import Settings

if TYPE_CHECKING:
    from openbell.accounts.accounts import Accounts
    from openbell.store.peoplebook import Person

app = typer.Typer(no_args_is_help=True, help="Who may use the desk; passwords are typed, or come from standard input.")
tokens = typer.Typer(no_args_is_help=True, help="What programs use in the place of a person.")
app.add_typer(tokens, name="token")


class Role(StrEnum):
    """What a person may do; each includes the ones before."""

    VIEWER = "viewer"
    MEMBER = "member"
    OWNER = "owner"


class Scope(StrEnum):
    """What a token may do; each includes the ones before."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


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

    with _accounts() as accounts:
        person = _named(accounts, name)
        own.recover(accounts, person, _typed(), without_codes=without_codes)
        terminal.said(f"The password of {person.name} is set; they sign in anew, and make tokens and passkeys anew.")


@app.command("role")
def role(
    name: Annotated[str, typer.Argument(help="Whose.")],
    to: Annotated[Role, typer.Argument(metavar="ROLE", help="What the person may do from now on.")],
) -> None:
    """Make a person an owner, a member or a viewer; it counts at once."""
    from openbell.accounts import others  # noqa: PLC0415  # as above
    from openbell.accounts.accounts import HOST  # noqa: PLC0415

    with _accounts() as accounts:
        changed = others.give_role(accounts, None, _named(accounts, name).id, to.value, HOST)
        terminal.said(f"{changed.name} is {changed.role} from now on.")


@app.command("disable")
def disable(name: Annotated[str, typer.Argument(help="Whom to keep out.")]) -> None:
    """Keep a person out: all their logins end, and what is theirs stays."""
    _let(name, out=True)


@app.command("enable")
def enable(name: Annotated[str, typer.Argument(help="Whom to let in again.")]) -> None:
    """Let a person in again, to sign in anew."""
    _let(name, out=False)


def _let(name: str, *, out: bool) -> None:
    from openbell.accounts import others  # noqa: PLC0415  # as above
    from openbell.accounts.accounts import HOST  # noqa: PLC0415

    with _accounts() as accounts:
        changed = others.keep_out(accounts, None, _named(accounts, name).id, HOST, out=out)
        terminal.said(f"{changed.name} is kept out." if out else f"{changed.name} may sign in again.")


@app.command("remove")
def remove(name: Annotated[str, typer.Argument(help="Whom to forget.")], yes: Yes = False) -> None:
    """Forget a person with their logins, tokens, shares and rules; with --yes, with all that is their own."""
    from openbell.accounts import others  # noqa: PLC0415  # as above
    from openbell.accounts.accounts import HOST  # noqa: PLC0415
    from openbell.store.belongings import Belongings, belongings  # noqa: PLC0415
    from openbell.store.uploads import Uploads  # noqa: PLC0415

    with opened() as desk:
        held = _named(desk.accounts, name)
        theirs = belongings(desk.ledger).get(held.id, Belongings())
        assert_sure(f"{held.name} would go for good, with {theirs} of their own.", yes=yes or not theirs)
        uploads = Uploads(desk.settings.uploads)
        others.remove(desk.accounts, desk.ledger, uploads, None, held.id, HOST, named=held.name)
        terminal.said(f"{held.name} is removed, with {theirs} of their own.")


@app.command("invite")
def invite(
    to: Annotated[Role, typer.Argument(metavar="ROLE", help="As what.")] = Role.MEMBER,
    days: Annotated[int, typer.Option(min=1, max=30, help="For how long it holds.")] = 7,
    person: Whose = None,
) -> None:
    """Invite somebody: whoever brings the secret first, which is told this once, becomes a person of that role."""
    from openbell.accounts import joining  # noqa: PLC0415  # as above
    from openbell.accounts.accounts import HOST  # noqa: PLC0415

    with opened() as desk:
        made, secret = joining.invite(desk.accounts, person_of(desk, person), to.value, days, HOST)
    terminal.said(f"Invitation {made.id}, as {made.role}, until {made.expires:%Y-%m-%d %H:%M} UTC: /join#{secret}")
    terminal.note("Add that to the desk's address, and send it to them; it is not shown again.")


@app.command("invitations")
def invitations(as_json: Json = False) -> None:
    """List the invitations that wait."""
    with _accounts() as accounts:
        waiting = accounts.people.invitations(accounts.clock())
    rows = [{"id": each.id, "role": each.role, "created": each.created, "expires": each.expires} for each in waiting]
    table(rows, ("id", "role", "created", "expires"), as_json, "No invitation waits.")


@app.command("withdraw")
def withdraw(number: Annotated[int, typer.Argument(help="A number that `openbell user invitations` shows.")]) -> None:
    """Have an invitation hold no longer."""
    from openbell.accounts.accounts import HOST  # noqa: PLC0415

    with _accounts() as accounts:
        deed = accounts.deed(None, "invitation withdrawn", HOST)
        accounts.people.withdraw(number, deed)
    terminal.said(f"Invitation {number} is withdrawn.")


@app.command("log")
def log(
    most: Annotated[int, typer.Option(min=1, max=1000, help="How many of the newest.")] = 20,
    before: Annotated[int | None, typer.Option(help="Go on before this number.")] = None,
    as_json: Json = False,
) -> None:
    """Who did what, when and from where, the newest first; without a name: nobody who had signed in."""
    with _accounts() as accounts:
        rows = [
            {
                "id": each.id,
                "at": each.deed.at.replace(microsecond=0),
                "person": each.deed.person,
                "name": each.deed.name,
                "what": each.deed.what,
                "about": each.deed.about,
                "address": each.deed.address,
            }
            for each in accounts.audit.entries(before=before, limit=most)
        ]
    table(rows, ("id", "at", "name", "what", "about", "address"), as_json, "Nothing was written down yet.")


@tokens.command("list")
def token_list(person: Whose = None, as_json: Json = False) -> None:
    """List somebody's tokens; those that hold no longer too."""
    with opened() as desk:
        found = desk.accounts.sessions.tokens(person_of(desk, person).id)
    rows = [{name: getattr(each, name) for name in TOKEN} for each in found]
    table(rows, TOKEN, as_json, "There are no tokens.")


TOKEN = ("id", "name", "scope", "created", "expires", "seen")


@tokens.command("make")
def token_make(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[Scope, typer.Option(help="What it may do; each includes the ones before.")] = Scope.READ,
    days: Annotated[int, typer.Option(min=1, max=366, help="For how long it holds.")] = 90,
    person: Whose = None,
) -> None:
    """Make a token for a program; its secret is told this once."""
    from openbell.accounts import own  # noqa: PLC0415  # as above
    from openbell.accounts.accounts import HOST  # noqa: PLC0415

    with opened() as desk:
        made, secret = own.new_token(desk.accounts, person_of(desk, person), name, scope.value, days, HOST)
    print(secret)
    terminal.note(f"Token {made.id}, {made.scope}, until {made.expires:%Y-%m-%d}; it is not shown again.")


@tokens.command("remove")
def token_remove(
    number: Annotated[int, typer.Argument(help="A number that `openbell user token list` shows.")], person: Whose = None
) -> None:
    """Have a token hold no longer."""
    from openbell.accounts.accounts import HOST  # noqa: PLC0415

    with opened() as desk:
        deed = desk.accounts.deed(None, "token removed", HOST, f"token {number}")
        desk.accounts.sessions.remove_token(person_of(desk, person).id, number, deed)
    terminal.said(f"Token {number} is removed.")


def _named(accounts: Accounts, name: str) -> Person:
    from openbell.accounts.names import login_of  # noqa: PLC0415  # as above

    person = accounts.people.person_named(login_of(name))
    if person is None:
        raise InvalidInput("name", f"There is nobody called {name}.", remedy="See `openbell user list`.")
    return person


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
