"""Portfolios and their accounts: who sees them, and what they are counted in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from openbell.accounts.errors import NotAllowed
from openbell.api.access import Caller, Role, TheCaller, TheDesk, ThePlace, allow, deed_of
from openbell.api.known import unknown_of
from openbell.api.problems import NotFound
from openbell.api.shapes import Number
from openbell.arrivals import sampled
from openbell.desk import Desk
from openbell.model.errors import ChangedMeanwhile, InvalidInput
from openbell.model.money import currency_of, decimal_of
from openbell.model.symbols import ticker_of
from openbell.model.transactions import Account as ModelAccount
from openbell.model.transactions import Method
from openbell.model.transactions import Portfolio as ModelPortfolio
from openbell.portfolio import checks
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.sharebook import Right as SharedRight
from openbell.store.sharebook import ShareBook

router = APIRouter(tags=["portfolios"])

Right = Literal["owner"] | SharedRight

Exact = Annotated[str, Field(max_length=40, examples=["1234.56"])]
"""A number exactly, as text."""


class Thresholds(BaseModel):
    """From where on a check of the portfolio tells: shares from 0 to 1, and how many days old a price may be."""

    position: Exact = "0.2"
    sector: Exact = "0.4"
    currency: Exact = "0.5"
    cash: Exact = "0.25"
    stale_days: Annotated[int, Field(ge=0, le=3650)] = 5


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
    """Accounts that are counted together; `version` is to be sent back with a change, `right` is the caller's.

    `owner`: who shares it with the caller; null for the caller's own.
    """

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
    owner: str | None


class Portfolios(BaseModel):
    """All that the caller sees, oldest first; `sample`: whether one can be had to look around in."""

    portfolios: list[Portfolio]
    sample: bool


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


class ShareDraft(BaseModel):
    """What another person may do."""

    right: SharedRight


class Share(ShareDraft):
    """Who may do what."""

    person: int
    name: str


class Shares(BaseModel):
    """Everybody that a portfolio is shared with."""

    shares: list[Share]


def seen(desk: Desk, caller: Caller, number: int, *, write: bool = False) -> Kept:
    """The portfolio, if the caller may see it; raises NotFound for every other, whether or not it is there.

    With `write`, raises NotAllowed for one that the caller may only read.
    """
    kept = PortfolioBook(desk.ledger).find(number)
    right = None if kept is None else right_of(desk, caller, kept)
    if kept is None or right is None:
        raise NotFound(f"There is no portfolio {number}.", remedy="List yours with GET /portfolios.")
    if write and right == "read":
        raise NotAllowed("This portfolio is shared with you to be read.", remedy="Ask its owner for more.")
    return kept


def seen_whole(desk: Desk, caller: Caller, number: int) -> Kept:
    """As `seen`, of what was deleted, and of what files told beside: whom it is shared with to be read sees none of
    these."""
    kept = seen(desk, caller, number)
    return kept if kept.owner == caller.id else seen(desk, caller, number, write=True)


def right_of(desk: Desk, caller: Caller, kept: Kept) -> Right | None:
    """What the caller may do with a portfolio; None: not even know of it. A viewer only reads, also their own."""
    right: Right | None = "owner"
    if kept.owner != caller.id:
        right = ShareBook(desk.ledger).shared_with(caller.id, "portfolio").get(kept.portfolio.id)
    return "read" if right is not None and caller.role < Role.MEMBER else right


def owned(desk: Desk, caller: Caller, number: int) -> Kept:
    """The portfolio, if it is the caller's own; raises NotFound or NotAllowed."""
    kept = seen(desk, caller, number)
    if kept.owner != caller.id:
        raise NotAllowed("This portfolio is another person's.", remedy="Ask its owner.")
    return kept


@router.get("/portfolios", dependencies=[allow(Role.VIEWER)])
def portfolios(desk: TheDesk, caller: TheCaller) -> Portfolios:
    """Every portfolio that the caller may see."""
    shared = ShareBook(desk.ledger).shared_with(caller.id, "portfolio")
    found = PortfolioBook(desk.ledger).owned(caller.id, shared)
    return Portfolios(portfolios=[shape(desk, caller, each) for each in found], sample=desk.demo)


