"""Portfolios and their accounts: who sees them, and what they are counted in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from openbell.api.access import Caller, Role, TheCaller, TheDesk, allow
from openbell.api.problems import NotFound
from openbell.api.shapes import Number
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.money import currency_of, decimal_of
from openbell.model.symbols import ticker_of
from openbell.model.transactions import Account as ModelAccount
from openbell.model.transactions import Method
from openbell.model.transactions import Portfolio as ModelPortfolio
from openbell.store.portfoliobook import EditedMeanwhile, Kept, PortfolioBook

router = APIRouter(tags=["portfolios"])

Right = Literal["owner", "write", "read"]

Exact = Annotated[str, Field(max_length=40, examples=["1234.56"])]
"""A number exactly, as text."""


class Thresholds(BaseModel):
    """When a check of the portfolio warns, each a share from 0 to 1; null: never."""

    position: Exact | None = "0.2"
    sector: Exact | None = "0.4"
    currency: Exact | None = "0.6"
    cash: Exact | None = "0.2"


class Account(BaseModel):
    """Where money and units lie."""

    id: int
    name: str
    currency: str
    broker: str


class AccountDraft(BaseModel):
    """An account as its owner words it."""

    name: str = Field(min_length=1, max_length=80)
    currency: str
    broker: str = Field("", max_length=80)


class Portfolio(BaseModel):
    """Accounts that are counted together; `version` is to be sent back with a change, `right` is the caller's."""

    id: int
    name: str
    base: str
    method: Method
    benchmark: str | None
    thresholds: Thresholds
    accounts: list[Account]
    version: int
    created: datetime
    right: Right


class Portfolios(BaseModel):
    """All that the caller sees, oldest first."""

    portfolios: list[Portfolio]


class PortfolioDraft(BaseModel):
    """A portfolio as its owner words it; the benchmark is a ticker."""

    name: str = Field(min_length=1, max_length=80)
    base: str
    method: Method = "fifo"
    benchmark: str | None = Field(None, max_length=20)
    thresholds: Thresholds = Thresholds()


class PortfolioChange(PortfolioDraft):
    """What it shall be, and the version that the caller has seen."""

    version: Number


def seen(desk: Desk, caller: Caller, number: int) -> Kept:
    """The portfolio, if the caller may see it; raises NotFound for every other, whether or not it is there."""
    kept = PortfolioBook(desk.ledger).find(number)
    if kept is None or kept.owner != caller.id:
        raise NotFound(f"There is no portfolio {number}.", remedy="List yours with GET /portfolios.")
    return kept


@router.get("/portfolios", dependencies=[allow(Role.VIEWER)])
def portfolios(desk: TheDesk, caller: TheCaller) -> Portfolios:
    """Every portfolio that the caller may see."""
    book = PortfolioBook(desk.ledger)
    return Portfolios(portfolios=[_shape(book, each) for each in book.owned(caller.id)])


