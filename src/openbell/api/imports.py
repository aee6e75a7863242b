"""Imports of statements: those that were booked, booking one, taking it back, and how files of no preset are read."""

from __future__ import annotations

import hashlib
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from openbell.api.access import Role, TheCaller, TheDesk, ThePlace, allow, deed_of
from openbell.api.portfolios import seen
from openbell.api.problems import NotFound
from openbell.api.shapes import Number
from openbell.api.uploads import Answers, Confirmation, TheSeeker, review_of, uploads_of
from openbell.arrivals import booked
from openbell.store.importbook import Batch as KeptBatch
from openbell.store.importbook import ImportBook, KeptMapping

router = APIRouter(tags=["imports"])


class Batch(BaseModel):
    """One import."""

    id: int
    file: str
    sha256: str
    preset: str
    counts: dict[str, int]
    at: datetime
    by: int
    version: int


class Batches(BaseModel):
    """The imports of a portfolio, the newest first."""

    imports: list[Batch]


class Undone(BaseModel):
    """How many transactions went."""

    transactions: int


class MappingDraft(BaseModel):
    """How a file of no known preset is read."""

    name: str = Field(min_length=1, max_length=80)
    answers: Answers


class KeptAnswers(MappingDraft):
    """As it is kept."""

    id: int


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
    desk: TheDesk, caller: TheCaller, place: ThePlace, seeker: TheSeeker, number: Number, told: Confirmation
) -> Batch:
    """Write what the preview shows, all of it or nothing; the file is not kept any longer then."""
    kept = seen(desk, caller, number, write=True)
    data = uploads_of(desk).find(caller.id, told.upload, desk.clock())
    review = review_of(desk, caller, kept, data, told, seeker)
    batch = booked(
        desk,
        kept,
        review,
        file=told.file,
        sha256=hashlib.sha256(data).hexdigest(),
        by=caller.id,
        mapping=told.answers.model_dump(mode="json"),
        deed=deed_of(desk, caller, "imported", place, f"{told.file} into {kept.portfolio.name}"),
    )
    uploads_of(desk).drop(caller.id, told.upload)
    return _batch(batch)


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
) -> Undone:
    """Take an import back; 409 where it is not the one of `version`, or something of it was edited since, unless that
    shall go too."""
    kept = seen(desk, caller, number, write=True)
    book = ImportBook(desk.ledger)
    found = book.find(batch)
    if found is None or found[0] != number:
        raise NotFound(f"There is no import {batch} of this portfolio.", remedy="List its imports.")
    about = f"{found[1].file} from {kept.portfolio.name}"
    deed = deed_of(desk, caller, "import undone", place, about)
    return Undone(transactions=book.undo(number, batch, version, edited_too=edited_too, deed=deed))


@router.get("/mappings", dependencies=[allow(Role.VIEWER)])
def mappings(desk: TheDesk, caller: TheCaller) -> Mappings:
    """How the caller reads files of no known preset."""
    return Mappings(mappings=[_mapping(each) for each in ImportBook(desk.ledger).mappings(caller.id)])


@router.put("/mappings", dependencies=[allow(Role.MEMBER)])
def keep_mapping(desk: TheDesk, caller: TheCaller, told: MappingDraft) -> KeptAnswers:
    """Keep a mapping under its name; one of the same name is replaced."""
    return _mapping(ImportBook(desk.ledger).keep_mapping(caller.id, told.name, told.answers.model_dump(mode="json")))


@router.delete("/mappings/{number}", dependencies=[allow(Role.MEMBER)], status_code=204)
def remove_mapping(desk: TheDesk, caller: TheCaller, number: Number) -> None:
    """Forget a mapping."""
    book = ImportBook(desk.ledger)
    if number not in {each.id for each in book.mappings(caller.id)}:
        raise NotFound(f"There is no mapping {number}.", remedy="List yours with GET /mappings.")
    book.remove_mapping(caller.id, number)


def _batch(batch: KeptBatch) -> Batch:
    return Batch(
        id=batch.id,
        file=batch.file,
        sha256=batch.sha256,
        preset=batch.preset,
        counts=dict(batch.counts),
        at=batch.at,
        by=batch.by,
        version=batch.version,
    )


def _mapping(kept: KeptMapping) -> KeptAnswers:
    return KeptAnswers(id=kept.id, name=kept.name, answers=Answers.model_validate(kept.body))
