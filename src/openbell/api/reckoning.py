"""What the figures of a portfolio are asked by: which portfolio, as of when, of which part, over which stretch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import AwareDatetime, BaseModel

from openbell.api.access import Caller, TheCaller, TheDesk
from openbell.api.portfolios import seen
from openbell.api.shapes import Number
from openbell.books import NOW, Books, Moment, Reckoned
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.transactions import assert_day, assert_instant, newest_day
from openbell.portfolio.moves import Part
from openbell.portfolio.returns import Range, Stretch, stretch_of
from openbell.portfolio.valuation import Mask
from openbell.store.portfoliobook import Kept


@dataclass(frozen=True, slots=True)
class Asked:
    """A portfolio that the caller may see, reckoned as of when they ask for."""

    desk: Desk
    caller: Caller
    kept: Kept
    moment: Moment
    reckoned: Reckoned
    accepts: str = ""
    """How the answer may be packed."""

    @property
    def empty(self) -> bool:
        """Whether nothing has happened in it."""
        return not self.reckoned.book.transactions


class Held(BaseModel):
    """A position, or the cash of an account in one currency; then there is no instrument."""

    account: int
    account_name: str
    instrument: str | None
    ticker: str
    name: str | None
    type: str | None
    currency: str | None


async def the_books(request: Request) -> Books:
    """The books of the desk that this application serves."""
    books = request.app.state.books
    if not isinstance(books, Books):
        raise TypeError("the application has no books")
    return books


TheBooks = Annotated[Books, Depends(the_books)]


def asked(
    request: Request,
    desk: TheDesk,
    caller: TheCaller,
    books: TheBooks,
    number: Annotated[Number, Path()],
    as_of: Annotated[
        date | None, Query(description="Transactions and prices up to this day; today if left out.")
    ] = None,
    known: Annotated[AwareDatetime | None, Query(description="Prices as they were known at this instant.")] = None,
) -> Asked:
    """The portfolio of a route's path, as of its query."""
    kept = seen(desk, caller, number)
    moment = moment_of(desk, as_of, known)
    accepts = request.headers.get("accept-encoding", "")
    return Asked(desk, caller, kept, moment, books.reckoned(kept, moment), accepts)


TheAsked = Annotated[Asked, Depends(asked)]


def moment_of(desk: Desk, as_of: date | None, known: datetime | None = None) -> Moment:
    """As of when a portfolio is asked about; raises InvalidInput for a day that has begun nowhere on earth, or that no
    transaction can be of."""
    if as_of is not None:
        assert_day(as_of, "as_of")
    if as_of is not None and as_of > newest_day(desk.clock()):
        raise InvalidInput("as_of", f"{as_of} is yet to come.", remedy="Ask for a day that has begun.")
    if known is not None:
        assert_instant(known, "known")
    return NOW if as_of is None and known is None else Moment(as_of, known)


async def inside(
    asked: TheAsked,
    account: Annotated[Number | None, Query(description="Of this account only.")] = None,
    instrument: Annotated[str | None, Query(max_length=40, description="Of this instrument only.")] = None,
    tag: Annotated[str | None, Query(max_length=60, description="Of positions with this tag only.")] = None,
) -> Mask:
    """The parts of the portfolio that a route's query asks for."""
    return scope_of(asked, account, instrument, tag)


Inside = Annotated[Mask, Depends(inside)]


def scope_of(asked: Asked, account: int | None, instrument: str | None, tag: str | None) -> Mask:
    """The parts in an account, of an instrument, with a tag; raises InvalidInput for what the portfolio never had."""
    if account is not None and account not in {each.id for each in asked.reckoned.book.accounts}:
        raise InvalidInput("account", f"The portfolio has no account {account}.", remedy="List its accounts.")
    named = None if instrument is None else instrument_of(asked, instrument)
    return asked.reckoned.history.scope(account=account, instrument=named, tag=tag)


def stretch(
    asked: TheAsked,
    span: Annotated[Range | None, Query(alias="range")] = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> Stretch:
    """The days that a route's query asks for; everything if nothing is said."""
    history = asked.reckoned.history
    if span is not None and (first is not None or last is not None):
        raise InvalidInput("range", "Both a range and days were named.", remedy="Name one of them.")
    if first is None and last is None:
        return stretch_of(history, span or "Max")
    end = history.day(asked.reckoned.end) if last is None else last
    begin = history.day(0) - timedelta(days=1) if first is None else first
    if end < begin:
        raise InvalidInput("to", f"The stretch ends ({end}) before it starts ({begin}).")
    if end < history.day(0):
        raise InvalidInput(
            "to", f"The stretch ends ({end}) before the portfolio begins ({history.day(0)}).", remedy="End it later."
        )
    return stretch_of(history, (begin, end))


TheStretch = Annotated[Stretch, Depends(stretch)]


def instrument_of(asked: Asked, told: str) -> str:
    """The id of an instrument of the portfolio that a query names by id or ticker; raises InvalidInput."""
    facts = asked.reckoned.book.facts
    found = told if told in facts else next((key for key, each in facts.items() if each.ticker == told.upper()), None)
    if found is None:
        raise InvalidInput("instrument", f"The portfolio never held {told[:40]!r}.", remedy="List its positions.")
    return found


def held(asked: Asked, part: Part) -> Held:
    """A part as the API tells it."""
    book = asked.reckoned.book
    name = next(each.name for each in book.accounts if each.id == part.account)
    if part.instrument is None:
        said = {"ticker": part.currency, "name": None, "type": "cash", "currency": part.currency}
    else:
        facts = book.facts[part.instrument]
        said = {"ticker": facts.ticker, "name": facts.name, "type": facts.type, "currency": facts.currency}
    return Held(account=part.account, account_name=name, instrument=part.instrument, **said)  # type: ignore[arg-type]  # all texts


def exact(number: Decimal) -> str:
    """A number exactly, as the API tells it: plain, without zeros behind."""
    return f"{number.normalize():f}" if number else "0"


def text(number: Decimal | None) -> str | None:
    """As `exact`, where there is a number."""
    return None if number is None else exact(number)