@router.post("/portfolios", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_portfolio(desk: TheDesk, caller: TheCaller, draft: PortfolioDraft) -> Portfolio:
    """A new portfolio of the caller, without accounts."""
    book = PortfolioBook(desk.ledger)
    kept = book.add(caller.id, _portfolio(desk, draft), desk.clock(), _settings(draft))
    return _shape(book, kept)


@router.get("/portfolios/{number}", dependencies=[allow(Role.VIEWER)])
def portfolio(desk: TheDesk, caller: TheCaller, number: Number) -> Portfolio:
    """One portfolio."""
    return _shape(PortfolioBook(desk.ledger), seen(desk, caller, number))


@router.put("/portfolios/{number}", dependencies=[allow(Role.MEMBER)])
def change_portfolio(desk: TheDesk, caller: TheCaller, number: Number, change: PortfolioChange) -> Portfolio:
    """Rename a portfolio, or count it in another way; 409 where it was changed since `version`."""
    kept = seen(desk, caller, number)
    book = PortfolioBook(desk.ledger)
    wanted = replace(_portfolio(desk, change), id=number)
    try:
        told = book.change(replace(kept, portfolio=wanted, settings=_settings(change), version=change.version))
    except EditedMeanwhile as error:
        raise EditedMeanwhile(error.what, _shape(book, seen(desk, caller, number))) from error
    return _shape(book, told)


@router.delete("/portfolios/{number}", dependencies=[allow(Role.MEMBER)], status_code=204)
def remove_portfolio(desk: TheDesk, caller: TheCaller, number: Number, name: str = Query(max_length=80)) -> None:
    """Forget a portfolio with all its transactions, for good: its name must be sent too."""
    kept = seen(desk, caller, number)
    if name != kept.portfolio.name:
        raise InvalidInput(
            "name", f"The portfolio is not called {name!r}.", remedy="Send its name: it cannot be brought back."
        )
    PortfolioBook(desk.ledger).remove(number)


@router.post("/portfolios/{number}/accounts", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_account(desk: TheDesk, caller: TheCaller, number: Number, draft: AccountDraft) -> Account:
    """A new account of a portfolio."""
    seen(desk, caller, number)
    return _account(PortfolioBook(desk.ledger).add_account(number, _account_of(draft)))


@router.put("/portfolios/{number}/accounts/{account}", dependencies=[allow(Role.MEMBER)])
def change_account(desk: TheDesk, caller: TheCaller, number: Number, account: Number, draft: AccountDraft) -> Account:
    """Rename an account, or count it in another currency first."""
    book = PortfolioBook(desk.ledger)
    _assert_account(book, seen(desk, caller, number), account)
    changed = _account_of(draft, account)
    book.change_account(number, changed)
    return _account(changed)


@router.delete("/portfolios/{number}/accounts/{account}", dependencies=[allow(Role.MEMBER)], status_code=204)
def remove_account(desk: TheDesk, caller: TheCaller, number: Number, account: Number) -> None:
    """Forget an account without transactions."""
    book = PortfolioBook(desk.ledger)
    _assert_account(book, seen(desk, caller, number), account)
    book.remove_account(number, account)


def _assert_account(book: PortfolioBook, kept: Kept, account: int) -> None:
    number = kept.portfolio.id
    if account not in {each.id for each in book.accounts(number)}:
        raise NotFound(f"There is no account {account} in the portfolio.", remedy=f"GET /portfolios/{number}.")


def _portfolio(desk: Desk, draft: PortfolioDraft) -> ModelPortfolio:
    benchmark = None if not draft.benchmark else desk.history.register.id_of(ticker_of(draft.benchmark, "benchmark"))
    return ModelPortfolio(0, draft.name.strip(), currency_of(draft.base, "base"), draft.method, benchmark)


def _settings(draft: PortfolioDraft) -> dict[str, object]:
    thresholds = draft.thresholds.model_dump()
    for name, told in thresholds.items():
        if told is not None and not Decimal(0) <= decimal_of(told, name) <= Decimal(1):
            raise InvalidInput(f"thresholds.{name}", f"{told} is no share.", remedy="Use a number from 0 to 1.")
    return {"thresholds": thresholds}


def _account_of(draft: AccountDraft, number: int = 0) -> ModelAccount:
    return ModelAccount(number, draft.name.strip(), currency_of(draft.currency), draft.broker.strip())


def _shape(book: PortfolioBook, kept: Kept) -> Portfolio:
    told = kept.portfolio
    return Portfolio(
        id=told.id,
        name=told.name,
        base=told.base,
        method=told.method,
        benchmark=told.benchmark,
        thresholds=Thresholds.model_validate(kept.settings.get("thresholds", {})),
        accounts=[_account(each) for each in book.accounts(told.id)],
        version=kept.version,
        created=kept.created,
        right="owner",
    )


def _account(account: ModelAccount) -> Account:
    return Account(id=account.id, name=account.name, currency=account.currency, broker=account.broker)
