"""Ghostfolio's export: JSON, prices per unit, days as an instant at which it was midnight where the owner lives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from openbell.model.errors import InvalidInput, Undecided, UnreadableFile
from openbell.model.money import PriceByHand
from openbell.model.money import amount as checked
from openbell.model.transactions import ZERO, Kind, assert_day
from openbell.model.words import counted
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock, zone_of
from openbell.statements.draft import Beside, Draft, Ignored, Named, Outcome, Problem
from openbell.statements.making import needed, traded
from openbell.statements.numbers import POINT, money_code
from openbell.statements.preset import Preset, Reading

HOME = "Europe/Zurich"
"""Where Ghostfolio is made, and most of its users' midnights are."""

_MANUAL, _COINS = "MANUAL", "COINGECKO"


@dataclass(frozen=True, slots=True)
class _Names:
    """What the ids of a document stand for."""

    accounts: Mapping[str, str]
    tags: Mapping[str, str]
    instruments: Mapping[tuple[str, str], Named]
    """By source and symbol, those of which the document tells more."""

    def instrument(self, source: str, symbol: str) -> Named:
        """As the document tells it; a symbol of Ghostfolio's own or of CoinGecko's is no ticker."""
        return self.instruments.get((source, symbol)) or _named(source, symbol)


def read(contents: Contents, answers: Answers) -> Reading:
    """All activities; accounts, tags and own items by their names, with the prices that were said by hand."""
    document = contents.document
    profiles = {_source(each): each for each in _objects(document, "assetProfiles")}
    named = {of: _profiled(*of, profile) for of, profile in profiles.items()}
    names = _Names(_by_id(document, "accounts"), _by_id(document, "tags"), _apart(named))
    activities = document["activities"]
    if not isinstance(activities, list) or not all(isinstance(each, dict) for each in activities):
        raise UnreadableFile(contents.name, "its activities are no list of objects.", remedy="Export it again.")
    zone = answers.zone or _home(contents.name, activities)
    outcomes = [_attempt(number, each, names, zone) for number, each in enumerate(activities, start=1)]
    priced = {of: each for of, each in profiles.items() if of[0] == _MANUAL}
    prices, damaged = _by_hand(priced, names)
    notes = [f"days are those of {zone}"]
    if prices:
        count = sum(map(len, prices.values()))
        notes.append(f"It tells {counted(count, 'price')} by hand, of {counted(len(prices), 'instrument')}.")
    if damaged:
        notes.append(
            f"{counted(damaged, 'price')} by hand cannot be read, and {'is' if damaged == 1 else 'are'} left out."
        )
    return Reading(outcomes, tuple(notes), Beside(prices))


def _objects(document: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    given = document.get(name)
    yield from (each for each in (given if isinstance(given, list) else ()) if isinstance(each, dict))


def _by_id(document: Mapping[str, Any], name: str) -> dict[str, str]:
    return {
        each["id"]: str(each.get("name") or each["id"])
        for each in _objects(document, name)
        if isinstance(each.get("id"), str)
    }


def _source(told: Mapping[str, Any]) -> tuple[str, str]:
    return str(told.get("dataSource") or "").upper(), str(told.get("symbol") or "")


def _named(source: str, symbol: str, name: str = "", currency: str = "") -> Named:
    if source == _MANUAL:
        return Named(name=name or symbol, type="other", currency=currency)
    if source == _COINS:
        return Named(name=name or symbol, type="crypto")
    return Named(ticker=symbol, name=name)


def _profiled(source: str, symbol: str, profile: Mapping[str, Any]) -> Named:
    try:
        currency = money_code(str(profile.get("currency") or ""))[0]
    except InvalidInput:
        currency = ""
    return _named(source, symbol, str(profile.get("name") or ""), currency)


def _apart(named: Mapping[tuple[str, str], Named]) -> dict[tuple[str, str], Named]:
    """Those that share a name with another tell their symbols, too."""
    keys = Counter(each.key for each in named.values())
    return {
        (source, symbol): _named(source, symbol, f"{each.name} ({symbol})", each.currency)
        if keys[each.key] > 1 and not each.ticker
        else each
        for (source, symbol), each in named.items()
    }


def _by_hand(
    profiles: Mapping[tuple[str, str], Mapping[str, Any]], names: _Names
) -> tuple[dict[str, dict[date, PriceByHand]], int]:
    """The prices of own items, by the items' keys; and how many could not be read."""
    prices, damaged = dict[str, dict[date, PriceByHand]](), 0
    for (source, symbol), profile in profiles.items():
        told = dict[date, PriceByHand]()
        for each in _objects(profile, "marketData"):
            try:
                day, price = _price(each, str(profile.get("currency") or ""))
            except InvalidInput:
                damaged += 1
            else:
                told[day] = PriceByHand(price)
        if told:
            prices[names.instrument(source, symbol).key] = told
    return prices, damaged


def _price(told: Mapping[str, Any], currency: str) -> tuple[date, Decimal]:
    day = Clock("ymd").day(str(told.get("date", "")))
    assert_day(day, "date")
    price = _number(told, "marketPrice") * money_code(currency)[1]
    if price <= 0:
        raise InvalidInput("marketPrice", f"{price} is no price.")
    return day, price


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


def _attempt(number: int, activity: Mapping[str, Any], names: _Names, zone: str) -> Outcome:
    try:
        return _activity(number, activity, names, zone)
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


def _activity(number: int, activity: Mapping[str, Any], names: _Names, zone: str) -> Outcome:
    kind = str(activity.get("type", "")).upper()
    stamp = str(activity.get("date", ""))
    at = Clock("ymd", "UTC").read(stamp)[1]
    day = at.date() if at and at.time() == time() else Clock("ymd", zone).local(stamp)[0]
    currency, part = money_code(str(activity.get("currency") or ""))
    units, price = _number(activity, "quantity"), _number(activity, "unitPrice") * part
    fee = _number(activity, "fee") * part
    source, symbol = _source(activity)
    fixed: dict[str, Any] = {
        "day": day,
        "at": None if _is_midnight(at, zone) else at,
        "currency": currency,
        "account": names.accounts.get(str(activity.get("accountId")), ""),
        "note": str(activity.get("comment") or ""),
        "tags": tuple(names.tags.get(tag, tag)[:60] for tag in activity.get("tags") or () if _is_word(tag)),
        "ref": str(activity.get("id") or ""),
        "rows": (number,),
    }
    about = names.instrument(source, symbol) if symbol else None
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


def _is_word(tag: object) -> bool:
    return isinstance(tag, str) and bool(tag)


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
