"""What holds for every book, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbell.model.transactions import Kind, Method, Transaction
from openbell.portfolio.book import Book
from openbell.portfolio.following import history
from openbell.portfolio.gains import realised, total, unrealised
from openbell.portfolio.lots import SMALLEST, ZERO, Sum
from openbell.portfolio.rates import Rates
from openbell.portfolio.returns import performance, stretch_of
from openbell.portfolio.valuation import worth
from openbell.portfolio.walk import Walked, walk
from portfolio.books import book, closes_of, day, split

D = Decimal
METHODS = get_args(Method)
LAST = 60
CLOSE = D("13.7")
AT_MOST = D("1e-9")


@dataclass(frozen=True)
class Story:
    """Legal transactions, the splits among them, and what is held in the end by a plain count."""

    transactions: tuple[Transaction, ...]
    splits: tuple[tuple[str, int, Decimal], ...]
    held: dict[tuple[int, str], Decimal]

    def book(self, method: Method = "fifo") -> Book:
        actions = [split(name, str(number), str(ratio)) for name, number, ratio in self.splits]
        return book(self.transactions, method=method, actions=actions)


@st.composite
def stories(draw: st.DrawFn, *, splits: bool = True, shorts: bool = False) -> Story:
    """Purchases, sales and transfers of two instruments in two accounts; `shorts`: also of what is not held.

    No transfer leads to an account that holds the same the other way round, which would close it. With short sales
    all have instants: of a day without, sales wait for its purchases.
    """
    held: dict[tuple[int, str], Decimal] = {}
    told: list[Transaction] = []
    happened = []
    number = 1
    for _ in range(draw(st.integers(1, 25))):
        step = draw(st.sampled_from((0, 0, 1, 3, 20)))
        number = min(LAST, number + step)
        account, name = draw(st.sampled_from(((1, "ACME"), (2, "ACME"), (1, "BOLT"), (2, "BOLT"))))
        if splits and step and number < LAST and draw(st.integers(0, 5)) == 0:
            ratio = draw(st.sampled_from((D(2), D(20), D("1.5"), D("0.5"))))
            if not any(other == name and number - when < 15 for other, when, _ in happened):
                happened.append((name, number, ratio))
                held |= {key: units * ratio for key, units in held.items() if key[1] == name}
        units = D(draw(st.integers(1, 5000))) / draw(st.sampled_from((1, 1, 8, 1000)))
        own = held.get((account, name), ZERO)
        against = own * held.get((3 - account, name), ZERO) < 0
        kind = draw(st.sampled_from((Kind.BUY, Kind.BUY, Kind.SELL, *([] if against else [Kind.TRANSFER]))))
        kind = kind if own or (shorts and kind is Kind.SELL) else Kind.BUY
        short = kind is Kind.SELL and own <= 0
        units = units if kind is Kind.BUY or short else min(units, abs(own))
        price = D(draw(st.integers(1, 99999))) / 100
        row = _row(len(told) + 1, number, account, name, kind, units, price)
        told.append(replace(row, short=short, at=_instant(row) if shorts else None))
        moved = -units if kind is Kind.TRANSFER and own < 0 else units
        held[account, name] = own + (moved if kind is Kind.BUY else -moved)
        if kind is Kind.TRANSFER:
            held[3 - account, name] = held.get((3 - account, name), ZERO) + moved
    return Story(tuple(told), tuple(happened), {key: units for key, units in held.items() if units})


def _row(number: int, when: int, account: int, name: str, kind: Kind, units: Decimal, price: Decimal) -> Transaction:
    fee = D("1.95")
    cash = {Kind.BUY: -units * price - fee, Kind.SELL: units * price - fee, Kind.TRANSFER: ZERO}[kind]
    return Transaction(
        id=number,
        kind=kind,
        account=account,
        day=day(when),
        currency="USD",
        instrument=name,
        quantity=units if kind is Kind.BUY else -units,
        cash=cash,
        fee=ZERO if kind is Kind.TRANSFER else fee,
        to_account=3 - account if kind is Kind.TRANSFER else None,
    )


def _instant(row: Transaction) -> datetime:
    return datetime.combine(row.day, time(9, min(row.id, 59)), UTC)


def positions(walked: Walked) -> dict[tuple[int, str], Decimal]:
    held: dict[tuple[int, str], Decimal] = {}
    for lot in walked.lots:
        held[lot.account, lot.instrument] = held.get((lot.account, lot.instrument), ZERO) + lot.quantity
    return held


def known(amounts: Iterable[Sum]) -> Decimal:
    found = [each.amount for each in amounts]
    assert None not in found
    return sum(found, ZERO)


@pytest.mark.parametrize("method", METHODS)
@given(story=stories(), random=st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_lots_are_the_position_in_whatever_order_it_is_told(method: Method, story: Story, random: object) -> None:
    shuffled = list(story.transactions)
    random.shuffle(shuffled)
    renumbered = [replace(each, id=number) for number, each in enumerate(shuffled, start=1)]
    walked = walk(replace(story.book(method), transactions=tuple(renumbered)))
    assert walked.problems == ()
    assert positions(walked) == story.held
    assert {key: walked.units(key[1], key[0], day(LAST)) for key in story.held} == story.held


@pytest.mark.parametrize("method", METHODS)
@given(story=stories())
@settings(max_examples=30)
def test_what_was_paid_is_the_cost_of_what_is_held_and_of_what_is_gone(method: Method, story: Story) -> None:
    walked = walk(story.book(method))
    paid = sum((-t.cash for t in story.transactions if t.kind is Kind.BUY), ZERO)
    received = sum((t.cash for t in story.transactions if t.kind is Kind.SELL), ZERO)
    assert known(lot.cost for lot in walked.lots) + known(lot.cost for lot in walked.closed) == paid
    assert known(lot.proceeds for lot in walked.closed) == received
    fees = sum((t.fee for t in story.transactions), ZERO)
    sides = [lot.cost for lot in walked.lots] + [side for lot in walked.closed for side in (lot.cost, lot.proceeds)]
    assert sum((side.fees for side in sides), ZERO) == fees


@pytest.mark.parametrize("method", METHODS)
@given(story=stories())
@settings(max_examples=30)
def test_realised_and_unrealised_gain_are_value_and_proceeds_less_cost(method: Method, story: Story) -> None:
    walked = walk(story.book(method))
    rates = Rates(())
    gained = [realised(lot, "USD", rates) for lot in walked.closed]
    open_gains = [unrealised(lot, CLOSE, "USD", day(LAST), "USD", rates) for lot in walked.lots]
    value = sum(story.held.values(), ZERO) * CLOSE
    cash = sum((t.cash for t in story.transactions), ZERO)
    assert total([*gained, *open_gains]).base == value + cash


@pytest.mark.parametrize("method", METHODS)
@given(
    story=stories(splits=False, shorts=True),
    ratio=st.sampled_from((D(2), D(7), D("1.5"), D("0.1"))),
    when=st.integers(2, LAST),
)
@settings(max_examples=30)
def test_a_split_changes_no_cost_and_no_gain(method: Method, story: Story, ratio: Decimal, when: int) -> None:
    plain = walk(story.book(method))
    later = [
        replace(t, quantity=t.quantity * ratio) if t.instrument == "ACME" and t.day >= day(when) else t
        for t in story.transactions
    ]
    scaled = walk(
        replace(story.book(method), transactions=tuple(later), actions=(split("ACME", str(when), str(ratio)),))
    )
    rounding = AT_MOST + cut_off(story.transactions, ratio)
    assert len(plain.lots) == len(scaled.lots)
    for one, other in zip(plain.lots, scaled.lots, strict=True):
        factor = ratio if one.instrument == "ACME" else 1
        assert abs(one.quantity * factor - other.quantity) < AT_MOST
        assert abs(one.cost.amount - other.cost.amount) < rounding
    for one, other in zip(plain.closed, scaled.closed, strict=True):
        assert abs(one.cost.amount - other.cost.amount) < rounding
        assert abs(one.proceeds.amount - other.proceeds.amount) < rounding
    assert paid_for(plain) == paid_for(scaled)


def cut_off(transactions: Iterable[Transaction], ratio: Decimal) -> Decimal:
    """What a part of a sale may cost less or more by being cut at the twelfth decimal: of each transaction, a unit of
    that size of the dearest kind. Units that became fewer are as much dearer."""
    trades = [abs(each.cash / each.quantity) for each in transactions if each.cash]
    return len(trades) * SMALLEST * max(trades, default=ZERO) / min(ratio, D(1))


def paid_for(walked: Walked) -> Decimal:
    """Of all lots together: what cutting takes from one, another one has."""
    return known(each.cost for each in (*walked.lots, *walked.closed)) - known(each.proceeds for each in walked.closed)


@pytest.mark.parametrize("method", METHODS)
@given(story=stories(), part=st.integers(1, 100))
@settings(max_examples=30)
def test_a_transfer_between_own_accounts_changes_no_total(method: Method, story: Story, part: int) -> None:
    before = walk(story.book(method), day(LAST))
    if not story.held:
        return
    (account, name), units = max(story.held.items())
    moved = _row(999, LAST, account, name, Kind.TRANSFER, (units * part / 100).quantize(D("1e-9")) or units, D(1))
    after = walk(replace(story.book(method), transactions=(*story.transactions, moved)), day(LAST))
    assert after.problems == ()
    assert after.closed == before.closed
    assert known(lot.cost for lot in after.lots) == known(lot.cost for lot in before.lots)
    assert sum(positions(after).values()) == sum(positions(before).values())


@given(story=stories(shorts=True), part=st.integers(1, 100))
@settings(max_examples=30)
def test_a_transfer_changes_no_value_and_no_gain_of_the_whole(story: Story, part: int) -> None:
    prices = {name: {day(number): 10.0 + number for number in range(1, LAST + 1)} for name in ("ACME", "BOLT")}
    deposits = [
        Transaction(id=900 + n, kind=Kind.DEPOSIT, account=n, day=day(1), currency="USD", cash=D(10000)) for n in (1, 2)
    ]
    held = [key for key, units in story.held.items() if units * story.held.get((3 - key[0], key[1]), ZERO) >= 0]
    if not held:
        return
    (account, name) = held[part % len(held)]
    units = (abs(story.held[account, name]) * part / 100).quantize(D("1e-9")) or abs(story.held[account, name])
    plain = _row(999, LAST, account, name, Kind.TRANSFER, units, D(1))
    found = []
    for moved in ([], [replace(plain, at=_instant(plain))]):
        whole = replace(
            story.book(),
            transactions=(*deposits, *story.transactions, *moved),
            closes={name: closes_of(told) for name, told in prices.items()},
        )
        followed = history(walk(whole, day(LAST)), whole)
        done = performance(followed, followed.scope(), stretch_of(followed, "Max"))
        found.append((worth(followed, followed.scope()).round(6).tolist(), done.gain, done.paid_in, done.taken_out))
    assert found[0] == found[1]


def sold_short(walked: Walked) -> dict[int, tuple[object, ...]]:
    """By the sale that opened it: since when, how many units, and what was received, in whichever accounts."""
    found: dict[int, tuple[object, ...]] = {}
    for lot in (each for each in walked.lots if each.quantity < 0):
        _, units, cost = found.get(lot.opened.id, (None, ZERO, ZERO))
        found[lot.opened.id] = lot.acquired, units + lot.quantity, cost + known([lot.cost])  # type: ignore[operator]
    return found


@pytest.mark.parametrize("method", METHODS)
@given(story=stories(shorts=True), part=st.integers(1, 100))
@settings(max_examples=30)
def test_what_is_short_is_transferred_with_the_day_and_the_proceeds_of_its_sale(
    method: Method, story: Story, part: int
) -> None:
    before = walk(story.book(method), day(LAST))
    assert (before.problems, positions(before)) == ((), story.held)
    movable = [key for key, units in story.held.items() if units * story.held.get((3 - key[0], key[1]), ZERO) >= 0]
    for account, name in movable:
        held = story.held[account, name]
        units = (abs(held) * part / 100).quantize(D("1e-9")) or abs(held)
        plain = _row(999, LAST, account, name, Kind.TRANSFER, units, D(1))
        moved = replace(plain, at=_instant(plain))
        after = walk(replace(story.book(method), transactions=(*story.transactions, moved)), day(LAST))
        there, sign = (3 - account, name), units.copy_sign(held)
        assert after.problems == ()
        assert (after.closed, sold_short(after)) == (before.closed, sold_short(before))
        assert known(lot.cost for lot in after.lots) == known(lot.cost for lot in before.lots)
        expected = {**story.held, (account, name): held - sign, there: story.held.get(there, ZERO) + sign}
        assert positions(after) == {key: each for key, each in expected.items() if each}


@pytest.mark.parametrize("method", METHODS)
@given(story=stories(shorts=True))
@settings(max_examples=30)
def test_gains_are_value_and_proceeds_less_cost_with_short_sales_too(method: Method, story: Story) -> None:
    walked, rates = walk(story.book(method)), Rates(())
    gained = [realised(lot, "USD", rates) for lot in walked.closed]
    open_gains = [unrealised(lot, CLOSE, "USD", day(LAST), "USD", rates) for lot in walked.lots]
    cash = sum((t.cash for t in story.transactions), ZERO)
    assert abs(total([*gained, *open_gains]).base - sum(story.held.values(), ZERO) * CLOSE - cash) < AT_MOST


@pytest.mark.parametrize("method", METHODS)
@given(story=stories(shorts=True), stops=st.sets(st.integers(1, LAST), max_size=4))
@settings(max_examples=30)
def test_a_walk_that_goes_on_comes_to_the_same(method: Method, story: Story, stops: set[int]) -> None:
    whole = story.book(method)
    walked = None
    for stop in (*sorted(stops), LAST):
        until = tuple(t for t in story.transactions if t.day <= day(stop))
        walked = walk(replace(whole, transactions=until), day(stop), since=walked)
    assert walked == walk(whole, day(LAST))
