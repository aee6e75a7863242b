"""Why a figure is what it is: from the inputs that are told, the figure comes out again."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given

from openbell.portfolio.allocation import allocation
from openbell.portfolio.benchmark import benchmark
from openbell.portfolio.book import Action, Book, Facts, Input, Why, said
from openbell.portfolio.checks import Thresholds, checks
from openbell.portfolio.income import announced, received, yields
from openbell.portfolio.moves import Part
from openbell.portfolio.returns import Stretch, contributions, drawdown, index_of, performance, stretch_of
from openbell.portfolio.twr import chained
from openbell.portfolio.valuation import History
from openbell.portfolio.walk import walk
from openbell.portfolio.why import (
    why_contribution,
    why_day_change,
    why_drawdown,
    why_gain,
    why_mwr,
    why_net_invested,
    why_share,
    why_twr,
    why_value,
)
from openbell.portfolio.why_benchmark import why_benchmark, why_benchmark_mwr, why_benchmark_twr
from openbell.portfolio.why_currency import why_currency_gain
from openbell.portfolio.why_lots import why_cost, why_price, why_realised, why_unrealised, why_yield
from openbell.portfolio.why_paid import why_announced, why_charged, why_received
from openbell.portfolio.worth import day_change, total, worths
from openbell.portfolio.xirr import of_investor
from portfolio.held import book_of, d, followed, prices_of, rates_of
from portfolio.test_returns import SIZE, books


def numbers(why: Why, label: str) -> list[Decimal]:
    return [Decimal(each.value) for each in why.inputs if each.label == label]


def counted(why: Why) -> Decimal:
    """What was paid, as it counts in the portfolio's currency."""
    told = [each for each in why.inputs if each.unit == "USD" and not each.label.endswith(" as paid")]
    return sum((Decimal(each.value) for each in told), Decimal(0))


def gained(why: Why) -> Decimal:
    start, end = numbers(why, "value at the start"), numbers(why, "value at the end")
    return end[0] + sum(numbers(why, "taken out")) - start[0] - sum(numbers(why, "paid in"))


def linked(why: Why) -> float:
    """The time-weighted return from values and flows in order of days."""
    rows: dict[object, list[Input]] = {}
    for each in why.inputs:
        rows.setdefault(each.day, []).append(each)

    def column(label: str, without: float) -> np.ndarray:
        found = [[float(each.value) for each in row if each.label == label and each.value] for row in rows.values()]
        return np.array([sum(each) if each else without for each in found])

    days = np.array(list(rows), "datetime64[D]")
    index = chained(days, column("value", math.nan), column("paid in", 0), column("taken out", 0))
    return float(index.levels[-1] - 1)


@given(books())
def test_every_figure_comes_out_of_the_inputs_of_its_reason(book: Book):
    _, found = followed(book, "2024-01-12")
    inside, stretch = found.scope(), Stretch(-1, SIZE - 1)
    figures, index = performance(found, inside, stretch), index_of(found, inside)
    assert sum(numbers(why_value(found, inside, SIZE - 1), "value")) == figures.end
    assert gained(why_gain(found, inside, stretch)) == figures.gain
    invested = why_net_invested(found, inside, stretch)
    assert sum(numbers(invested, "paid in")) - sum(numbers(invested, "taken out")) == (figures.paid_in or 0) - (
        figures.taken_out or 0
    )
    assert linked(why_twr(found, inside, stretch)) == pytest.approx(figures.twr, rel=1e-9, abs=1e-12)
    flows = why_mwr(found, inside, stretch).inputs
    again = of_investor(
        np.array([each.day for each in flows], "datetime64[D]"),
        np.array([float(each.value or "nan") for each in flows]),
    )
    assert (again.reason, len(again.also)) == (figures.mwr.reason, len(figures.mwr.also))
    for one, other in ((again.period, figures.mwr.period), (again.annual, figures.mwr.annual)):
        assert one == other or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    for kind, figure in (("income", figures.income), ("fee", figures.fees), ("tax", figures.taxes)):
        charged = why_charged(found, inside, stretch, kind)  # type: ignore[arg-type]
        assert counted(charged) == pytest.approx(figure, abs=Decimal("1e-9"))
    currency = why_currency_gain(found, inside, stretch)
    made = [Decimal(each.value) for each in currency.inputs if each.label.endswith(" by the rate")]
    assert sum(made) == pytest.approx(figures.currency_gain, abs=Decimal("1e-9"))
    for each in contributions(found, inside, stretch):
        why = why_contribution(found, each.part, inside, stretch)
        assert gained(why) == each.gain
    if fall := drawdown(index, stretch):
        why = why_drawdown(index, stretch)
        assert float(why.inputs[1].value) / float(why.inputs[0].value) - 1 == pytest.approx(fall.depth, abs=1e-12)


