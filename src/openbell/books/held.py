"""What portfolios hold, and whose prices are needed for it: what the desk follows unasked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC

from openbell.books.facts import facts_of
from openbell.books.prices import actions_of, pair_of
from openbell.desk import Desk
from openbell.model.transactions import Transaction
from openbell.portfolio.book import Book
from openbell.portfolio.lots import ZERO, Problem
from openbell.portfolio.walk import Walked, walk
from openbell.store.itembook import OWN, ItemBook
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.register import Register
from openbell.store.transactionbook import TransactionBook, in_order


def held(desk: Desk, portfolios: Sequence[Kept]) -> tuple[str, ...]:
    """The tickers of all listed instruments that one of the portfolios holds units of now, by name."""
    ids = {key for kept in portfolios for key in _held_in(desk, kept)}
    return tuple(sorted(_ticker(desk.history.register, key) for key in ids if not key.startswith(OWN)))


def followed(desk: Desk, portfolios: Sequence[Kept] | None = None) -> set[str]:
    """The tickers whose prices the portfolios (default: all) need: all that they ever held, benchmarks, and pairs of
    currencies."""
    searched = PortfolioBook(desk.ledger).every() if portfolios is None else portfolios
    register, named, found = desk.history.register, TransactionBook(desk.ledger).named(), set[str]()
    for kept in searched:
        ids, currencies = named.get(kept.portfolio.id, (set(), set()))
        listed = {key for key in ids if not key.startswith(OWN)} | {kept.portfolio.benchmark or ""} - {""}
        facts = facts_of(listed, desk, {}, ItemBook(desk.ledger).facts(kept.owner))
        told = {*currencies, *(each.currency for each in facts.values() if each.currency), kept.portfolio.base}
        found |= {_ticker(register, key) for key in listed}
        found |= {pair_of(code, "USD") for code in told - {"USD"}} if len(told) > 1 else set()
    return found


UNITS = frozenset({"oversold", "unknown_lot"})
"""Of the problems of a book, those of a transaction that lacks units, or those of a lot that it chose."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What would not fit in a portfolio after an edit of one transaction."""

    own: tuple[Problem, ...]
    """Of the transaction itself, but for what its prices say."""
    lacking: tuple[Problem, ...]
    """Of these, the units and the chosen lots that it did not lack before."""
    others: tuple[Problem, ...]
    """Of others that it would leave without their units, or without the lots that they chose."""


def edited(desk: Desk, kept: Kept, wanted: Transaction | None, number: int = 0) -> Edited:
    """What would not fit if the transaction with that number were as it is `wanted`; None: if it were not there."""
    told = TransactionBook(desk.ledger).all(kept.portfolio.id)
    there = () if wanted is None else (wanted,)
    after = _walked(desk, kept, (*(each for each in told if each.id != number), *there))
    new = _lacking(desk, kept, told, after, UNITS)
    odd = [each for each in after.problems if each.kind not in _OF_PRICES]
    own = tuple(each for each in odd if each.transaction is not None and each.transaction == wanted)
    return Edited(own, tuple(each for each in new if each in own), tuple(each for each in new if each not in own))


def left_without(desk: Desk, kept: Kept, batch: int) -> tuple[Problem, ...]:
    """What transactions would lack of units and of lots that they chose if nothing of an import were there."""
    told = TransactionBook(desk.ledger).all(kept.portfolio.id)
    after = _walked(desk, kept, tuple(each for each in told if each.batch != batch))
    return _lacking(desk, kept, told, after, UNITS)


def left_with(
    desk: Desk, kept: Kept, told: tuple[Transaction, ...], new: Sequence[Transaction], kinds: Collection[str] = UNITS
) -> tuple[Problem, ...]:
    """What transactions would lack if new ones were there beside those that are `told`; of these `kinds`."""
    return _lacking(desk, kept, told, _walked(desk, kept, (*told, *new)), kinds)


_OF_PRICES = frozenset({"no_cost", "no_rate"})
"""What a book without prices cannot tell."""


def _lacking(
    desk: Desk, kept: Kept, told: tuple[Transaction, ...], after: Walked, kinds: Collection[str]
) -> tuple[Problem, ...]:
    """The problems of these kinds with what a transaction lacks more of than now, when these are `told`."""
    found = [each for each in after.problems if each.kind in kinds and each.transaction is not None]
    if not found:
        return ()
    before = _walked(desk, kept, told)
    return tuple(each for each in found if _lacks_more(each, before, after))


def _lacks_more(problem: Problem, before: Walked, after: Walked) -> bool:
    """Whether the transaction of a problem has fewer of the units that it gives away, or of a lot that it chose, than
    before; of a problem without units, whether it had none like it."""
    number = 0 if problem.transaction is None else problem.transaction.id
    if problem.kind == "oversold":
        return after.never_held[number] > before.never_held.get(number, ZERO)
    if problem.kind == "unknown_lot":
        mine = {lot: units for lot, units in after.never_chosen.items() if lot[0] == number}
        return any(units > before.never_chosen.get(lot, ZERO) for lot, units in mine.items())
    like = (each.transaction for each in before.problems if each.kind == problem.kind)
    return not any(each is not None and each.id == number for each in like)


def _held_in(desk: Desk, kept: Kept) -> set[str]:
    walked = _walked(desk, kept, TransactionBook(desk.ledger).all(kept.portfolio.id))
    return {lot.instrument for lot in walked.lots if lot.quantity}


def _walked(desk: Desk, kept: Kept, transactions: tuple[Transaction, ...]) -> Walked:
    """Through a book without prices: units need none. In whatever order its transactions are told."""
    ids = {key for each in transactions for key in (each.instrument, each.other) if key is not None}
    own = any(key.startswith(OWN) for key in ids)
    items = {each.instrument: each for each in ItemBook(desk.ledger).items(kept.owner)} if own else {}
    facts = facts_of(ids, desk, items, {})
    today = max([desk.clock().astimezone(UTC).date(), *(each.day for each in transactions)])
    actions = tuple(each for each in actions_of(desk, sorted(ids), facts, None) if each.ex_date <= today)
    return walk(Book(kept.portfolio, (), tuple(sorted(transactions, key=in_order)), facts, actions, {}), today)


def _ticker(register: Register, key: str) -> str:
    return register.instrument(key).ticker
