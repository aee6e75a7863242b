"""Corporate actions: each once, to every account, as statements tell them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from openbell.portfolio.actions import fraction
from openbell.portfolio.book import Action, Book
from openbell.portfolio.walk import Walked, walk
from portfolio.books import book, closes_of, on, split

D = Decimal


def held(walked: Walked) -> list[str]:
    """account instrument quantity cost"""
    return [f"{lot.account} {lot.instrument} {_plain(lot.quantity)} {_plain(lot.cost.amount)}" for lot in walked.lots]


def _plain(number: Decimal | None) -> str:
    return "?" if number is None else f"{number.normalize():f}"


def said(walked: Walked) -> list[str]:
    return [f"{problem.kind} {problem.severity} {problem.account or '-'}" for problem in walked.problems]


def test_a_split_that_the_desk_and_two_brokers_tell_is_applied_once() -> None:
    walked = walk(
        book(
            """
            2022-05-02 buy   AMZN 1  -2481
            2022-05-03 buy   AMZN 10 -24800 account=2
            2022-05-04 buy   AMZN 2  -5000  account=3
            2022-06-03 split AMZN 19  -     at=20:25
            2022-06-08 split AMZN -   -     account=2 ratio=20""",
            actions=[split("AMZN", "2022-06-06", "20"), split("AMZN", "2022-06-06", "20", "another vendor")],
        )
    )
    assert held(walked) == ["1 AMZN 20 2481", "2 AMZN 200 24800", "3 AMZN 40 5000"]
    assert [(each.day, each.sources) for each in walked.happened] == [
        (on("2022-06-06"), ("vendor", "another vendor", "statement"))
    ]
    assert walked.units("AMZN", 1, on("2022-06-05")) == 1
    assert walked.units("AMZN", None, on("2022-06-06")) == 260
    assert said(walked) == []


def test_units_that_one_broker_tells_give_the_ratio_for_the_other_accounts() -> None:
    walked = walk(
        book(
            """
            2022-05-02 buy   TSLA 0.08215962 -60
            2022-05-02 buy   TSLA 5          -4000 account=2
            2022-08-25 split TSLA 0.16431924 -"""
        )
    )
    assert held(walked) == ["1 TSLA 0.24647886 60", "2 TSLA 15 4000"]
    assert walked.happened[0].day == on("2022-08-25")


def test_old_units_taken_and_new_ones_given_are_one_consolidation() -> None:
    walked = walk(
        book(
            """
            2025-03-03 buy   ISO  29.80478  -59.68
            2025-03-24 split ISO -29.80478  - at=07:24:24
            2025-03-24 split ISO   7.451195 - at=07:24:25"""
        )
    )
    assert held(walked) == ["1 ISO 7.451195 59.68"]


def test_a_fraction_that_was_paid_in_cash_is_sold() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy   ACME 7  -70
            2024-06-10 split ACME -4 6 ratio=0.5"""
        )
    )
    assert held(walked) == ["1 ACME 3 60"]
    assert [(each.quantity, each.cost.amount, each.proceeds.amount) for each in walked.closed] == [(D("0.5"), 10, 6)]
    assert said(walked) == ["units_differ note 1"]


def test_units_that_differ_from_the_ratio_are_followed_and_said() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy   ACME 10 -100
            2024-06-10 split ACME 19 -""",
            actions=[split("ACME", "2024-06-10", "2")],
        )
    )
    assert held(walked) == ["1 ACME 29 100"]
    assert said(walked) == ["units_differ doubtful 1"]
    assert "leaves 29 units, the ratio would give 20" in walked.problems[0].what


def test_two_splits_of_one_source_within_a_week_are_two() -> None:
    walked = walk(
        book(
            "2024-01-02 buy ACME 10 -100",
            actions=[split("ACME", "2024-06-10", "2"), split("ACME", "2024-06-14", "3")],
        )
    )
    assert held(walked) == ["1 ACME 60 100"]


def test_sources_that_disagree_about_a_ratio_are_told_of_and_one_is_applied() -> None:
    walked = walk(
        book(
            "2024-01-02 buy ACME 10 -100",
            actions=[split("ACME", "2024-06-10", "2"), split("ACME", "2024-06-11", "20", "another vendor")],
        )
    )
    assert held(walked) == ["1 ACME 20 100"]
    assert said(walked) == ["ratios_differ doubtful -"]


def test_a_split_after_the_sale_changes_nothing_that_was_sold() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy  ACME  10 -100
            2024-02-01 sell ACME -10  150""",
            actions=[split("ACME", "2024-06-10", "2")],
        )
    )
    assert [(each.quantity, each.actions) for each in walked.closed] == [(10, ())]
    assert walked.scale("ACME", on("2024-02-01")) == 2
    assert walked.scale("ACME", on("2024-06-10")) == 1


