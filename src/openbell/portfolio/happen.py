"""What a corporate action does to the lots of every account that holds its instrument.

Units that a statement tells are followed in its account, whatever the ratio would give: brokers round fractions and pay
them in cash. The ratio is for the accounts whose statements tell nothing. What cash a merger or a spin-off pays beside
new units cuts the cost of the lots, and is a gain where it exceeds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

from openbell.model.transactions import Kind, Transaction
from openbell.portfolio.actions import Happening, fraction, joined_units
from openbell.portfolio.holdings import Holdings
from openbell.portfolio.lots import ZERO, Applied, Problem, Severity, Sum, times
from openbell.portfolio.sums import Sums

EXACT = Decimal("1e-6")
"""As a share: what brokers leave away of a fraction is less."""

Told = tuple[Transaction, ...]


class Happenings:
    """Applies actions to `holdings`, and says in `problems` what does not fit, of what people `call` so."""

    def __init__(self, holdings: Holdings, sums: Sums, problems: list[Problem], call: Callable[[str], str]) -> None:
        self._holdings = holdings
        self._sums = sums
        self._problems = problems
        self._call = call

    def apply(self, happening: Happening) -> None:
        """To every account that holds the instrument, or whose statement tells the action."""
        told: dict[int, Told] = {}
        for row in happening.told:
            told[row.account] = (*told.get(row.account, ()), row)
        ratio = _ratio(happening, told, self._holdings)
        how = {
            Kind.SPLIT: self._split,
            Kind.RENAME: self._rename,
            Kind.SPIN_OFF: self._spin_off,
            Kind.MERGER: self._merger,
        }[happening.kind]
        if happening.kind is Kind.SPLIT and ratio is not None:
            self._holdings.tell_scale(happening.instrument, happening.day, ratio)
        for account in sorted({*self._holdings.accounts_with(happening.instrument), *told}):
            rows = told.get(account, ())
            before = self._holdings.units(account, happening.instrument)
            if before:
                how(happening, account, before, rows, ratio)
            else:
                self._of_nothing(happening, account, rows)

    def _split(self, of: Happening, account: int, before: Decimal, rows: Told, ratio: Fraction | None) -> None:
        own = next((fraction(row.ratio) for row in rows if row.ratio), ratio)
        told, cash = joined_units(rows), sum((row.cash for row in rows), ZERO)
        if own is None and not told and cash:
            self._return(rows, of, account, of.instrument)
            return
        if own is None or (told and (before + told) * before <= 0):
            self._say(
                "no_ratio",
                "wrong",
                of,
                account,
                rows,
                f"How many new units one old became is not told: {before} were held, and {told} came.",
                "Write the ratio into the split, 20 for 20:1.",
            )
            return
        key = (account, of.instrument)
        meant = times(before, own)
        after = before + told if told else meant
        applied = _applied(of, own)
        if cash and 0 < after < meant:
            self._holdings.scale(key, of.day, meant, applied)
            self._holdings.dispose(rows[0], of.day, key, meant - after, self._sums.cash(rows[0], cash))
        else:
            self._holdings.scale(key, of.day, after, applied)
            self._return(rows, of, account, of.instrument)
        self._compare(of, account, rows, after, meant)

    def _rename(self, of: Happening, account: int, before: Decimal, rows: Told, _ratio: Fraction | None) -> None:
        if of.other:
            by = rows[0] if rows else None
            self._holdings.become(by, (account, of.instrument), of.day, of.other, before, _applied(of, None))

    def _spin_off(self, of: Happening, account: int, before: Decimal, rows: Told, ratio: Fraction | None) -> None:
        told = joined_units(rows).copy_sign(before)
        units = told or (ZERO if ratio is None else times(before, ratio))
        if not units or not of.other:
            self._say(
                "spin_off_untold",
                "doubtful",
                of,
                account,
                rows,
                f"What came out of {before} units is not told; units and cost are left as they were.",
                "Add the spin-off with the units that came, and with the part of the cost that they bear.",
            )
            return
        part = ZERO if of.part is None else of.part
        if of.part is None or not 0 <= part <= 1:
            part = ZERO
            self._say(
                "no_part",
                "doubtful",
                of,
                account,
                rows,
                "Which part of the cost left is not told; all of it stays with the old units.",
                "Write the part, from 0 to 1, into the spin-off; the company publishes it.",
            )
        by = rows[0] if rows else None
        self._holdings.leave(by, (account, of.instrument), of.day, of.other, units, part, _applied(of, ratio))
        self._return(rows, of, account, of.other)

    def _merger(self, of: Happening, account: int, before: Decimal, rows: Told, ratio: Fraction | None) -> None:
        came = sum((row.quantity for row in rows if row.quantity > 0), ZERO)
        meant = ZERO if ratio is None else times(before, ratio)
        units = came.copy_sign(before) if came else meant
        key = (account, of.instrument)
        cash = self._cash(of, before, rows)
        if (not units and cash is None) or (units and not of.other):
            self._say(
                "no_ratio",
                "wrong",
                of,
                account,
                rows,
                f"What {before} units became is not told.",
                "Write into the merger the instrument, and the units or the cash that came for one old.",
            )
            return
        by = rows[0] if rows else None
        if not units and cash is not None:
            self._holdings.dispose(by, of.day, key, before, cash)
            return
        if cash is not None:
            self._holdings.return_capital(by, of.day, key, cash, self._in(of, by))
        self._holdings.become(by, key, of.day, of.other or "", units, _applied(of, ratio))
        self._compare(of, account, rows, units, meant or units)

    def _cash(self, of: Happening, before: Decimal, rows: Told) -> Sum | None:
        """What the merger paid into the account; by the desk's word where the statement has none."""
        if cash := sum((row.cash for row in rows), ZERO):
            return self._sums.cash(rows[0], cash)
        if of.cash is None or of.currency is None:
            return None
        self._problems.append(
            Problem(
                "cash_untold",
                "doubtful",
                f"The merger of {self._call(of.instrument)} on {of.day} paid {of.cash} {of.currency} for one unit "
                f"according to {of.sources[0]}, but no statement tells the money.",
                "Add the merger with its cash; it counts for the gain, and not for the balance.",
                of.day,
                instrument=of.instrument,
            )
        )
        return self._sums.told(rows[0] if rows else None, of.cash * before, of.currency, of.day)

    def _return(self, rows: Told, of: Happening, account: int, instrument: str) -> None:
        """Cash for a fraction that is not among the units any more cuts the cost of the others."""
        cash = sum((row.cash for row in rows), ZERO)
        if cash and self._holdings.units(account, instrument) > 0:
            returned = self._sums.cash(rows[0], cash)
            key = (account, instrument)
            self._holdings.return_capital(rows[0], of.day, key, returned, self._in(of, rows[0]))

    def _in(self, of: Happening, by: Transaction | None) -> Callable[[Sum, str], Sum]:
        return lambda amount, currency: self._sums.in_currency(amount, currency, of.day, by)

    def _of_nothing(self, of: Happening, account: int, rows: Told) -> None:
        """A statement tells units of what the book does not hold: they are there, at a cost that nobody knows."""
        came = sum((row.quantity for row in rows), ZERO)
        if came < 0:
            self._say(
                "action_of_nothing",
                "wrong",
                of,
                account,
                rows,
                f"{-came} units went, but the account held none; nothing was changed.",
                "Is this another instrument than the one that was held, or is its purchase missing?",
            )
        if came <= 0 or not rows:
            return
        self._say(
            "action_of_nothing",
            "wrong",
            of,
            account,
            rows,
            f"{came} units came, but the account held none.",
            "Add the purchase or an opening balance before it; until then what these units cost is unknown.",
        )
        name = of.instrument if of.kind is Kind.SPLIT else of.other or of.instrument
        unknown = Sum(None, rows[0].currency, None)
        self._holdings.acquire(rows[0], (account, name), came, unknown, of.day)

    def _compare(self, of: Happening, account: int, rows: Told, after: Decimal, meant: Decimal) -> None:
        gap = abs(after - meant)
        if gap <= EXACT * abs(meant):
            return
        severity: Severity = "note" if gap < 1 else "doubtful"
        self._say(
            "units_differ",
            severity,
            of,
            account,
            rows,
            f"The statement leaves {after} units, the ratio would give {meant}; the statement was followed.",
            "" if severity == "note" else "Is a purchase or a sale before it missing?",
        )

    def _say(
        self, kind: str, severity: Severity, of: Happening, account: int, rows: Told, what: str, remedy: str
    ) -> None:
        about = f"The {of.kind.value.replace('_', ' ')} of {self._call(of.instrument)} on {of.day}: "
        self._problems.append(
            Problem(kind, severity, about + what, remedy, of.day, account, of.instrument, rows[0] if rows else None)
        )


