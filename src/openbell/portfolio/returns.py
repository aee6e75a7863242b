"""How a portfolio, an account, a position or a tag has done between two days: gains, returns, costs, contributions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Literal, get_args

import numpy as np

from openbell.model.transactions import Kind
from openbell.portfolio.book import Days, said
from openbell.portfolio.lots import ZERO
from openbell.portfolio.moves import Charge, Charged, Move, Part, rounded, summed
from openbell.portfolio.rates import exact
from openbell.portfolio.twr import Floats, Index, annualised, chained
from openbell.portfolio.valuation import History, Mask, Uncounted, moved, paid, worth
from openbell.portfolio.worth import Worth, total, worths
from openbell.portfolio.xirr import MoneyWeighted, of_investor

Range = Literal["1D", "5D", "1M", "3M", "6M", "YTD", "1Y", "5Y", "Max"]
RANGES: tuple[Range, ...] = get_args(Range)

SIMPLE = "Value at the end + taken out - value at the start - paid in; as a share of value at the start + paid in."
CONTRIBUTION = "The part's own gain, as a share of what the whole had to gain with: value at the start + paid in."
NOTHING = "Nothing that was asked for is in the portfolio: there are no figures of it."
CURRENCY = (
    "Each day's gain less what it is in its own currency at the rate of the day before, summed over the days: price at "
    "the first rate, currency at the last price."
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the end of one day of a series to that of another; `start` -1: from before the first transaction."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Performance:
    """What became of the money between two days. None: something that it needs is missing; `notes` say what."""

    first: date
    """Its close is where the stretch begins; of a whole history, the day of the first transaction."""
    last: date
    start: Decimal | None
    end: Decimal | None
    paid_in: Decimal | None
    taken_out: Decimal | None
    gain: Decimal | None
    """After fees and taxes."""
    simple: float | None
    """The gain as a share of what was there and came; see SIMPLE."""
    twr: float | None
    twr_annual: float | None
    """From one year on."""
    mwr: MoneyWeighted
    income: Decimal | None
    """Before tax and fees."""
    fees: Decimal | None
    taxes: Decimal | None
    currency_gain: Decimal | None
    """What of the gain came from rates alone; see CURRENCY."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one part added to the gain of the whole."""

    part: Part
    gain: Decimal | None
    share: float | None
    """See CONTRIBUTION."""


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest fall of an index from a height that it had before."""

    depth: float
    """Less than 0: -0.25 is a quarter lost."""
    height: float
    """Of the index at its peak; 1 where it only fell from the start."""
    peak: date
    trough: date
    recovered: date | None
    """The first day at the old height again; None: not yet."""


def stretch_of(of: History, wanted: Range | tuple[date, date]) -> Stretch:
    """The places that a range or two days mean, the second not before the series; both ends count with their close.

    A day is a session: the newest one with a price is the end of `1D`, the one before it its start, whatever weekend
    or holiday lies between. Months and years go back by the calendar, to the month's last day where it is shorter.
    """
    end = len(of.days) - 1
    if not isinstance(wanted, str):
        return Stretch(of.place(wanted[0]), of.place(wanted[1]))
    if wanted == "Max":
        return Stretch(-1, end)
    if wanted in {"1D", "5D"}:
        return Stretch(_sessions_back(of, end, int(wanted[0])), end)
    return Stretch(of.place(_before(of.day(end), wanted)), end)


def performance(of: History, inside: Mask, stretch: Stretch, index: Index | None = None) -> Performance:
    """How the parts `inside` have done together; `index` is that of `index_of`, where the caller has it."""
    values, (into, out) = worth(of, inside), paid(of, inside)
    index = index or index_of(of, inside)
    ends = [list(worths(of, inside, place)) for place in (stretch.start, stretch.end)]
    start, end = map(total, ends)
    crossed = crossings(of, inside, stretch)
    came, left = _flowed(crossed)
    charged = _charged(charges(of, inside, stretch))
    gain = None if start is None or end is None or came is None or left is None else rounded(end + left - start - came)
    if not inside.any():
        start = end = came = left = gain = None
    capital = None if start is None or came is None else start + came
    first = of.day(max(stretch.start, 0))
    twr = index.between(stretch.start, stretch.end)
    return Performance(
        first=first,
        last=of.day(stretch.end),
        start=start,
        end=end,
        paid_in=came,
        taken_out=left,
        gain=gain,
        simple=float(gain / capital) if gain is not None and capital is not None and capital > 0 else None,
        twr=twr,
        twr_annual=annualised(twr, of.days[max(stretch.start, 0)], of.days[stretch.end]),
        mwr=of_investor(*_balanced(of.days, values, into, out, stretch)),
        income=charged["income"],
        fees=charged["fee"],
        taxes=charged["tax"],
        currency_gain=currency_gain(of, inside, stretch),
        notes=tuple(notes(of, inside, stretch, index, crossed, ends)),
    )


def index_of(of: History, inside: Mask) -> Index:
    """The time-weighted index of the parts `inside` together; of nothing, none."""
    if not inside.any():
        return Index(of.days, np.full(of.days.size, np.nan))
    return chained(of.days, worth(of, inside), *paid(of, inside))


def investor_flows(of: History, inside: Mask, stretch: Stretch) -> tuple[Days, Floats]:
    """What the money-weighted return balances: value at the start paid in, all flows, value at the end taken out."""
    return _balanced(of.days, worth(of, inside), *paid(of, inside), stretch)


def _balanced(days: Days, values: Floats, came: Floats, left: Floats, stretch: Stretch) -> tuple[Days, Floats]:
    after = slice(stretch.start + 1, stretch.end + 1)
    first, last = max(stretch.start, 0), stretch.end
    start = -values[stretch.start] if stretch.start >= 0 else 0.0
    of = np.concatenate([days[first : first + 1], days[after], days[after], days[last : last + 1]])
    return of, np.concatenate([[start], -came[after], left[after], values[last : last + 1]])


def crossings(of: History, inside: Mask, stretch: Stretch) -> tuple[Move, ...]:
    """What each event of the stretch moved across the border of the parts, by day; what stays inside is none."""
    at = moved(of, inside, stretch.start, stretch.end)
    event, amount = of.flows.event[at], of.flows.amount[at]
    crossing = np.bincount(event, weights=amount)[event] != 0  # what stays inside is there twice, once with each sign
    moves = [of.moves[place] for place in at[crossing].tolist()]
    if np.unique(event[crossing]).size == len(moves):
        return tuple(sorted(moves, key=attrgetter("day")))
    events: dict[int, list[Move]] = {}
    for number, move in zip(event[crossing].tolist(), moves, strict=True):
        events.setdefault(number, []).append(move)
    together = (crossed for every in events.values() if (crossed := _together(every)) is not None)
    return tuple(sorted(together, key=attrgetter("day")))


def _together(moves: Sequence[Move]) -> Move | None:
    """What the moves of one event come to; None: nothing. Both sides of a transfer whose worth nobody knows cancel."""
    if len(moves) == 1:
        return moves[0]
    known = [move.amount for move in moves if move.amount is not None]
    unknown, net = len(moves) - len(known), sum(known, ZERO)
    if not net and unknown != 1:
        return None
    noted = next((move.note for move in moves if move.note), "")
    return replace(moves[0], amount=None if unknown == 1 else net, note=noted)


def exact_flows(of: History, inside: Mask, stretch: Stretch) -> tuple[Decimal | None, Decimal | None]:
    """What was paid into the parts and taken out of them, both at least 0; None: one of them is not known."""
    return _flowed(crossings(of, inside, stretch))


def _flowed(crossed: Sequence[Move]) -> tuple[Decimal | None, Decimal | None]:
    amounts = [each.amount for each in crossed if each.amount is not None]
    if len(amounts) < len(crossed):
        return None, None
    came = sum([amount for amount in amounts if amount > 0], ZERO)
    left = sum([-amount for amount in amounts if amount < 0], ZERO)
    return came, left


def contributions(of: History, inside: Mask, stretch: Stretch) -> tuple[Contribution, ...]:
    """The gain of each part; together they are that of the whole, to the last digit."""
    starts = {each.part: each.value for each in worths(of, inside, stretch.start)}
    ends = {each.part: each.value for each in worths(of, inside, stretch.end)}
    flows: dict[Part, Decimal | None] = {}
    for at in moved(of, inside, stretch.start, stretch.end):
        move = of.moves[at]
        so_far = flows.get(move.part, ZERO)
        flows[move.part] = None if so_far is None or move.amount is None else so_far + move.amount
    came, _ = exact_flows(of, inside, stretch)
    start = summed(starts.values())
    capital = None if came is None or start is None else start + came
    found = []
    for part in of.listed(inside):
        before, after, flow = starts.get(part, ZERO), ends.get(part, ZERO), flows.get(part, ZERO)
        if part not in starts and part not in ends and part not in flows:
            continue
        gain = None if before is None or after is None or flow is None else rounded(after - before - flow)
        share = float(gain / capital) if gain is not None and capital is not None and capital > 0 else None
        found.append(Contribution(part, gain, share))
    return tuple(found)


def charges(of: History, inside: Mask, stretch: Stretch) -> list[Charge]:
    """All income, fees and taxes of the parts within the stretch."""
    place, part = of.charged
    return [of.charges[at] for at in np.flatnonzero(inside[part] & (place > stretch.start) & (place <= stretch.end))]


def _charged(told: Iterable[Charge]) -> dict[Charged, Decimal | None]:
    """What each kind comes to."""
    amounts: dict[Charged, list[Decimal | None]] = {kind: [] for kind in get_args(Charged)}
    for each in told:
        amounts[each.kind].append(each.amount)
    sums = {kind: summed(every) for kind, every in amounts.items()}
    return {kind: None if found is None else rounded(found) for kind, found in sums.items()}


def currency_gain(of: History, inside: Mask, stretch: Stretch) -> Decimal | None:
    """What of the gain of the parts came from rates alone; None: that of a step within the stretch is not known."""
    place, part = of.currency_unknown
    if (inside[part] & (place > stretch.start) & (place <= stretch.end)).any():
        return None
    after = of.currency_gains.at(stretch.end)[inside]
    before = of.currency_gains.at(stretch.start)[inside] if stretch.start >= 0 else np.zeros_like(after)
    gain = float((after - before).sum())
    return rounded(exact(gain)) if np.isfinite(gain) else None


def drawdown(index: Index, stretch: Stretch) -> Drawdown | None:
    """The deepest fall within the stretch, flows left out; None where the index never fell or is not known."""
    places = np.arange(max(stretch.start, 0), stretch.end + 1)
    places = places[np.isfinite(index.levels[places])]
    if places.size == 0:
        return None
    levels = index.levels[places]
    heights = np.maximum.accumulate(np.append(1.0, levels))[1:] if stretch.start < 0 else np.maximum.accumulate(levels)
    falls = levels / heights - 1
    trough = int(np.argmin(falls))
    if not falls[trough] < 0:
        return None
    height = heights[trough]
    peak = int(np.flatnonzero(levels[: trough + 1] >= height)[-1]) if (levels[: trough + 1] >= height).any() else 0
    again = np.flatnonzero(levels[trough:] >= height * (1 - 1e-12))
    recovered = _day(index.days[places[trough + int(again[0])]]) if again.size else None
    return Drawdown(
        float(falls[trough]), float(height), _day(index.days[places[peak]]), _day(index.days[places[trough]]), recovered
    )


def _day(day: np.datetime64) -> date:
    found: date = day.astype("datetime64[D]").item()
    return found


def _sessions_back(of: History, end: int, count: int) -> int:
    """The place of the `count`-th session before the newest one with a price; without any, of days."""
    held = [each for each in of.priced.values() if each.told.sessions is not None]
    sessions = np.unique(np.concatenate([each.told.sessions for each in held])) if held else of.days
    newest = max((each.told.days[-1] for each in held if each.told.days.size), default=of.days[end])
    upto = sessions[(sessions <= min(newest, of.days[end])) & (sessions >= of.days[0])]
    return of.place(_day(upto[-1 - count])) if upto.size > count else -1


def _before(day: date, wanted: Range) -> date:
    if wanted == "YTD":
        return date(day.year - 1, 12, 31)
    months = int(wanted[0]) * (12 if wanted.endswith("Y") else 1)
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def notes(
    of: History,
    inside: Mask,
    stretch: Stretch,
    index: Index,
    crossed: Iterable[Move],
    ends: Sequence[Iterable[Worth]],
) -> Iterable[str]:
    """What is missing, bridged or assumed in the figures of the parts over `stretch`; `ends`: what there was then."""
    if not inside.any():
        yield NOTHING
    for every, end in zip(ends, ("start", "end"), strict=True):
        for lacks, parts in _lacking(of, every).items():
            yield f"The value at the {end} is not known, for want of {', '.join(parts)}: {lacks}."
    bridged = [(a, b) for a, b in index.estimated if stretch.start < b <= stretch.end]
    if bridged:
        said_of = " to ".join(str(of.day(max(place, 0))) for place in bridged[0])
        more = f" and {len(bridged) - 1} more stretches" if len(bridged) > 1 else ""
        yield f"Days without a value are bridged by their Modified Dietz return: {said_of}{more}."
    if any(stretch.start < place <= stretch.end for place in index.unearned):
        yield "A gain came while nothing was held, as a dividend after the sale does: in the gain, not in the TWR."
    if any(place <= stretch.end for place in index.undefined):
        day = of.day(index.undefined[0])
        yield f"On {day} more was owed than there was: from then on there is no time-weighted return."
    yield from (said_of_uncounted(of, each) for each in uncounted(of, inside, stretch))
    for note in dict.fromkeys(each.note for each in crossed if each.note):
        yield f"Of what came or left without a trade: {note}."
    untold = {each.name for each in of.book.accounts if each.id not in of.told and _used(of, inside, each.id)}
    for name in sorted(untold):
        yield f"No deposits into {name} are told: its purchases count as money paid in, its sales as taken out."


def uncounted(of: History, inside: Mask, stretch: Stretch) -> list[Uncounted]:
    """What the parts gave away within the stretch and never had."""
    named = of.named(inside)
    return [each for each in of.uncounted if each.part in named and stretch.start < of.place(each.day) <= stretch.end]


def said_of_uncounted(of: History, each: Uncounted) -> str:
    """That units are in no gain."""
    done = {Kind.SELL: "sold", Kind.TRANSFER: "moved"}.get(each.transaction.kind, "given away")
    return (
        f"{said(each.units)} units of {of.called(each.part)} that were {done} on {each.day} were never held: "
        "what they gained is not known, and not in the gain."
    )


def _lacking(of: History, every: Iterable[Worth]) -> dict[str, list[str]]:
    """By what they lack, the parts without a value, each once."""
    found: dict[str, list[str]] = {}
    for each in every:
        what = of.called(each.part)
        if each.lacks and what not in (named := found.setdefault(each.lacks, [])):
            named.append(what)
    return found


def _used(of: History, inside: Mask, account: int) -> bool:
    return any(wanted and part.account == account for part, wanted in zip(of.parts, inside, strict=True))
