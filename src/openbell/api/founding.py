"""A portfolio made of an export in one step."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from openbell.api.access import Caller, Role, TheCaller, TheDesk, allow
from openbell.api.portfolios import Portfolio, shape
from openbell.api.uploads import TheSeeker
from openbell.arrivals import Seeker, founded
from openbell.desk import Desk
from openbell.statements.presets import read
from openbell.store.portfoliobook import Kept

router = APIRouter(tags=["portfolios"])

Name = Annotated[str, Query(max_length=80)]


@router.post(
    "/portfolios/from-export",
    dependencies=[allow(Role.MEMBER)],
    status_code=201,
    openapi_extra={
        "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    },
)
async def add_from_export(
    desk: TheDesk, caller: TheCaller, seeker: TheSeeker, request: Request, name: Name = "", file: Name = "export.json"
) -> Portfolio:
    """A new portfolio of the caller as an export in JSON tells it: counted as that was, with all that is in it; called
    `name`, or as it was. What it brings is an import of `file`."""
    data = await request.body()
    return shape(desk, caller, await run_in_threadpool(_made, desk, caller, seeker, data, name, file))


def _made(desk: Desk, caller: Caller, seeker: Seeker, data: bytes, name: str, file: str) -> Kept:
    sha256 = hashlib.sha256(data).hexdigest()
    return founded(desk, caller.id, read(data, file), file=file, sha256=sha256, name=name, seeker=seeker)[0]
