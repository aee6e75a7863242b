"""What a command is about: the desk, whose things, which portfolio and part of it, which days; and how it answers.

The command line is the host's: it sees everybody's portfolios, and does what their owners may.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import polars as pl
import typer
from pydantic import BaseModel, ValidationError

from openbell.cli import terminal
from openbell.cli.running import as_opened
from openbell.model.errors import InvalidInput
from openbell.settings import Settings

if TYPE_CHECKING:
    from openbell.api.access import Caller
    from openbell.api.reckoning import Asked
    from openbell.desk import Desk
    from openbell.portfolio.returns import Stretch
    from openbell.portfolio.valuation import Mask
    from openbell.store.peoplebook import Person
    from openbell.store.portfoliobook import Kept

Json = Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")]
Name = Annotated[
    str | None,
    typer.Option("--portfolio", help="The portfolio, by name or number; not needed where there is one only."),
]
AsOf = Annotated[str | None, typer.Option("--as-of", help="At the end of this day; default: now.")]
From = Annotated[str | None, typer.Option("--from", help="From the close of this day; default: all.")]
To = Annotated[str | None, typer.Option("--to", help="To the close of this day.")]
Span = Annotated[str | None, typer.Option("--range", help="1D 5D 1M 3M 6M YTD 1Y 5Y Max")]
OfAccount = Annotated[str | None, typer.Option("--account", help="Of this account only, by name or number.")]
OfInstrument = Annotated[str | None, typer.Option("--instrument", help="Of this instrument only: a ticker, or own:7.")]
OfTag = Annotated[str | None, typer.Option("--tag", help="Of positions with this tag only.")]
Against = Annotated[str | None, typer.Option("--benchmark", help="Beside this instead of the portfolio's own.")]
Whose = Annotated[str | None, typer.Option("--person", help="Whose; default: the desk's first owner.")]
OversoldToo = Annotated[
    bool, typer.Option("--oversold-too", help="Do it all the same where a sale would lack units by it.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it: what goes cannot be brought back.")]

SHOWN = 10
"""Problems that are named at once; `--json` has all."""

Draft = TypeVar("Draft", bound=BaseModel)


@contextmanager
def opened() -> Iterator[Desk]:
    """The desk of the settings, with the market that it opened last."""
    from openbell.desk import open_desk  # noqa: PLC0415  # loads slowly

    desk = open_desk(as_opened(Settings()))
    try:
        yield desk
    finally:
        desk.close()


def person_of(desk: Desk, name: str | None) -> Person:
    """Whom a name names; None: the desk's first owner."""
    from openbell.accounts.names import login_of  # noqa: PLC0415  # loads slowly

    people = desk.accounts.people
    found = people.first_owner() if name is None else people.person_named(login_of(name))
    if found is None:
        what = "The desk has no owner." if name is None else f"There is nobody called {name}."
        raise InvalidInput("person", what, remedy="See `openbell user list`.")
    return found


def caller_of(person: Person) -> Caller:
    """The host, doing what is that person's to do."""
    from openbell.api.access import Caller, Role  # noqa: PLC0415  # loads slowly

    return Caller(person.id, Role.OWNER, person.name)


def owner_of(desk: Desk, kept: Kept) -> Caller:
    """The host, doing what is the owner's to do."""
    return caller_of(desk.accounts.person(kept.owner))


def portfolio_of(desk: Desk, told: str | None) -> Kept:
    """The portfolio of that name or number, whoever owns it; the only one where none is named."""
    from openbell.store.portfoliobook import PortfolioBook  # noqa: PLC0415

    every = PortfolioBook(desk.ledger).every()
    found = [each for each in every if told is None or each.portfolio.name == told]
    if not found:
        found = [each for each in every if str(each.portfolio.id) == told]
    if len(found) == 1:
        return found[0]
    people = {each.id: each.name for each in desk.accounts.people.people()}
    names = ", ".join(f"{each.portfolio.id} ({each.portfolio.name}, of {people[each.owner]})" for each in every)
    what = f"There are {len(found)} portfolios" + ("." if told is None else f" called {told!r}.")
    raise InvalidInput("portfolio", what, remedy=f"Name one with --portfolio: {names or 'none yet'}.")


