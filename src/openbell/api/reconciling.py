"""What a portfolio holds against what a broker's file says is held."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from openbell.api.reckoning import exact
from openbell.arrivals import Review, reconciled
from openbell.books import Reckoned
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.statements.reconcile import Difference as Differs


class Difference(BaseModel):
    """An instrument, or the cash of a currency, that the desk counts otherwise than the broker, with a sentence."""

    name: str
    ticker: str
    ours: str
    theirs: str
    missing: str
    said: str


class Reconciled(BaseModel):
    """The differences at the end of a day, and how many holdings the file has."""

    day: date
    holdings: int
    differences: list[Difference]


def differing(desk: Desk, reckoned: Reckoned, review: Review, told: date | None, account: int | None) -> Reconciled:
    """Where an account, or all, hold something else than a file says; raises InvalidInput for one without holdings."""
    day = told or _day_of_holdings(reckoned, review)
    if not review.statement.holdings:
        raise InvalidInput("upload", "The file tells of no holdings.", remedy="Export the positions from the broker.")
    return Reconciled(
        day=day,
        holdings=len(review.statement.holdings),
        differences=[_difference(desk, each) for each in reconciled(reckoned, review, day, account)],
    )


def held(desk: Desk, reckoned: Reckoned, review: Review) -> dict[str, object]:
    """What the file's holdings are compared with before it is booked: all that would be there then."""
    day = _day_of_holdings(reckoned, review)
    found = reconciled(reckoned, review, day, _only_account(review), coming=True)
    differences = [_difference(desk, each) for each in found]
    return {"holdings": len(review.statement.holdings), "differences": differences}


def _day_of_holdings(reckoned: Reckoned, review: Review) -> date:
    return max((each.day for each in review.statement.holdings if each.day is not None), default=reckoned.walked.until)


def _only_account(review: Review) -> int | None:
    """Of the portfolio, the one that the file is of; None: several, or none that can be told."""
    places = {place.account.id for place in review.places.values()}
    return places.pop() if len(places) == 1 else None


def _difference(desk: Desk, told: Differs) -> Difference:
    ticker, missing = desk.history.register.instrument(told.instrument).ticker, exact(abs(told.missing))
    what = "are missing here" if told.missing > 0 else "are too many here"
    return Difference(
        name=told.instrument,
        ticker=ticker,
        ours=exact(told.ours),
        theirs=exact(told.theirs),
        missing=exact(told.missing),
        said=f"The broker has {exact(told.theirs)} {ticker}, this portfolio {exact(told.ours)}: {missing} {what}.",
    )
