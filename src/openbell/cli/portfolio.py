"""Portfolios from the command line of the host: imports and their undoing, what is held, and how it has done."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openbell.cli import books, figures, items, mappings, terminal, transactions
from openbell.cli.chosen import (
    Json,
    Name,
    OfAccount,
    OversoldToo,
    account_of,
    answered,
    day_of,
    opened,
    owner_of,
    portfolio_of,
)
from openbell.cli.reviews import assert_matched, tell_review, tell_what_would_be
from openbell.cli.terminal import Dates
from openbell.model.errors import InvalidInput, Undecided, UnreadableFile
from openbell.model.words import counted

if TYPE_CHECKING:
    from openbell.arrivals import Review
    from openbell.desk import Desk
    from openbell.statements.draft import Statement
    from openbell.store.importbook import Batch
    from openbell.store.portfoliobook import Kept

app = typer.Typer(no_args_is_help=True, help="What is held, and how it has done; imports of brokers' files.")
for _part in (books.app, figures.app, items.app):
    app.add_typer(_part)
app.add_typer(books.accounts, name="account")
app.add_typer(transactions.app, name="transaction")
app.add_typer(items.own, name="item")


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
    portfolio: Annotated[str, typer.Option(help="The portfolio, by name or number; it is made where there is none.")],
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
    sheet: Annotated[str, typer.Option(help="Of a workbook with several tables, which.")] = "",
    base: Annotated[str, typer.Option(help="What a new portfolio is counted in; default: the file's currency.")] = "",
    columns: Annotated[str, typer.Option(help="Which column of a table is what: date=Day,amount=Money.")] = "",
    kinds: Annotated[str, typer.Option(help="What words for kinds mean: Got=deposit,Gave=withdrawal.")] = "",
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Amounts have no minus where money left.")] = False,
    keep: Annotated[str, typer.Option(help="Keep the columns under this name, for files with this header.")] = "",
    midway: Annotated[
        bool, typer.Option("--midway", help="Also sales of what is not held, and dividends before a purchase.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Import a statement: what is known already is recognised; all of the rest is written, or nothing."""
    from openbell.accounts.accounts import HOST  # noqa: PLC0415  # loads slowly
    from openbell.api import uploads as api  # noqa: PLC0415
    from openbell.api.access import deed_of  # noqa: PLC0415
    from openbell.arrivals import Choices, Seeker, as_before, assert_whole, founded, reviewed, unheld  # noqa: PLC0415
    from openbell.statements.answers import Answers  # noqa: PLC0415
    from openbell.statements.presets import read  # noqa: PLC0415
    from openbell.store.mappingbook import MappingBook  # noqa: PLC0415

    if decimal not in {"", ".", ","}:
        raise InvalidInput("decimal", f"{decimal!r} stands before no decimals.", remedy="Use . or ,")
    data = _bytes(file)
    answers = Answers(
        preset="" if form == "auto" else form,
        dates=dates or "",
        decimal=decimal,
        zone=zone,
        currency=currency,
        rate=rate or "",
        sheet=sheet,
        mapping=mappings.mapping_of(columns, kinds, unsigned=unsigned),
    )
    with opened() as desk:
        owner = _owner_of(desk, portfolio)
        habit = as_before(data, file.name, answers, MappingBook(desk.ledger).mappings(owner))
        if habit.kept is not None:
            terminal.note(f"Read as {habit.kept.name}, which was kept for files with this header.")
        try:
            statement = read(data, file.name, habit.answers)
        except Undecided as error:
            raise mappings.asked(error, data, file.name) from error
        body = mappings.body_of(keep, data, file.name, habit.answers) if keep else None
        planned = _named_or_planned(desk, portfolio, statement, owner, base)
        accounts = {} if account is None else {draft.account: account for draft in statement.drafts}
        choices, seeker = Choices(accounts, _pairs(instrument or [])), Seeker(desk)
        again = partial(reviewed, desk, statement=statement, choices=choices, seeker=seeker)
        review = again(planned)
        lacking = unheld(desk, planned, review)
        founding = not planned.portfolio.id and statement.home is not None and statement.home.portfolio is not None
        if founding:
            assert_whole(statement, review)
        batch: Batch | None = None
        if dry_run or not (review.taken or review.news or founding):
            tell_what_would_be(review, lacking, midway=midway or founding, as_json=as_json)
        else:
            assert_matched(review)
            told: dict[str, Any] = {
                "file": file.name,
                "sha256": hashlib.sha256(data).hexdigest(),
                "deed": deed_of(
                    desk, owner_of(desk, planned), "imported", HOST, f"{file.name} into {planned.portfolio.name}"
                ),
            }
            if founding:
                kept, batch = founded(
                    desk, owner, statement, name=portfolio, base=base, choices=choices, seeker=seeker, **told
                )
            else:
                mapping = api.Answers.model_validate(habit.answers, from_attributes=True).model_dump(mode="json")
                told |= {"by": owner, "mapping": mapping, "midway": midway}
                kept, batch, review = _booked(desk, planned, review, again, **told)
            if not planned.portfolio.id:
                _tell_made(kept)
            if batch is not None or as_json:
                tell_review(review, lacking, written=None if batch is None else batch.id, as_json=as_json)
        if body is not None and not dry_run:
            MappingBook(desk.ledger).keep(owner, keep, body)


