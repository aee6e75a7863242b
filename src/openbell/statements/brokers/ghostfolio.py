"""Ghostfolio's export: JSON, prices per unit, days as an instant at which it was midnight where the owner lives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from openbell.model.errors import InvalidInput, Undecided, UnreadableFile
from openbell.model.money import amount as checked
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock, zone_of
from openbell.statements.draft import Draft, Ignored, Named, Outcome, Problem
from openbell.statements.making import needed, traded
from openbell.statements.numbers import POINT, money_code
from openbell.statements.preset import Preset, Reading

HOME = "Europe/Zurich"
"""Where Ghostfolio is made, and most of its users' midnights are."""


def read(contents: Contents, answers: Answers) -> Reading:
    """All activities; accounts by their names."""
    document = contents.document
    accounts = {
        account["id"]: str(account.get("name") or account["id"])
        for account in document.get("accounts") or ()
        if isinstance(account, dict) and isinstance(account.get("id"), str)
    }
    activities = document["activities"]
    if not isinstance(activities, list) or not all(isinstance(each, dict) for each in activities):
        raise UnreadableFile(contents.name, "its activities are no list of objects.", remedy="Export it again.")
    zone = answers.zone or _home(contents.name, activities)
    outcomes = [_attempt(number, each, accounts, zone) for number, each in enumerate(activities, start=1)]
    return Reading(outcomes, (f"days are those of {zone}",))


def _home(name: str, activities: Sequence[Mapping[str, Any]]) -> str:
    """Zurich, unless most days of the file begin elsewhere: then the reader says where."""
    elsewhere = 0
    for activity in activities:
        at = _instant(activity)
        if at is None or at.time() == time() or at.astimezone(zone_of(HOME)).time() == time():
            continue
        elsewhere += at.minute in {0, 30} and not at.second
    if elsewhere * 2 <= len(activities):
        return HOME
    raise Undecided(
        name,
        "its days begin at an hour at which it is midnight neither in Zurich nor in London.",
        option="zone",
        options=("America/New_York", "America/Los_Angeles", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", HOME),
        remedy="Say in which time zone it was written.",
    )


def _instant(activity: Mapping[str, Any]) -> datetime | None:
    try:
        return Clock("ymd", "UTC").read(str(activity.get("date", "")))[1]
    except InvalidInput:
        return None


def _attempt(number: int, activity: Mapping[str, Any], accounts: Mapping[str, str], zone: str) -> Outcome:
    try:
        return _activity(number, activity, accounts, zone)
    except InvalidInput as error:
        return Problem((number,), error.what, error.remedy or "Correct it in the file.", _content(activity))


def _content(activity: Mapping[str, Any]) -> str:
    return json.dumps(activity, ensure_ascii=False, default=str)


def _number(activity: Mapping[str, Any], field: str) -> Decimal:
    """A number of the document, exactly; some programs write it as text."""
    given = activity.get(field)
    if given is None:
        return ZERO
    if isinstance(given, bool) or not isinstance(given, int | Decimal | str):
        raise InvalidInput(field, f"{field} is {str(given)[:40]!r}, which is no number.")
    return needed(POINT.number(given, field), field) if isinstance(given, str) else checked(Decimal(given), field)


def _activity(number: int, activity: Mapping[str, Any], accounts: Mapping[str, str], zone: str) -> Outcome:
    kind = str(activity.get("type", "")).upper()
    stamp = str(activity.get("date", ""))
    at = Clock("ymd", "UTC").read(stamp)[1]
    day = at.date() if at and at.time() == time() else Clock("ymd", zone).local(stamp)[0]
    currency, part = money_code(str(activity.get("currency") or ""))
    units, price = _number(activity, "quantity"), _number(activity, "unitPrice") * part
    fee = _number(activity, "fee") * part
    symbol = str(activity.get("symbol") or "")
    manual = str(activity.get("dataSource", "")).upper() == "MANUAL"
    fixed: dict[str, Any] = {
        "day": day,
        "at": None if _is_midnight(at, zone) else at,
        "currency": currency,
        "account": accounts.get(str(activity.get("accountId")), ""),
        "note": str(activity.get("comment") or ""),
        "tags": tuple(str(tag)[:60] for tag in activity.get("tags") or () if isinstance(tag, str) and tag),
        "ref": str(activity.get("id") or ""),
        "rows": (number,),
    }
    named = Named(name=symbol, type="other") if manual else Named(ticker=symbol)
    about = named if symbol else None
    worth = units * price
    if kind in {"BUY", "SELL", "ITEM"}:
        cash = worth - fee if kind == "SELL" else worth + fee
        return traded(
            buying=kind != "SELL", quantity=units or Decimal(1), cash=_cents(cash), price=price, fee=fee,
            instrument=about, **fixed,
        )  # fmt: skip
    if kind == "DIVIDEND":
        return Draft(kind=Kind.DIVIDEND, cash=_cents(worth - fee), fee=fee, price=price, instrument=about, **fixed)
    if kind == "INTEREST":
        return Draft(kind=Kind.INTEREST, cash=_cents(worth - fee), fee=fee, **fixed)
    if kind == "FEE":
        return Draft(kind=Kind.FEE, cash=-_cents(worth + fee), **fixed)
    if kind == "LIABILITY":
        return Ignored((number,), "a debt: no account or instrument moves", _content(activity))
    return Problem(
        (number,), f"{kind[:40]!r} is no type of activity that is known.", "Add it by hand.", _content(activity)
    )


def _is_midnight(at: datetime | None, zone: str) -> bool:
    return at is None or at.astimezone(UTC).time() == time() or at.astimezone(zone_of(zone)).time() == time()


def _cents(cash: Decimal) -> Decimal:
    """Units times price in as many decimals as the desk counts with."""
    exponent = cash.as_tuple().exponent
    return cash.quantize(Decimal("1e-8")) if isinstance(exponent, int) and exponent < -8 else cash


def _is_ghostfolio(contents: Contents) -> bool:
    document = contents.document
    if not isinstance(document, dict) or not isinstance(document.get("activities"), list):
        return False
    return "openbell" not in document


PRESET = Preset("ghostfolio", "Ghostfolio", _is_ghostfolio, read)
