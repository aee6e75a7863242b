"""How often and how to measure."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from time import perf_counter


def seconds(call: Callable[[], object]) -> float:
    """How long `call` takes."""
    start = perf_counter()
    call()
    return perf_counter() - start


def median_s(calls: list[Callable[[], object]]) -> float:
    """The median of how long each of `calls` takes."""
    return statistics.median(map(seconds, calls))


def median_ms(calls: list[Callable[[], object]]) -> float:
    """The same in milliseconds."""
    return 1000 * median_s(calls)
