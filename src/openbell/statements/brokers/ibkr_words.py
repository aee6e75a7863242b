"""What Interactive Brokers' words mean in all of its exports: kinds of cash, corporate actions, pairs of currencies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.money import CURRENCIES
from openbell.model.transactions import ZERO, Kind
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Ignored, Named, Outcome, Problem
from openbell.statements.making import per, traded

CLOCK = Clock("ymd", "America/New_York")
KINDS = {"dividend": Kind.DIVIDEND, "tax": Kind.TAX, "interest": Kind.INTEREST, "fee": Kind.FEE}

CASH_TYPES = {
    "dividends": "dividend", "dividend": "dividend", "payment in lieu of dividends": "dividend",
    "payment in lieu": "dividend", "payment in lieu of dividend": "dividend",
    "withholding tax": "tax", "foreign tax withholding": "tax", "871(m) withholding": "tax",
    "withholding @ 871(m)": "tax", "transaction tax": "tax", "sales tax": "tax",
    "broker interest received": "interest", "broker interest paid": "interest", "bond interest received": "interest",
    "bond interest paid": "interest", "credit interest": "interest", "debit interest": "interest",
    "interest": "interest", "bond interest": "interest", "investment interest received": "interest",
    "investment interest paid": "interest", "stock yield enhancement program": "interest",
    "broker fees": "fee", "other fees": "fee", "advisor fees": "fee", "other fee": "fee", "fee": "fee",
    "commission adjustments": "fee", "adjustment": "fx", "price adjustments": "fee", "fees/comm": "fee",
    "deposits & withdrawals": "cash", "deposits/withdrawals": "cash", "deposits and withdrawals": "cash",
    "deposit": "cash", "withdrawal": "cash", "other income": "cash", "cash transfer": "cash", "bill pay": "cash",
}  # fmt: skip
_RATIO = re.compile(r"(\d+(?:\.\d+)?)\s*(?:FOR|:)\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\(([^(),]+),\s*([^()]*?),\s*([A-Z0-9]+)\)\s*$")
_LEADING = re.compile(r"^\s*([^\s(]+)\s*\(([A-Z0-9]+)\)")


def pair_of(symbol: str) -> tuple[str, str]:
    """The two currencies of EUR.USD; raises InvalidInput."""
    first, _, second = symbol.partition(".")
    if first in CURRENCIES and second in CURRENCIES:
        return first, second
    raise InvalidInput("currency", f"{symbol[:20]!r} is no pair of currencies.", remedy="Correct it in the file.")


def split_ratio(text: str) -> Decimal | None:
    """New units for one old, from `SPLIT 20 FOR 1`."""
    found = _RATIO.search(text)
    return per(Decimal(found[1]), Decimal(found[2])) if found else None


def named_in(text: str) -> Named | None:
    """The instrument at the beginning of a description: `VT(US9220427424) CASH DIVIDEND`."""
    found = _LEADING.match(text)
    if found is None:
        return None
    code = found[2]
    if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}\d", code):
        return Named(ticker=found[1], isin=code)
    return Named(ticker=found[1], cusip=code if len(code) == 9 else "")


def meant_in(text: str) -> Named | None:
    """The instrument in the last brackets, which the row is about: `(META, META PLATFORMS INC, US30303M1027)`."""
    found = _IN_BRACKETS.search(text)
    if found is None:
        return None
    code = found[3]
    isin = code if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}\d", code) else ""
    return Named(ticker=found[1].strip(), name=found[2], isin=isin, cusip=code if len(code) == 9 and not isin else "")


Part = tuple[Named | None, Decimal, Decimal]
"""An instrument, the units that came or went of it, and the cash."""


def action_of(
    text: str, type_code: str, parts: Sequence[Part], about: dict[str, Any], content: str
) -> Iterable[Outcome]:
    """What rows of one corporate action are."""
    said = text.upper()
    came = [part for part in parts if part[1] > 0]
    gone = [part for part in parts if part[1] < 0]
    cash = sum((part[2] for part in parts), ZERO)
    fixed = {**about, "note": text}
    if "SPLIT" in said or type_code in {"FS", "RS"}:
        yield _split(text, parts, cash, fixed)
    elif "SPINOFF" in said or "SPIN-OFF" in said or type_code == "SO":
        yield from _spun(text, came, fixed)
    elif "STOCK DIVIDEND" in said or type_code in {"SD", "HD"}:
        yield from (Draft(kind=Kind.DIVIDEND, instrument=named, quantity=units, **fixed) for named, units, _ in came)
    elif came and gone:
        yield _became(gone[0], came[0], cash, fixed)
    elif gone and cash >= 0:
        yield traded(buying=False, quantity=gone[0][1], cash=cash, instrument=gone[0][0], **fixed)
    elif came:
        yield from _come(came, fixed, content)
    else:
        yield Problem(
            fixed["rows"], f"{text[:100]!r} is no corporate action that is known.", "Add it by hand.", content
        )


def _split(text: str, parts: Sequence[Part], cash: Decimal, fixed: dict[str, Any]) -> Draft:
    """Of one row the difference of units; of two, the old units taken and the new ones given."""
    named = next((part[0] for part in parts if part[1] > 0), parts[0][0])
    units = sum((part[1] for part in parts), ZERO)
    gone = sum((part[1] for part in parts if part[1] < 0), ZERO)
    came = sum((part[1] for part in parts if part[1] > 0), ZERO)
    ratio = split_ratio(text) or (per(came, -gone) if gone else None)
    return Draft(kind=Kind.SPLIT, instrument=named, quantity=units, ratio=ratio, cash=max(cash, ZERO), **fixed)


def _spun(text: str, came: Sequence[Part], fixed: dict[str, Any]) -> Iterable[Outcome]:
    parent = named_in(text)
    for named, units, _ in came:
        yield Draft(kind=Kind.SPIN_OFF, instrument=parent, other=named, quantity=units, **fixed)


def _became(gone: Part, came: Part, cash: Decimal, fixed: dict[str, Any]) -> Draft:
    old, new = gone[0], came[0]
    if -gone[1] == came[1] and not cash:
        return Draft(kind=Kind.RENAME, instrument=old, other=new, **fixed)
    ratio = per(came[1], -gone[1])
    return Draft(kind=Kind.MERGER, instrument=old, other=new, quantity=came[1], ratio=ratio, cash=cash, **fixed)


def _come(came: Sequence[Part], fixed: dict[str, Any], content: str) -> Iterable[Outcome]:
    for named, units, cash in came:
        if cash < 0:
            yield traded(buying=True, quantity=units, cash=cash, instrument=named, **fixed)
            continue
        yield Draft(kind=Kind.DELIVERY_IN, instrument=named, quantity=units, **fixed)
        yield Problem(
            fixed["rows"],
            f"{units} units came for nothing, and the file does not say of what they were a part.",
            "If it was a spin-off, say of what, and which part of the cost left with it.",
            content,
            blocking=False,
        )


CANCELS = "cancels another trade"
"""The note of a row that takes back a trade, until the two are put together."""


def without_cancelled(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """`outcomes` without the trades that were cancelled and the rows that cancel them: equal but for the sign."""
    kept = list(outcomes)
    for cancel in [one for one in kept if isinstance(one, Draft) and one.note == CANCELS]:
        kept.remove(cancel)
        original = next((one for one in kept if isinstance(one, Draft) and _takes_back(cancel, one)), None)
        content = f"{cancel.instrument} {cancel.quantity} at {cancel.price} {cancel.currency}"
        if original is None:
            what = "This cancels a trade that is not in the file."
            kept.append(Problem(cancel.rows, what, "Remove the trade by hand where it was imported.", content))
            continue
        kept.remove(original)
        kept.append(Ignored((*original.rows, *cancel.rows), "cancelled, and what cancels it", content))
    return kept


def _takes_back(cancel: Draft, trade: Draft) -> bool:
    same = (cancel.instrument, cancel.price, cancel.currency) == (trade.instrument, trade.price, trade.currency)
    return same and cancel.quantity == -trade.quantity


def dividends_with_tax(drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts with each tax put to the dividend that it was withheld from: of the same day, instrument and currency."""
    free = defaultdict[tuple[object, ...], list[Draft]](list)
    for draft in drafts:
        if draft.kind is Kind.DIVIDEND:
            free[_of(draft)].append(draft)
    taken = dict[tuple[int, ...], Draft]()
    left: list[Draft] = []
    for draft in drafts:
        if draft.kind is Kind.DIVIDEND:
            continue
        candidates = free[_of(draft)] if draft.kind is Kind.TAX and draft.instrument else []
        fitting = next((one for one in candidates if _withheld(draft, one) and one.rows not in taken), None)
        if fitting is None:
            left.append(draft)
        else:
            taken[fitting.rows] = draft
    return [*left, *(_net(one, taken.get(one.rows)) for one in drafts if one.kind is Kind.DIVIDEND)]


def _of(draft: Draft) -> tuple[object, ...]:
    named = draft.instrument
    return (draft.account, draft.day, draft.currency, (named.ticker or named.isin) if named else "")


def _withheld(tax: Draft, dividend: Draft) -> bool:
    """Whether the one can be withheld from the other: less, and the other way."""
    return (tax.cash > 0) != (dividend.cash > 0) and abs(tax.cash) < abs(dividend.cash)


def _net(dividend: Draft, tax: Draft | None) -> Draft:
    if tax is None:
        return dividend
    rows = tuple(sorted({*dividend.rows, *tax.rows}))
    return replace(dividend, cash=dividend.cash + tax.cash, tax=-tax.cash, rows=rows, withheld=tax)