def _booked(
    desk: Desk, planned: Kept, review: Review, again: Callable[[Kept], Review], **told: Any
) -> tuple[Kept, Batch, Review]:
    """Write what was reviewed, into a portfolio that is made where there is none; where others have changed that, as
    it is reviewed `again`."""
    from openbell.api.edits import in_one_state  # noqa: PLC0415  # loads slowly
    from openbell.arrivals import booked, made  # noqa: PLC0415

    def booking(now: Kept) -> tuple[Batch, Review]:
        seen = review if now is kept else again(now)
        return booked(desk, now, seen, **told), seen

    with nullcontext(planned) if planned.portfolio.id else made(desk, planned) as kept:
        return kept, *in_one_state(desk, kept, booking)


@app.command()
def undo(
    batch: Annotated[int, typer.Argument(help="The number that the import told.")],
    edited_too: Annotated[
        bool, typer.Option("--edited-too", help="Also where transactions were edited since.")
    ] = False,
    oversold_too: OversoldToo = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it: the number is of the import that is meant.")] = False,
) -> None:
    """Take an import back: its transactions, accounts and items go. Without --yes, say which it is.

    After an undoing its number is given to the next import.
    """
    from openbell.accounts.accounts import HOST  # noqa: PLC0415  # loads slowly
    from openbell.api.imports import undo_import  # noqa: PLC0415
    from openbell.store.importbook import ImportBook  # noqa: PLC0415
    from openbell.store.portfoliobook import PortfolioBook  # noqa: PLC0415

    with opened() as desk:
        found = ImportBook(desk.ledger).find(batch)
        kept = None if found is None else PortfolioBook(desk.ledger).find(found[0])
        if found is None or kept is None:
            raise InvalidInput("batch", f"There is no import {batch}.", remedy="See `openbell portfolio show`.")
        if not yes:
            came = counted(found[1].counts["new"], "transaction")
            about = f"{found[1].file} from {kept.portfolio.name}"
            what = f"Import {batch} is of {about}, of {found[1].at:%Y-%m-%d %H:%M} UTC, with {came}."
            raise InvalidInput("yes", what, remedy="Repeat it with --yes to take that one back.")
        gone = undo_import(
            desk, owner_of(desk, kept), HOST, found[0], batch, edited_too=edited_too, oversold_too=oversold_too
        )
        terminal.said(f"Import {batch} of {found[1].file} is undone: {counted(gone.transactions, 'transaction')} went.")


