"""The transactions of a portfolio: pages of them, and edits of one that do not overwrite somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from openbell.api.access import Caller, Role, TheCaller, TheDesk, allow
from openbell.api.edits import Edit, OversoldToo, assert_begun, assert_of_something, fitting
from openbell.api.portfolios import Exact, seen, seen_whole
from openbell.api.problems import NotFound
from openbell.api.shapes import Number
from openbell.desk import Desk
from openbell.model.errors import ChangedMeanwhile, InvalidInput
from openbell.model.money import currency_of, decimal_of
from openbell.model.symbols import ticker_of
from openbell.model.transactions import LONGEST_NOTE, MOST_TAGS, Kind, Pick, assert_arrival
from openbell.model.transactions import Transaction as ModelTransaction
from openbell.portfolio.told_price import unlike_price
from openbell.store.itembook import OWN, ItemBook
from openbell.store.portfoliobook import Kept
from openbell.store.transactionbook import Filter, TransactionBook
from openbell.store.transactionrows import Entry

router = APIRouter(tags=["transactions"])

MOST = 500
"""Transactions on a page."""

_moved = attrgetter("kind", "cash", "quantity", "tax", "fee", "ratio")
"""What a transaction is, and all that it moves."""

Instrument = Annotated[str, Field(min_length=1, max_length=40)]


class LotPick(BaseModel):
    """Units that a sale takes of the lot that a transaction opened."""

    opened: Number
    quantity: Exact


class TransactionDraft(BaseModel):
    """A transaction as its owner words it. Numbers are exact texts, with the signs of the account: what it received is
    more than 0, what it gave less. An instrument is a ticker of the day, an id of the register, or `own:` and a
    number."""

    kind: Kind
    account: Number
    day: date
    currency: str = Field(max_length=3)
    cash: Exact = "0"
    instrument: Instrument | None = None
    quantity: Exact = "0"
    fee: Exact = "0"
    fee_currency: str = Field("", max_length=3)
    tax: Exact = "0"
    price: Exact | None = None
    price_currency: str = Field("", max_length=3)
    rate: Exact | None = None
    cost: Exact | None = None
    acquired: date | None = None
    to_account: Number | None = None
    to_cash: Exact = "0"
    to_currency: str = Field("", max_length=3)
    other: Instrument | None = None
    ratio: Exact | None = None
    picks: list[LotPick] = Field(default_factory=list, max_length=1000)
    short: bool = False
    at: AwareDatetime | None = None
    ref: str = Field("", max_length=120)
    note: str = Field("", max_length=LONGEST_NOTE)
    tags: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field(default_factory=list, max_length=MOST_TAGS)


class TransactionChange(TransactionDraft):
    """What it shall be, and the version that the caller has seen."""

    version: Number


class Transaction(TransactionDraft):
    """A transaction as it is kept; `ticker` is what the instrument is called now, of an own item its name; `notes` say
    what seems odd in it."""

    id: int
    batch: int | None
    version: int
    removed: datetime | None
    ticker: str | None
    other_ticker: str | None
    notes: list[str]


class Transactions(BaseModel):
    """A page of them, the newest first; `total` counts all that were asked for, `tags` are all in use."""

    total: int
    offset: int
    transactions: list[Transaction]
    tags: list[str]


@router.get("/portfolios/{number}/transactions", dependencies=[allow(Role.VIEWER)])
def transactions(
    desk: TheDesk,
    caller: TheCaller,
    number: Number,
    account: Number | None = None,
    kind: Kind | None = None,
    instrument: Instrument | None = None,
    tag: str | None = Query(None, max_length=60),
    batch: Number | None = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    q: str | None = Query(None, max_length=100),
    *,
    removed: bool = False,
    offset: int = Query(0, ge=0, le=10_000_000),
    limit: int = Query(50, ge=1, le=MOST),
) -> Transactions:
    """Those of a portfolio that are asked for, the newest first; with `removed` deleted ones, for its owner and for who
    may write."""
    (seen_whole if removed else seen)(desk, caller, number)
    named = None if instrument is None else _instrument(desk, instrument, "instrument", None)
    wanted = Filter(account, kind, named, tag, batch, first, last, q, removed)
    book = TransactionBook(desk.ledger)
    total, page = book.page(number, wanted, offset=offset, limit=limit)
    return Transactions(total=total, offset=offset, transactions=_shapes(desk, page), tags=book.tags(number))


@router.post("/portfolios/{number}/transactions", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_transaction(
    desk: TheDesk, caller: TheCaller, number: Number, draft: TransactionDraft, *, oversold_too: OversoldToo = False
) -> Transaction:
    """A new transaction; 409 where a later one would lack its units by it, unless `oversold_too` is set."""
    kept = seen(desk, caller, number, write=True)
    wanted, book = _transaction(desk, caller, kept, draft), TransactionBook(desk.ledger)
    assert_of_something(wanted)
    edit = Edit(wanted, oversold_too)
    return _written(desk, kept, edit, lambda state: book.add(number, wanted, state))


@router.get("/portfolios/{number}/transactions/{transaction}", dependencies=[allow(Role.VIEWER)])
def transaction(desk: TheDesk, caller: TheCaller, number: Number, transaction: Number) -> Transaction:
    """One transaction; a deleted one as in the list of these."""
    seen(desk, caller, number)
    found = _there(desk, number, transaction)
    if found.removed is not None:
        seen_whole(desk, caller, number)
    return shape(desk, found)


@router.put("/portfolios/{number}/transactions/{transaction}", dependencies=[allow(Role.MEMBER)])
def change_transaction(
    desk: TheDesk,
    caller: TheCaller,
    number: Number,
    transaction: Number,
    change: TransactionChange,
    *,
    oversold_too: OversoldToo = False,
) -> Transaction:
    """Replace a transaction; 409 with what is there now where it was changed since `version`, and where it or a later
    one would lack units that it had, unless `oversold_too` is set."""
    kept = seen(desk, caller, number, write=True)
    before = _there(desk, number, transaction).transaction
    wanted, book = _transaction(desk, caller, kept, change, transaction), TransactionBook(desk.ledger)
    if _moved(wanted) != _moved(before):
        assert_of_something(wanted)
    edit = Edit(wanted, oversold_too, transaction)
    with _told_now(desk):
        return _written(desk, kept, edit, lambda state: book.change(number, wanted, change.version, state))


@router.delete("/portfolios/{number}/transactions/{transaction}", dependencies=[allow(Role.MEMBER)], status_code=204)
def remove_transaction(
    desk: TheDesk,
    caller: TheCaller,
    number: Number,
    transaction: Number,
    version: Number,
    *,
    oversold_too: OversoldToo = False,
) -> None:
    """Delete a transaction; for 30 days it can be brought back with POST .../restore. 409 where a later one would lack
    its units without it, unless `oversold_too` is set."""
    kept = seen(desk, caller, number, write=True)
    _there(desk, number, transaction)
    book, edit = TransactionBook(desk.ledger), Edit(None, oversold_too, transaction)
    with _told_now(desk):
        fitting(desk, kept, edit, lambda state: book.remove(number, transaction, version, desk.clock(), state))


@router.post("/portfolios/{number}/transactions/{transaction}/restore", dependencies=[allow(Role.MEMBER)])
def restore_transaction(
    desk: TheDesk, caller: TheCaller, number: Number, transaction: Number, *, oversold_too: OversoldToo = False
) -> Transaction:
    """Bring a deleted transaction back; 409 where it or a later one would lack units, unless `oversold_too` is set."""
    kept = seen(desk, caller, number, write=True)
    there, book = _there(desk, number, transaction), TransactionBook(desk.ledger)
    if there.removed is None:
        return shape(desk, there)
    edit = Edit(there.transaction, oversold_too, transaction)
    return _written(desk, kept, edit, lambda state: book.restore(number, transaction, state))


@contextmanager
def _told_now(desk: Desk) -> Iterator[None]:
    """Where somebody else was faster, say what is there now as the API tells it."""
    try:
        yield
    except ChangedMeanwhile as error:
        current = shape(desk, error.current) if isinstance(error.current, Entry) else error.current
        raise ChangedMeanwhile(error.what, current) from error


def _there(desk: Desk, portfolio: int, number: int) -> Entry:
    found = TransactionBook(desk.ledger).find(portfolio, number)
    if found is None:
        raise NotFound(f"There is no transaction {number} in the portfolio.", remedy="List its transactions.")
    return found


def _transaction(desk: Desk, caller: Caller, kept: Kept, draft: TransactionDraft, number: int = 0) -> ModelTransaction:
    assert_begun(desk, draft.day)
    _assert_own(desk, caller, kept, draft)
    exact: dict[str, Any] = {
        name: decimal_of(getattr(draft, name), name) for name in ("cash", "quantity", "fee", "tax", "to_cash")
    }
    maybe: dict[str, Any] = {name: _maybe(getattr(draft, name), name) for name in ("price", "rate", "cost", "ratio")}
    wanted = ModelTransaction(
        kind=draft.kind,
        account=draft.account,
        day=draft.day,
        currency=currency_of(draft.currency),
        instrument=None if draft.instrument is None else _instrument(desk, draft.instrument, "instrument", draft.day),
        **exact,
        **maybe,
        fee_currency=_currency(draft, "fee_currency"),
        price_currency=_currency(draft, "price_currency"),
        acquired=draft.acquired,
        to_account=draft.to_account,
        to_currency=_currency(draft, "to_currency"),
        other=None if draft.other is None else _instrument(desk, draft.other, "other", None),
        picks=tuple(Pick(pick.opened, decimal_of(pick.quantity, "picks")) for pick in draft.picks),
        short=draft.short,
        at=draft.at,
        ref=draft.ref,
        note=draft.note,
        tags=tuple(draft.tags),
        id=number,
    )
    assert_arrival(wanted)
    return wanted


def _currency(draft: TransactionDraft, field: str) -> str:
    typed: str = getattr(draft, field)
    return currency_of(typed, field) if typed else ""


def _written(desk: Desk, kept: Kept, edit: Edit, write: Callable[[str | None], Entry]) -> Transaction:
    """What is written, with what seems odd in it."""
    entry, problems = fitting(desk, kept, edit, write)
    return shape(desk, entry, [f"{each.what} {each.remedy}".strip() for each in problems])


def _assert_own(desk: Desk, caller: Caller, kept: Kept, draft: TransactionDraft) -> None:
    """Items are the owner's; others name those only that the portfolio names already."""
    items = ItemBook(desk.ledger).nameable(kept.owner, kept.portfolio.id, caller.id)
    mine = {each.instrument for each in items}
    for field, told in (("instrument", draft.instrument), ("other", draft.other)):
        if told is not None and told.startswith(OWN) and told not in mine:
            raise InvalidInput(field, f"There is no item {told}.", remedy="List the items with GET /items, or add it.")


