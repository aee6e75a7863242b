"""Corporate actions as one ordered truth: what the desk knows and what statements tell, each once per instrument.

A split is told by several: by vendors, and by the broker of each account that held the instrument, some days apart,
some with a ratio and some with units only. All that tell the same are one Happening; it happens to every account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from openbell.model.factors import kind_of_factor
from openbell.model.transactions import TOLD_ACTIONS, Kind, Transaction
from openbell.portfolio.book import Action
from openbell.portfolio.lots import ZERO, Problem

NEAR = 7
"""Days between the ex-date and that of a statement's row for it, at most: brokers book before a weekend and after."""

ALIKE = Decimal("0.0002")
"""How far two ratios may lie apart, as a share, and be the same one: vendors print 4:3 as 1.3333."""

KINDS = {kind.value: kind for kind in TOLD_ACTIONS}


@dataclass(frozen=True, slots=True)
class Happening:
    """One corporate action, to be applied once to all that is held of `instrument`."""

    kind: Kind
    instrument: str
    day: date
    at: datetime | None
    """Only where nobody but a statement tells it, with an instant: it happens then, else before the day's trades."""
    ratio: Decimal | None
    """Split and merger: new units for one old. None: statements tell units only."""
    other: str | None = None
    part: Decimal | None = None
    """Spin-off: of the cost, what leaves."""
    units: Decimal | None = None
    """Spin-off: of `other`, for one held."""
    cash: Decimal | None = None
    """Merger: for one old, in `currency`."""
    currency: str | None = None
    sources: tuple[str, ...] = ()
    told: tuple[Transaction, ...] = ()
    """Of statements, each in its own account."""


@dataclass(slots=True)
class _Claims:
    """What is told of one action, the desk's first."""

    first: Happening
    said: list[Happening] = field(default_factory=list)

    def fits(self, claim: Happening) -> bool:
        """Whether `claim` is about the same action."""
        if abs((claim.day - self.first.day).days) > NEAR:
            return False
        if claim.other and self.first.other and claim.other != self.first.other:
            return False
        origin = _origin(claim)
        return all(alike(claim.ratio, each.ratio) for each in self.said if _origin(each) == origin)


class Names:
    """What instruments are called on a day, by the renames among some happenings."""

    def __init__(self, happened: Iterable[Happening]) -> None:
        renames = [(each.day, each.instrument, each.other) for each in happened if each.kind is Kind.RENAME]
        self._later = {old: (day, new) for day, old, new in renames if new}
        self._earlier = {new: (day, old) for day, old, new in renames if new}

    def on(self, day: date, instrument: str) -> str:
        """Its name of that day: statements use new names early and old ones late."""
        for _ in self._later:
            changed, new = self._later.get(instrument, (date.max, ""))
            before, old = self._earlier.get(instrument, (date.min, ""))
            if day >= changed:
                instrument = new
            elif day < before:
                instrument = old
            else:
                break
        return instrument


def happenings(
    actions: Iterable[Action], transactions: Iterable[Transaction], call: Callable[[str], str] = str
) -> tuple[list[Happening], list[Problem]]:
    """Each action once, in order of days, with what does not fit together; `call`: what people call an instrument.

    Claims of one kind about one instrument within a week are one action. Its day is the desk's ex-date, else the first
    that a statement tells; its ratio the desk's, else a statement's. One source that tells two ratios means two.
    """
    claims = [
        *filter(None, map(_of_desk, actions)),
        *(_of_statement(t) for t in transactions if t.kind in TOLD_ACTIONS),
    ]
    renames = _gathered(claim for claim in claims if claim.kind is Kind.RENAME)
    names = Names(map(_joined, renames))
    others = (_named(claim, names) for claim in claims if claim.kind is not Kind.RENAME)
    every = [*renames, *_gathered(_with_true_kinds(list(others)))]
    problems = [problem for each in every for problem in _conflicts(each, call)]
    return sorted(map(_joined, every), key=lambda h: (h.day, h.kind is Kind.RENAME, h.instrument)), problems


def _named(claim: Happening, names: Names) -> Happening:
    """On the day before it, since a rename comes after the other actions of its day."""
    name = names.on(claim.day - timedelta(days=1), claim.instrument)
    return claim if name == claim.instrument else replace(claim, instrument=name)


def _gathered(claims: Iterable[Happening]) -> list[_Claims]:
    found: dict[tuple[str, Kind], list[_Claims]] = {}
    for claim in claims:
        same = found.setdefault((claim.instrument, claim.kind), [])
        fitting = [each for each in same if each.fits(claim)]
        nearest = min(fitting, key=lambda each: abs((each.first.day - claim.day).days), default=None)
        if nearest is None:
            same.append(nearest := _Claims(claim))
        nearest.said.append(claim)
    return [each for same in found.values() for each in same]


