"""A split that only a statement tells and that the closes do not show is a problem in words."""

from __future__ import annotations

from fractions import Fraction

import pytest

from openbell.portfolio.book import Action
from openbell.portfolio.lots import Problem
from openbell.portfolio.unseen import unseen_splits
from openbell.portfolio.walk import walk
from portfolio.books import split
from portfolio.held import book_of, prices_of

FLAT = """
    2024-02-26 80
    2024-03-04 81
    2024-03-05 82
    2024-03-06 81
    2024-03-13 84"""


def problems(closes: str, told: str = "2024-03-05 split A - - ratio=2", *actions: Action) -> list[Problem]:
    book = book_of(f"2024-02-26 buy A 10 -800\n{told}", {"A": prices_of(closes)}, actions=actions)
    return [each for each in walk(book).problems if each.kind == "split_unseen"]


def test_closes_that_go_on_as_before_contradict_a_split():
    [problem] = problems(FLAT)
    assert (problem.severity, problem.transaction and problem.transaction.id, problem.account) == ("doubtful", 2, 1)
    assert problem.what == (
        "A split of A on 2024-03-05 was told, 2 for 1, but its closes do not show one: 80 on 2024-02-26 and 84 on "
        "2024-03-13."
    )
    assert "adjusted for splits" in problem.remedy


def test_a_reverse_split_that_closes_do_not_show_is_told_too():
    assert len(problems(FLAT, "2024-03-05 split A - - ratio=0.1")) == 1


@pytest.mark.parametrize(
    ("closes", "told", "actions"),
    [
        ("2024-03-04 80\n2024-03-05 41", "2024-03-05 split A - - ratio=2", ()),
        ("2024-02-26 80\n2024-03-04 79\n2024-03-07 41", "2024-03-05 split A 10 -", ()),
        ("2024-02-26 80\n2024-03-04 40\n2024-03-05 41", "2024-03-05 split A - - ratio=2", ()),
        ("2024-02-26 80\n2024-03-05 81\n2024-03-08 40\n2024-03-13 39", "2024-03-05 split A - - ratio=2", ()),
        ("2024-03-04 80\n2024-03-05 81", "2024-03-05 split A - - ratio=1.1", ()),
        ("2024-03-04 80", "2024-03-05 split A - - ratio=2", ()),
        ("2024-03-05 80", "2024-03-05 split A - - ratio=2", ()),
        (FLAT, "2024-03-05 split A - - ratio=2", (split("A", "2024-03-05", "2"),)),
        (FLAT, "2024-03-05 dividend A - 5", ()),
    ],
    ids=[
        "they show it",
        "they show what the units tell",
        "it was booked late",
        "it was booked early",
        "it is too small to see",
        "none after it",
        "none before it",
        "a vendor tells it too",
        "there is none",
    ],
)
def test_nothing_is_said_where_closes_show_it_or_cannot_tell(closes: str, told: str, actions: tuple[Action, ...]):
    assert problems(closes, told, *actions) == []


def test_units_that_leave_nothing_of_a_position_are_no_split_that_closes_could_show():
    walked = walk(book_of("2024-02-26 buy A 10 -800\n2024-03-05 split A - - ratio=2", {"A": prices_of(FLAT)}))
    nothing = {"A": [(walked.happened[0].day, Fraction(0))]}
    assert list(unseen_splits(walked.happened, nothing, {"A": prices_of(FLAT)})) == []
