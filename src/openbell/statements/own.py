"""The desk's own export, as CSV and as JSON, and back without loss.

The CSV has one row a transaction, its instrument spelled out; the JSON has the accounts, instruments and portfolio too.
Text cells that a spreadsheet would take for a formula get an apostrophe before them, and lose it again when read.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, get_args

from openbell.model.errors import InvalidInput, UnreadableFile
from openbell.model.money import PriceByHand, currency_of, decimal_of
from openbell.model.transactions import ZERO, Account, Kind, Method, Pick, Portfolio, Transaction
from openbell.model.words import assert_text, counted
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.draft import NOTHING, Beside, Draft, Home, Named, Outcome, Problem
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, each, table_of

VERSION = 1
NUMBERS = ("quantity", "cash", "fee", "tax", "price", "rate", "cost", "to_cash", "ratio")
MAY_LACK = frozenset({"price", "rate", "cost", "ratio"})
CODES = ("currency", "fee_currency", "price_currency", "to_currency")
NAMES = tuple(each.name for each in fields(Named) if each.name != "id")
COLUMNS = (
    "openbell", "origin", "id", "account_id", "account", "account_currency", "broker", "kind", "day", "at",
    "instrument", *(f"instrument_{name}" for name in NAMES), *NUMBERS, *CODES, "acquired", "to_account_id",
    "to_account", "other", *(f"other_{name}" for name in NAMES), "picks", "short", "ref", "note", "tags",
    "to_account_currency", "to_account_broker",
)  # fmt: skip
ADDED = ("to_account_currency", "to_account_broker")
"""Columns that exports of before had not."""
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "'", "|", "%")


@dataclass(frozen=True, slots=True)
class Export:
    """All that is written of a portfolio. `batch` numbers of imports stay behind: they are this desk's own."""

    accounts: tuple[Account, ...]
    instruments: Mapping[str, Named]
    """By their ids, those that transactions name."""
    transactions: tuple[Transaction, ...]
    portfolio: Portfolio | None = None
    origin: str = ""
    """A mark of the portfolio that no other has: with it, its own rows are known again."""
    beside: Beside = NOTHING
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What was set of the portfolio beside: its thresholds."""


def as_csv(export: Export) -> bytes:
    """One row a transaction, UTF-8 with a mark, so that spreadsheets read it rightly."""
    accounts = {account.id: account for account in export.accounts}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each_of in export.transactions:
        cells = _cells(each_of, accounts, export.instruments) | {"origin": export.origin}
        writer.writerow([cells.get(column, "") for column in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def as_json(export: Export) -> bytes:
    """The whole portfolio; numbers as text, so that no program rounds them."""
    accounts = {account.id: account for account in export.accounts}
    document = {
        "openbell": VERSION,
        "origin": export.origin,
        "portfolio": None if export.portfolio is None else _plain_fields(export.portfolio),
        "settings": dict(export.settings),
        "accounts": [_plain_fields(account) for account in export.accounts],
        "instruments": [_plain_fields(replace(named, id=key)) for key, named in export.instruments.items()],
        "prices": {
            key: {day.isoformat(): _price(price) for day, price in told.items()}
            for key, told in export.beside.prices.items()
        },
        "facts": {key: dict(told) for key, told in export.beside.facts.items()},
        "transactions": [_told(each_of, accounts) for each_of in export.transactions],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _price(told: PriceByHand) -> str:
    """With its currency, where that is another one than the instrument's."""
    return f"{told.price:f}" if told.currency is None else f"{told.price:f} {told.currency}"


def _plain_fields(value: Any) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


