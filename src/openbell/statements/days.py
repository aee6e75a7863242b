"""Days and instants as statements print them. The order of day and month is told by the whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openbell.model.errors import InvalidInput, Undecided

Order = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[Order, ...] = ("ymd", "dmy", "mdy")
_WAYS = {"ymd": "year", "dmy": "day", "mdy": "month"}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAY = re.compile(
    r"\s*(?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})"
    r"|(?P<whole>\d{8})(?!\d)"
    r"|(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y2>\d{4}|\d{2})(?!\d)"
    r"|(?P<d3>\d{1,2})[-/. ]?(?P<m3>[A-Za-z]{3,9})[-/., ]+(?P<y3>\d{4})"
    r"|(?P<m4>[A-Za-z]{3,9})[-/. ](?P<d4>\d{1,2})[-/., ]+(?P<y4>\d{4}))"
)
_TIME = re.compile(
    r"[T ;,]+(?P<h>\d{1,2}):?(?P<m>\d{2})(?::?(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*(?:[A-Z]{3,4})?\s*"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """How a file prints its days: their order, and the zone of instants that name none (empty: not known)."""

    order: Order = "ymd"
    zone: str = ""

    def day(self, text: str, field: str = "date") -> date:
        """The day as it is printed, whatever follows it; raises InvalidInput."""
        return _day(text, self.order, field)[0]

    def read(self, text: str, time: str = "", field: str = "date") -> tuple[date, datetime | None]:
        """The day as it is printed, and the instant where a time and its zone are known; raises InvalidInput."""
        day, end = _day(text, self.order, field)
        rest = text[end:] if not time else f" {time}"
        if not rest.strip():
            return day, None
        found = _TIME.fullmatch(rest.rstrip())
        if found is None:
            raise _no_time(text, field)
        return day, _instant(day, found, self.zone, field)

    def local(self, text: str, field: str = "date") -> tuple[date, datetime | None]:
        """The day that it was in `zone` at a stamp that names its own zone."""
        day, at = self.read(text, field=field)
        return (at.astimezone(zone_of(self.zone)).date(), at) if at and self.zone else (day, at)


@lru_cache(maxsize=4096)
def _day(text: str, order: Order, field: str) -> tuple[date, int]:
    found = _DAY.match(text)
    if found is None:
        raise _no_day(text, order, field)
    try:
        return _date_in(found, order), found.end()
    except (ValueError, KeyError) as error:
        raise _no_day(text, order, field) from error


def _no_day(text: str, order: Order, field: str) -> InvalidInput:
    shape = {"ymd": "year, month, day", "dmy": "day, month, year", "mdy": "month, day, year"}[order]
    return InvalidInput(
        field, f"{text.strip()[:40]!r} is no day (in the order {shape}).", remedy="Correct it, or say the order."
    )


def _date_in(found: re.Match[str], order: Order) -> date:
    if found["y1"]:
        return date(int(found["y1"]), int(found["m1"]), int(found["d1"]))
    if found["whole"]:
        return _whole(found["whole"], order)
    if found["y3"]:
        return date(int(found["y3"]), _MONTHS[found["m3"].lower()], int(found["d3"]))
    if found["y4"]:
        return date(int(found["y4"]), _MONTHS[found["m4"].lower()], int(found["d4"]))
    first, second, last = int(found["a"]), int(found["b"]), int(found["y2"])
    if order == "ymd":
        if len(found["y2"]) == 4:
            raise ValueError(found[0])
        return date(2000 + first, second, last)
    year = last if last > 99 else 2000 + last
    return date(year, second, first) if order == "dmy" else date(year, first, second)


def _whole(digits: str, order: Order) -> date:
    if order == "ymd" or 1900 < int(digits[:4]) < 2100:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    first, second, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    return date(year, second, first) if order == "dmy" else date(year, first, second)


def _instant(day: date, found: re.Match[str], zone: str, field: str) -> datetime | None:
    hour = int(found["h"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    micro = int((found["f"] or "0")[:6].ljust(6, "0"))
    try:
        naive = datetime(  # noqa: DTZ001  # its zone follows
            day.year, day.month, day.day, hour, int(found["m"]), int(found["s"] or 0), micro
        )
        offset = _offset(found["zone"]) if found["zone"] else None
    except ValueError as error:
        raise _no_time(found[0], field) from error
    if offset is None and not zone:
        return None
    if day.year in {MINYEAR, MAXYEAR}:  # in another zone it may be in no year
        raise _no_time(found[0], field)
    return naive.replace(tzinfo=offset or zone_of(zone)).astimezone(UTC)


def _no_time(text: str, field: str) -> InvalidInput:
    return InvalidInput(field, f"{text.strip()[:40]!r} is not a time.", remedy="Correct it in the file.")


def _offset(text: str) -> timezone:
    if text in {"Z", "UTC", "GMT"}:
        return UTC
    digits = text[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if text[0] == "-" else shift)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; raises InvalidInput."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput("zone", f"{name[:40]!r} is no time zone.", remedy="Write it like Europe/Zurich.") from error


def begins_with_day(text: str) -> bool:
    """Whether `text` begins as a day does, in any order."""
    return _DAY.match(text) is not None


def order_of(texts: Iterable[str], name: str, column: str, *, told: str = "") -> Order:
    """The order of day and month, from all days of a column; raises Undecided where each could be either."""
    for order in ORDERS:
        if told == order:
            return order
    days = [found for text in texts if (found := _DAY.match(text)) and found["y2"]]
    left: tuple[Order, ...] = ("dmy", "mdy", "ymd")
    for day in days:
        possible = _orders(day)
        left = tuple(order for order in left if order in possible) or left  # a day of none is a problem of its row
    if "mdy" in left and "dmy" in left:
        left = ("dmy",) if all(day[0][day.end("a") - day.start()] == "." for day in days) else ("dmy", "mdy")
    if left == ("dmy", "ymd"):
        left = tuple(order for order in left if _in_turn(days, order)) or left
    if len(left) == 1 or not days:
        return left[0] if days else "ymd"
    ways = [_WAYS[order] for order in left]
    raise Undecided(
        name,
        f"{days[0][0].strip()!r} in {column} can be {ways[0]} or {ways[1]} first.",
        option="dates",
        options=left,
        remedy=f"Say which: {left[0]} is {ways[0]} first, {left[1]} {ways[1]} first.",
    )


def _orders(found: re.Match[str]) -> frozenset[Order]:
    """The orders in which it is a day; a year of two digits can come first."""
    first, second, last = int(found["a"]), int(found["b"]), int(found["y2"])
    dmy, mdy = first <= 31 and second <= 12, first <= 12 and second <= 31
    ymd = len(found["y2"]) == 2 and second <= 12 and last <= 31
    every: tuple[tuple[Order, bool], ...] = (("dmy", dmy), ("mdy", mdy), ("ymd", ymd))
    return frozenset(order for order, possible in every if possible and first and second)


def _in_turn(days: Sequence[re.Match[str]], order: Order) -> bool:
    """Whether days in that order stand oldest or newest first, as statements do."""
    try:
        told = [_date_in(day, order) for day in days]
    except ValueError:
        return False
    return told in (sorted(told), sorted(told, reverse=True))