def _applied(of: Happening, ratio: Fraction | None) -> Applied:
    return Applied(of.instrument, of.day, of.kind.value, ratio, of.other, of.sources)


def _ratio(of: Happening, told: dict[int, Told], holdings: Holdings) -> Fraction | None:
    """New units for one held: as told, else what the units of the largest position that tells them come to."""
    known = of.units if of.kind is Kind.SPIN_OFF else of.ratio
    if known is not None:
        return fraction(known)
    sizes = {account: holdings.units(account, of.instrument) for account in told}
    for account in sorted(sizes, key=lambda each: (-abs(sizes[each]), each)):
        if sizes[account] and (after := _after(of, sizes[account], told[account])):
            return _simple(after / Fraction(sizes[account]), sizes[account])
    return None


def _after(of: Happening, before: Decimal, rows: Iterable[Transaction]) -> Fraction:
    came = Fraction(sum((row.quantity for row in rows if of.kind is Kind.SPLIT or row.quantity > 0), ZERO))
    if not came:
        return came
    return max(Fraction(before) + came, Fraction(0)) if of.kind is Kind.SPLIT else came


def _simple(ratio: Fraction, before: Decimal) -> Fraction:
    """The simplest ratio that gives the same units but for what a broker cuts off."""
    simple = ratio.limit_denominator(1000)
    return (
        simple
        if abs(simple - ratio) * abs(Fraction(before)) <= Fraction(EXACT) * ratio * abs(Fraction(before))
        else ratio
    )
