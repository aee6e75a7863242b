"""What somebody would want to be told of a portfolio unasked: too much in one place, missing prices and costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from openbell.model.errors import InvalidInput
from openbell.portfolio.allocation import UNKNOWN, Allocation, Dimension, allocation
from openbell.portfolio.book import called
from openbell.portfolio.lots import ZERO
from openbell.portfolio.moves import Part
from openbell.portfolio.valuation import History, Mask
from openbell.portfolio.walk import Walked
from openbell.portfolio.worth import Worth, worths

State = Literal["good", "attention", "unknown"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on somebody wants to be told; shares from 0 to 1. Raises InvalidInput for one that cannot be."""

    position: Decimal = Decimal("0.2")
    sector: Decimal = Decimal("0.4")
    currency: Decimal = Decimal("0.5")
    """Of any currency but the portfolio's own."""
    cash: Decimal = Decimal("0.25")
    stale_days: int = 5
    """How many days old the newest price may be."""

    def __post_init__(self) -> None:
        """Assert that each can be reached."""
        for name in ("position", "sector", "currency", "cash"):
            share: Decimal = getattr(self, name)
            if not (share.is_finite() and 0 <= share <= 1):
                raise InvalidInput(name, f"The threshold {name} is {share}.", remedy="Choose a share from 0 to 1.")
        if not 0 <= self.stale_days <= 3650:
            raise InvalidInput("stale_days", f"A price of {self.stale_days} days?", remedy="Choose 0 to 3650 days.")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    """position | sector | currency | cash | price_missing | price_stale | negative_cash | cost_missing"""
    state: State
    number: Decimal | None
    """A share, or how many; None: it cannot be said."""
    threshold: Decimal
    sentence: str
    about: tuple[str, ...] = ()
    """The instruments, sectors, currencies or accounts that it is about."""


REMEDY = "Fetch or import prices, or say one by hand."


def checks(of: History, walked: Walked, inside: Mask, thresholds: Thresholds) -> tuple[Check, ...]:
    """Every check of the parts `inside` at the end of the last day."""
    every = tuple(worths(of, inside, len(of.days) - 1))
    spread = {name: allocation(of, every, [name]) for name in _DIMENSIONS}
    return (
        _concentration(of, "position", spread["instrument"], thresholds.position, "cash "),
        _concentration(of, "sector", spread["sector"], thresholds.sector, "cash"),
        _concentration(of, "currency", spread["currency"], thresholds.currency, of.base),
        _cash_share(spread["type"], thresholds.cash),
        _missing(of, every),
        _stale(of, every, thresholds.stale_days),
        _negative(of, every),
        _without_cost(of, walked, inside),
    )


_NO_SHARES = "The whole is worth nothing, or nothing beside its parts, so that there are no shares."
_DIMENSIONS: tuple[Dimension, ...] = ("instrument", "sector", "currency", "type")


def _concentration(of: History, name: str, spread: Allocation, threshold: Decimal, ignored: str) -> Check:
    """The largest slice, sold short too, but those that begin with `ignored`, and but what is unknown."""
    known = [each for each in spread.slices if each.key != UNKNOWN and not each.key.startswith(ignored)]
    if spread.total <= 0 or any(each.share is None for each in known):
        return Check(name, "unknown", None, threshold, _NO_SHARES)
    if not known and any(each.key == UNKNOWN for each in spread.slices):
        return Check(name, "unknown", None, threshold, f"No {name} of what is held is known.")
    if not known and spread.unvalued:
        return Check(name, "unknown", None, threshold, f"Nothing that counts here has a value.{_could_change(spread)}")
    if not known:
        return Check(name, "good", ZERO, threshold, f"There is no {name} to look at.")
    over = [each for each in known if abs(each.share or ZERO) > threshold]
    largest = max(known, key=lambda each: abs(each.share or ZERO))
    number = largest.share or ZERO
    said = f"{called(of.book, largest.key)} is {_percent(number)} of the whole; the limit is {_percent(threshold)}."
    state: State = "attention" if over else "unknown" if spread.unvalued else "good"
    said += _could_change(spread)
    return Check(name, state, number, threshold, said, tuple(each.key for each in over))