def alike(one: Decimal | None, other: Decimal | None) -> bool:
    """Whether two ratios can be the same; one that is not told can be any."""
    return one is None or other is None or abs(one - other) <= ALIKE * max(one, other)


def fraction(ratio: Decimal) -> Fraction:
    """The ratio that was meant: 0.3333 is 1:3. Only as simple a one as the digits can tell; else as it was written."""
    exponent = ratio.as_tuple().exponent
    told = -exponent if isinstance(exponent, int) else 0
    written = Fraction(ratio)
    if told < 4:
        return written
    simple = written.limit_denominator(10 ** (told // 2 - 1))
    return simple if abs(simple - written) * 10**told < 1 else written


def _of_desk(action: Action) -> Happening | None:
    kind = KINDS.get(action.kind)
    if kind is None:
        return None  # a dividend: it changes no lot
    spun = kind is Kind.SPIN_OFF
    return Happening(
        kind,
        action.instrument,
        action.ex_date,
        None,
        ratio=None if spun else _number(action.ratio),
        other=action.other,
        part=_number(action.ratio) if spun else None,
        units=_number(action.amount) if spun else None,
        cash=_number(action.amount) if kind is Kind.MERGER else None,
        currency=action.currency,
        sources=(action.source,),
    )


def _number(told: Decimal | None) -> Decimal | None:
    """What a vendor told, if it is a number that an action can have."""
    return told if told is not None and told.is_finite() and told > 0 else None


def _of_statement(told: Transaction) -> Happening:
    spun = told.kind is Kind.SPIN_OFF
    return Happening(
        told.kind,
        told.instrument or "",
        told.day,
        told.at,
        ratio=None if spun else told.ratio,
        other=told.other,
        part=told.ratio if spun else None,
        sources=("statement",),
        told=(told,),
    )


def _with_true_kinds(claims: list[Happening]) -> list[Happening]:
    """A "split" that only a price could tell (IBM's 1.0460) is a spin-off, unless a statement booked units for it."""
    booked = {
        (told.instrument or "", told.day)
        for claim in claims
        for told in claim.told
        if claim.kind is Kind.SPLIT and told.quantity
    }
    return [_spun(claim) if _is_spin_off(claim, booked) else claim for claim in claims]


def _is_spin_off(claim: Happening, booked: set[tuple[str, date]]) -> bool:
    if claim.kind is not Kind.SPLIT or claim.ratio is None or kind_of_factor(float(claim.ratio)) == "split":
        return False
    return not any(name == claim.instrument and abs((day - claim.day).days) <= NEAR for name, day in booked)


def _spun(claim: Happening) -> Happening:
    """The price fell from `ratio` to 1: of the value, and so of the cost, 1 − 1 / `ratio` left."""
    part = None if claim.ratio is None else (1 - 1 / claim.ratio).quantize(Decimal("1e-12"))
    return replace(claim, kind=Kind.SPIN_OFF, ratio=None, part=part)


def _origin(claim: Happening) -> tuple[str, int]:
    """Who tells it: a vendor, or an account's statement."""
    return (claim.sources[0], claim.told[0].account if claim.told else 0)


def _joined(claims: _Claims) -> Happening:
    said = claims.said
    of_desk = any(not each.told for each in said)
    first = claims.first if of_desk else min(said, key=lambda each: each.day)
    return replace(
        first,
        at=None if of_desk else first.at,
        ratio=_first(each.ratio for each in said),
        other=next((each.other for each in said if each.other), None),
        # what a person or a broker says of the cost comes before what a price could tell
        part=_first(each.part for each in sorted(said, key=lambda each: not each.told)),
        units=_first(each.units for each in said),
        cash=_first(each.cash for each in said),
        sources=tuple(dict.fromkeys(source for each in said for source in each.sources)),
        told=tuple(told for each in said for told in each.told),
    )


def _first(numbers: Iterable[Decimal | None]) -> Decimal | None:
    return next((number for number in numbers if number is not None), None)


def _conflicts(claims: _Claims, call: Callable[[str], str]) -> list[Problem]:
    ratio = _first(each.ratio for each in claims.said)
    return [
        Problem(
            "ratios_differ",
            "doubtful",
            f"The {each.kind.value} of {call(each.instrument)} about {claims.first.day} is {ratio} according to "
            f"{claims.said[0].sources[0]}, and {each.ratio} according to {each.sources[0]}.",
            "The first was applied; where a statement tells units or a ratio of its own, that to its account.",
            each.day,
            each.told[0].account if each.told else None,
            each.instrument,
            each.told[0] if each.told else None,
        )
        for each in claims.said
        if not alike(ratio, each.ratio)
    ]


def joined_units(told: Iterable[Transaction]) -> Decimal:
    """What one account's rows for one action come to: some brokers take all old units and give all new ones."""
    return sum((each.quantity for each in told), ZERO)