def _maybe(told: str | None, field: str) -> Decimal | None:
    return None if told is None else decimal_of(told, field)


def _instrument(desk: Desk, told: str, field: str, day: date | None) -> str:
    """The id of what somebody named: an item of their own, or who bore the ticker on the day."""
    if told.startswith(OWN):
        return told
    ticker = ticker_of(told, field)
    register = desk.history.register
    return ticker if register.knows(ticker) and day is None else register.id_of(ticker, day)


def shape(desk: Desk, entry: Entry, notes: Sequence[str] = ()) -> Transaction:
    """A transaction as the API tells it, with `notes` beside those on its own numbers."""
    (told,) = _shapes(desk, [entry], notes)
    return told


def _shapes(desk: Desk, entries: Sequence[Entry], notes: Sequence[str] = ()) -> list[Transaction]:
    """Transactions as the API tells them; own items are called by their names."""
    named = {each for entry in entries for each in (entry.transaction.instrument, entry.transaction.other) if each}
    register = desk.history.register
    names = {each: register.instrument(each).ticker for each in named} | ItemBook(desk.ledger).names(named)
    return [_shape(entry, names, notes) for entry in entries]


def _shape(entry: Entry, names: Mapping[str, str], notes: Sequence[str]) -> Transaction:
    told = entry.transaction
    plain: dict[str, Any] = {name: getattr(told, name) for name in TransactionDraft.model_fields if name not in EXACT}
    plain |= {name: _text(getattr(told, name)) for name in EXACT}
    plain["picks"] = [LotPick(opened=pick.opened, quantity=f"{pick.quantity:f}") for pick in told.picks]
    plain["tags"] = list(told.tags)
    return Transaction(
        **plain,
        id=told.id,
        batch=told.batch,
        version=entry.version,
        removed=entry.removed,
        ticker=names.get(told.instrument or ""),
        other_ticker=names.get(told.other or ""),
        notes=[*filter(None, [unlike_price(told)]), *notes],
    )


EXACT = ("cash", "quantity", "fee", "tax", "price", "rate", "cost", "to_cash", "ratio")


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
