"""Fidelity's reorganisations: the rows of what left and of what came, put together.

`REVERSE SPLIT R/S FROM 517103404#REOR M0051311040001 ... (517103602) (Cash)`: after FROM or TO stands the CUSIP of the
other side, in the last brackets that of the row's own; the numbers behind `#REOR` of one reorganisation differ in their
last digit only. Purchases before it are told under the old CUSIP in files that were made after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome, Problem
from openbell.statements.making import per, traded
from openbell.statements.numbers import POINT
from openbell.statements.table import Row, attempt

CLOCK = Clock("mdy")
CUSIP = re.compile(r"[0-9A-Z]{8}\d")
_OWN = re.compile(r"\(([0-9A-Z]{8}\d)\)")
_OTHER = re.compile(r"\b(?:FROM|TO)\s+([0-9A-Z]{8}\d)(?=#|\s|$)")
_REFERENCE = re.compile(r"#REOR\s*([0-9A-Z]{6,})")
_HALF = re.compile(r"\bR/S (?:FROM|TO)\b")


def is_part(row: Row, kind: str) -> bool:
    """Whether a row of this kind is one side of a reorganisation."""
    return kind in {"rename", "merger"} or (kind == "split" and bool(_HALF.search(row["action"].upper())))


def named(row: Row) -> Named | None:
    """The row's own instrument: by its symbol, else by the CUSIP in the last brackets of the action."""
    symbol = row["symbol"]
    if symbol and not CUSIP.fullmatch(symbol):
        return Named(ticker=symbol, name=row["description"], currency="USD")
    cusip = symbol or own_cusip(row)
    return Named(cusip=cusip, name=row["description"], currency="USD") if cusip else None


def own_cusip(row: Row) -> str:
    """In the last brackets of the action that hold one; else the symbol, where it is one."""
    found = _OWN.findall(row["action"].upper())
    symbol = row["symbol"] if CUSIP.fullmatch(row["symbol"]) else ""
    return str(found[-1]) if found else symbol


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """Rows with one reference, of one account and kind."""

    kind: str
    rows: tuple[Row, ...]

    def side(self, sign: int) -> list[Row]:
        """The rows whose units came (1), left (-1), or that have none (0)."""
        return [row for row in self.rows if (_units(row) > 0) - (_units(row) < 0) == sign]

    @property
    def content(self) -> str:
        """All of its rows as they stand in the file."""
        return "\n".join(row.record.content for row in self.rows)

    @property
    def lines(self) -> tuple[int, ...]:
        """Where they stand."""
        return tuple(row.line for row in self.rows)

    def problem(self, what: str, remedy: str) -> Problem:
        """What is wrong with all rows of it."""
        return Problem(self.lines, what, remedy, self.content)


def reorganisations(rows: Iterable[tuple[Row, str]]) -> list[Reorganisation]:
    """`rows` with their kinds, by what they belong to."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row, kind in rows:
        groups.setdefault((row["account"] or row["account_name"], kind, *_event(row)), []).append(row)
    return [Reorganisation(key[1], tuple(group)) for key, group in groups.items()]


def _event(row: Row) -> tuple[str, ...]:
    """The reference but for the digit of the side; without one, the day and the two CUSIPs."""
    action = row["action"].upper()
    if found := _REFERENCE.search(action):
        return (found[1][:-1],)
    other = _OTHER.search(action)
    return (row["date"], *sorted({own_cusip(row), other[1] if other else ""}))


def new_names(reorganised: Iterable[Reorganisation]) -> dict[str, Named]:
    """By the CUSIP that a reverse split ended, what its shares are called since: other rows of the file have both."""
    names = dict[str, Named]()
    for each in reorganised:
        came = {new.key: new for row in each.side(1) if (new := named(row))}
        if each.kind == "split" and len(came) == 1:
            new = next(iter(came.values()))
            left = [row for row in each.side(-1) if _has_no_ticker_but(new, row)]
            names |= {own_cusip(row): new for row in left if own_cusip(row) != new.cusip}
    names.pop("", None)
    return names


def _has_no_ticker_but(new: Named, row: Row) -> bool:
    old = named(row)
    return old is not None and old.ticker in {"", new.ticker}


def outcome_of(each: Reorganisation, names: Mapping[str, Named], fixed: dict[str, Any]) -> Outcome:
    """The one transaction that a reorganisation is, or a problem with all of its rows."""
    fixed = {**fixed, "rows": each.lines, "note": each.rows[0]["action"]}
    made = attempt(each.rows[0], partial(_made, each, names, fixed))
    return replace(made, rows=each.lines, content=each.content) if isinstance(made, Problem) else made


def _made(each: Reorganisation, names: Mapping[str, Named], fixed: dict[str, Any]) -> Outcome:
    came, gone = _sums(each.side(1), {}), _sums(each.side(-1), names if each.kind == "split" else {})
    cash = sum((_amount(row) for row in each.rows), ZERO)
    if len(gone) == 1 and not came and each.kind == "merger" and cash:
        (old, units), = gone.values()  # fmt: skip
        return traded(buying=False, quantity=units, cash=cash, instrument=old, **fixed)
    if not came or not gone:
        return each.problem(
            "This is half of a change of one security into another; the other half is not in the file.",
            "Export a longer period, or add a split, a rename or a merger by hand.",
        )
    if len(came) > 1 or len(gone) > 1:
        return each.problem(
            f"{' and '.join(gone)} became {' and '.join(came)}: the file does not say how they are joined.",
            "Add a merger into the first, and a spin-off for each of the others, by hand.",
        )
    ((old, left),), ((new, units),) = gone.values(), came.values()
    ratio = per(units, -left)
    if each.kind == "split" and old.key == new.key:
        return Draft(kind=Kind.SPLIT, instrument=new, quantity=units + left, ratio=ratio, cash=max(cash, ZERO), **fixed)
    if each.kind == "rename" and units == -left and not cash:
        return Draft(kind=Kind.RENAME, instrument=old, other=new, **fixed)
    return Draft(kind=Kind.MERGER, instrument=old, other=new, quantity=units, ratio=ratio, cash=cash, **fixed)


def _sums(rows: Sequence[Row], names: Mapping[str, Named]) -> dict[str, tuple[Named, Decimal]]:
    """The units of each instrument: an account tells those held in cash and on margin apart."""
    sums = dict[str, tuple[Named, Decimal]]()
    for row in rows:
        found = names.get(own_cusip(row)) or named(row)
        if found is None:
            raise InvalidInput("instrument", "The row names neither a symbol nor a CUSIP.")
        before = sums[found.key][1] if found.key in sums else ZERO
        sums[found.key] = (found, before + _units(row))
    return sums


def _units(row: Row) -> Decimal:
    return POINT.number(row["quantity"], "quantity") or ZERO


def _amount(row: Row) -> Decimal:
    return POINT.number(row["amount"], "amount") or ZERO