def account_of(desk: Desk, kept: Kept, told: str | None) -> int:
    """The number of an account by name or number; of the only one where none is named."""
    from openbell.store.portfoliobook import PortfolioBook  # noqa: PLC0415

    every = PortfolioBook(desk.ledger).accounts(kept.portfolio.id)
    found = [each.id for each in every if told is None or each.name == told]
    if not found:
        found = [each.id for each in every if str(each.id) == told]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{each.id} ({each.name})" for each in every)
    what = f"The portfolio has {len(every)} accounts." if told is None else f"The portfolio has no account {told!r}."
    raise InvalidInput("account", what, remedy=f"Name one: {names or '`openbell portfolio account add` makes one'}.")


@contextmanager
def looked_at(portfolio: str | None, as_of: str | None) -> Iterator[Asked]:
    """A portfolio as of the end of a day."""
    with opened() as desk:
        yield asked_about(desk, portfolio_of(desk, portfolio), day_of("as_of", as_of))


def asked_about(desk: Desk, kept: Kept, as_of: date | None) -> Asked:
    """A portfolio, as its owner asks for it."""
    from openbell.api.reckoning import Asked, moment_of  # noqa: PLC0415  # loads slowly
    from openbell.books import Books  # noqa: PLC0415

    moment = moment_of(desk, as_of)
    return Asked(desk, owner_of(desk, kept), kept, moment, Books(desk).reckoned(kept, moment))


def part_of(asked: Asked, account: str | None, instrument: str | None, tag: str | None) -> Mask:
    """The parts of a portfolio that a command asks for."""
    from openbell.api.reckoning import scope_of  # noqa: PLC0415

    number = None if account is None else account_of(asked.desk, asked.kept, account)
    return scope_of(asked, number, instrument, tag)


def stretch_of(asked: Asked, span: str | None, start: str | None, end: str | None) -> Stretch:
    """The days that a command asks for; everything if nothing is said."""
    from openbell.api.reckoning import stretch  # noqa: PLC0415
    from openbell.portfolio.returns import RANGES  # noqa: PLC0415

    wanted = next((each for each in RANGES if each == span), None)
    if span is not None and wanted is None:
        raise InvalidInput("range", f"There is no range {span!r}.", remedy=f"Use one of {', '.join(RANGES)}.")
    return stretch(asked, wanted, day_of("from", start), day_of("to", end))


def day_of(field: str, told: str | None) -> date | None:
    """A day as it is typed; raises InvalidInput."""
    try:
        return None if told is None else date.fromisoformat(told)
    except ValueError as error:
        raise InvalidInput(field, f"{told!r} is not a date.", remedy="Write it like 2026-01-31.") from error


def one_of(field: str, told: str, choices: Sequence[str]) -> Any:  # the literal type that `choices` are of
    """One of the words that there are; raises InvalidInput."""
    if told not in choices:
        raise InvalidInput(field, f"There is no {field} {told!r}.", remedy=f"Use one of {', '.join(choices)}.")
    return told


def drafted(shape: type[Draft], given: Mapping[str, Any]) -> Draft:
    """What the API would be sent, checked as it would be there; raises InvalidInput."""
    from openbell.api.problems import misfit  # noqa: PLC0415

    try:
        return shape.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InvalidInput(field, misfit(field, dict(first))) from error


def assert_sure(what: str, *, yes: bool) -> None:
    """Raise InvalidInput, saying what would go, where `--yes` was not."""
    if not yes:
        raise InvalidInput("yes", what, remedy="Repeat it with --yes: it cannot be brought back.")


def plain(value: object) -> str:
    """A cell: texts as they are, for money is exact."""
    return "" if value is None else str(value)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], as_json: bool = False, empty: str = "") -> None:
    """Rows as a table of those columns, or in full as JSON."""
    if as_json:
        print(json.dumps([dict(each) for each in rows], default=str))
        return
    shown = {name: [plain(each.get(name)) for each in rows] for name in columns}
    terminal.frame(pl.DataFrame(shown, schema=dict.fromkeys(columns, pl.String)), as_json=False, empty=empty)


def answered(answer: BaseModel) -> None:
    """An answer as the API tells it."""
    print(json.dumps(answer.model_dump(mode="json")))
