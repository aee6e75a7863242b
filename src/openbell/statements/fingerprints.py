"""By what a row is known again: its broker's own number, else its contents and its place among its equals.

Two real trades that are equal stay two, since the second has the ordinal 1; the same file again, or one that overlaps,
gives the same fingerprints and adds nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from openbell.model.transactions import Kind
from openbell.statements.draft import Draft


def marked(drafts: Sequence[Draft], broker: str, *, own_refs: bool) -> tuple[Draft, ...]:
    """`drafts` with fingerprints; `own_refs` if a ref names one row of the broker's, not an order of several.

    A dividend has that of its own row, and so has the tax that was put to it.
    """
    seen = Counter[str]()

    def mark(draft: Draft) -> str:
        key = _by_ref(draft, broker) if own_refs and draft.ref else _by_contents(draft, broker)
        text = f"{key}|{seen[key]}"
        seen[key] += 1
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def with_marks(draft: Draft) -> Draft:
        first, *others = draft.parts
        fingerprint = mark(first)
        tax = next((replace(other, fingerprint=mark(other)) for other in others), None)
        return replace(draft, fingerprint=fingerprint, withheld=tax)

    return tuple(map(with_marks, drafts))


def parted(drafts: Iterable[Draft], is_known: Callable[[Draft], bool]) -> Iterator[Draft]:
    """`drafts`, but a dividend and its tax each by itself where only one of the two is known already."""
    for draft in drafts:
        parts = draft.parts
        if len({is_known(part) for part in parts}) > 1:
            yield from parts
        else:
            yield draft


def _by_ref(draft: Draft, broker: str) -> str:
    return f"{broker}|{draft.named_account or draft.account}|{draft.ref}|{draft.kind}"


def _by_contents(draft: Draft, broker: str) -> str:
    named = draft.instrument.key if draft.instrument else ""
    numbers = (draft.quantity, draft.cash, draft.fee, draft.tax, draft.to_cash, draft.price or Decimal(0))
    at = draft.at.isoformat() if draft.at else ""
    figures = "|".join(f"{number.normalize():f}" for number in numbers)
    account = draft.named_account or draft.account
    return "|".join((broker, account, draft.ref, draft.kind, str(draft.day), at, named, draft.currency, figures))


@dataclass(frozen=True, slots=True)
class Known:
    """A transaction that the account has already; `fingerprint` is empty for one that was typed."""

    fingerprint: str
    kind: Kind
    day: date
    currency: str
    quantity: Decimal
    cash: Decimal


@dataclass(frozen=True, slots=True)
class Sorting:
    """What an import adds."""

    new: tuple[Draft, ...]
    known: tuple[Draft, ...]
    """Here already, by their fingerprints: they are left out."""
    alike: tuple[tuple[Draft, Known], ...]
    """Not known by fingerprint, yet equal in day, kind and amounts to a transaction that is here: ask."""
    twins: tuple[Draft, ...]
    """Of `new`: equal in all that it says to an earlier row of the same file, or to one of another account. Kept, and
    worth a look."""


def new_rows(drafts: Iterable[Draft], known: Iterable[Known]) -> Sorting:
    """`drafts` by whether the account has them already."""
    here = list(known)
    prints = {each.fingerprint for each in here if each.fingerprint}
    drafts = tuple(drafts)
    told = {draft.fingerprint for draft in drafts}
    free: dict[tuple[object, ...], list[Known]] = {}
    for each in here:
        if each.fingerprint not in told:  # a transaction that this file tells itself is alike to no other row
            free.setdefault(_looks(each), []).append(each)
    new, again, alike = [], [], []
    for draft in drafts:
        if draft.fingerprint in prints:
            again.append(draft)
        elif candidates := free.get(_looks(draft)):
            alike.append((draft, candidates.pop()))
        else:
            new.append(draft)
    return Sorting(tuple(new), tuple(again), tuple(alike), _twins(new))


def _looks(one: Draft | Known) -> tuple[object, ...]:
    return (one.kind, one.day, one.currency, one.quantity, one.cash)


def _twins(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    seen, twins = set[str](), []
    for draft in drafts:
        contents = _by_contents(draft, "")
        if contents in seen:
            twins.append(draft)
        seen.add(contents)
    return tuple(twins)
