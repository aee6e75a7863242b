"""The investments in a Beancount ledger, read from its text: trades at cost or price, income, cash, balances.

A small part of the language: what moves no units and no cash of an account that holds units is ignored. Amounts are
written out; arithmetic, includes and plugins are not worked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.money import CURRENCIES
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Holding, Ignored, Named, Outcome, Problem
from openbell.statements.making import moved, per, traded
from openbell.statements.numbers import POINT
from openbell.statements.preset import Preset, Reading

CLOCK = Clock("ymd")
_DIRECTIVE = re.compile(r"^(\d{4}[-/]\d{2}[-/]\d{2})\s+(\*|!|[A-Z](?=\s)|[a-z]+)\s*(.*)$")
_IS_LEDGER = re.compile(
    r"^\d{4}[-/]\d{2}[-/]\d{2}\s+(?:open\s+(?:Assets|Equity|Income|Expenses|Liabilities):|[*!]\s|txn\s|commodity\s|"
    r"balance\s+\w+:|price\s+\S+\s+[\d.]+\s+[A-Z]{3}|pad\s|note\s+\w+:)",
    re.MULTILINE,
)
_NUMBER = r"-?[\d,]*\.?\d+\.?"
_CODE = r"[A-Z][A-Z0-9'._-]*"
_POSTING = re.compile(
    rf"^\s+(?:[*!?&#A-Z]\s+)?(?P<account>[A-Z][\w-]*(?::[\w-]+)+)"
    rf"(?:\s+(?P<units>{_NUMBER})\s+(?P<code>{_CODE}))?"
    rf"\s*(?P<cost>\{{\{{?[^}}]*\}}\}}?)?\s*(?:(?P<at>@@?)\s*(?P<price>{_NUMBER})\s+(?P<price_code>{_CODE}))?"
)
_AMOUNT = re.compile(rf"({_NUMBER})\s+({_CODE})")
_META = re.compile(r"^\s+([a-z][\w-]*):\s*(.*)$")
_OPERATING = re.compile(r'^option\s+"operating_currency"\s+"([A-Z]+)"', re.MULTILINE)
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Directive:
    """One dated entry with the lines that belong to it."""

    lines: tuple[int, ...]
    text: tuple[str, ...]
    day: date
    word: str
    rest: str

    @property
    def content(self) -> str:
        """As it stands in the file."""
        return "\n".join(self.text)


@dataclass(frozen=True, slots=True)
class Posting:
    """One leg: units of a commodity, or money; `weight` is what it counts in money."""

    account: str
    units: Decimal
    code: str
    weight: Decimal
    weight_code: str
    price: Decimal | None

    @property
    def of_units(self) -> bool:
        """Whether it moves units of something that is no money."""
        return self.code not in CURRENCIES and self.account.startswith("Assets")


def read(contents: Contents, answers: Answers) -> Reading:
    """All directives; only transactions that touch an account with units become drafts."""
    outcomes: list[Outcome] = []
    directives = []
    for lines, text in _entries(contents.text):
        found = _DIRECTIVE.match(text[0])
        if found is None:
            outcomes.append(Ignored(lines, "no dated entry", "\n".join(text)))
            continue
        try:
            directives.append(Directive(lines, text, CLOCK.day(found[1]), found[2], found[3]))
        except InvalidInput as error:
            outcomes.append(Problem(lines, error.what, error.remedy, "\n".join(text)))
    named = _commodities(directives)
    parsed: list[tuple[Directive, list[Posting]]] = []
    for directive in directives:
        if directive.word in {"*", "!", "txn"} or (directive.word.isupper() and len(directive.word) == 1):
            try:
                parsed.append((directive, _postings(directive)))
            except InvalidInput as error:
                remedy = error.remedy or "Write it out in the ledger."
                outcomes.append(Problem(directive.lines, error.what, remedy, directive.content))
        elif directive.word != "balance":
            outcomes.append(Ignored(directive.lines, f"a {directive.word} entry moves nothing", directive.content))
    depots = {_depot(leg) for _, legs in parsed for leg in legs if leg.of_units}
    for directive, legs in parsed:
        outcomes.extend(_transaction(directive, legs, depots, named))
    outcomes.extend(_balances([each for each in directives if each.word == "balance"], named, depots))
    return Reading(
        outcomes, ("of a ledger, only what moves investments and the cash beside them",), base=_counted_in(contents)
    )


def _counted_in(contents: Contents) -> str:
    """The first operating currency that the ledger names; empty for none."""
    codes = _OPERATING.findall(contents.text)
    return next((code for code in codes if code in CURRENCIES), "")


def _entries(text: str) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
    """The entries of the file: a line that is not indented, and those after it that are."""
    lines: list[int] = []
    kept: list[str] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if not line.strip():
            continue
        if lines and line[:1].isspace():
            lines.append(number)
            kept.append(line)
            continue
        if lines:
            yield tuple(lines), tuple(kept)
        lines, kept = [number], [line]
    if lines:
        yield tuple(lines), tuple(kept)


def _commodities(directives: Iterable[Directive]) -> dict[str, Named]:
    """What the ledger says of its commodities."""
    named = {}
    for directive in directives:
        if directive.word != "commodity":
            continue
        code = directive.rest.split()[0] if directive.rest.split() else ""
        meta = {found[1]: found[2].strip().strip('"') for line in directive.text[1:] if (found := _META.match(line))}
        ticker = meta.get("ticker") or meta.get("symbol") or code
        named[code] = Named(ticker=ticker, name=meta.get("name", ""), isin=meta.get("isin", ""))
    return named


def _postings(directive: Directive) -> list[Posting]:
    """The legs of a transaction; one without an amount takes what is left. Raises InvalidInput."""
    legs: list[Posting] = []
    open_account = ""
    for line in directive.text[1:]:
        bare = line.split(";")[0].rstrip()
        if not bare.strip() or _META.match(bare) or bare.strip().startswith(("#", "^")):
            continue
        found = _POSTING.match(bare)
        if found is None or found.end() < len(bare):
            raise InvalidInput("posting", f"The line {bare.strip()[:80]!r} is not understood.")
        if found["units"] is None:
            open_account = found["account"]
        else:
            legs.append(_posting(found))
    if open_account:
        legs.extend(_left(legs, open_account))
    return legs


def _posting(found: re.Match[str]) -> Posting:
    units = Decimal(found["units"].replace(",", ""))
    price = Decimal(found["price"].replace(",", "")) if found["price"] else None
    if price is not None and found["at"] == "@@":
        price = per(price, abs(units))
    cost = _AMOUNT.search(found["cost"]) if found["cost"] else None
    code = found["code"]
    if cost is not None:
        each = Decimal(cost[1].replace(",", ""))
        weight = each.copy_sign(units) if found["cost"].startswith("{{") else each * units
        return Posting(found["account"], units, code, weight, cost[2], price if price is not None else
                       (per(abs(weight), abs(units)) if units else None))  # fmt: skip
    if price is not None:
        return Posting(found["account"], units, code, units * price, found["price_code"], price)
    return Posting(found["account"], units, code, units, code, None)


def _left(legs: Sequence[Posting], account: str) -> list[Posting]:
    sums: dict[str, Decimal] = {}
    for leg in legs:
        sums[leg.weight_code] = sums.get(leg.weight_code, ZERO) + leg.weight
    return [Posting(account, -rest, code, -rest, code, None) for code, rest in sums.items() if rest]


def _depot(leg: Posting) -> str:
    """The account that holds units: without the part that names the commodity."""
    head, _, last = leg.account.rpartition(":")
    return head if last == leg.code or last.lower() in {"cash", "shares", "stocks"} else leg.account


def _transaction(
    directive: Directive, legs: Sequence[Posting], depots: set[str], named: Mapping[str, Named]
) -> Iterable[Outcome]:
    cash = [leg for leg in legs if leg.code in CURRENCIES and _beside(leg.account, depots)]
    units = [leg for leg in legs if leg.of_units]
    if not cash and not units:
        return [Ignored(directive.lines, "it moves no investment", directive.content)]
    account = _depot(units[0]) if units else _home(cash[0].account, depots)
    note = " ".join(found for found in _TEXT.findall(directive.rest))
    fixed: dict[str, Any] = {"day": directive.day, "note": note, "account": account, "rows": directive.lines}
    if units:
        return _trades(legs, units, named, fixed)
    return _cash(legs, cash, named, fixed)


def _beside(account: str, depots: set[str]) -> bool:
    return account.startswith("Assets") and any(
        account == depot or account.rpartition(":")[0] == depot for depot in depots
    )


def _home(account: str, depots: set[str]) -> str:
    return account if account in depots else account.rpartition(":")[0]


def _costs(legs: Sequence[Posting], currency: str, words: str) -> Decimal:
    matching = (leg for leg in legs if leg.account.startswith("Expenses") and leg.code == currency)
    return sum((leg.units for leg in matching if re.search(words, leg.account, re.IGNORECASE)), ZERO)


def _trades(
    legs: Sequence[Posting],
    units: Sequence[Posting],
    named: Mapping[str, Named],
    fixed: dict[str, Any],
) -> Iterable[Outcome]:
    """One draft per leg of units; fees and taxes go with the first. Without money they are delivered."""
    for number, leg in enumerate(units):
        instrument = named.get(leg.code, Named(ticker=leg.code))
        money = [each for each in legs if each.account.startswith("Assets") and each.code in CURRENCIES]
        if leg.weight_code not in CURRENCIES or not any(each.units for each in money):
            yield _delivered(leg, instrument, fixed)
            continue
        currency = leg.weight_code
        fee = _costs(legs, currency, r"fee|commission|brokerage|charge") if number == 0 else ZERO
        tax = _costs(legs, currency, r"tax|stamp") if number == 0 else ZERO
        buying = leg.units > 0
        gross = abs(leg.units) * leg.price if leg.price is not None else abs(leg.weight)
        cash = gross + fee + tax if buying else gross - fee - tax
        yield traded(
            buying=buying, quantity=leg.units, cash=cash, fee=fee, tax=tax, currency=currency, price=leg.price,
            instrument=instrument, **fixed,
        )  # fmt: skip
    currencies = {leg.weight_code for leg in units} & CURRENCIES
    for leg in legs:
        if leg.account.startswith("Income") and leg.code in currencies and re.search("div", leg.account, re.IGNORECASE):
            yield Draft(
                kind=Kind.DIVIDEND, cash=-leg.units, currency=leg.code,
                instrument=named.get(units[0].code, Named(ticker=units[0].code)), **fixed,
            )  # fmt: skip


def _delivered(leg: Posting, instrument: Named, fixed: dict[str, Any]) -> Draft:
    currency = leg.weight_code if leg.weight_code in CURRENCIES else "USD"
    return Draft(
        kind=Kind.DELIVERY_IN if leg.units > 0 else Kind.DELIVERY_OUT,
        quantity=leg.units,
        currency=currency,
        price=leg.price,
        cost=abs(leg.weight) if leg.weight_code in CURRENCIES and leg.units > 0 else None,
        instrument=instrument,
        **fixed,
    )


def _cash(
    legs: Sequence[Posting],
    cash: Sequence[Posting],
    named: Mapping[str, Named],
    fixed: dict[str, Any],
) -> Iterable[Outcome]:
    for leg in cash:
        if not leg.units:
            continue
        others = [each.account for each in legs if each is not leg]
        income = next((account for account in others if account.startswith("Income")), "")
        expense = next((account for account in others if account.startswith("Expenses")), "")
        about = next((named[part] for part in income.split(":") if part in named), None)
        if income and about is None:
            word = next((part for part in income.split(":") if part.isupper() and len(part) <= 6), "")
            about = Named(ticker=word) if word and word not in CURRENCIES else None
        if income and about is not None and re.search("div", income, re.IGNORECASE):
            tax = _costs(legs, leg.code, "tax")
            yield Draft(kind=Kind.DIVIDEND, cash=leg.units, tax=tax, currency=leg.code, instrument=about, **fixed)
        elif income:
            yield Draft(kind=Kind.INTEREST, cash=leg.units, currency=leg.code, **fixed)
        elif expense:
            of_tax = re.search("tax", expense, re.IGNORECASE)
            yield Draft(kind=Kind.TAX if of_tax else Kind.FEE, cash=leg.units, currency=leg.code, **fixed)
        else:
            yield Draft(kind=moved(leg.units), cash=leg.units, currency=leg.code, **fixed)


def _balances(directives: Sequence[Directive], named: Mapping[str, Named], depots: set[str]) -> Iterable[Outcome]:
    """What the ledger says was held, the newest of each account: units, and the cash beside them."""
    newest: dict[tuple[str, str], tuple[Directive, Decimal]] = {}
    for directive in directives:
        account, _, amount = directive.rest.partition(" ")
        found = _AMOUNT.match(amount.strip())
        if found is None or not (_beside(account, depots) or account in depots):
            yield Ignored(directive.lines, "a balance of no investment", directive.content)
            continue
        key = (account, found[2])
        older = newest.get(key)
        if older is not None and older[0].day > directive.day:
            yield Ignored(directive.lines, "an older balance", directive.content)
            continue
        if older is not None:
            yield Ignored(older[0].lines, "an older balance", older[0].content)
        units = POINT.number(found[1], "balance")
        newest[key] = (directive, units or ZERO)
    for (account, code), (directive, units) in newest.items():
        money = code in CURRENCIES
        yield Holding(
            instrument=None if money else named.get(code, Named(ticker=code)),
            quantity=units,
            currency=code if money else "",
            day=directive.day,
            account=_home(account, depots),
            rows=directive.lines,
        )


PRESET = Preset("beancount", "Beancount", lambda contents: bool(_IS_LEDGER.search(contents.text)), read)