@app.command()
def reconcile(
    file: Annotated[Path, typer.Argument(help="A broker's file that tells what is held.")],
    portfolio: Name = None,
    account: OfAccount = None,
    day: Annotated[str | None, typer.Option(help="At the end of this day; default: the file's, else today.")] = None,
    form: Annotated[str, typer.Option("--format", help="The preset, such as degiro; auto: by what is in it.")] = "auto",
    instrument: Annotated[list[str] | None, typer.Option(help="What the file means, as NAME=TICKER.")] = None,
    columns: Annotated[str, typer.Option(help="Which column of a list is what: ticker=Sym,quantity=Units.")] = "",
    as_json: Json = False,
) -> None:
    """Compare what is held with what the broker says; nothing is written. Exit code 1 where they differ."""
    from openbell.api.reconciling import differing  # noqa: PLC0415  # loads slowly
    from openbell.arrivals import Choices, Seeker, reviewed  # noqa: PLC0415
    from openbell.books import Books  # noqa: PLC0415
    from openbell.statements.answers import Answers  # noqa: PLC0415
    from openbell.statements.presets import read  # noqa: PLC0415

    mapping = mappings.mapping_of(columns, "", unsigned=False)
    answers = Answers(preset="" if form == "auto" else form, mapping=mapping)
    data = _bytes(file)
    try:
        statement = read(data, file.name, answers)
    except Undecided as error:
        raise mappings.asked(error, data, file.name, example="ticker={},quantity=...") from error
    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        number = None if account is None else account_of(desk, kept, account)
        review = reviewed(desk, kept, statement, Choices({}, _pairs(instrument or [])), kept.owner, Seeker(desk))
        found = differing(desk, Books(desk).settled(kept), review, day_of("day", day), number)
    if as_json:
        answered(found)
    else:
        for each in found.differences:
            terminal.said(each.said)
        told = f"{counted(found.holdings, 'holding')} in the file, at the end of {found.day}"
        terminal.said(f"{told}: {counted(len(found.differences), 'difference')}.")
    if found.differences:
        raise typer.Exit(1)


@app.command()
def export(
    portfolio: Name = None,
    form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.JSON,
    output: Annotated[Path | None, typer.Option(help="A file; default: standard output.")] = None,
) -> None:
    """Write every transaction with its accounts and instruments; importing the file gives the same again."""
    from openbell.accounts.accounts import HOST  # noqa: PLC0415  # loads slowly
    from openbell.api.access import deed_of  # noqa: PLC0415
    from openbell.arrivals import exported  # noqa: PLC0415
    from openbell.statements.own import as_csv, as_json  # noqa: PLC0415

    with opened() as desk:
        kept = portfolio_of(desk, portfolio)
        told = exported(desk, kept)
        about = f"{kept.portfolio.name} as {form.value}"
        desk.accounts.audit.write(deed_of(desk, owner_of(desk, kept), "exported", HOST, about))
    data = as_csv(told) if form is Form.CSV else as_json(told)
    if output is None:
        sys.stdout.write(data.decode())
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise InvalidInput("output", f"{output} cannot be written: {error.strerror}.") from error
    terminal.said(f"{counted(len(told.transactions), 'transaction')} written to {output}.")


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


def _is_there(desk: Desk, told: str) -> bool:
    """Whether a portfolio has that name or number."""
    from openbell.store.portfoliobook import PortfolioBook  # noqa: PLC0415

    return any(told in {each.portfolio.name, str(each.portfolio.id)} for each in PortfolioBook(desk.ledger).every())


def _owner_of(desk: Desk, name: str) -> int:
    """Whose the portfolio of that name or number is; where there is none, the first owner's."""
    if _is_there(desk, name):
        return portfolio_of(desk, name).owner
    owner = desk.accounts.people.first_owner()
    if owner is None:
        raise InvalidInput("portfolio", "The desk has no owner.", remedy="Add one with `openbell user add`.")
    return owner.id


def _named_or_planned(desk: Desk, name: str, statement: Statement, owner: int, base: str) -> Kept:
    """The portfolio of that name or number; where there is none, a new one without: an export's as it was counted."""
    from openbell.arrivals import settled  # noqa: PLC0415
    from openbell.model.money import currency_of  # noqa: PLC0415
    from openbell.model.transactions import Portfolio  # noqa: PLC0415
    from openbell.store.portfoliobook import Kept  # noqa: PLC0415

    if _is_there(desk, name):
        return portfolio_of(desk, name)
    if statement.home is not None and statement.home.portfolio is not None:
        draft, settings = settled(desk, statement)
        wanted = replace(draft, name=name, base=currency_of(base, "base") if base else draft.base)
        return Kept(wanted, owner, desk.clock(), 0, "", settings)
    told = [draft.currency for draft in statement.drafts]
    main = base or statement.base or (max(told, key=told.count) if told else "")
    if not main:
        what = f"Nothing in the file says in which currency {name} is to be counted."
        raise InvalidInput("base", what, remedy="Say it, such as --base EUR.")
    return Kept(Portfolio(0, name, currency_of(main, "base")), owner, desk.clock(), 0, "")


def _tell_made(kept: Kept) -> None:
    told = kept.portfolio
    against = f", beside {told.benchmark}" if told.benchmark else ""
    terminal.said(f"A new portfolio {told.name}, counted in {told.base} by {told.method}{against}.")
