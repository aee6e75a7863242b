"""A row of the table: what was asked, what was measured, what it may be, and what a peer needed in the same run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One question's answer in `unit`; `limit` is a ceiling, or a floor where `more` is better."""

    question: str
    ours: float
    unit: str
    limit: float
    peers: Mapping[str, float] = field(default_factory=dict)
    more: bool = False
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.ours >= self.limit if self.more else self.ours <= self.limit

    @property
    def ratios(self) -> dict[str, float]:
        """By peer: how many times as good as it we are; below 1 it is better."""
        return {name: self.ours / peer if self.more else peer / self.ours for name, peer in self.peers.items()}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question that was not answered, and why: this machine cannot, or the measure `failed`."""

    question: str
    why: str
    failed: bool = False


def show(rows: Iterable[Row | Skipped]) -> bool:
    """Print the table; returns whether every limit is kept."""
    table = Table(title="Openbell, measured", title_justify="left")
    for heading in ("question", "ours", "limit", "peers", "ours is ... as good", ""):
        table.add_column(heading, justify="right" if heading in {"ours", "limit"} else "left")
    kept = True
    for row in rows:
        if isinstance(row, Skipped):
            kept &= not row.failed
            table.add_row(row.question, "-", "-", row.why, "", "FAIL" if row.failed else "skipped")
            continue
        kept &= row.holds
        table.add_row(*_cells(row))
    Console(width=150, highlight=False).print(table)
    return kept


def _cells(row: Row) -> tuple[str, ...]:
    peers = "\n".join(f"{name} {_number(value)} {row.unit}" for name, value in row.peers.items())
    ratios = "\n".join(f"{ratio:.2f} x {name}" for name, ratio in row.ratios.items())
    bound = f"{'>=' if row.more else '<='} {_number(row.limit)}"
    question = f"{row.question}\n({row.note})" if row.note else row.question
    return question, f"{_number(row.ours)} {row.unit}", bound, peers, ratios, "pass" if row.holds else "FAIL"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
