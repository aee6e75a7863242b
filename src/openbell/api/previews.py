"""An import before anything is written: what the file is, where its rows go, and what the broker says is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from openbell.api.access import Caller, Role, TheCaller, TheDesk, allow
from openbell.api.portfolios import PortfolioDraft, Thresholds, seen
from openbell.api.reckoning import TheBooks, exact, text
from openbell.api.reconciling import Difference, Reconciled, differing, held
from openbell.api.shapes import Number
from openbell.api.uploads import (
    Choices,
    Confirmation,
    KeptAnswers,
    Mapping,
    TheReadings,
    TheSeeker,
    habit_of,
    kept_answers,
    review_of,
    told_by,
    uploads_of,
)
from openbell.arrivals import Match, Review, Unheld, counts, settled, unheld
from openbell.desk import Desk
from openbell.model.errors import InvalidInput, Undecided
from openbell.statements.answers import FIELDS
from openbell.statements.contents import Contents, Record
from openbell.statements.draft import Draft
from openbell.statements.mapped import PRESET as MAPPED
from openbell.statements.mapped import header_row, proposed
from openbell.statements.presets import contents_of
from openbell.store.portfoliobook import Kept
from openbell.store.transactionbook import Filter, TransactionBook

router = APIRouter(tags=["imports"])

MOST_ROWS = 500
"""Rows on a page of a preview."""
MOST_TOLD = 200
"""Problems and ignored rows that are told of at once."""

SAMPLED = 50
"""Rows that a column's sample is looked for in."""

RowState = Literal["new", "alike", "known", "future", "left"]


class Question(BaseModel):
    """The file can be read in more than one way: which of `options` is it?"""

    option: str
    what: str
    remedy: str
    options: list[str]


class Row(BaseModel):
    """A row of the file as it would be booked; of an exchange and a transfer with what comes and where, accounts as the
    file tells them. `alike`: the same day, kind and amounts are here already;
    `twin`: so they are in another row of the file, or in another account, and both are kept. `unheld`: why it needs
    units that are not there, as a sale of what is not held; else empty."""

    fingerprint: str
    rows: list[int]
    state: RowState
    twin: bool
    unheld: str
    kind: str
    day: date
    account: str
    instrument: str | None
    quantity: str
    cash: str
    currency: str
    to_cash: str
    to_currency: str
    to_account: str
    fee: str
    fee_currency: str
    tax: str
    price: str | None
    price_currency: str
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
    """Of a file that no preset knows: its header, the first cell that is filled below each of it, what is proposed, and
    what a column can be."""

    header: list[str]
    samples: list[str]
    proposed: Mapping | None
    fields: list[str]


class Lacking(BaseModel):
    """A row that needs units which are not there; `rows` is empty for a transaction that is here already, and would
    lack units once the file's rows are booked."""

    rows: list[int]
    what: str
    remedy: str


class Preview(BaseModel):
    """An import before anything is written. With a `question` nothing else is known yet."""

    question: Question | None = None
    columns: Columns | None = None
    kept: KeptAnswers | None = None
    """By which mapping that the caller kept the file is read: it has the header of that."""
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
    holdings: int = 0
    differences: list[Difference] = Field(default_factory=list)
    """Between what the file says is held and what would be once its rows are booked."""
    unheld: list[Lacking] = Field(default_factory=list)
    """What would be sold that is not held, and paid before a purchase: the file may begin in the middle, which the
    choice `midway` confirms."""
    unheld_total: int = 0
    counted_as: PortfolioDraft | None = None
    """How the portfolio that an export is of was counted, where the caller's own is empty and counted otherwise: PUT
    it, under the name that is here."""
    ready: bool = False
    """Whether confirming would book something, and nothing must be chosen or confirmed first."""


@router.post("/portfolios/{number}/uploads/{key}/preview", dependencies=[allow(Role.MEMBER)])
def preview(
    desk: TheDesk,
    caller: TheCaller,
    books: TheBooks,
    seeker: TheSeeker,
    readings: TheReadings,
    number: Number,
    key: str,
    choices: Choices,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 100,
) -> Preview:
    """What importing the file would do, with a page of its rows; nothing is written."""
    kept = seen(desk, caller, number, write=True)
    data = uploads_of(desk).find(caller.id, key, desk.clock())
    habit = habit_of(desk, caller, data, choices)
    known = None if habit.kept is None else kept_answers(habit.kept)
    try:
        statement = readings.read(data, choices.file, habit.answers, desk.clock())
        review = review_of(desk, caller, kept, statement, choices, seeker)
    except Undecided as error:
        question = Question(option=error.option, what=error.what, remedy=error.remedy, options=list(error.options))
        columns = None if error.option == "sheet" else _columns(data, choices)
        return Preview(question=question, columns=columns, kept=known)
    found = _preview(desk, review, unheld(desk, kept, review), offset, limit, midway=choices.midway)
    others = {
        "notes": [*found.notes, *_counted_otherwise(kept, review)],
        "counted_as": _counted_as(desk, caller, kept, review),
    }
    found = found.model_copy(update={"kept": known, **others})
    if review.statement.holdings:
        found = found.model_copy(update=held(desk, books.settled(kept), review))
    return found.model_copy(update={"columns": _columns(data, choices)}) if found.preset == MAPPED.name else found


class Reconciling(Confirmation):
    """A file with holdings, of one account or of all, at the end of a day; default: the file's, else today."""

    account: Number | None = None
    day: date | None = None