@given(books())
def test_the_gains_of_lots_are_what_prices_and_rates_made(book: Book):
    walked, found = followed(book, "2024-01-12")
    held = why_unrealised(found, found.scope(), SIZE - 1, walked.lots)
    sold = why_realised(found, walked.closed, ())
    cost = why_cost(found, walked.lots)
    paid = [each.value for each in cost.inputs if each.unit == "USD" and not each.label.endswith(" as paid")]
    for why, last, first in (
        (held, starting(held, "value of"), paid),
        (sold, starting(sold, "received for"), [each.value for each in sold.inputs if each.label == "cost"]),
    ):
        made = starting(why, "by the ")
        if all((*made, *last, *first)) and len(made) == 2 * len(first):
            gain = sum(map(Decimal, last)) - sum(map(Decimal, first))
            assert sum(map(Decimal, made)) == pytest.approx(gain, abs=Decimal("1e-9"))


def starting(why: Why, label: str) -> list[str]:
    return [each.value for each in why.inputs if each.label.startswith(label)]


@given(books())
def test_a_part_of_the_history_has_its_reason_too(book: Book):
    _, found = followed(book, "2024-01-12")
    inside, stretch = found.scope(account=1), Stretch(4, SIZE - 2)
    figures = performance(found, inside, stretch)
    why = why_twr(found, inside, stretch)
    start = float(why.inputs[0].value)
    assert why.inputs[0].label == "value"
    paid_first = Why(why.figure, why.method, (Input("paid in", repr(start), day=why.inputs[0].day), *why.inputs))
    assert linked(paid_first) == pytest.approx(figures.twr, rel=1e-9, abs=1e-12)


def small() -> tuple[object, History]:
    return followed(
        book_of(
            """
            2024-01-02 deposit - - 500
            2024-01-02 buy A 10 -100 fee=1 currency=EUR
            2024-01-03 dividend A - 9 tax=1 currency=EUR""",
            {"A": prices_of("2024-01-02 10\n2024-01-03 11\n2024-01-05 12", sessions="2024-01-04")},
            facts=[Facts("A", "A", currency="EUR", exchange="XNYS", sector="Energy")],
            rates=(rates_of("EUR", "USD", "2024-01-02 1.1\n2024-01-05 1.2"),),
            actions=(
                Action("A", d("2024-01-09"), "dividend", "vendor", amount=Decimal("0.5"), pay_date=d("2024-01-20")),
                Action("A", d("2024-01-03"), "dividend", "vendor", amount=Decimal("0.5")),
            ),
        ),
        "2024-01-06",
    )


def test_the_value_says_price_day_source_rate_and_what_was_carried():
    _, found = small()
    why = why_value(found, found.scope(instrument="A"), found.place(d("2024-01-06")))
    assert why.inputs == (
        Input("units", "10", "A", source="account 1"),
        Input("price of A", "12", "EUR", d("2024-01-05"), "vendor"),
        Input("rate", "1.2", "EUR/USD", d("2024-01-05"), "bank"),
        Input("value", "144", "USD"),
    )
    assert why.notes == (
        "The price of A is of 2024-01-05, the last before 2024-01-06.",
        "The rate EUR/USD is of 2024-01-05, the last before 2024-01-06.",
    )


def test_a_missing_price_is_said_in_the_reason():
    _, found = small()
    why = why_value(found, found.scope(instrument="A"), found.place(d("2024-01-04")))
    assert why.notes[0] == "A has no value: there is no price of 2024-01-04."
    assert total(worths(found, found.scope(), found.place(d("2024-01-04")))) is None
    assert [each.value for each in why.inputs if each.label == "value"] == [""]


def test_the_day_change_comes_out_of_its_inputs():
    _, found = followed(
        book_of("2024-01-02 buy A 10 -500\n2024-01-03 buy A 2 -103", {"A": prices_of("2024-01-02 50\n2024-01-03 52")}),
        "2024-01-03",
    )
    change, why = day_change(found, Part(1, "A", ""), 1), why_day_change(found, Part(1, "A", ""), 1)
    before, close, traded, value = (
        numbers(why, label)[0] for label in ("units before", "close of A before", "traded", "value")
    )
    assert change is not None
    assert change.gain == value - before * close - traded == 21


def test_without_the_session_before_the_reason_says_so():
    _, found = small()
    why = why_day_change(found, Part(1, "A", ""), found.place(d("2024-01-05")))
    assert why.notes == ("The price of the newest session or of the one before is missing.",)


