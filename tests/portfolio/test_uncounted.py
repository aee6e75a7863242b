"""What was given away and never held: it is in no gain, and every figure that it could be in says so."""

from __future__ import annotations

from decimal import Decimal

import pytest

from openbell.portfolio.moves import Part
from openbell.portfolio.returns import Performance, contributions, performance, stretch_of
from openbell.portfolio.valuation import History
from openbell.portfolio.why import why_contribution, why_gain, why_mwr, why_twr
from openbell.portfolio.why_lots import why_realised
from portfolio.held import book_of, followed, prices_of

D = Decimal
ACME = prices_of("""
    2024-01-02 100
    2024-01-03 110
    2024-01-04 120""")
SAID = (
    "10 units of ACME that were sold on 2024-01-03 were never held: what they gained is not known, and not in the gain."
)


def told(transactions: str, until: str = "2024-01-04") -> tuple[History, Performance]:
    _, of = followed(book_of(transactions, {"ACME": ACME}), until)
    return of, performance(of, of.scope(), stretch_of(of, "Max"))


@pytest.mark.parametrize(
    ("account", "paid_in"),
    [("2024-01-02 deposit - - 100", D(1000)), ("2024-01-02 interest - - 0.01", D(0))],
)
def test_the_proceeds_of_what_was_never_held_are_no_gain(account: str, paid_in: Decimal):
    of, done = told(f"{account}\n2024-01-03 sell ACME -10 900")
    interest = D("0.01") if "interest" in account else D(0)
    assert done.gain == interest
    assert done.paid_in == paid_in
    assert done.twr in {None, 0.0}
    assert SAID in done.notes
    stretch, part = stretch_of(of, "Max"), Part(1, "ACME", "")
    assert {each.part: each.gain for each in contributions(of, of.scope(), stretch)}[part] == 0
    every = (
        why_gain(of, of.scope(), stretch),
        why_twr(of, of.scope(), stretch),
        why_mwr(of, of.scope(), stretch),
        why_contribution(of, part, of.scope(), stretch),
        why_realised(of, [], of.uncounted),
    )
    assert all(SAID in each.notes for each in every)


def test_only_what_was_held_is_counted_of_a_sale_of_more():
    of, done = told("""
        2024-01-02 deposit -      -  1000
        2024-01-02 buy     ACME  10 -1000
        2024-01-03 sell    ACME -15  1650""")
    assert (done.gain, done.paid_in, done.end) == (D(100), D(1550), D(1650))
    assert [(each.units, each.transaction.id) for each in of.uncounted] == [(D(5), 3)]
    assert performance(of, of.scope(), stretch_of(of, (of.day(1), of.day(2)))).notes == ()


def test_a_transfer_or_delivery_of_more_than_is_held_moves_what_there_was():
    of, done = told("""
        2024-01-02 deposit      -      -  1000
        2024-01-02 buy          ACME  10 -1000
        2024-01-03 transfer     ACME -15  -    to_account=2
        2024-01-04 delivery_out ACME -12  -    account=2""")
    assert (done.gain, done.taken_out) == (D(200), D(1200))
    shares = of.where(lambda part: part.instrument is not None)
    gains = {each.part.account: each.gain for each in contributions(of, shares, stretch_of(of, "Max"))}
    assert gains == {1: D(100), 2: D(100)}
    assert [note.split(" that were ")[1].split(" were never")[0] for note in done.notes[:2]] == [
        "moved on 2024-01-03",
        "given away on 2024-01-04",
    ]


def test_a_purchase_that_is_added_later_makes_the_gain_known():
    of, done = told("""
        2024-01-02 buy  ACME  10 -1000
        2024-01-03 sell ACME -10   900""")
    assert (done.gain, of.uncounted, [note for note in done.notes if "never held" in note]) == (D(-100), (), [])