@router.post("/portfolios/{number}/reconcile", dependencies=[allow(Role.MEMBER)])
def reconcile(
    desk: TheDesk,
    caller: TheCaller,
    books: TheBooks,
    seeker: TheSeeker,
    readings: TheReadings,
    number: Number,
    told: Reconciling,
) -> Reconciled:
    """What the portfolio holds against what the broker's file says; nothing is written."""
    kept = seen(desk, caller, number, write=True)
    data = uploads_of(desk).find(caller.id, told.upload, desk.clock())
    statement = readings.read(data, told.file, habit_of(desk, caller, data, told).answers, desk.clock())
    review = review_of(desk, caller, kept, statement, told, seeker)
    return differing(desk, books.settled(kept), review, told.day, told.account)


def _columns(data: bytes, choices: Choices) -> Columns | None:
    """What a mapping can be made of; None for a file without a header."""
    contents = contents_of(data, choices.file, told_by(choices.answers))
    header = header_row(contents)
    if header is None:
        return None
    mapping = proposed(contents)
    return Columns(
        header=list(header.cells),
        samples=_samples(header, contents),
        proposed=None if mapping is None else Mapping.model_validate(mapping, from_attributes=True),
        fields=list(FIELDS),
    )


def _samples(header: Record, contents: Contents) -> list[str]:
    """What stands first in each column; empty where nothing does among the first rows."""
    below = [each.cells for each in contents.records if each.line > header.line][:SAMPLED]
    width = range(len(header.cells))
    return [next((row[at].strip() for row in below if at < len(row) and row[at].strip()), "")[:60] for at in width]


def _preview(
    desk: Desk, review: Review, lacking: Sequence[Unheld], offset: int, limit: int, *, midway: bool
) -> Preview:
    statement = review.statement
    whys = {each.draft.fingerprint: each.what for each in lacking if each.draft is not None}
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
        rows=[
            _row(draft, states[draft.fingerprint], whys.get(draft.fingerprint, ""), twin=draft.fingerprint in twins)
            for draft in page
        ],
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
        unheld=[_lacking(each) for each in lacking[:MOST_TOLD]],
        unheld_total=len(lacking),
        ready=bool(review.taken or review.news) and not review.unmatched and (midway or not lacking),
    )


def _states(review: Review) -> dict[str, RowState]:
    """What becomes of each row."""
    found: dict[str, RowState] = {draft.fingerprint: "left" for draft in review.statement.drafts}
    found |= {draft.fingerprint: "known" for draft in review.sorting.known}
    found |= {draft.fingerprint: "alike" for draft, _ in review.sorting.alike}
    found |= {draft.fingerprint: "future" for draft in review.future}
    return found | {draft.fingerprint: "new" for draft in review.taken}


def _counted_otherwise(kept: Kept, review: Review) -> Iterator[str]:
    """That an export was counted in another way than the portfolio that it is the first file of."""
    home, here = review.statement.home, kept.portfolio
    if home is None or home.portfolio is None or any(place.account.id for place in review.places.values()):
        return
    there = home.portfolio
    ways = [(each.base, each.method, each.benchmark) for each in (here, there)]
    limits = "" if home.settings in ({}, kept.settings) else ", with thresholds of its own"
    if ways[0] == ways[1] and not limits:
        return
    beside = f", beside {there.benchmark}" if there.benchmark else ""
    yield (
        f"It was counted in {there.base} by {there.method}{beside}{limits}; {here.name} is not. "
        "To have all of that back, count it so too, or make a new portfolio of the export instead."
    )


def _counted_as(desk: Desk, caller: Caller, kept: Kept, review: Review) -> PortfolioDraft | None:
    """What the caller may make of their portfolio before anything is in it; None where it is that already, or what the
    export tells cannot be."""
    home, here = review.statement.home, kept.portfolio
    if home is None or home.portfolio is None or kept.owner != caller.id:
        return None
    if TransactionBook(desk.ledger).page(here.id, Filter(), offset=0, limit=0)[0]:
        return None
    try:
        told, settings = settled(desk, review.statement)
    except InvalidInput:
        return None
    drafts = [
        PortfolioDraft(
            name=here.name,
            base=each.base,
            method=each.method,
            benchmark=None if each.benchmark is None else desk.history.register.instrument(each.benchmark).ticker,
            thresholds=Thresholds.model_validate(kept_as.get("thresholds", {})),
        )
        for each, kept_as in ((told, settings), (here, kept.settings))
    ]
    return None if drafts[0] == drafts[1] else drafts[0]


def _lacking(each: Unheld) -> Lacking:
    return Lacking(rows=[] if each.draft is None else list(each.draft.rows), what=each.what, remedy=each.remedy)


def _row(draft: Draft, state: RowState, why: str, *, twin: bool) -> Row:
    return Row(
        fingerprint=draft.fingerprint,
        rows=list(draft.rows),
        state=state,
        twin=twin,
        unheld=why,
        kind=draft.kind.value,
        day=draft.day,
        account=draft.account,
        instrument=None if draft.instrument is None else draft.instrument.key,
        quantity=exact(draft.quantity),
        cash=exact(draft.cash),
        currency=draft.currency,
        to_cash=exact(draft.to_cash),
        to_currency=draft.to_currency,
        to_account=draft.to_account,
        fee=exact(draft.fee),
        fee_currency=draft.fee_currency,
        tax=exact(draft.tax),
        price=text(draft.price),
        price_currency=draft.price_currency,
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
