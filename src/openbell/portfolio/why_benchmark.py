"""Why a figure of the benchmark is what it is: what bought it, and what its level is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite

from openbell.portfolio import benchmark as benchmarks
from openbell.portfolio import xirr
from openbell.portfolio.benchmark import Benchmark, Purchase
from openbell.portfolio.book import Input, Why, called, said
from openbell.portfolio.returns import Stretch
from openbell.portfolio.valuation import History, Mask
from openbell.portfolio.why import balanced, flowed, of_rate


def why_benchmark(of: History, inside: Mask, found: Benchmark, stretch: Stretch) -> Why:
    """Of what the same flows would have become in another instrument: by day the flows, and what they bought."""
    inputs: list[Input] = []
    flows = list(flowed(of, inside, stretch))
    for each in found.purchases:
        inputs += _purchase(of, each, [flow for flow in flows if flow.day == each.day], stretch)
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


def _purchase(of: History, each: Purchase, flows: Sequence[Input], stretch: Stretch) -> Iterator[Input]:
    """What bought it: the flows of its day, taken out less than 0, and what several come to; or what was there at the
    start."""
    if stretch.start >= 0 and each.day == of.day(stretch.start):
        yield Input("value at the start", repr(each.amount), of.base, each.day)
        return
    if len(flows) > 1:
        yield from (replace(flow, value=f"-{flow.value}") if flow.label == "taken out" else flow for flow in flows)
    label, source = "paid in" if each.amount > 0 else "taken out", flows[0].source if len(flows) == 1 else ""
    yield Input(f"{label} on the day" if len(flows) > 1 else label, repr(each.amount), of.base, each.day, source)


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