def test_income_yields_shares_and_announcements_have_reasons():
    walked, found = small()
    inside, stretch = found.scope(), Stretch(-1, len(found.days) - 1)
    paid = why_received(found, received(found, inside, stretch))
    assert [(each.label, each.value, each.source) for each in paid.inputs] == [
        ("gross A as paid", "10", "transaction 3"),
        ("rate", "1.1", "bank"),
        ("gross A", "11", "transaction 3"),
        ("tax A as paid", "1", "transaction 3"),
        ("tax A", "1.1", "transaction 3"),
    ]
    coming = announced(found, inside)[0]
    unit, units, rate = (Decimal(each.value) for each in why_announced(found, [coming]).inputs)
    assert unit * units * rate == coming.worth == 6
    assert why_announced(found, [coming]).notes == (
        "The ex-date is to come: it is assumed that as many units are held then.",
    )
    one = yields(found, walked, inside)[0]  # type: ignore[arg-type]
    for on, figure in (("cost", one.on_cost), ("value", one.on_value)):
        why = why_yield(found, walked, inside, one, on)  # type: ignore[arg-type]
        over, under = (Decimal(each.value) for each in why.inputs[:2])
        assert float(over / under) == pytest.approx(figure)
        assert [Decimal(each.value) for each in why.inputs if each.label == "gross A"] == [over]
    spread = allocation(found, list(worths(found, inside, len(found.days) - 1)), ["sector"])
    for each in spread.slices:
        part, whole = (Decimal(item.value) for item in why_share(found, each, each.key, spread).inputs)
        assert each.share == pytest.approx(part / whole, abs=Decimal("1e-6"))


def test_the_benchmark_comes_out_of_its_inputs():
    _, found = small()
    stretch = Stretch(-1, len(found.days) - 1)
    other = benchmark(found, found.scope(), stretch, "A")
    why = why_benchmark(found, found.scope(), other, stretch)
    levels = [float(each) for each in numbers(why, "level")]
    amounts = [float(each.value) for each in why.inputs if each.label in {"paid in", "taken out"}]
    units = sum(amount / level for amount, level in zip(amounts, levels, strict=True))
    assert units * float(numbers(why, "level at the end")[0]) == pytest.approx(other.value)


def test_what_bought_the_benchmark_names_the_transactions_of_its_day():
    _, found = followed(
        book_of(
            """
            2024-01-02 deposit    - - 1000
            2024-01-03 deposit    - - 500
            2024-01-03 withdrawal - - -200
            2024-01-04 withdrawal - - -50""",
            {"SPY": prices_of("2024-01-02 100\n2024-01-03 104\n2024-01-04 106")},
            benchmark="SPY",
        ),
        "2024-01-04",
    )

    def told(start: int) -> list[str]:
        stretch = Stretch(start, len(found.days) - 1)
        why = why_benchmark(found, found.scope(), benchmark(found, found.scope(), stretch, "SPY"), stretch)
        bought = (each for each in why.inputs if not each.label.startswith(("level", "close")))
        return [f"{each.day} {each.label} {float(each.value):g} {each.source}".strip() for each in bought]

    assert told(-1) == [
        "2024-01-02 paid in 1000 transaction 1",
        "2024-01-03 paid in 500 transaction 2",
        "2024-01-03 taken out -200 transaction 3",
        "2024-01-03 paid in on the day 300",
        "2024-01-04 taken out -50 transaction 4",
    ]
    assert told(1) == ["2024-01-03 value at the start 1300", "2024-01-04 taken out -50 transaction 4"]


def test_the_level_and_the_returns_of_the_benchmark_come_out_of_closes_rates_splits_and_dividends():
    book = book_of(
        "2024-01-02 deposit - - 1000 currency=EUR\n2024-01-04 deposit - - 500 currency=EUR",
        {"SPY": prices_of("2024-01-02 100\n2024-01-03 104\n2024-01-04 53\n2024-01-05 54")},
        actions=(
            Action("SPY", d("2024-01-03"), "dividend", "vendor", amount=Decimal(2), currency="USD"),
            Action("SPY", d("2024-01-04"), "split", "vendor", ratio=Decimal(2)),
        ),
        rates=(rates_of("USD", "EUR", "2024-01-02 0.9\n2024-01-03 0.8\n2024-01-04 0.95\n2024-01-05 0.7"),),
        base="EUR",
        benchmark="SPY",
    )
    _, found = followed(book, "2024-01-05")
    stretch = Stretch(-1, len(found.days) - 1)
    other = benchmark(found, found.scope(), stretch, "SPY")
    whys = [why_benchmark(found, found.scope(), other, stretch), why_benchmark_twr(found, other, stretch)]
    for why in whys:
        for at, level in enumerate(why.inputs):
            if level.label.startswith("level"):
                close, rate = (float(each.value) for each in why.inputs[at + 1 : at + 3])
                assert close * rate * grown(why, level.day) == pytest.approx(float(level.value), rel=1e-12)
    start, end = (numbers(whys[1], f"level at the {place}")[0] for place in ("start", "end"))
    assert other.twr == pytest.approx(float(end / start) - 1)
    balanced = why_benchmark_mwr(found, found.scope(), other, stretch)
    flows = np.array([float(each.value) for each in balanced.inputs])
    days = np.array([each.day for each in balanced.inputs], "datetime64[D]")
    assert of_investor(days, flows).period == pytest.approx(other.mwr.period)
    assert numbers(balanced, "value at the end") == [Decimal(repr(other.value))]


