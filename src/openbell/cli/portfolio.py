"""Portfolios from the command line of the host: imports and their undoing, what is held, and how it has done."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import typer

from openbell.cli import terminal
from openbell.model.errors import InvalidInput, UnreadableFile
from openbell.model.words import counted
from openbell.settings import Settings

if TYPE_CHECKING:
    from openbell.api.reckoning import Asked
    from openbell.arrivals import Review
    from openbell.desk import Desk
    from openbell.portfolio.returns import Stretch
    from openbell.store.portfoliobook import Kept

app = typer.Typer(no_args_is_help=True, help="What is held, and how it has done; imports of brokers' files.")

Json = Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")]
Name = Annotated[str | None, typer.Option("--portfolio", help="The portfolio; not needed where there is one only.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="At the end of this day; default: now.")]
From = Annotated[str | None, typer.Option("--from", help="From the close of this day; default: all.")]
To = Annotated[str | None, typer.Option("--to", help="To the close of this day.")]

SHOWN = 10
"""Problems that an import names; `--json` has all."""


class Dates(StrEnum):
    """The order of day, month and year."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class Rate(StrEnum):
    """What an exchange rate does to a price for what moved."""

    TIMES = "times"
    OVER = "over"


class Form(StrEnum):
    """How a portfolio is written."""

    CSV = "csv"
    JSON = "json"


