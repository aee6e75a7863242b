"""Why a figure of a portfolio is what it is: its method, what went into it, and what was missing or assumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, allow
from openbell.api.allocation import label_of
from openbell.api.portfolios import thresholds_of
from openbell.api.reckoning import Asked, Inside, TheAsked, TheStretch, held, instrument_of
from openbell.api.shapes import Number
from openbell.model.errors import InvalidInput
from openbell.portfolio import why, why_benchmark, why_currency, why_lots, why_paid
from openbell.portfolio.allocation import Dimension, allocation
from openbell.portfolio.benchmark import Benchmark, benchmark
from openbell.portfolio.book import Why as Known
from openbell.portfolio.checks import checks
from openbell.portfolio.income import announced, received, yields
from openbell.portfolio.lots import Closed, Lot
from openbell.portfolio.moves import Part
from openbell.portfolio.returns import Stretch, index_of, uncounted
from openbell.portfolio.valuation import Mask
from openbell.portfolio.worth import worths

router = APIRouter(tags=["portfolios"])

Figure = Literal[
    "value",
    "net_invested",
    "gain",
    "contribution",
    "twr",
    "mwr",
    "income",
    "fees",
    "taxes",
    "currency_gain",
    "day_change",
    "drawdown",
    "benchmark",
    "benchmark_twr",
    "benchmark_mwr",
    "share",
    "received",
    "announced",
    "yield_on_cost",
    "yield_on_value",
    "simple",
    "cost",
    "unrealised",
    "realised",
    "price",
    "check",
]


class Input(BaseModel):
    """One number that went into a figure, exactly. The source of a flow is `transaction 12`, that of units `account 5`,
    that of a price or a rate who told it."""

    label: str
    value: str
    unit: str
    day: date | None
    source: str


class Why(BaseModel):
    """How a figure came about."""

    figure: str
    method: str
    inputs: list[Input]
    notes: list[str]


@router.get("/portfolios/{number}/why/{figure}", dependencies=[allow(Role.VIEWER)])
def why_this(
    asked: TheAsked,
    inside: Inside,
    stretch: TheStretch,
    figure: Figure,
    against: Annotated[str | None, Query(alias="benchmark", max_length=40)] = None,
    by: Dimension = "instrument",
    key: Annotated[str, Query(max_length=80, description="Of a share: the slice's; of a check: its name.")] = "",
    lot: Annotated[
        Number | None, Query(description="Cost, unrealised, realised: of lots that this transaction opened.")
    ] = None,
    sale: Annotated[Number | None, Query(description="Realised: of lots that this transaction closed.")] = None,
) -> Why:
    """The method of a figure with its source, and every value, flow, rate and price that went into it.

    Contribution, price and yields are of one position: `instrument` names it, and `account` where several hold it.
    """
    of, whole = asked.reckoned.history, asked.reckoned.whole
    made: dict[str, Callable[[], Known]] = {
        "value": lambda: why.why_value(of, inside, asked.reckoned.end),
        "net_invested": lambda: why.why_net_invested(of, inside, stretch),
        "gain": lambda: why.why_gain(of, inside, stretch),
        "contribution": lambda: why.why_contribution(of, _part(asked, inside), whole, stretch),
        "twr": lambda: why.why_twr(of, inside, stretch),
        "mwr": lambda: why.why_mwr(of, inside, stretch),
        "income": lambda: why_paid.why_charged(of, inside, stretch, "income"),
        "fees": lambda: why_paid.why_charged(of, inside, stretch, "fee"),
        "taxes": lambda: why_paid.why_charged(of, inside, stretch, "tax"),
        "currency_gain": lambda: why_currency.why_currency_gain(of, inside, stretch),
        "day_change": lambda: _of_day_change(asked, inside),
        "drawdown": lambda: why.why_drawdown(index_of(of, inside), stretch),
        "benchmark": lambda: why_benchmark.why_benchmark(
            of, inside, _benchmark(asked, inside, stretch, against), stretch
        ),
        "benchmark_twr": lambda: why_benchmark.why_benchmark_twr(
            of, _benchmark(asked, inside, stretch, against), stretch
        ),
        "benchmark_mwr": lambda: why_benchmark.why_benchmark_mwr(
            of, inside, _benchmark(asked, inside, stretch, against), stretch
        ),
        "share": lambda: _of_share(asked, inside, by, key),
        "received": lambda: why_paid.why_received(of, received(of, inside, stretch)),
        "announced": lambda: _of_announced(asked, inside),
        "yield_on_cost": lambda: _of_yield(asked, inside, "cost"),
        "yield_on_value": lambda: _of_yield(asked, inside, "value"),
        "simple": lambda: why.why_gain(of, inside, stretch),
        "cost": lambda: why_lots.why_cost(of, _lots(asked, inside, lot)),
        "unrealised": lambda: _of_unrealised(asked, inside, lot),
        "realised": lambda: why_lots.why_realised(
            of, _closed(asked, inside, stretch, lot, sale), uncounted(of, inside, stretch) if lot is None else ()
        ),
        "price": lambda: why_lots.why_price(of, _part(asked, inside), asked.reckoned.end),
        "check": lambda: _of_check(asked, inside, key),
    }
    told = made[figure]()
    return Why(
        figure=told.figure,
        method=told.method,
        inputs=[Input.model_validate(each, from_attributes=True) for each in told.inputs],
        notes=list(told.notes),
    )


def _part(asked: Asked, inside: Mask) -> Part:
    """The one position that was asked about."""
    parts = asked.reckoned.history.listed(inside)
    if len(parts) != 1:
        names = ", ".join(f"{held(asked, part).ticker} in {held(asked, part).account_name}" for part in parts[:5])
        raise InvalidInput(
            "instrument",
            f"This is of one position; asked was of {names or 'none'}.",
            remedy="Name instrument and account.",
        )
    return parts[0]


def _of_day_change(asked: Asked, inside: Mask) -> Known:
    """Of one position, or of all that are asked about together."""
    of, end = asked.reckoned.history, asked.reckoned.end
    parts = why_lots.changed_in_session(of, inside, end)
    return why.why_day_change(of, parts[0], end) if len(parts) == 1 else why_lots.why_day_changes(of, inside, end)


def _of_unrealised(asked: Asked, inside: Mask, opened: int | None) -> Known:
    """Of positions, or of the lots that one transaction opened."""
    of, end, every = asked.reckoned.history, asked.reckoned.end, _lots(asked, inside, opened)
    return why_lots.why_unrealised(of, inside, end, every) if opened is None else why_lots.why_lots(of, every, end)


def _lots(asked: Asked, inside: Mask, opened: int | None) -> list[Lot]:
    wanted = asked.reckoned.history.named(inside)
    every = [each for each in asked.reckoned.walked.lots if Part(each.account, each.instrument, "") in wanted]
    return every if opened is None else [each for each in every if each.opened.id == opened]


def _closed(asked: Asked, inside: Mask, stretch: Stretch, opened: int | None, closed: int | None) -> list[Closed]:
    of, wanted = asked.reckoned.history, asked.reckoned.history.named(inside)
    first = of.day(stretch.start) if stretch.start >= 0 else date.min
    return [
        each
        for each in asked.reckoned.walked.closed
        if Part(each.account, each.instrument, "") in wanted
        and first < each.day <= of.day(stretch.end)
        and opened in {None, each.opened.id}
        and (closed is None or (each.closed is not None and each.closed.id == closed))
    ]


def _of_check(asked: Asked, inside: Mask, name: str) -> Known:
    every = checks(asked.reckoned.history, asked.reckoned.walked, inside, thresholds_of(asked.kept))
    found = next((each for each in every if each.name == name), None)
    if found is None:
        names = ", ".join(each.name for each in every)
        raise InvalidInput("key", f"There is no check {name!r}.", remedy=f"It is one of {names}.")
    return why.why_check(asked.reckoned.history, found)


def _benchmark(asked: Asked, inside: Mask, stretch: Stretch, told: str | None) -> Benchmark:
    of = asked.reckoned.history
    named = asked.kept.portfolio.benchmark if told is None else instrument_of(asked, told)
    if named is None:
        raise InvalidInput("benchmark", "The portfolio has no benchmark.", remedy="Name one, or choose one for it.")
    return benchmark(of, inside, stretch, named)


def _of_share(asked: Asked, inside: Mask, by: Dimension, key: str) -> Known:
    of = asked.reckoned.history
    every = allocation(of, list(worths(of, inside, asked.reckoned.end)), [by])
    found = next((each for each in every.slices if each.key == key), None)
    if found is None:
        keys = ", ".join(each.key for each in every.slices[:10])
        raise InvalidInput("key", f"There is no {by} {key!r}.", remedy=f"It is one of {keys or 'none'}.")
    return why.why_share(of, found, label_of(asked, key, by), every)


def _of_announced(asked: Asked, inside: Mask) -> Known:
    of = asked.reckoned.history
    coming = announced(of, inside)
    if not coming:
        raise InvalidInput("figure", "Nothing is announced.", remedy="Ask for what was received.")
    return why_paid.why_announced(of, coming)


def _of_yield(asked: Asked, inside: Mask, on: str) -> Known:
    of = asked.reckoned.history
    found = yields(of, asked.reckoned.walked, inside)
    if len(found) != 1:
        raise InvalidInput("instrument", "A yield is of one instrument that is held.", remedy="Name it.")
    return why_lots.why_yield(of, asked.reckoned.walked, inside, found[0], on)
