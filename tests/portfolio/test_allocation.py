"""How the value is spread, and what checks say of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.model.errors import InvalidInput
from openbell.portfolio.allocation import Slice, allocation, shares
from openbell.portfolio.book import Book, Facts
from openbell.portfolio.checks import Check, Thresholds, checks
from openbell.portfolio.worth import worths
from portfolio.held import book_of, d, followed, prices_of, rates_of

FACTS = [
    Facts("A", "A", currency="USD", type="stock", sector="Energy", country="US"),
    Facts("B", "B", currency="EUR", type="stock", sector="Energy", country="DE"),
    Facts("C", "C", currency="USD", type="etf"),
    Facts("D", "D", currency="USD"),
]


def book(rows: str = "", closes_of_c: str = "2024-01-02 100", sessions: str | None = None) -> Book:
    return book_of(
        """
        2024-01-02 deposit - - 1000
        2024-01-02 buy A 3 -300
        2024-01-02 exchange - - -220 to_cash=200 to_currency=EUR
        2024-01-02 buy B 2 -200 currency=EUR
        2024-01-02 buy C 1 -100"""
        + rows,
        {
            "A": prices_of("2024-01-02 100"),
            "B": prices_of("2024-01-02 100"),
            "C": prices_of(closes_of_c, sessions=sessions),
        },
        facts=FACTS,
        rates=(rates_of("EUR", "USD", "2024-01-02 1.1"),),
    )


def keys(slices: tuple[Slice, ...]) -> list[tuple[str, Decimal, Decimal | None]]:
    return [(each.key, each.value, each.share) for each in slices]


def test_slices_are_the_largest_first_and_the_unknown_is_said_to_be():
    _, found = followed(book(), "2024-01-02")
    assert keys(allocation(found, list(worths(found, found.scope(), 0)), ["sector"]).slices) == [
        ("Energy", 520, Decimal("0.52")),
        ("cash", 380, Decimal("0.38")),
        ("unknown", 100, Decimal("0.1")),
    ]
    assert keys(allocation(found, list(worths(found, found.scope(), 0)), ["currency"]).slices) == [
        ("USD", 780, Decimal("0.78")),
        ("EUR", 220, Decimal("0.22")),
    ]
    assert [each.key for each in allocation(found, list(worths(found, found.scope(), 0)), ["country"]).slices] == [
        "cash",
        "US",
        "DE",
        "unknown",
    ]
    assert [each.key for each in allocation(found, list(worths(found, found.scope(), 0)), ["instrument"]).slices] == [
        "cash USD",
        "A",
        "B",
        "C",
    ]


def test_inside_a_slice_are_those_of_the_next_dimension():
    _, found = followed(book(), "2024-01-02")
    by_type = allocation(found, list(worths(found, found.scope(), 0)), ["type", "account", "instrument"]).slices
    assert [each.key for each in by_type] == ["stock", "cash", "etf"]
    assert keys(by_type[0].inner) == [("1", 520, Decimal("0.52"))]
    assert keys(by_type[0].inner[0].inner) == [("A", 300, Decimal("0.3")), ("B", 220, Decimal("0.22"))]


def test_what_has_no_value_is_beside_the_slices():
    _, found = followed(book(sessions="2024-01-03"), "2024-01-03")
    spread = allocation(found, list(worths(found, found.scope(), 1)), ["type"])
    assert [each.part.instrument for each in spread.unvalued] == ["C"]
    assert sum(each.share or 0 for each in spread.slices) == 1


def test_a_whole_that_is_owed_has_no_shares():
    _, found = followed(book("\n2024-01-02 withdrawal - - -5000"), "2024-01-02")
    assert {each.share for each in allocation(found, list(worths(found, found.scope(), 0)), ["type"]).slices} == {None}


def test_what_amounts_that_cancel_out_leave_over_has_no_shares():
    _, found = followed(
        book_of(
            """
            2024-01-02 deposit - - 0.000000000001
            2024-01-02 withdrawal - - -10000000000
            2024-01-02 delivery_in H 1 -""",
            {"H": prices_of("2024-01-02 10000000000", calendar=False)},
        ),
        "2024-01-02",
    )
    spread = allocation(found, list(worths(found, found.scope(), 0)), ["account", "instrument"])
    assert (spread.total, [each.share for each in spread.slices]) == (Decimal("1e-12"), [1])
    assert [each.share for each in spread.slices[0].inner] == [None, None]


def test_too_much_sold_short_is_too_much_in_one_place():
    walked, found = followed(
        book_of("2024-01-02 deposit - - 100\n2024-01-02 sell A -2 200 short=1", {"A": prices_of("2024-01-02 100")}),
        "2024-01-02",
    )
    position = checks(found, walked, found.scope(), Thresholds())[0]
    assert (position.state, position.number, position.about) == ("attention", -2, ("A",))


@given(st.lists(st.integers(-1000, 10**12), min_size=1, max_size=30).filter(lambda values: sum(values) > 0))
def test_shares_add_up_to_exactly_one(cents: list[int]):
    values = [Decimal(each) / 100 for each in cents]
    found = shares(values, Decimal(1))
    assert sum(found) == 1
    for share, value in zip(found, values, strict=True):
        assert abs(share - value / sum(values)) <= Decimal("0.000001")
    inner = shares(values, found[0])
    assert sum(inner) == found[0]


def test_checks_say_state_number_threshold_and_a_sentence():
    walked, found = followed(book(), "2024-01-02")
    thresholds = Thresholds(position=Decimal("0.25"), sector=Decimal("0.6"), currency=Decimal("0.2"))
    by_name = {each.name: each for each in checks(found, walked, found.scope(), thresholds)}
    assert by_name["position"] == Check(
        "position",
        "attention",
        Decimal("0.3"),
        Decimal("0.25"),
        "A is 30.0 % of the whole; the limit is 25.0 %.",
        ("A",),
    )
    assert by_name["sector"].sentence == "Energy is 52.0 % of the whole; the limit is 60.0 %."
    assert (by_name["currency"].state, by_name["currency"].about) == ("attention", ("EUR",))
    assert (by_name["cash"].state, by_name["cash"].sentence) == (
        "attention",
        "38.0 % of the whole is cash; the limit is 25.0 %.",
    )
    assert {each.state for name, each in by_name.items() if name.startswith(("price", "negative", "cost"))} == {"good"}


def test_sectors_that_nobody_knows_are_not_said_to_be_good():
    walked, found = followed(
        book_of("2024-01-02 deposit - - 100\n2024-01-02 buy A 1 -100", {"A": prices_of("2024-01-02 100")}), "2024-01-02"
    )
    sector = checks(found, walked, found.scope(), Thresholds())[1]
    assert (sector.name, sector.state, sector.number) == ("sector", "unknown", None)
    assert sector.sentence == "No sector of what is held is known."


def test_checks_find_what_is_missing_stale_or_owed():
    rows = "\n2024-01-03 withdrawal - - -500\n2024-01-03 delivery_in D 1 -"
    walked, found = followed(book(rows, sessions="2024-01-03"), "2024-01-09")
    by_name = {each.name: each for each in checks(found, walked, found.scope(), Thresholds())}
    assert by_name["price_missing"].sentence == (
        "2 positions cannot be valued, and so cannot the whole: C: there is no price of 2024-01-09; "
        "D: there is no price of 2024-01-09. Fetch or import prices, or say one by hand."
    )
    assert by_name["price_stale"].sentence == "2 prices older than 5 days; that of A is of 2024-01-02."
    assert by_name["price_stale"].number == 7
    assert by_name["negative_cash"].sentence.startswith(
        "More cash was spent than is told to have come: Broker -120 USD."
    )
    assert by_name["negative_cash"].number == 1
    assert by_name["cost_missing"].state == "attention"
    assert by_name["position"].sentence.endswith("2 positions without a price could change that.")


def test_what_cannot_be_valued_could_change_each_share():
    rows = "2024-01-02 deposit - - 1000\n2024-01-02 delivery_in D 1 -"
    walked, found = followed(book_of(rows, {}, facts=FACTS), "2024-01-02")
    by_name = {each.name: each for each in checks(found, walked, found.scope(), Thresholds())}
    assert [by_name[name].state for name in ("position", "sector", "cash")] == ["unknown"] * 3
    for name in ("position", "sector", "cash"):
        assert by_name[name].sentence.endswith(" 1 position without a price could change that."), by_name[name]


def test_a_portfolio_that_is_worth_nothing_has_no_shares_to_check():
    walked, found = followed(book_of((), {}), "2024-01-02")
    assert [each.state for each in checks(found, walked, found.scope(), Thresholds())] == ["unknown"] * 4 + ["good"] * 4


@pytest.mark.parametrize("wrong", ["-0.1", "1.5", "NaN", "Infinity"])
def test_a_threshold_that_cannot_be_is_refused(wrong: str):
    with pytest.raises(InvalidInput, match="threshold sector"):
        Thresholds(sector=Decimal(wrong))
    with pytest.raises(InvalidInput, match="3650"):
        Thresholds(stale_days=-1)


def test_the_day_of_a_check_is_the_last_one_of_the_series():
    _, found = followed(book(), "2024-01-05")
    assert found.day(len(found.days) - 1) == d("2024-01-05")
