"""What Portfolio Performance tells in two: a depot and its cash account, and what moved from one account to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from openbell.model.transactions import ZERO, Kind
from openbell.statements.draft import Draft, Ignored, Outcome


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a transfer, as if it came from elsewhere or went there; and its row."""

    draft: Draft
    content: str

    @property
    def leaves(self) -> bool:
        """Whether it is the side that gives."""
        return self.draft.cash < 0 or self.draft.quantity < 0

    def fits(self, other: Half) -> bool:
        """Whether both are of one transfer: as many units of one instrument, or cash of one day."""
        mine, theirs = self.draft, other.draft
        if mine.day != theirs.day or mine.at != theirs.at or mine.instrument != theirs.instrument:
            return False
        return mine.quantity == -theirs.quantity and (mine.currency != theirs.currency or mine.cash == -theirs.cash)


def together(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By cash account and by depot, the account that both make: trades name the two, and other rows one of them.

    An account is called as its cash account, the first by name where it has several.
    """
    groups: dict[str, set[str]] = {}
    cash = set[str]()
    for account, depot in pairs:
        if account and depot:
            cash.add(account)
            group = groups.get(account, {account}) | groups.get(depot, {depot})
            groups |= dict.fromkeys(group, group)
    return {name: min(group & cash) for name, group in groups.items()}


def transferred(halves: Iterable[Half]) -> Iterator[Outcome]:
    """Both sides of each transfer as one; a side without its other stays as it is."""
    waiting: list[Half] = []
    for half in halves:
        other = next((each for each in waiting if each.leaves != half.leaves and each.fits(half)), None)
        if other is None:
            waiting.append(half)
            continue
        waiting.remove(other)
        yield _whole(*((half, other) if half.leaves else (other, half)))
    yield from (half.draft for half in waiting)


def _whole(given: Half, came: Half) -> Outcome:
    out, into = given.draft, came.draft
    rows = tuple(sorted({*out.rows, *into.rows}))
    same = out.account == into.account
    if same and out.currency == into.currency:
        return Ignored(rows, "within one account", f"{given.content}\n{came.content}")
    changed = out.currency != into.currency
    return replace(
        out,
        kind=Kind.EXCHANGE if same else Kind.TRANSFER,
        to_account="" if same else into.account,
        to_cash=into.cash if changed else ZERO,
        to_currency=into.currency if changed else "",
        price=None,
        rows=rows,
    )