@app.command("import")
def arrive(
    file: Annotated[Path, typer.Argument(help="A broker's or another program's file, or an export of this desk.")],
    portfolio: Annotated[str, typer.Option(help="The portfolio; it is made where there is none of that name.")],
    form: Annotated[str, typer.Option("--format", help="The preset, such as degiro; auto: by what is in it.")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
    account: Annotated[str | None, typer.Option(help="The account, by name; default: as the file says.")] = None,
    instrument: Annotated[
        list[str] | None,
        typer.Option(help="What the file means, as NAME=TICKER, or NAME=own for an item of one's own."),
    ] = None,
    dates: Annotated[Dates | None, typer.Option(help="The order of day, month and year.")] = None,
    decimal: Annotated[str, typer.Option(help="What stands before decimals: . or ,")] = "",
    zone: Annotated[str, typer.Option(help="Where the file's days are, such as Europe/Zurich.")] = "",
    currency: Annotated[str, typer.Option(help="Of amounts that name none.")] = "",
    rate: Annotated[Rate | None, typer.Option(help="Whether what moved is a price times its rate or over it.")] = None,
    base: Annotated[str, typer.Option(help="What a new portfolio is counted in; default: the file's currency.")] = "",
    as_json: Json = False,
) -> None:
    """Import a statement: what is known already is recognised; all of the rest is written, or nothing."""
    from openbell.arrivals import Choices, Seeker, booked, reviewed  # noqa: PLC0415  # loads slowly
    from openbell.statements.answers import Answers  # noqa: PLC0415
    from openbell.statements.presets import read  # noqa: PLC0415

    if decimal not in {"", ".", ","}:
        raise InvalidInput("decimal", f"{decimal!r} stands before no decimals.", remedy="Use . or ,")
    data = _bytes(file)
    preset = "" if form == "auto" else form
    answers = Answers(
        preset=preset, dates=dates or "", decimal=decimal, zone=zone, currency=currency.upper(), rate=rate or ""
    )
    statement = read(data, file.name, answers)
    with _desk() as desk:
        told = [draft.currency for draft in statement.drafts]
        kept = _named_or_new(desk, portfolio, base or (max(told, key=told.count) if told else ""), dry_run=dry_run)
        accounts = {} if account is None else {draft.account: account for draft in statement.drafts}
        review = reviewed(desk, kept, statement, Choices(accounts, _pairs(instrument or [])), seeker=Seeker(desk))
        if dry_run or not review.taken:
            _tell_review(review, written=None, as_json=as_json)
            return
        batch = booked(
            desk,
            kept,
            review,
            file=file.name,
            sha256=hashlib.sha256(data).hexdigest(),
            by=kept.owner,
            mapping={"preset": statement.preset},
        )
        _tell_review(review, written=batch.id, as_json=as_json)


@app.command()
def undo(
    batch: Annotated[int, typer.Argument(help="The number that the import told.")],
    edited_too: Annotated[
        bool, typer.Option("--edited-too", help="Also where transactions were edited since.")
    ] = False,
) -> None:
    """Take an import back: its transactions, accounts and items go."""
    from openbell.store.importbook import ImportBook  # noqa: PLC0415

    with _desk() as desk:
        book = ImportBook(desk.ledger)
        found = book.find(batch)
        if found is None:
            raise InvalidInput("batch", f"There is no import {batch}.", remedy="See `openbell portfolio show`.")
        gone = book.undo(found[0], batch, edited_too=edited_too)
        terminal.said(f"Import {batch} of {found[1].file} is undone: {counted(gone, 'transaction')} went.")


@app.command()
def show(as_json: Json = False) -> None:
    """List the portfolios with their value and their imports."""
    from openbell.store.importbook import ImportBook  # noqa: PLC0415
    from openbell.store.portfoliobook import PortfolioBook  # noqa: PLC0415

    with _desk() as desk:
        people = {each.id: each.name for each in desk.accounts.people.people()}
        rows = []
        for kept in PortfolioBook(desk.ledger).every():
            batches = ImportBook(desk.ledger).batches(kept.portfolio.id)
            rows.append(
                {
                    "id": kept.portfolio.id,
                    "name": kept.portfolio.name,
                    "owner": people.get(kept.owner, ""),
                    "value": _positions(_asked(desk, kept, None))["value"],
                    "base": kept.portfolio.base,
                    "method": kept.portfolio.method,
                    "imports": ", ".join(f"{each.id} ({each.file})" for each in batches),
                }
            )
    _table(rows, ("id", "name", "owner", "value", "base", "method", "imports"), as_json, "There is no portfolio yet.")


@app.command()
def positions(portfolio: Name = None, as_of: AsOf = None, as_json: Json = False) -> None:
    """What is held, with price, value and gain."""
    with _looked_at(portfolio, as_of) as asked:
        found = _positions(asked)
    if as_json:
        print(json.dumps(found))
        return
    rows = [{**each, "price": each["price"] and each["price"]["price"]} for each in found["positions"]]
    _table(rows, ("ticker", "account_name", "units", "price", "currency", "value", "cost", "gain", "lacks"))
    terminal.said(f"{found['value'] or 'unknown'} {found['base']} in all, as of {found['day']}.")
    _warn(found["problems"])
    for ticker in dict.fromkeys(each["ticker"] for each in found["positions"] if _unpriced(each)):
        terminal.warned(
            f"{ticker} has no price: fetch or import some, or say one with `openbell portfolio price {ticker} PRICE`."
        )


@app.command()
def price(
    instrument: Annotated[str, typer.Argument(help="What is held: its ticker, or own:7.")],
    worth: Annotated[str, typer.Argument(help="Of one, as traded on the day; or `forget`.", metavar="PRICE")],
    day: Annotated[str | None, typer.Option(help="The day that it is of; default: today, in UTC.")] = None,
    currency: Annotated[str | None, typer.Option(help="Kept as the instrument's, where nobody knows one.")] = None,
    portfolio: Name = None,
) -> None:
    """Say what something was worth that nobody else tells a price of; it counts in all portfolios of its owner."""
    from openbell.api.reckoning import instrument_of  # noqa: PLC0415  # loads slowly
    from openbell.model.money import decimal_of  # noqa: PLC0415
    from openbell.store.itembook import OWN, ItemBook  # noqa: PLC0415
    from openbell.store.pricebook import PriceBook  # noqa: PLC0415

    told = None if worth == "forget" else decimal_of(worth, "price")
    with _looked_at(portfolio, None) as asked:
        desk, owner, key = asked.desk, asked.kept.owner, instrument_of(asked, instrument)
        on = _day("day", day) or desk.clock().date()
        if key.startswith(OWN):
            ItemBook(desk.ledger).price(owner, int(key.removeprefix(OWN)), {on: told})
            code = asked.reckoned.book.facts[key].currency or ""
        else:
            code = _traded_in(asked, key, currency) if told is not None else ""
            PriceBook(desk.ledger).price(owner, key, {on: told})
    named = asked.reckoned.book.facts[key].ticker
    done = f"The price of {named} of {on} is forgotten" if told is None else f"{named} on {on}: {told} {code}"
    terminal.said(f"{done}.")


def _traded_in(asked: Asked, instrument: str, told: str | None) -> str:
    """The currency that prices of it are in; what is `told` becomes a fact of it, where nobody knows one."""
    from openbell.books.prices import priced_in  # noqa: PLC0415  # loads slowly
    from openbell.model.money import currency_of  # noqa: PLC0415
    from openbell.store.itembook import ItemBook, SetFacts  # noqa: PLC0415

    facts, book, owner = asked.reckoned.book.facts[instrument], ItemBook(asked.desk.ledger), asked.kept.owner
    if told is not None and facts.currency not in {None, told.upper()}:
        raise InvalidInput(
            "currency", f"Prices of {facts.ticker} are in {facts.currency}.", remedy=f"Say it in {facts.currency}."
        )
    if told is not None and facts.currency is None:
        said = book.facts(owner).get(instrument, SetFacts())
        book.set_facts(owner, instrument, replace(said, currency=currency_of(told)))
    return priced_in(asked.desk, instrument, book.facts(owner).get(instrument))


@app.command()
def lots(portfolio: Name = None, as_of: AsOf = None, as_json: Json = False) -> None:
    """The lots that are held, and those that were closed."""
    from openbell.api import positions as figures  # noqa: PLC0415  # loads slowly

    with _looked_at(portfolio, as_of) as asked:
        found = figures.lots(asked, asked.reckoned.whole, 0, 100_000).model_dump(mode="json")
    if as_json:
        print(json.dumps(found))
        return
    every = [*found["open"], *found["closed"]]
    rows = [{**each, "cost": each["cost"]["amount"], "in": each["cost"]["currency"]} for each in every]
    _table(rows, ("ticker", "account_name", "acquired", "day", "units", "cost", "in", "gain"))


@app.command()
def returns(
    portfolio: Name = None,
    span: Annotated[str | None, typer.Option("--range", help="1D 5D 1M 3M 6M YTD 1Y 5Y Max")] = None,
    start: From = None,
    end: To = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """How it has done: gain, time-weighted and money-weighted return, and the same money in the benchmark."""
    from openbell.api import returns as figures  # noqa: PLC0415  # loads slowly

    with _looked_at(portfolio, as_of) as asked:
        stretch = _stretch(asked, span, start, end)
        found = figures.returns(asked, asked.reckoned.whole, stretch, None).model_dump(mode="json")
    if as_json:
        print(json.dumps(found))
        return
    told = found["performance"]
    rows = [{"figure": name.replace("_", " "), "value": _plain(told[name])} for name in told if name not in _APART]
    rows.append({"figure": "mwr", "value": _plain(told["mwr"]["period"]) or told["mwr"]["reason"]})
    rows.append({"figure": "mwr annual", "value": _plain(told["mwr"]["annual"])})
    if found["benchmark"] is not None:
        rows.append({"figure": f"twr of {found['benchmark']['ticker']}", "value": _plain(found["benchmark"]["twr"])})
    _table(rows, ("figure", "value"))
    for each in told["notes"]:
        terminal.note(each)


@app.command()
def income(portfolio: Name = None, start: From = None, end: To = None, as_json: Json = False) -> None:
    """Dividends and interest by month: what came, and what is announced."""
    from openbell.api import income as figures  # noqa: PLC0415  # loads slowly

    with _looked_at(portfolio, None) as asked:
        stretch = _stretch(asked, None, start, end)
        found = figures.income(asked, asked.reckoned.whole, stretch, 0, 100_000).model_dump(mode="json")
    if as_json:
        print(json.dumps(found))
        return
    columns = ("key", "gross", "tax", "fee", "net", "announced")
    _table(found["by_month"], columns, empty="Nothing was paid yet.")


@app.command()
def export(
    portfolio: Name = None,
    form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.JSON,
    output: Annotated[Path | None, typer.Option(help="A file; default: standard output.")] = None,
) -> None:
    """Write every transaction with its accounts and instruments; importing the file gives the same again."""
    from openbell.arrivals import exported  # noqa: PLC0415  # loads slowly
    from openbell.statements.own import as_csv, as_json  # noqa: PLC0415

    with _desk() as desk:
        told = exported(desk, _named(desk, portfolio))
    data = as_csv(told) if form is Form.CSV else as_json(told)
    if output is None:
        sys.stdout.write(data.decode())
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise InvalidInput("output", f"{output} cannot be written: {error.strerror}.") from error
    terminal.said(f"{counted(len(told.transactions), 'transaction')} written to {output}.")


_APART = {"mwr", "notes", "drawdown"}


def _bytes(file: Path) -> bytes:
    from openbell.store.uploads import LARGEST  # noqa: PLC0415

    try:
        if file.stat().st_size > LARGEST:
            raise InvalidInput("file", f"{file} has more than {LARGEST:,} bytes.", remedy="Export a shorter period.")
        return file.read_bytes()
    except OSError as error:
        raise UnreadableFile(str(file), f"it cannot be read: {error.strerror}.") from error


def _pairs(told: Sequence[str]) -> dict[str, str]:
    for each in told:
        if "=" not in each:
            raise InvalidInput("instrument", f"{each!r} names no ticker.", remedy="Write it as NAME=TICKER.")
    return {name: ticker for name, _, ticker in (each.rpartition("=") for each in told)}


def _tell_review(review: Review, *, written: int | None, as_json: bool) -> None:
    from openbell.arrivals import counts  # noqa: PLC0415

    found = counts(review)
    problems = review.statement.problems
    if as_json:
        told = [{"rows": each.rows, "what": each.what, "remedy": each.remedy} for each in problems]
        names = [str(match.named) for match in review.unmatched]
        print(json.dumps({"import": written, "counts": found, "problems": told, "unmatched": names}))
        return
    of = f"{review.statement.broker or 'unknown broker'} ({review.statement.preset})"
    did = "would be imported" if written is None else f"imported as {written}"
    rest = [f"{count} {name}" for name, count in found.items() if count and name != "new"]
    terminal.said(f"{of}: {counted(found['new'], 'transaction')} {did}{''.join(f', {each}' for each in rest)}.")
    for each in problems[:SHOWN]:
        terminal.warned(f"Row {', '.join(map(str, each.rows))}: {each.what} {each.remedy}".strip())
    if len(problems) > SHOWN:
        terminal.note(f"{len(problems) - SHOWN} more problems; --json has them all.")
    for match in review.unmatched:
        terminal.warned(f"{match.named} is not known: say what it is with --instrument '{match.named.key}=TICKER'.")
    if written is not None:
        terminal.note(f"`openbell portfolio undo {written}` takes it back.")


def _unpriced(position: Mapping[str, Any]) -> bool:
    return position["instrument"] is not None and position["price"] is None


def _warn(problems: Sequence[Mapping[str, Any]]) -> None:
    for each in problems[:SHOWN]:
        terminal.warned(f"{each['what']} {each['remedy']}".strip())


def _positions(asked: Asked) -> dict[str, Any]:
    from openbell.api import positions as figures  # noqa: PLC0415  # loads slowly

    return figures.positions(asked, asked.reckoned.whole).model_dump(mode="json")


def _stretch(asked: Asked, span: str | None, start: str | None, end: str | None) -> Stretch:
    from openbell.api.reckoning import stretch  # noqa: PLC0415
    from openbell.portfolio.returns import RANGES  # noqa: PLC0415

    wanted = next((each for each in RANGES if each == span), None)
    if span is not None and wanted is None:
        raise InvalidInput("range", f"There is no range {span!r}.", remedy=f"Use one of {', '.join(RANGES)}.")
    return stretch(asked, wanted, _day("from", start), _day("to", end))


def _day(field: str, told: str | None) -> date | None:
    try:
        return None if told is None else date.fromisoformat(told)
    except ValueError as error:
        raise InvalidInput(field, f"{told!r} is not a date.", remedy="Write it like 2026-01-31.") from error


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], as_json: bool = False, empty: str = "") -> None:
    """Texts as they are: money is exact."""
    if as_json:
        print(json.dumps([dict(each) for each in rows]))
        return
    shown = {name: [_plain(each.get(name)) for each in rows] for name in columns}
    terminal.frame(pl.DataFrame(shown, schema=dict.fromkeys(columns, pl.String)), as_json=False, empty=empty)


