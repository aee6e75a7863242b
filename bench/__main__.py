"""`python -m bench [NAME...] [--symbols N]`: measure what the names say, or everything, and print one table."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping

from bench import (
    alarming,
    appending,
    importing,
    lakes,
    page,
    painted,
    portfolio,
    reading,
    server,
    size,
    tape,
    wholelake,
)
from bench.rows import Row, Skipped, show
from openbell.model.errors import OpenbellError

QUESTIONS: Mapping[str, Callable[[int], Iterator[Row | Skipped]]] = {
    "import": importing.measure,
    "append": appending.measure,
    "alarm": alarming.measure,
    "tape": tape.measure,
    "restart": tape.restart,
    "size": size.measure,
    "read": reading.measure,
    "lake": wholelake.measure,
    "portfolio": portfolio.measure,
    "server": server.measure,
    "page": page.measure,
    "painted": painted.measure,
}


def main() -> int:
    """Exit code 0 when every limit is kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Openbell beside its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(QUESTIONS)}")
    parser.add_argument("--symbols", type=int, default=500, help="symbols with a year of minutes each (default 500)")
    options = parser.parse_args()
    if unknown := set(options.names) - set(QUESTIONS):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    rows: list[Row | Skipped] = []
    for name in options.names or QUESTIONS:
        lakes.told(f"measuring {name}")
        rows += _answers(name, options.symbols)
    return 0 if show(rows) else 1


def _answers(name: str, symbols: int) -> list[Row | Skipped]:
    """The rows of one measure; one that breaks is a row too, so that the others are not lost."""
    try:
        return list(QUESTIONS[name](symbols))
    except (AssertionError, OSError, RuntimeError, OpenbellError) as error:
        traceback.print_exc()
        return [Skipped(name, f"{type(error).__name__}, told above", failed=True)]


if __name__ == "__main__":
    sys.exit(main())
