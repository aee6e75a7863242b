"""Imports of statements: those that were booked, booking one, taking it back, and how files of no preset are read."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheCaller, TheDesk, ThePlace, allow, deed_of
from openbell.api.edits import OversoldToo, assert_none_lacks, in_one_state
from openbell.api.portfolios import seen, seen_whole
from openbell.api.previews import RowProblem
from openbell.api.problems import NotFound
from openbell.api.shapes import Number
from openbell.api.uploads import (
    Answers,
    Confirmation,
    KeptAnswers,
    MappingDraft,
    TheReadings,
    TheSeeker,
    habit_of,
    kept_answers,
    review_of,
    told_by,
    uploads_of,
)
from openbell.arrivals import booked, kept_body
from openbell.books.held import left_without
from openbell.statements.presets import BROKERS
from openbell.store.importbook import Batch as KeptBatch
from openbell.store.importbook import ImportBook
from openbell.store.mappingbook import MappingBook
from openbell.store.portfoliobook import Kept

router = APIRouter(tags=["imports"])

MOST_PROBLEMS = 500
"""Rows that were not understood, on a page."""


class Batch(BaseModel):
    """One import."""

    id: int
    file: str
    sha256: str
    preset: str
    broker: str
    """Whose files the preset reads; empty for a file that was mapped."""
    counts: dict[str, int]
    at: datetime
    by: int
    version: int


class Batches(BaseModel):
    """The imports of a portfolio, the newest first."""

    imports: list[Batch]


class RowsLeft(BaseModel):
    """Of an import, a page of the rows that were not understood, or with `blocking` false deserve a look."""

    total: int
    offset: int
    problems: list[RowProblem]


class Undone(BaseModel):
    """How many transactions went."""

    transactions: int


class Mappings(BaseModel):
    """The caller's."""

    mappings: list[KeptAnswers]


@router.get("/portfolios/{number}/imports", dependencies=[allow(Role.VIEWER)])
def imports(desk: TheDesk, caller: TheCaller, number: Number) -> Batches:
    """Every import of a portfolio that was not undone."""
    seen(desk, caller, number)
    return Batches(imports=[_batch(each) for each in ImportBook(desk.ledger).batches(number)])


@router.post("/portfolios/{number}/imports", dependencies=[allow(Role.MEMBER)], status_code=201)
def book_import(
    desk: TheDesk,
    caller: TheCaller,
    place: ThePlace,
    seeker: TheSeeker,
    readings: TheReadings,
    number: Number,
    told: Confirmation,
) -> Batch:
    """Write what the preview shows, all of it or nothing; the file is not kept any longer then."""
    kept = seen(desk, caller, number, write=True)
    data = uploads_of(desk).find(caller.id, told.upload, desk.clock())
    answers = habit_of(desk, caller, data, told).answers
    statement = readings.read(data, told.file, answers, desk.clock())

    def booking(now: Kept) -> KeptBatch:
        return booked(
            desk,
            now,
            review_of(desk, caller, now, statement, told, seeker),
            file=told.file,
            sha256=hashlib.sha256(data).hexdigest(),
            by=caller.id,
            mapping=Answers.model_validate(answers, from_attributes=True).model_dump(mode="json"),
            midway=told.midway,
            deed=deed_of(desk, caller, "imported", place, f"{told.file} into {now.portfolio.name}"),
        )

    batch = in_one_state(desk, kept, booking)
    uploads_of(desk).drop(caller.id, told.upload)
    return _batch(batch)


@router.get("/portfolios/{number}/imports/{batch}/problems", dependencies=[allow(Role.VIEWER)])
def import_problems(
    desk: TheDesk,
    caller: TheCaller,
    number: Number,
    batch: Number,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_PROBLEMS)] = 100,
) -> RowsLeft:
    """The rows of an imported file that were not understood, each as it stands in the file; for its owner, and for who
    may write."""
    seen_whole(desk, caller, number)
    book = ImportBook(desk.ledger)
    _of(book, number, batch)
    total, page = book.problems(batch, offset=offset, limit=limit)
    told = [RowProblem.model_validate(each, from_attributes=True) for each in page]
    return RowsLeft(total=total, offset=offset, problems=told)


@router.delete("/portfolios/{number}/imports/{batch}", dependencies=[allow(Role.MEMBER)])
def undo_import(
    desk: TheDesk,
    caller: TheCaller,
    place: ThePlace,
    number: Number,
    batch: Number,
    version: Number | None = None,
    *,
    edited_too: bool = False,
    oversold_too: OversoldToo = False,
) -> Undone:
    """Take an import back; 409 where it is not the one of `version`, or something of it was edited since, unless that
    shall go too with `edited_too`; and where a transaction would lack its units, unless `oversold_too` is set."""
    kept = seen(desk, caller, number, write=True)
    book = ImportBook(desk.ledger)

    def undoing(now: Kept) -> int:
        found = _of(book, number, batch)
        if not oversold_too and version in {None, found.version}:
            assert_none_lacks(desk, left_without(desk, now, batch))
        deed = deed_of(desk, caller, "import undone", place, f"{found.file} from {now.portfolio.name}")
        state = None if oversold_too else now.state
        return book.undo(number, batch, version, edited_too=edited_too, deed=deed, state=state)

    return Undone(transactions=in_one_state(desk, kept, undoing))


def _of(book: ImportBook, portfolio: int, batch: int) -> KeptBatch:
    found = book.find(batch)
    if found is None or found[0] != portfolio:
        raise NotFound(f"There is no import {batch} of this portfolio.", remedy="List its imports.")
    return found[1]


@router.get("/mappings", dependencies=[allow(Role.VIEWER)])
def mappings(desk: TheDesk, caller: TheCaller) -> Mappings:
    """How the caller reads files of no known preset."""
    return Mappings(mappings=[kept_answers(each) for each in MappingBook(desk.ledger).mappings(caller.id)])


@router.put("/mappings", dependencies=[allow(Role.MEMBER)])
def keep_mapping(desk: TheDesk, caller: TheCaller, told: MappingDraft) -> KeptAnswers:
    """Keep a mapping under its name; one of the same name is replaced."""
    body = kept_body(told_by(told.answers), told.header)
    return kept_answers(MappingBook(desk.ledger).keep(caller.id, told.name, body))


@router.delete("/mappings/{number}", dependencies=[allow(Role.MEMBER)], status_code=204)
def remove_mapping(desk: TheDesk, caller: TheCaller, number: Number) -> None:
    """Forget a mapping."""
    book = MappingBook(desk.ledger)
    if number not in {each.id for each in book.mappings(caller.id)}:
        raise NotFound(f"There is no mapping {number}.", remedy="List yours with GET /mappings.")
    book.remove(caller.id, number)


def _batch(batch: KeptBatch) -> Batch:
    return Batch(
        id=batch.id,
        file=batch.file,
        sha256=batch.sha256,
        preset=batch.preset,
        broker=BROKERS.get(batch.preset, ""),
        counts=dict(batch.counts),
        at=batch.at,
        by=batch.by,
        version=batch.version,
    )
