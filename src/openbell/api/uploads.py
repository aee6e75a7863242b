"""Files on their way into a portfolio: the upload, and what somebody has decided about one."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from openbell.api.access import Caller, Role, TheCaller, TheDesk, allow
from openbell.api.portfolios import seen
from openbell.api.shapes import Number
from openbell.arrivals import Choices as Chosen
from openbell.arrivals import Habit, Readings, Review, Seeker, as_before, reviewed
from openbell.desk import Desk
from openbell.model.transactions import Kind
from openbell.statements.answers import Answers as Answered
from openbell.statements.answers import Mapping as Told
from openbell.statements.draft import Statement
from openbell.store.mappingbook import KeptMapping, MappingBook
from openbell.store.portfoliobook import Kept
from openbell.store.uploads import Uploads

router = APIRouter(tags=["imports"])

Fingerprint = Annotated[str, Field(max_length=64)]


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
    currency: Annotated[str, Field(max_length=40)] = ""
    rate: Literal["", "times", "over"] = ""
    sheet: Annotated[str, Field(max_length=100)] = ""
    mapping: Mapping | None = None


class MappingDraft(BaseModel):
    """How a file of no known preset is read; with its `header`, the next file that has the same is read so unasked."""

    name: str = Field(min_length=1, max_length=80)
    answers: Answers
    header: list[Annotated[str, Field(max_length=1000)]] = Field(default_factory=list, max_length=500)


class KeptAnswers(MappingDraft):
    """As it is kept."""

    id: int


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
    midway: bool = False
    """Whether the file may begin in the middle: sales of what is not held, and dividends before a purchase, are booked
    all the same."""


class Confirmation(Choices):
    """The file that was uploaded, and what was decided about it."""

    upload: str = Field(max_length=64)


def the_seeker(request: Request) -> Seeker:
    """Who asks vendors for what files name."""
    seeker = request.app.state.seeker
    if not isinstance(seeker, Seeker):
        raise TypeError("the application has no seeker")
    return seeker


TheSeeker = Annotated[Seeker, Depends(the_seeker)]


def the_readings(request: Request) -> Readings:
    """Who reads the files of this application."""
    readings = request.app.state.readings
    if not isinstance(readings, Readings):
        raise TypeError("the application reads no files")
    return readings


TheReadings = Annotated[Readings, Depends(the_readings)]


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
    await run_in_threadpool(seen, desk, caller, number, write=True)
    data = await request.body()
    key = await run_in_threadpool(uploads_of(desk).keep, caller.id, data, desk.clock())
    return Upload(key=key, size=len(data))


def uploads_of(desk: Desk) -> Uploads:
    """Where files wait."""
    return Uploads(desk.settings.uploads)


def kept_answers(kept: KeptMapping) -> KeptAnswers:
    """A mapping that was kept, as the API tells it."""
    answers = Answers.model_validate(kept.body)
    return KeptAnswers(id=kept.id, name=kept.name, answers=answers, header=kept.body.get("header", []))


def told_by(answers: Answers) -> Answered:
    """What somebody answered, as statements take it."""
    mapping = None if answers.mapping is None else Told(**answers.mapping.model_dump())
    return Answered(**answers.model_dump(exclude={"mapping"}), mapping=mapping)


def habit_of(desk: Desk, caller: Caller, data: bytes, choices: Choices) -> Habit:
    """What was answered, by somebody now or as the caller read files of the kind before."""
    mappings = MappingBook(desk.ledger).mappings(caller.id)
    return as_before(data, choices.file, told_by(choices.answers), mappings)


def review_of(desk: Desk, caller: Caller, kept: Kept, statement: Statement, choices: Choices, seeker: Seeker) -> Review:
    """What importing a file would do, as somebody has decided so far."""
    chosen = Chosen(choices.accounts, choices.instruments, frozenset(choices.take), frozenset(choices.leave))
    return reviewed(desk, kept, statement, chosen, caller.id, seeker)
