"""How a portfolio is spread, and what its owner wants to be told of it unasked."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.answers import get_once
from openbell.api.portfolios import thresholds_of
from openbell.api.reckoning import Asked, Held, Inside, TheAsked, exact, held, text
from openbell.model.errors import InvalidInput
from openbell.portfolio.allocation import UNKNOWN, Dimension, allocation
from openbell.portfolio.allocation import Slice as Known
from openbell.portfolio.checks import State, checks
from openbell.portfolio.worth import worths

router = APIRouter(tags=["portfolios"])

DEEPEST = 3


class Slice(BaseModel):
    """What has one thing in common; `share` is of the whole, and null where the whole is worth nothing."""

    key: str
    label: str
    value: str
    share: str | None
    inner: list[Slice]


class Unvalued(Held):
    """What has no value, and why."""

    units: str
    lacks: str


class Allocation(BaseModel):
    """The value at the end of a day, by each dimension inside the one before; shares add up to 1."""

    day: date
    base: str
    by: list[Dimension]
    total: str
    slices: list[Slice]
    unvalued: list[Unvalued]


class Check(BaseModel):
    """One thing that was looked at: how it is, the number, where it begins to be told, and a sentence."""

    name: str
    state: State
    number: str | None
    threshold: str
    sentence: str
    about: list[str]


class Checks(BaseModel):
    """All checks of a portfolio, by its own thresholds."""

    day: date
    checks: list[Check]


@get_once(router, "/portfolios/{number}/allocation")
def spread(
    asked: TheAsked, inside: Inside, by: Annotated[list[Dimension] | None, Query(max_length=DEEPEST)] = None
) -> Allocation:
    """The value by type, sector, country, currency, account, instrument or position, up to three nested."""
    dimensions: list[Dimension] = by or ["type", "instrument"]
    if len(set(dimensions)) < len(dimensions):
        raise InvalidInput("by", "A dimension was named twice.", remedy="Name each once.")
    reckoned = asked.reckoned
    every = list(worths(reckoned.history, inside, reckoned.end))
    found = allocation(reckoned.history, every, dimensions)
    return Allocation(
        day=reckoned.history.day(reckoned.end),
        base=reckoned.history.base,
        by=dimensions,
        total=exact(found.total),
        slices=[_slice(asked, each, dimensions) for each in found.slices],
        unvalued=[
            Unvalued(**held(asked, each.part).model_dump(), units=exact(each.units), lacks=each.lacks)
            for each in found.unvalued
        ],
    )


@get_once(router, "/portfolios/{number}/checks")
def looked_at(asked: TheAsked, inside: Inside) -> Checks:
    """Too much in one place, missing and stale prices, negative cash, missing costs."""
    reckoned = asked.reckoned
    return Checks(
        day=reckoned.history.day(reckoned.end),
        checks=[
            Check(
                name=each.name,
                state=each.state,
                number=text(each.number),
                threshold=exact(each.threshold),
                sentence=each.sentence,
                about=list(each.about),
            )
            for each in checks(reckoned.history, reckoned.walked, inside, thresholds_of(asked.kept))
        ],
    )


def _slice(asked: Asked, told: Known, by: list[Dimension]) -> Slice:
    return Slice(
        key=told.key,
        label=label_of(asked, told.key, by[0]),
        value=exact(told.value),
        share=text(told.share),
        inner=[_slice(asked, each, by[1:]) for each in told.inner],
    )


def label_of(asked: Asked, key: str, dimension: Dimension) -> str:
    """What a slice is called."""
    book = asked.reckoned.book
    if dimension == "position":
        account, _, instrument = key.partition(" ")
        return f"{label_of(asked, instrument, 'instrument')} in {label_of(asked, account, 'account')}"
    if dimension == "account":
        return {str(each.id): each.name for each in book.accounts}.get(key, key)
    if dimension == "instrument" and key in book.facts and key != UNKNOWN:
        return book.facts[key].ticker
    return key
