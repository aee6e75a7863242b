"""Why a figure of the benchmark is what it is: what bought it, and what its level is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import isfinite

from openbell.portfolio import benchmark as benchmarks
from openbell.portfolio import xirr
from openbell.portfolio.benchmark import Benchmark
from openbell.portfolio.book import Input, Why, called, said
from openbell.portfolio.returns import Stretch
from openbell.portfolio.valuation import History, Mask
from openbell.portfolio.why import balanced, of_rate


def why_benchmark(of: History, found: Benchmark, stretch: Stretch) -> Why:
    """Of what the same flows would have become in another instrument."""
    inputs: list[Input] = []
    for each in found.purchases:
        inputs.append(Input("paid in" if each.amount > 0 else "taken out", repr(each.amount), of.base, each.day))
        inputs += _level(of, found, each.bought, each.level, "level")
    end = of.day(stretch.end)
    inputs += _level(of, found, end, float(found.levels[stretch.end]), "level at the end")
    return Why("benchmark", benchmarks.METHOD, (*inputs, *_changes(of, found, end)), found.notes)


def why_benchmark_twr(of: History, found: Benchmark, stretch: Stretch) -> Why:
    """Of the benchmark's own return."""
    first, end = of.day(found.first), of.day(stretch.end)
    inputs = (
        *_level(of, found, first, float(found.levels[found.first]), "level at the start"),
        *_level(of, found, end, float(found.levels[stretch.end]), "level at the end"),
        *_changes(of, found, end),
    )
    return Why("benchmark_twr", benchmarks.TWR, inputs, found.notes)


def why_benchmark_mwr(of: History, inside: Mask, found: Benchmark, stretch: Stretch) -> Why:
    """Of the rate that balances the same flows with what they would have become."""
    value = "" if found.value is None else repr(found.value)
    end = Input("value at the end", value, of.base, of.day(stretch.end), found.source)
    inputs = (*balanced(of, inside, stretch), end)
    return Why("benchmark_mwr", xirr.METHOD, inputs, (*([found.mwr.reason] if found.mwr.reason else []), *found.notes))


def _level(of: History, found: Benchmark, day: date, level: float, label: str) -> Iterator[Input]:
    """The level of a day, and the close and the rate that it is made of."""
    yield Input(label, repr(level) if isfinite(level) else "", of.base, day, found.source)
    currency = of.book.facts[found.instrument].currency or ""
    if (price := found.priced.at(day)) is not None:
        name = called(of.book, found.instrument)
        yield Input(f"close of {name}", said(price.price), currency, price.day, price.source)
    if currency != of.base:
        yield of_rate(of.lookup.rate(currency, of.base, day))


def _changes(of: History, found: Benchmark, end: date) -> Iterator[Input]:
    """What one unit of the first day has become by: splits, and dividends that bought more of it."""
    sources = {each.ex_date: each.source for each in of.book.actions if each.instrument == found.instrument}
    for ex_date, ratio in found.priced.splits:
        if of.day(0) < ex_date <= end:
            yield Input("new units for one", said(ratio), "", ex_date, sources.get(ex_date, ""))
    currency = of.book.facts[found.instrument].currency or ""
    for each in found.dividends:
        if each.bought <= end:
            yield Input("dividend of one unit", said(each.amount), currency, each.action.ex_date, each.action.source)
            if each.action.currency not in {None, currency}:
                yield of_rate(of.lookup.rate(each.action.currency or "", currency, each.action.ex_date))
            yield Input("reinvested at", said(each.close), currency, each.bought, found.source)