def test_the_closed_lot_shows_the_split_it_went_through() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy  ACME   10 -100
            2024-07-01 sell ACME  -15  150""",
            actions=[split("ACME", "2024-06-10", "2")],
        )
    )
    assert [(each.quantity, each.cost.amount) for each in walked.closed] == [(15, 75)]
    assert [(each.kind, each.ratio, each.day) for each in walked.closed[0].actions] == [("split", 2, on("2024-06-10"))]


def test_a_split_of_one_third_leaves_whole_units() -> None:
    walked = walk(
        book("2024-01-02 buy ACME 300 -900", actions=[split("ACME", "2024-06-10", "0.333333333333")]),
    )
    assert held(walked) == ["1 ACME 100 900"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0.333333333333", Fraction(1, 3)),
        ("0.3333", Fraction(1, 3)),
        ("1.3333", Fraction(4, 3)),
        ("0.0333333", Fraction(1, 30)),
        ("0.1", Fraction(1, 10)),
        ("1.5", Fraction(3, 2)),
        ("1.998", Fraction(999, 500)),
        ("0.1429", Fraction(1, 7)),
        ("20", Fraction(20)),
        ("1.4971", Fraction(14971, 10000)),
    ],
)
def test_a_ratio_is_as_simple_as_its_digits_tell(written: str, meant: Fraction) -> None:
    assert fraction(D(written)) == meant


IBM = "2021-10-01 buy IBM 100 -14000"


def test_a_split_that_was_a_spin_off_leaves_the_units_alone_and_says_so() -> None:
    walked = walk(book(IBM, actions=[split("IBM", "2021-11-04", "1.0460")]))
    assert held(walked) == ["1 IBM 100 14000"]
    assert said(walked) == ["spin_off_untold doubtful 1"]


def test_a_spin_off_takes_its_part_of_the_cost_and_the_day_of_its_parent() -> None:
    walked = walk(
        book(
            f"""
            {IBM}
            2021-11-05 spin_off IBM 20 - other=KD ratio=0.05""",
            actions=[split("IBM", "2021-11-04", "1.0460")],
        )
    )
    assert held(walked) == ["1 IBM 100 13300", "1 KD 20 700"]
    assert {lot.acquired for lot in walked.lots} == {on("2021-10-01")}
    assert said(walked) == []


def test_without_a_told_part_the_fall_of_the_price_tells_it() -> None:
    walked = walk(
        book(
            f"""
            {IBM}
            2021-10-01 buy      IBM 50 -7000 account=2
            2021-11-05 spin_off IBM 20 - other=KD""",
            actions=[split("IBM", "2021-11-04", "1.0460")],
        )
    )
    part = 1 - 1 / D("1.046")
    assert [(lot.account, lot.instrument, lot.quantity) for lot in walked.lots] == [
        (1, "IBM", 100), (1, "KD", 20), (2, "IBM", 50), (2, "KD", 10)
    ]  # fmt: skip
    assert [abs(lot.cost.amount - paid) < D("1e-6") for lot, paid in zip(
        walked.lots, (14000 - 14000 * part, 14000 * part, 7000 - 7000 * part, 7000 * part), strict=True
    )] == [True] * 4  # fmt: skip


def test_a_statement_that_books_units_makes_an_odd_split_a_real_one() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy   ACME 1000 -1000
            2024-06-10 split ACME   46 -""",
            actions=[split("ACME", "2024-06-10", "1.0460")],
        )
    )
    assert held(walked) == ["1 ACME 1046 1000"]