@contextmanager
def _looked_at(portfolio: str | None, as_of: str | None) -> Iterator[Asked]:
    with _desk() as desk:
        yield _asked(desk, _named(desk, portfolio), _day("as_of", as_of))


def _asked(desk: Desk, kept: Kept, as_of: date | None) -> Asked:
    from openbell.api.access import Caller, Role  # noqa: PLC0415  # loads slowly
    from openbell.api.reckoning import Asked  # noqa: PLC0415
    from openbell.books import NOW, Books, Moment  # noqa: PLC0415

    moment = NOW if as_of is None else Moment(as_of)
    return Asked(desk, Caller(kept.owner, Role.OWNER), kept, moment, Books(desk).reckoned(kept, moment))


def _named(desk: Desk, name: str | None) -> Kept:
    """The portfolio of that name, whoever owns it; the only one where none is named."""
    from openbell.store.portfoliobook import PortfolioBook  # noqa: PLC0415

    every = PortfolioBook(desk.ledger).every()
    found = [each for each in every if name is None or each.portfolio.name == name]
    if len(found) == 1:
        return found[0]
    names = ", ".join(each.portfolio.name for each in every) or "none yet"
    what = f"There are {len(found)} portfolios" + ("." if name is None else f" called {name!r}.")
    raise InvalidInput("portfolio", what, remedy=f"Name one with --portfolio: {names}.")


def _named_or_new(desk: Desk, name: str, base: str, *, dry_run: bool) -> Kept:
    """The portfolio of that name; where there is none, a new one of the first owner."""
    from openbell.model.money import currency_of  # noqa: PLC0415
    from openbell.model.transactions import Portfolio  # noqa: PLC0415
    from openbell.store.portfoliobook import Kept, PortfolioBook  # noqa: PLC0415

    book, owner = PortfolioBook(desk.ledger), desk.accounts.people.first_owner()
    if any(each.portfolio.name == name for each in book.every()):
        return _named(desk, name)
    if owner is None:
        raise InvalidInput("portfolio", "The desk has no owner.", remedy="Add one with `openbell user add`.")
    draft = Portfolio(0, name, currency_of(base, "base"))
    if dry_run:
        return Kept(draft, owner.id, desk.clock(), 0, "")
    terminal.said(f"A new portfolio {name}, counted in {draft.base}.")
    return book.add(owner.id, draft, desk.clock())


@contextmanager
def _desk() -> Iterator[Desk]:
    from openbell.desk import open_desk  # noqa: PLC0415  # loads slowly

    desk = open_desk(Settings())
    try:
        yield desk
    finally:
        desk.close()
