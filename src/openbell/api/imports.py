"""Imports of statements: upload, what the file is, where its rows go, the preview, the booking, and its undoing."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from openbell.api.access import Role, TheCaller, TheDesk, allow
from openbell.api.portfolios import seen
from openbell.api.problems import NotFound
from openbell.api.reckoning import TheBooks, exact, text
from openbell.api.shapes import Number
from openbell.arrivals import Choices as Chosen
from openbell.arrivals import Match, Review, booked, counts, reconciled, reviewed
from openbell.desk import Desk
from openbell.model.errors import InvalidInput, Undecided
from openbell.model.transactions import Kind
from openbell.statements.answers import FIELDS
from openbell.statements.answers import Answers as Answered
from openbell.statements.answers import Mapping as Told
from openbell.statements.contents import Contents
from openbell.statements.draft import Draft
from openbell.statements.mapped import PRESET as MAPPED
from openbell.statements.mapped import header_row, proposed
from openbell.statements.presets import read
from openbell.store.importbook import Batch as KeptBatch
from openbell.store.importbook import ImportBook, KeptMapping
from openbell.store.portfoliobook import Kept
from openbell.store.uploads import Uploads

router = APIRouter(tags=["imports"])

MOST_ROWS = 500
"""Rows on a page of a preview."""
MOST_TOLD = 200
"""Problems and ignored rows that are told of at once."""

Fingerprint = Annotated[str, Field(max_length=64)]
RowState = Literal["new", "alike", "known", "future", "left"]


class Upload(BaseModel):
    """A file that is kept for a day; `key` is the SHA-256 of what is in it."""

    key: str
    size: int


class Mapping(BaseModel):
    """Which column of a file that no preset knows is what (by field, its name in the header), and what words mean."""

    columns: dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=200)]] = Field(max_length=60)
    kinds: dict[Annotated[str, Field(max_length=100)], Kind] = Field(default_factory=dict, max_length=200)
    signed: bool = True


class Answers(BaseModel):
    """What the file does not say by itself; empty: it decides."""

    preset: Annotated[str, Field(max_length=40)] = ""
    dates: Literal["", "ymd", "dmy", "mdy"] = ""
    decimal: Literal["", ".", ","] = ""
    zone: Annotated[str, Field(max_length=60)] = ""
    currency: Annotated[str, Field(max_length=3)] = ""
    mapping: Mapping | None = None


class Choices(BaseModel):
    """What somebody decided: accounts by what the file calls them (a number, or the name of a new one), instruments by
    their key (a ticker, an id, or `own` for an item of one's own), rows by fingerprint."""

    file: Annotated[str, Field(min_length=1, max_length=200)] = "statement"
    answers: Answers = Answers()
    accounts: dict[str, Number | Annotated[str, Field(min_length=1, max_length=80)]] = Field(
        default_factory=dict, max_length=100
    )
    instruments: dict[str, Annotated[str, Field(max_length=40)]] = Field(default_factory=dict, max_length=5000)
    take: list[Fingerprint] = Field(default_factory=list, max_length=200_000)
    leave: list[Fingerprint] = Field(default_factory=list, max_length=200_000)


class Question(BaseModel):
    """The file can be read in more than one way: which of `options` is it?"""

    option: str
    what: str
    remedy: str
    options: list[str]


class Row(BaseModel):
    """A row of the file as it would be booked; `alike`: the same day, kind and amounts are here already;
    `twin`: so they are in another row of the file, or in another account, and both are kept."""

    fingerprint: str
    rows: list[int]
    state: RowState
    twin: bool
    kind: str
    day: date
    account: str
    instrument: str | None
    quantity: str
    cash: str
    currency: str
    fee: str
    tax: str
    price: str | None
    note: str


class RowProblem(BaseModel):
    """What is wrong with rows of the file; without `blocking` they are booked all the same."""

    rows: list[int]
    what: str
    remedy: str
    content: str
    blocking: bool


class Ignored(BaseModel):
    """Rows that move nothing, and why."""

    rows: list[int]
    reason: str
    content: str


class Candidate(BaseModel):
    """An instrument of the desk that the file may mean."""

    id: str
    ticker: str
    name: str | None
    exchange: str | None
    currency: str | None


class Matched(BaseModel):
    """An instrument of the file and what it is here; without `id` somebody must choose. Not `sure`: the desk has never
    heard of it, and takes its ticker as it stands."""

    key: str
    named: str
    isin: str
    name: str
    id: str | None
    ticker: str | None
    how: str
    sure: bool
    candidates: list[Candidate]


class PlaceOf(BaseModel):
    """Where the rows of one account of the file go; without a number a new account is made."""

    told: str
    account: int | None
    name: str
    currency: str


class Columns(BaseModel):
    """Of a file that no preset knows: its header, what is proposed for it, and what a column can be."""

    header: list[str]
    proposed: Mapping | None
    fields: list[str]


class Preview(BaseModel):
    """An import before anything is written. With a `question` nothing else is known yet."""

    question: Question | None = None
    columns: Columns | None = None
    preset: str = ""
    broker: str = ""
    counts: dict[str, int] = Field(default_factory=dict)
    accounts: list[PlaceOf] = Field(default_factory=list)
    instruments: list[Matched] = Field(default_factory=list)
    rows: list[Row] = Field(default_factory=list)
    total: int = 0
    problems: list[RowProblem] = Field(default_factory=list)
    ignored: list[Ignored] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    ready: bool = False
    """Whether confirming would book something, and nothing must be chosen first."""


class Batch(BaseModel):
    """One import."""

    id: int
    file: str
    sha256: str
    preset: str
    counts: dict[str, int]
    at: datetime
    by: int


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


@router.post(
    "/portfolios/{number}/uploads",
    dependencies=[allow(Role.MEMBER)],
    status_code=201,
    openapi_extra={
        "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    },
)
async def upload(desk: TheDesk, caller: TheCaller, number: Number, request: Request) -> Upload:
    """Keep a file for a day, to be looked at and imported."""
    seen(desk, caller, number, write=True)
    data = await request.body()
    return Upload(key=_uploads(desk).keep(caller.id, data, desk.clock()), size=len(data))


@router.post("/portfolios/{number}/uploads/{key}/preview", dependencies=[allow(Role.MEMBER)])
def preview(
    desk: TheDesk,
    caller: TheCaller,
    number: Number,
    key: str,
    choices: Choices,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 100,
) -> Preview:
    """What importing the file would do, with a page of its rows; nothing is written."""
    kept = seen(desk, caller, number, write=True)
    data = _uploads(desk).find(caller.id, key)
    try:
        review = _review(desk, kept, data, choices)
    except Undecided as error:
        question = Question(option=error.option, what=error.what, remedy=error.remedy, options=list(error.options))
        return Preview(question=question, columns=_columns(data, choices))
    found = _preview(desk, review, offset, limit)
    return found.model_copy(update={"columns": _columns(data, choices)}) if found.preset == MAPPED.name else found


@router.get("/portfolios/{number}/imports", dependencies=[allow(Role.VIEWER)])
def imports(desk: TheDesk, caller: TheCaller, number: Number) -> Batches:
    """Every import of a portfolio that was not undone."""
    seen(desk, caller, number)
    return Batches(imports=[_batch(each) for each in ImportBook(desk.ledger).batches(number)])


class Confirmation(Choices):
    """The file that was uploaded, and what was decided about it."""

    upload: str = Field(max_length=64)


@router.post("/portfolios/{number}/imports", dependencies=[allow(Role.MEMBER)], status_code=201)
def book_import(desk: TheDesk, caller: TheCaller, number: Number, told: Confirmation) -> Batch:
    """Write what the preview shows: all of it or nothing."""
    kept = seen(desk, caller, number, write=True)
    data = _uploads(desk).find(caller.id, told.upload)
    review = _review(desk, kept, data, told)
    batch = booked(
        desk,
        kept,
        review,
        file=told.file,
        sha256=hashlib.sha256(data).hexdigest(),
        by=caller.id,
        mapping=told.answers.model_dump(mode="json"),
    )
    return _batch(batch)


class Difference(BaseModel):
    """An instrument, or the cash of a currency, that the desk counts otherwise than the broker."""

    name: str
    ticker: str
    ours: str
    theirs: str
    missing: str


class Reconciled(BaseModel):
    """The differences at the end of a day, and how many holdings the file has."""

    day: date
    holdings: int
    differences: list[Difference]


class Reconciling(Confirmation):
    """A file with holdings, of one account or of all, at the end of a day; default: the file's, else today."""

    account: Number | None = None
    day: date | None = None


@router.post("/portfolios/{number}/reconcile", dependencies=[allow(Role.MEMBER)])
def reconcile(desk: TheDesk, caller: TheCaller, books: TheBooks, number: Number, told: Reconciling) -> Reconciled:
    """What the portfolio holds against what the broker's file says; nothing is written."""
    kept = seen(desk, caller, number)
    review = _review(desk, kept, _uploads(desk).find(caller.id, told.upload), told)
    days = [each.day for each in review.statement.holdings if each.day is not None]
    reckoned = books.settled(kept)
    day = told.day or max(days, default=reckoned.walked.until)
    if not review.statement.holdings:
        raise InvalidInput("upload", "The file tells of no holdings.", remedy="Export the positions from the broker.")
    register = desk.history.register
    return Reconciled(
        day=day,
        holdings=len(review.statement.holdings),
        differences=[
            Difference(
                name=each.instrument,
                ticker=register.instrument(each.instrument).ticker,
                ours=exact(each.ours),
                theirs=exact(each.theirs),
                missing=exact(each.missing),
            )
            for each in reconciled(reckoned, review, day, told.account)
        ],
    )


@router.delete("/portfolios/{number}/imports/{batch}", dependencies=[allow(Role.MEMBER)])
def undo_import(desk: TheDesk, caller: TheCaller, number: Number, batch: Number, *, edited_too: bool = False) -> Undone:
    """Take an import back; 409 where its transactions were edited since, unless those shall go too."""
    seen(desk, caller, number, write=True)
    book = ImportBook(desk.ledger)
    found = book.find(batch)
    if found is None or found[0] != number:
        raise NotFound(f"There is no import {batch} of this portfolio.", remedy="List its imports.")
    return Undone(transactions=book.undo(number, batch, edited_too=edited_too))


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


def _uploads(desk: Desk) -> Uploads:
    return Uploads(desk.settings.folder / "uploads")


def _columns(data: bytes, choices: Choices) -> Columns | None:
    """What a mapping can be made of; None for a file without a header."""
    contents = Contents(data, choices.file)
    header = header_row(contents)
    if header is None:
        return None
    mapping = proposed(contents)
    return Columns(
        header=list(header.cells),
        proposed=None if mapping is None else Mapping.model_validate(mapping, from_attributes=True),
        fields=list(FIELDS),
    )


def _answered(told: Answers) -> Answered:
    mapping = None if told.mapping is None else Told(**told.mapping.model_dump())
    return Answered(**told.model_dump(exclude={"mapping"}), mapping=mapping)


def _review(desk: Desk, kept: Kept, data: bytes, choices: Choices) -> Review:
    answers = _answered(choices.answers)
    chosen = Chosen(choices.accounts, choices.instruments, frozenset(choices.take), frozenset(choices.leave))
    return reviewed(desk, kept, read(data, choices.file, answers), chosen)


def _preview(desk: Desk, review: Review, offset: int, limit: int) -> Preview:
    statement = review.statement
    states = _states(review)
    twins = {draft.fingerprint for draft in review.sorting.twins}
    page = statement.drafts[offset : offset + limit]
    return Preview(
        preset=statement.preset,
        broker=statement.broker,
        counts=counts(review),
        accounts=[
            PlaceOf(
                told=place.told,
                account=place.account.id or None,
                name=place.account.name,
                currency=place.account.currency,
            )
            for place in review.places.values()
        ],
        instruments=[_matched(desk, key, match) for key, match in review.matches.items()],
        rows=[_row(draft, states[draft.fingerprint], twin=draft.fingerprint in twins) for draft in page],
        total=len(statement.drafts),
        problems=[
            RowProblem(
                rows=list(each.rows),
                what=each.what,
                remedy=each.remedy,
                content=each.content[:500],
                blocking=each.blocking,
            )
            for each in statement.problems[:MOST_TOLD]
        ],
        ignored=[
            Ignored(rows=list(each.rows), reason=each.reason, content=each.content[:500])
            for each in statement.ignored[:MOST_TOLD]
        ],
        notes=list(statement.notes),
        ready=bool(review.taken) and not review.unmatched,
    )


def _states(review: Review) -> dict[str, RowState]:
    """What becomes of each row."""
    found: dict[str, RowState] = {draft.fingerprint: "left" for draft in review.statement.drafts}
    found |= {draft.fingerprint: "known" for draft in review.sorting.known}
    found |= {draft.fingerprint: "alike" for draft, _ in review.sorting.alike}
    found |= {draft.fingerprint: "future" for draft in review.future}
    return found | {draft.fingerprint: "new" for draft in review.taken}


def _row(draft: Draft, state: RowState, *, twin: bool) -> Row:
    return Row(
        fingerprint=draft.fingerprint,
        rows=list(draft.rows),
        state=state,
        twin=twin,
        kind=draft.kind.value,
        day=draft.day,
        account=draft.account,
        instrument=None if draft.instrument is None else draft.instrument.key,
        quantity=exact(draft.quantity),
        cash=exact(draft.cash),
        currency=draft.currency,
        fee=exact(draft.fee),
        tax=exact(draft.tax),
        price=text(draft.price),
        note=draft.note[:500],
    )


def _matched(desk: Desk, key: str, match: Match) -> Matched:
    register = desk.history.register
    return Matched(
        key=key,
        named=str(match.named),
        isin=match.named.isin,
        name=match.named.name,
        id=match.id,
        ticker=None if match.id is None or match.item is not None else register.instrument(match.id).ticker,
        how=match.how,
        sure=match.sure,
        candidates=[Candidate.model_validate(each, from_attributes=True) for each in match.candidates],
    )


def _batch(batch: KeptBatch) -> Batch:
    return Batch(
        id=batch.id,
        file=batch.file,
        sha256=batch.sha256,
        preset=batch.preset,
        counts=dict(batch.counts),
        at=batch.at,
        by=batch.by,
    )


def _mapping(kept: KeptMapping) -> KeptAnswers:
    return KeptAnswers(id=kept.id, name=kept.name, answers=Answers.model_validate(kept.body))