def grown(why: Why, day: object) -> float:
    """What one unit of the first day has become by `day`."""
    units, told = 1.0, list(why.inputs)
    for at, each in enumerate(told):
        if each.day is None or each.day > day:
            continue
        if each.label == "new units for one":
            units *= float(each.value)
        elif each.label == "reinvested at":
            units *= 1 + float(told[at - 1].value) / float(each.value)
    return units


def test_what_the_rate_made_in_a_day_comes_out_of_both_rates():
    _, found = followed(
        book_of(
            "2024-01-02 buy A 10 -500",
            {"A": prices_of("2024-01-02 50\n2024-01-03 52")},
            rates=(rates_of("USD", "EUR", "2024-01-02 0.9\n2024-01-03 0.8"),),
            base="EUR",
        ),
        "2024-01-03",
    )
    change, why = day_change(found, Part(1, "A", ""), 1), why_day_change(found, Part(1, "A", ""), 1)
    units, close, rate, then = (
        numbers(why, label)[0] for label in ("units before", "close of A before", "rate", "rate before")
    )
    assert change is not None
    assert change.currency_gain == units * close * (rate - then)


def test_numbers_are_plain_however_they_were_reckoned():
    numbers = {"0E-12": "0", "-0E-12": "0", "900.000000000000": "900", "1E+3": "1000", "1039.50": "1039.5", "-7": "-7"}
    assert {told: said(Decimal(told)) for told in numbers} == numbers
    assert said(None) == ""
    closes = {"A": prices_of("2024-01-02 50\n2024-01-03 40")}
    walked, found = followed(book_of("2024-01-02 buy A 100.00 -5000.0 fee=0.10", closes), "2024-01-03")
    told = [why_value(found, found.scope(), 1), why_gain(found, found.scope(), stretch_of(found, "Max"))]
    told += [why_cost(found, walked.lots), why_day_change(found, found.parts[0], 1)]
    told += [why_unrealised(found, found.scope(), 1, walked.lots)]
    values = {each.value for why in told for each in why.inputs}
    assert {each for each in values if "E" in each or ("." in each and each.endswith(("0", ".")))} == set()
    assert {"100", "4000", "5000", "-1000", "0"} <= values
    assert "100 A" in {each.label for each in told[2].inputs}


def test_an_item_of_its_owners_is_called_by_its_name():
    walked, found = followed(
        book_of(
            "2024-01-02 buy own:1 1 -200\n2024-01-03 interest own:1 - 3\n2024-01-04 sell own:1 -2 500",
            {"own:1": prices_of("2024-01-03 210\n2024-01-04 240", calendar=False)},
            facts=[Facts("own:1", "Flat in Lyon", "Flat in Lyon", currency="USD")],
        ),
        "2024-01-04",
    )
    inside, stretch, part = found.scope(), Stretch(-1, len(found.days) - 1), Part(1, "own:1", "")
    lots = walk(found.book, d("2024-01-03")).lots
    told = [why_value(found, inside, 1), why_cost(found, lots), why_unrealised(found, inside, 1, lots)]
    told += [why_realised(found, walked.closed, found.uncounted), why_price(found, part, 1)]
    told += [why_charged(found, inside, stretch, "income"), why_day_change(found, part, 1)]
    told += [why_gain(found, inside, stretch)]
    words = [word for why in told for word in (*why.notes, *(f"{each.label} {each.unit}" for each in why.inputs))]
    words += [each.what for each in walked.problems]
    words += [each.sentence for each in checks(found, walked, inside, Thresholds())]
    assert not [word for word in words if "own:1" in word]
    assert sum("Flat in Lyon" in word for word in words) > 9
