"""Numbers as statements print them, read exactly. Which mark is the decimal one is told by the whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from openbell.model.errors import InvalidInput, Undecided
from openbell.model.money import DECIMALS, PARTS, amount, currency_of

BLANK = frozenset({"", "-", "--", "—", "–", "n/a", "na", "null", "none", "not available", "nan%", "…"})
SYMBOLS = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "C$": "CAD", "CA$": "CAD", "A$": "AUD",
    "AU$": "AUD", "₹": "INR", "₺": "TRY", "₽": "RUB", "zł": "PLN", "Kč": "CZK", "Fr.": "CHF",
}  # fmt: skip
_AROUND = re.compile(r"^([^\d.,()+\-]*)(.*?)([^\d.,)\-]*)$", re.DOTALL)
_SPACES = dict.fromkeys(map(ord, " \u00a0\u2007\u2009\u202f'’\t\n\r"))
_MINUS = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-"})
_POINTED = re.compile(r"\d+|\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?|\d*\.\d*|\d+(?:\.\d+)?[eE][+-]?\d{1,3}")
_COMMAED = re.compile(r"\d+|\d{1,3}(?:\.\d{3})+(?:,\d*)?|\d*,\d*|\d+(?:,\d+)?[eE][+-]?\d{1,3}")
_EITHER = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_LEAST = Decimal(1).scaleb(-DECIMALS)


@dataclass(frozen=True, slots=True)
class Marks:
    """How a column prints its numbers. `decimal` is empty where both marks are used: then each must be plain."""

    decimal: Literal[".", ",", ""]

    def number(self, text: str, field: str) -> Decimal | None:
        """The number, None for a blank; raises InvalidInput for what is none, has two meanings, or is no amount."""
        return _number(text, self.decimal, field)


@lru_cache(maxsize=1 << 15)
def _number(text: str, mark: Literal[".", ",", ""], field: str) -> Decimal | None:
    bare, negative = _bare(text)
    if bare.lower() in BLANK:
        return None
    if not mark and _EITHER.fullmatch(bare):
        raise InvalidInput(
            field,
            f"{text.strip()[:40]!r} has two meanings, since this file uses both marks for decimals.",
            remedy="Say which mark is the decimal one.",
        )
    decimal = mark or _decimal_of(bare)
    if not (_COMMAED if decimal == "," else _POINTED).fullmatch(bare) or not any(map(str.isdigit, bare)):
        raise InvalidInput(field, f"{text.strip()[:40]!r} is not a number.", remedy="Correct it in the file.")
    plain = bare.replace(".", "").replace(",", ".") if decimal == "," else bare.replace(",", "")
    number = _fitted(Decimal(plain), field)
    return -number if negative else number


def _fitted(number: Decimal, field: str) -> Decimal:
    """`number` in as many decimals as the desk counts with: brokers print some prices with twenty."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -DECIMALS and abs(number) < 1 / _LEAST:
        number = number.quantize(_LEAST)
    return amount(number, field)


@lru_cache(maxsize=1 << 15)
def _bare(text: str) -> tuple[str, bool]:
    """The digits and marks of `text` without sign, spaces and currency; and whether it is less than 0."""
    text = text.strip().translate(_MINUS)
    if text.isdecimal():
        return text, False
    if text.lower() in BLANK:
        return text, False
    negative = False
    for _ in range(3):  # a sign may stand before or after the currency
        if text.startswith("(") and text.endswith(")"):
            text, negative = text[1:-1].strip(), True
        if text[:1] in {"-", "+"}:
            text, negative = text[1:].strip(), negative != (text[0] == "-")
        elif text[-1:] == "-":
            text, negative = text[:-1].strip(), not negative
        found = _AROUND.match(text)
        if found and (found[1] or found[3]) and any(map(str.isdigit, found[2])) and _is_money(found[1], found[3]):
            text = found[2].strip()
    return text.translate(_SPACES), negative


def _is_money(before: str, after: str) -> bool:
    """Whether what stands around a number is at most one currency's sign or code."""
    around = before.strip() + after.strip()
    return around in SYMBOLS or around in PARTS or around == "%" or (len(around) == 3 and around.isalpha())


def _decimal_of(bare: str) -> Literal[".", ","]:
    """The decimal mark of one number that has only one meaning."""
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    if comma >= 0:
        return "." if bare.count(",") > 1 else ","
    return "," if bare.count(".") > 1 else "."


def marks_of(texts: Iterable[str], name: str, column: str, *, told: str = "") -> Marks:
    """How these numbers are printed, from all of them; raises Undecided where every one has two meanings."""
    if told:
        return Marks("," if told == "," else ".")
    decimals, doubtful = set[str](), ""
    for text in texts:
        bare, _ = _bare(text)
        if "," not in bare and "." not in bare:
            continue
        if _EITHER.fullmatch(bare):
            doubtful = doubtful or text.strip()
        elif _POINTED.fullmatch(bare) or _COMMAED.fullmatch(bare):
            decimals.add(_decimal_of(bare))
    if decimals == {","}:
        return Marks(",")
    if decimals == {".", ","}:
        return Marks("")
    if doubtful and not decimals:
        raise Undecided(
            name,
            f"{doubtful!r} in {column} can be read in two ways.",
            option="decimal",
            options=(".", ","),
            remedy="Say which mark is the decimal one.",
        )
    return Marks(".")


POINT = Marks(".")


def money_code(text: str, field: str = "currency") -> tuple[str, Decimal]:
    """The currency that `text` names, and what one of it is: pence are 0.01 pounds; raises InvalidInput."""
    code = text.strip()
    if code in PARTS:
        return PARTS[code]
    if code in SYMBOLS:
        return SYMBOLS[code], Decimal(1)
    return currency_of(code, field), Decimal(1)


def symbol_in(text: str) -> str:
    """The currency whose sign stands at a number, empty where none does."""
    found = _AROUND.match(text.strip().translate(_MINUS).strip("()+- "))
    around = (found[1].strip(" -+(") or found[3].strip(" -+)")) if found else ""
    return SYMBOLS.get(around, around if len(around) == 3 and around.isalpha() and around.isupper() else "")