def _cash_share(spread: Allocation, threshold: Decimal) -> Check:
    share = next((each.share for each in spread.slices if each.key == "cash"), ZERO)
    if spread.total <= 0 or share is None:
        return Check("cash", "unknown", None, threshold, _NO_SHARES)
    said = f"{_percent(share)} of the whole is cash; the limit is {_percent(threshold)}."
    if share <= threshold:
        return Check("cash", "good", share, threshold, said)
    state: State = "unknown" if spread.unvalued else "attention"
    return Check("cash", state, share, threshold, said + _could_change(spread))


def _could_change(spread: Allocation) -> str:
    """How many positions are in no share, as another sentence; nothing where all are."""
    without = len(spread.unvalued)
    return f" {_counted(without, 'position')} without a price could change that." if without else ""


def _missing(of: History, every: tuple[Worth, ...]) -> Check:
    without = [each for each in every if each.value is None]
    what = tuple(dict.fromkeys(each.part.instrument or each.part.currency for each in without))
    if not without:
        return Check("price_missing", "good", ZERO, ZERO, "Everything that is held has a price.")
    because = "; ".join(f"{of.called(each.part)}: {each.lacks}" for each in without[:5])
    said = f"{_counted(len(what), 'position')} cannot be valued, and so cannot the whole: {because}. {REMEDY}"
    return Check("price_missing", "attention", Decimal(len(what)), ZERO, said, what)


def _stale(of: History, every: tuple[Worth, ...], most: int) -> Check:
    last = of.day(len(of.days) - 1)
    old = {
        each.part.instrument: each.price.day
        for each in every
        if each.price is not None and each.part.instrument and last - each.price.day > timedelta(days=most)
    }
    if not old:
        said = f"No price is older than {_counted(most, 'day')}."
        return Check("price_stale", "good", ZERO, Decimal(most), said)
    oldest = min(old, key=lambda name: old[name])
    named = f"that of {called(of.book, oldest)} is of {old[oldest]}"
    said = f"{_counted(len(old), 'price')} older than {_counted(most, 'day')}; {named}."
    return Check(
        "price_stale", "attention", Decimal((last - old[oldest]).days), Decimal(most), said, tuple(sorted(old))
    )


def _negative(of: History, every: tuple[Worth, ...]) -> Check:
    names = {account.id: account.name for account in of.book.accounts}
    owed = [each for each in every if each.part.instrument is None and each.units < 0]
    if not owed:
        return Check("negative_cash", "good", ZERO, ZERO, "No account's cash is below 0.")
    where = "; ".join(
        f"{names.get(each.part.account, each.part.account)} {each.units} {each.part.currency}" for each in owed
    )
    said = f"More cash was spent than is told to have come: {where}. Is a deposit or an exchange missing?"
    about = tuple(dict.fromkeys(str(each.part.account) for each in owed))
    return Check("negative_cash", "attention", Decimal(len(owed)), ZERO, said, about)


def _without_cost(of: History, walked: Walked, inside: Mask) -> Check:
    parts = of.named(inside)
    without = [
        lot.instrument
        for lot in walked.lots
        if lot.cost.base is None and Part(lot.account, lot.instrument, "") in parts
    ]
    if not without:
        return Check("cost_missing", "good", ZERO, ZERO, "What every lot cost is known.")
    what = tuple(dict.fromkeys(without))
    names = ", ".join(called(of.book, each) for each in what[:5])
    said = f"What {_counted(len(without), 'lot')} cost is not known: {names}. Write it into the transaction."
    return Check("cost_missing", "attention", Decimal(len(without)), ZERO, said, what)


def _percent(share: Decimal) -> str:
    return f"{share * 100:.1f} %"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
