"""What a portfolio pays: dividends and interest that came, those that are announced, and the yields of what is held."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.answers import get_once
from openbell.api.reckoning import Held, Inside, TheAsked, TheStretch, exact, held, text
from openbell.portfolio.income import Sums as KnownSums
from openbell.portfolio.income import announced, by, received, yields

router = APIRouter(tags=["portfolios"])

MOST = 1000


class Sums(BaseModel):
    """Payments together, in the portfolio's currency; null: a rate is missing."""

    key: str
    gross: str | None
    tax: str | None
    fee: str | None
    net: str | None
    announced: str | None


class Payment(Held):
    """One payment that came."""

    day: date
    gross: str | None
    tax: str | None
    fee: str | None
    net: str | None
    transaction: int


class Coming(Held):
    """A dividend that is still to be paid; `sure`: the ex-date is over."""

    day: date
    ex_date: date
    pay_date: date | None
    units: str
    amount: str
    paid_in: str
    value: str | None
    sure: bool
    source: str


class Yields(BaseModel):
    """The income of a year as shares of what an instrument cost, and of what it is worth."""

    instrument: str
    ticker: str
    income: str | None
    on_cost: float | None
    on_value: float | None


class Income(BaseModel):
    """What came over a stretch, by month (`2024-05`), instrument (`cash`: interest) and account; the newest payments,
    of `total`; and what is to come."""

    base: str
    by_month: list[Sums]
    by_instrument: list[Sums]
    by_account: list[Sums]
    payments: list[Payment]
    total: int
    announced: list[Coming]
    yields: list[Yields]


@get_once(router, "/portfolios/{number}/income")
def income(
    asked: TheAsked,
    inside: Inside,
    stretch: TheStretch,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
) -> Income:
    """Dividends and interest: received, announced, and as yields."""
    of = asked.reckoned.history
    came, coming = received(of, inside, stretch), announced(of, inside)
    return Income(
        base=of.base,
        by_month=_sums(by("month", came, coming)),
        by_instrument=_sums(by("instrument", came, coming)),
        by_account=_sums(by("account", came, coming)),
        payments=[
            Payment(
                **held(asked, each.part).model_dump(),
                day=each.day,
                gross=text(each.gross),
                tax=text(each.tax),
                fee=text(each.fee),
                net=text(each.net),
                transaction=each.transaction.id,
            )
            for each in came[::-1][offset : offset + limit]
        ],
        total=len(came),
        announced=[
            Coming(
                **held(asked, each.part).model_dump(),
                day=each.day,
                ex_date=each.action.ex_date,
                pay_date=each.action.pay_date,
                units=exact(each.units),
                amount=exact(each.amount),
                paid_in=each.currency,
                value=text(each.worth),
                sure=each.sure,
                source=each.action.source,
            )
            for each in coming
        ],
        yields=[
            Yields(
                instrument=each.instrument,
                ticker=of.book.facts[each.instrument].ticker,
                income=text(each.income),
                on_cost=each.on_cost,
                on_value=each.on_value,
            )
            for each in yields(of, asked.reckoned.walked, inside)
        ],
    )


def _sums(told: dict[str, KnownSums]) -> list[Sums]:
    return [
        Sums(
            key=key,
            gross=text(each.gross),
            tax=text(each.tax),
            fee=text(each.fee),
            net=text(each.net),
            announced=text(each.announced),
        )
        for key, each in told.items()
    ]