def guarded(text: str) -> str:
    """`text` as no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULAS) else text


def _told(transaction: Transaction, accounts: Mapping[int, Account]) -> dict[str, Any]:
    """The fields of a transaction that say something, numbers and days as text."""
    told: dict[str, Any] = {"id": transaction.id, "kind": transaction.kind.value, "account_id": transaction.account}
    told["account"] = accounts[transaction.account].name if transaction.account in accounts else ""
    if transaction.to_account is not None:
        told["to_account_id"] = transaction.to_account
        told["to_account"] = accounts[transaction.to_account].name if transaction.to_account in accounts else ""
    for name in (*NUMBERS, *CODES, "day", "at", "acquired", "instrument", "other", "ref", "note"):
        value = getattr(transaction, name)
        if value is None or value == "" or (name in NUMBERS and name not in MAY_LACK and value == ZERO):
            continue
        told[name] = (
            value.isoformat() if isinstance(value, date | datetime) else f"{value:f}" if name in NUMBERS else value
        )
    if transaction.short:
        told["short"] = True
    if transaction.picks:
        told["picks"] = [[pick.opened, f"{pick.quantity:f}"] for pick in transaction.picks]
    if transaction.tags:
        told["tags"] = list(transaction.tags)
    return told


def _cells(
    transaction: Transaction, accounts: Mapping[int, Account], instruments: Mapping[str, Named]
) -> dict[str, str]:
    told = _told(transaction, accounts)
    account = accounts.get(transaction.account)
    cells = {name: str(value) for name, value in told.items() if name in {*NUMBERS, "day", "at", "acquired"}}
    words = {name: str(value) for name, value in told.items() if name not in {*cells, "picks", "tags", "short"}}
    words |= {"account_currency": account.currency, "broker": account.broker} if account else {}
    there = accounts.get(transaction.to_account or 0)
    words |= {"to_account_currency": there.currency, "to_account_broker": there.broker} if there else {}
    for side in ("instrument", "other"):
        named = instruments.get(getattr(transaction, side) or "")
        words |= {f"{side}_{name}": getattr(named, name) for name in NAMES} if named else {}
    if transaction.picks:
        words["picks"] = " ".join(f"{pick.opened}:{pick.quantity}" for pick in transaction.picks)
    if transaction.tags:
        words["tags"] = json.dumps(transaction.tags, ensure_ascii=False)
    cells |= {name: guarded(word) for name, word in words.items()}
    return {**cells, "openbell": str(VERSION), "short": "yes" if transaction.short else ""}


def _draft(told: Mapping[str, Any], named: Mapping[str, Named], rows: tuple[int, ...]) -> Draft:
    """The draft that a row or an object tells; raises InvalidInput."""
    numbers: dict[str, Any] = {name: decimal_of(str(told[name]), name) for name in NUMBERS if told.get(name)}
    texts = (*CODES, "origin", "ref", "account", "to_account")
    words: dict[str, Any] = {name: str(told.get(name) or "") for name in texts}
    return Draft(
        kind=_kind(told.get("kind")),
        day=_day(told.get("day"), "day"),
        at=_instant(told.get("at")),
        acquired=_day(told["acquired"], "acquired") if told.get("acquired") else None,
        instrument=_named(told.get("instrument"), named),
        other=_named(told.get("other"), named),
        picks=tuple(_pick(pair) for pair in told.get("picks") or ()),
        short=bool(told.get("short")),
        tags=tuple(str(tag) for tag in told.get("tags") or ()),
        note=str(told.get("note") or ""),
        number=int(told.get("id") or 0),
        rows=rows,
        **words,
        **numbers,
    )


def _kind(text: object) -> Kind:
    try:
        return Kind(str(text))
    except ValueError as error:
        raise InvalidInput("kind", f"{str(text)[:40]!r} is no kind of transaction.", remedy="Correct it.") from error


def _day(text: object, field: str) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidInput(field, f"{str(text)[:40]!r} is no day.", remedy="Write it like 2026-01-31.") from error


def _instant(text: object) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidInput("at", f"{str(text)[:40]!r} is no instant.", remedy="Write it as ISO 8601.") from error
    if at.tzinfo is None:
        raise InvalidInput("at", f"{str(text)[:40]!r} names no time zone.", remedy="Write it as ISO 8601 with a zone.")
    return at


def _pick(pair: Sequence[object]) -> Pick:
    try:
        opened, quantity = pair
        return Pick(int(str(opened)), decimal_of(str(quantity), "picks"))
    except ValueError as error:
        raise InvalidInput("picks", f"{str(pair)[:40]!r} names no lot.", remedy="Write it like 12:3.5.") from error


def _named(key: object, named: Mapping[str, Named]) -> Named | None:
    return named.get(str(key), Named(id=str(key))) if key else None


_TABLE: Columns = {column: (column,) for column in COLUMNS}
_NEEDS = ("openbell", "kind", "day", "currency", "cash", "quantity", "instrument")


def _read_table(contents: Contents, answers: Answers) -> Reading:
    table = table_of(contents, _TABLE, _NEEDS)
    if table is None:
        raise AssertionError(contents.name)
    table.require(*(column for column in COLUMNS if column not in ADDED))
    return Reading([*table.framed(), *each(table.rows, _row)], home=Home(_accounts_in(table.rows)))


def _accounts_in(rows: Iterable[Row]) -> tuple[Account, ...]:
    """The accounts that rows name, in the order of their numbers; one that is not spelled out is not told."""
    found: dict[str, Account] = {}
    for row in rows:
        for side, told in (("account", ("account_currency", "broker")), ("to_account", ADDED)):
            name, currency, broker = (unguarded(_exact(row, column)) for column in (side, *told))
            number = _exact(row, f"{side}_id")
            if name and currency and name not in found and number.isascii() and number.isdecimal():
                found[name] = _account({"id": number, "name": name, "currency": currency, "broker": broker})
    return tuple(sorted(found.values(), key=lambda account: account.id))


def _account(told: Mapping[str, Any]) -> Account:
    """The account that an object tells; raises InvalidInput."""
    name, broker = (str(told.get(part) or "") for part in ("name", "broker"))
    for text in (name, broker):
        assert_text(text, "accounts")
    try:
        return Account(int(told.get("id") or 0), name, currency_of(str(told.get("currency")), "accounts"), broker)
    except (TypeError, ValueError) as error:
        raise InvalidInput("accounts", f"{str(told)[:60]} is no account.", remedy="Export it again.") from error


def _row(row: Row) -> Outcome:
    cells = {column: _exact(row, column) for column in COLUMNS}
    words = {name: text if name in NUMBERS else unguarded(text) for name, text in cells.items()}
    named = {}
    for side in ("instrument", "other"):
        if words[side]:
            named[words[side]] = Named(id=words[side], **{name: words[f"{side}_{name}"] for name in NAMES})
    told: dict[str, Any] = dict(words)
    told["picks"] = [pick.split(":") for pick in words["picks"].split()]
    told["tags"] = _tags(words["tags"])
    if not words["id"].isascii() or (words["id"] and not words["id"].isdecimal()):
        raise InvalidInput("id", f"{words['id'][:40]!r} is no number of a transaction.", remedy="Correct it.")
    return _draft(told, named, (row.line,))


def _exact(row: Row, column: str) -> str:
    """The cell with the spaces that belong to it: notes may begin or end with some."""
    place, cells = row.places.get(column, -1), row.record.cells
    return cells[place] if 0 <= place < len(cells) else ""


def _tags(text: str) -> list[str]:
    try:
        tags = json.loads(text) if text else []
    except ValueError:
        tags = None
    if not isinstance(tags, list):
        raise InvalidInput("tags", f"{text[:40]!r} is no list of tags.", remedy='Write it like ["growth"].')
    return [str(tag) for tag in tags]


def _read_document(contents: Contents, answers: Answers) -> Reading:
    document = contents.document
    if document["openbell"] != VERSION:
        raise UnreadableFile(
            contents.name,
            f"it was written in version {document['openbell']} of the export, and this desk reads {VERSION}.",
            remedy="Upgrade Openbell.",
        )
    named = {one.id: one for one in map(_instrument, _objects(contents, "instruments"))}
    outcomes: list[Outcome] = []
    origin = str(document.get("origin") or "")
    for number, told in enumerate(_objects(contents, "transactions"), start=1):
        try:
            outcomes.append(_draft({**told, "origin": origin}, named, (number,)))
        except (InvalidInput, TypeError, ValueError) as error:
            what = error.what if isinstance(error, InvalidInput) else f"transaction {number} is not written as such"
            outcomes.append(Problem((number,), what, "Correct it in the file.", json.dumps(told, default=str)))
    beside = _beside(contents)
    return Reading(outcomes, tuple(_said_of(beside)), beside, _home(contents))


def _home(contents: Contents) -> Home:
    """The portfolio that was written; raises UnreadableFile and InvalidInput for what is not told as one."""
    document = contents.document
    accounts = _objects(contents, "accounts") if document.get("accounts") is not None else []
    portfolio, settings = (document.get(name) or {} for name in ("portfolio", "settings"))
    if not isinstance(portfolio, dict) or not isinstance(settings, dict):
        raise UnreadableFile(contents.name, "its portfolio is no such thing.", remedy="Export it again.")
    return Home(tuple(map(_account, accounts)), _portfolio(portfolio) if portfolio else None, settings)


def _portfolio(told: Mapping[str, Any]) -> Portfolio:
    method: Method | None = next((one for one in get_args(Method) if one == told.get("method")), None)
    if method is None:
        raise InvalidInput("method", f"{str(told.get('method'))[:40]!r} is no method for lots.")
    base = currency_of(str(told.get("base")), "base")
    benchmark = told.get("benchmark")
    return Portfolio(0, str(told.get("name") or ""), base, method, None if benchmark is None else str(benchmark))


def _beside(contents: Contents) -> Beside:
    """What was said by hand; raises UnreadableFile and InvalidInput for what is not written so."""
    prices, facts = (contents.document.get(name) or {} for name in ("prices", "facts"))
    if not all(isinstance(told, dict) for every in (prices, facts) for told in (every, *_values(every))):
        raise UnreadableFile(contents.name, "its prices or facts are no such thing.", remedy="Export it again.")
    return Beside(
        {
            key: {_day(day, "prices"): _price_told(str(price)) for day, price in told.items()}
            for key, told in prices.items()
        },
        {key: {name: str(said) for name, said in told.items()} for key, told in facts.items()},
    )


def _price_told(text: str) -> PriceByHand:
    price, _, code = text.strip().partition(" ")
    return PriceByHand(decimal_of(price, "prices"), currency_of(code, "prices") if code else None)


def _values(every: object) -> Iterable[object]:
    return every.values() if isinstance(every, dict) else ()


def _said_of(beside: Beside) -> Iterator[str]:
    if beside.prices:
        count = sum(map(len, beside.prices.values()))
        yield f"It tells {counted(count, 'price')} by hand, of {counted(len(beside.prices), 'instrument')}."
    if beside.facts:
        yield f"It tells what was said by hand of {counted(len(beside.facts), 'instrument')}."


def _objects(contents: Contents, name: str) -> list[dict[str, Any]]:
    objects = contents.document.get(name)
    if not isinstance(objects, list) or not all(isinstance(each_of, dict) for each_of in objects):
        raise UnreadableFile(contents.name, f"it has no list of {name}.", remedy="Export it again.")
    return objects


def _instrument(told: Mapping[str, Any]) -> Named:
    return Named(**{each_of.name: str(told.get(each_of.name) or "") for each_of in fields(Named)})


def _is_document(contents: Contents) -> bool:
    return isinstance(contents.document, dict) and "openbell" in contents.document


TABLE = Preset("openbell-csv", "Openbell", lambda contents: table_of(contents, _TABLE, _NEEDS) is not None, _read_table,
               family="openbell")  # fmt: skip
DOCUMENT = Preset("openbell-json", "Openbell", _is_document, _read_document, family="openbell")