@router.post("/portfolios", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_portfolio(desk: TheDesk, caller: TheCaller, draft: PortfolioDraft) -> Portfolio:
    """A new portfolio of the caller, without accounts."""
    book = PortfolioBook(desk.ledger)
    kept = book.add(caller.id, _portfolio(desk, draft), desk.clock(), _settings(draft))
    return shape(desk, caller, kept)


@router.post("/portfolios/sample", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_sample(desk: TheDesk, caller: TheCaller) -> Portfolio:
    """A portfolio of the caller to look around in: three years in the simulated market, where that is open."""
    return shape(desk, caller, sampled(desk, caller.id))


@router.get("/portfolios/{number}", dependencies=[allow(Role.VIEWER)])
def portfolio(desk: TheDesk, caller: TheCaller, number: Number) -> Portfolio:
    """One portfolio."""
    return shape(desk, caller, seen(desk, caller, number))


@router.put("/portfolios/{number}", dependencies=[allow(Role.MEMBER)])
def change_portfolio(desk: TheDesk, caller: TheCaller, number: Number, change: PortfolioChange) -> Portfolio:
    """Rename a portfolio, or count it in another way; 409 where it was changed since `version`."""
    kept = owned(desk, caller, number)
    book = PortfolioBook(desk.ledger)
    wanted = replace(_portfolio(desk, change, kept.portfolio.benchmark), id=number)
    try:
        told = book.change(replace(kept, portfolio=wanted, settings=_settings(change), version=change.version))
    except ChangedMeanwhile as error:
        raise ChangedMeanwhile(error.what, shape(desk, caller, seen(desk, caller, number))) from error
    return shape(desk, caller, told)


@router.delete("/portfolios/{number}", dependencies=[allow(Role.VIEWER)], status_code=204)
def remove_portfolio(
    desk: TheDesk, caller: TheCaller, place: ThePlace, number: Number, name: str = Query(max_length=80)
) -> None:
    """Forget a portfolio with all its transactions, for good: its name must be sent too."""
    kept = owned(desk, caller, number)
    if name != kept.portfolio.name:
        raise InvalidInput(
            "name", f"The portfolio is not called {name!r}.", remedy="Send its name: it cannot be brought back."
        )
    PortfolioBook(desk.ledger).remove(number, deed_of(desk, caller, "portfolio removed", place, name))
    ShareBook(desk.ledger).unshare("portfolio", number)


@router.get("/portfolios/{number}/shares", dependencies=[allow(Role.VIEWER)])
def shares(desk: TheDesk, caller: TheCaller, number: Number) -> Shares:
    """With whom the caller shares a portfolio of their own."""
    owned(desk, caller, number)
    names = {each.id: each.name for each in desk.accounts.people.people()}
    found = ShareBook(desk.ledger).shares_of("portfolio", number)
    return Shares(shares=[Share(person=key, name=names.get(key, ""), right=right) for key, right in found.items()])


@router.put("/portfolios/{number}/shares/{person}", dependencies=[allow(Role.MEMBER)], status_code=204)
def share_portfolio(
    desk: TheDesk, caller: TheCaller, place: ThePlace, number: Number, person: Number, told: ShareDraft
) -> None:
    """Let another person read a portfolio, or change what is in it."""
    kept = owned(desk, caller, number)
    if person == kept.owner:
        raise InvalidInput("person", "The portfolio is yours.", remedy="Name somebody else.")
    about = f"{kept.portfolio.name} with {desk.accounts.called(person)}, to {told.right}"
    deed = deed_of(desk, caller, "portfolio shared", place, about)
    ShareBook(desk.ledger).share("portfolio", number, person, told.right, deed)


@router.delete("/portfolios/{number}/shares/{person}", dependencies=[allow(Role.VIEWER)], status_code=204)
def unshare_portfolio(desk: TheDesk, caller: TheCaller, place: ThePlace, number: Number, person: Number) -> None:
    """Take the right back; the owner from anybody, everybody from themselves."""
    kept = seen(desk, caller, number) if person == caller.id else owned(desk, caller, number)
    about = f"{kept.portfolio.name} with {desk.accounts.called(person)}"
    deed = deed_of(desk, caller, "portfolio unshared", place, about)
    ShareBook(desk.ledger).unshare("portfolio", number, person, deed)


@router.post("/portfolios/{number}/accounts", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_account(desk: TheDesk, caller: TheCaller, number: Number, draft: AccountDraft) -> Account:
    """A new account of a portfolio."""
    seen(desk, caller, number, write=True)
    return _account(PortfolioBook(desk.ledger).add_account(number, _account_of(draft)))


@router.put("/portfolios/{number}/accounts/{account}", dependencies=[allow(Role.MEMBER)])
def change_account(desk: TheDesk, caller: TheCaller, number: Number, account: Number, draft: AccountDraft) -> Account:
    """Rename an account, or count it in another currency first."""
    book = PortfolioBook(desk.ledger)
    _assert_account(book, seen(desk, caller, number, write=True), account)
    changed = _account_of(draft, account)
    book.change_account(number, changed)
    return _account(changed)


@router.delete("/portfolios/{number}/accounts/{account}", dependencies=[allow(Role.MEMBER)], status_code=204)
def remove_account(desk: TheDesk, caller: TheCaller, number: Number, account: Number) -> None:
    """Forget an account without transactions."""
    book = PortfolioBook(desk.ledger)
    _assert_account(book, seen(desk, caller, number, write=True), account)
    book.remove_account(number, account)


def _assert_account(book: PortfolioBook, kept: Kept, account: int) -> None:
    number = kept.portfolio.id
    if account not in {each.id for each in book.accounts(number)}:
        raise NotFound(f"There is no account {account} in the portfolio.", remedy=f"GET /portfolios/{number}.")


def _portfolio(desk: Desk, draft: PortfolioDraft, before: str | None = None) -> ModelPortfolio:
    """As it was worded; raises InvalidInput for another benchmark than `before` that no vendor knows."""
    benchmark = None if not draft.benchmark else desk.history.register.id_of(ticker_of(draft.benchmark, "benchmark"))
    if benchmark is not None and benchmark != before:
        unknown_of(desk, [ticker_of(draft.benchmark or "", "benchmark")], "benchmark")
    return ModelPortfolio(0, draft.name.strip(), currency_of(draft.base, "base"), draft.method, benchmark)


def thresholds_of(kept: Kept) -> checks.Thresholds:
    """From where on its owner wants to be told of something in a portfolio."""
    return _known(Thresholds.model_validate(kept.settings.get("thresholds", {})))


def _known(told: Thresholds) -> checks.Thresholds:
    shares = {name: decimal_of(getattr(told, name), name) for name in ("position", "sector", "currency", "cash")}
    return checks.Thresholds(**shares, stale_days=told.stale_days)


def _settings(draft: PortfolioDraft) -> dict[str, object]:
    """What is kept of it beside; raises InvalidInput for a threshold that cannot be reached."""
    _known(draft.thresholds)
    return {"thresholds": draft.thresholds.model_dump()}


def _account_of(draft: AccountDraft, number: int = 0) -> ModelAccount:
    return ModelAccount(number, draft.name.strip(), currency_of(draft.currency), draft.broker.strip())


def shape(desk: Desk, caller: Caller, kept: Kept) -> Portfolio:
    """A portfolio as the API tells it."""
    told, accounts = kept.portfolio, PortfolioBook(desk.ledger).accounts(kept.portfolio.id)
    return Portfolio(
        id=told.id,
        name=told.name,
        base=told.base,
        method=told.method,
        benchmark=told.benchmark,
        thresholds=Thresholds.model_validate(kept.settings.get("thresholds", {})),
        accounts=[_account(each) for each in accounts],
        version=kept.version,
        created=kept.created,
        right=right_of(desk, caller, kept) or "read",
        owner=None if kept.owner == caller.id else desk.accounts.person(kept.owner).name,
    )


def _account(account: ModelAccount) -> Account:
    return Account(id=account.id, name=account.name, currency=account.currency, broker=account.broker)
