"""Whether a running balance follows from the amounts: a row whose balance does not was changed, or rows are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from openbell.statements.draft import NEGLIGIBLE, Problem


@dataclass(frozen=True, slots=True)
class Told:
    """A row with the balance after it. `change` is None where the row moves what it does not say."""

    pot: str
    """What has a balance of its own: a currency, or an account and a currency."""
    change: Decimal | None
    balance: Decimal
    row: int
    content: str


def breaks(rows: Iterable[Told]) -> list[Problem]:
    """Where the balance of a row, oldest first, is not that of the row before plus what the row moved."""
    last = dict[str, Decimal]()
    problems = []
    for told in rows:
        before = last.get(told.pot)
        last[told.pot] = told.balance
        if before is None or told.change is None:
            continue
        if abs(before + told.change - told.balance) > NEGLIGIBLE:
            problems.append(
                Problem(
                    (told.row,),
                    f"The balance is {told.balance:,} {told.pot} after {told.change:+,}, but was {before:,} before.",
                    "Rows are missing before it, or it was changed: compare with the broker's page.",
                    told.content,
                    blocking=False,
                )
            )
    return problems