def test_a_new_name_keeps_cost_and_day_whoever_uses_it_early_or_late() -> None:
    walked = walk(
        book(
            """
            2022-05-16 buy  FB   10 -1987.20
            2022-06-01 buy  META  5 -1000
            2022-06-13 sell FB   -3   480""",
            actions=[Action("FB", on("2022-06-09"), "rename", "vendor", other="META")],
        )
    )
    assert held(walked) == ["1 META 7 1391.04", "1 META 5 1000"]
    assert walked.units("FB", 1, on("2022-06-08")) == 15
    assert walked.units("META", 1, on("2022-06-09")) == 15
    assert said(walked) == []


def merger(**told: object) -> Action:
    return Action("OLD", on("2024-06-10"), "merger", "vendor", **told)  # type: ignore[arg-type]


def test_a_merger_for_units_keeps_cost_and_day() -> None:
    walked = walk(book("2024-01-02 buy OLD 10 -100", actions=[merger(ratio=D("0.5"), other="NEW")]))
    assert held(walked) == ["1 NEW 5 100"]
    assert walked.lots[0].acquired == on("2024-01-02")


@pytest.mark.parametrize(
    ("rows", "actions", "cost"),
    [
        pytest.param("8 split A 1 33", [], "267", id="told with the units"),
        pytest.param("8 split A 1 -\n10 split A - 33", [], "267", id="in the week after them"),
        pytest.param(
            "8 split A 1 -\n28 split A - 33",
            [Action("A", on("8"), "split", "vendor", ratio=Decimal(4) / 3)],
            "267",
            id="weeks after them",
        ),
        pytest.param(
            "8 split A - 33", [Action("A", on("8"), "split", "vendor", ratio=Decimal(4) / 3)], "267", id="without them"
        ),
        pytest.param("8 split A 1 -\n28 split A - 333", [], "0", id="more than they had cost"),
    ],
)
def test_cash_for_a_fraction_cuts_the_cost_where_none_was_sold(rows: str, actions: list[Action], cost: str) -> None:
    walked = walk(book(f"1 buy A 3 -300\n{rows}", actions=actions))
    assert [(lot.quantity, lot.cost.amount) for lot in walked.lots] == [(Decimal(4), Decimal(cost))]
    gains = [each.proceeds.amount for each in walked.closed]
    assert (gains, walked.problems) == ([Decimal(33)] if cost == "0" else [], ())


def test_a_merger_for_cash_sells_all() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy    OLD  10 -100
            2024-06-11 merger OLD -10  250 other=NEW""",
            actions=[merger(amount=D(25), currency="USD")],
        )
    )
    assert held(walked) == []
    assert [(each.cost.amount, each.proceeds.amount) for each in walked.closed] == [(100, 250)]
    assert said(walked) == []


def test_a_merger_for_units_and_cash_cuts_the_cost_and_what_exceeds_it_is_a_gain() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy    OLD  10 -100
            2024-01-03 buy    OLD  10  -20
            2024-06-11 merger OLD   6  120 other=NEW"""
        )
    )
    assert held(walked) == ["1 NEW 3 40", "1 NEW 3 0"]
    assert [(each.quantity, each.cost.amount, each.proceeds.amount) for each in walked.closed] == [(0, 0, 40)]


def test_a_merger_whose_cash_no_statement_tells_is_counted_and_said() -> None:
    walked = walk(book("2024-01-02 buy OLD 10 -100", actions=[merger(amount=D(25), currency="USD")]))
    assert [(each.proceeds.amount, each.closed) for each in walked.closed] == [(250, None)]
    assert said(walked) == ["cash_untold doubtful -"]


def test_returned_capital_cuts_each_lot_by_its_units() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy               ACME 10 -100
            2024-01-03 buy               ACME 30 -900
            2024-06-10 return_of_capital ACME -   480"""
        )
    )
    assert held(walked) == ["1 ACME 10 0", "1 ACME 30 540"]
    assert [(each.acquired, each.quantity, each.proceeds.amount) for each in walked.closed] == [
        (on("2024-01-02"), 0, 20)
    ]


def test_units_of_a_split_of_what_is_not_held_are_there_at_an_unknown_cost() -> None:
    walked = walk(book("2024-07-15 split AVGO 9 -"))
    assert held(walked) == ["1 AVGO 9 ?"]
    assert said(walked) == ["action_of_nothing wrong 1"]


def test_a_split_that_takes_units_of_what_was_never_held_is_a_problem() -> None:
    walked = walk(
        book(
            """
            2021-01-08 buy   LGO 1300  -1300
            2021-03-08 split OLD -1300 -"""
        )
    )
    assert (held(walked), said(walked)) == (["1 LGO 1300 1300"], ["action_of_nothing wrong 1"])


def test_a_split_without_ratio_or_units_is_said_and_the_rest_is_computed() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy   ACME 10 -100
            2024-06-10 split ACME  - -
            2024-07-01 buy   BOLT 1  -10"""
        )
    )
    assert held(walked) == ["1 ACME 10 100", "1 BOLT 1 10"]
    assert said(walked) == ["no_ratio wrong 1"]


def test_an_action_after_the_day_that_is_asked_about_has_not_happened() -> None:
    ours = book("2024-01-02 buy ACME 10 -100", actions=[split("ACME", "2024-06-10", "2")])
    assert held(walk(ours, on("2024-06-09"))) == ["1 ACME 10 100"]
    assert walk(ours, on("2024-06-09")).happened == ()


def test_a_merger_into_what_was_sold_short_covers_it() -> None:
    walked = walk(
        book(
            """
            2024-01-02 buy  OLD  10 -100
            2024-01-02 sell NEW  -4   80 short=yes""",
            actions=[merger(ratio=D("0.5"), other="NEW")],
        )
    )
    assert held(walked) == ["1 NEW 1 20"]
    assert [(each.rule, each.quantity, each.cost.amount, each.proceeds.amount) for each in walked.closed] == [
        ("cover", 4, 80, 80)
    ]


def renamed(told: Book, name: str) -> Book:
    """With every instrument called so, whatever its id is."""
    return replace(told, facts={key: replace(each, ticker=name) for key, each in told.facts.items()})


@pytest.mark.parametrize(
    ("told", "actions"),
    [
        ("2024-01-02 buy own:1 10 -100\n2024-06-10 split own:1 7 -", [split("own:1", "2024-06-10", "2")]),
        ("2024-06-10 split own:1 - - ratio=3", [split("own:1", "2024-06-10", "2")]),
        ("2024-01-02 buy own:1 10 -100\n2024-06-10 spin_off own:1 - - other=B", []),
        ("2024-01-02 buy own:1 10 -100\n2024-06-10 split own:1 - - ratio=2", []),
        ("2024-01-02 buy own:1 10 -100", [Action("own:1", on("2024-06-10"), "merger", "vendor", amount=D(5),
                                                currency="USD")]),
    ],
    ids=["units", "ratios", "spin-off", "closes", "cash"],
)  # fmt: skip
def test_what_is_wrong_with_an_action_names_the_instrument_as_people_do(told: str, actions: list[Action]) -> None:
    flat = {"own:1": {on(each): 80.0 for each in ("2024-06-03", "2024-06-09", "2024-06-10", "2024-06-17")}}
    ours = replace(book(told, actions=actions), closes={key: closes_of(each) for key, each in flat.items()})
    problems = walk(renamed(ours, "A boat")).problems
    assert problems
    for each in problems:
        assert " of A boat " in each.what
        assert "own:1" not in each.what + each.remedy


def test_what_gets_another_name_is_called_so_where_only_later_days_are_walked() -> None:
    ours = book("2024-01-02 buy own:1 10 -100\n2024-06-10 spin_off own:1 - - other=B")
    early = walk(renamed(ours, "A boat"), on("2024-06-10"))
    [problem] = walk(renamed(ours, "A ship"), on("2024-06-11"), since=early).problems
    assert problem.what.startswith("The spin off of A ship on 2024-06-10: ")
