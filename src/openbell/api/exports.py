"""Portfolios as files: everything in one, to keep or to bring into another desk."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from openbell.api.access import Role, TheCaller, TheDesk, ThePlace, allow, deed_of
from openbell.api.portfolios import seen
from openbell.api.shapes import Number
from openbell.arrivals import exported
from openbell.statements.own import as_csv, as_json

router = APIRouter(tags=["imports"])

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@router.get(
    "/portfolios/{number}/export",
    dependencies=[allow(Role.VIEWER)],
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}, "application/json": {"schema": {}}}}},
)
def export(
    desk: TheDesk,
    caller: TheCaller,
    place: ThePlace,
    number: Number,
    form: Annotated[Literal["csv", "json"], Query(alias="format")] = "json",
) -> Response:
    """Every transaction of a portfolio with its accounts and instruments; importing the file gives the same again."""
    kept = seen(desk, caller, number)
    told = exported(desk, kept)
    desk.accounts.audit.write(deed_of(desk, caller, "exported", place, f"{kept.portfolio.name} as {form}"))
    name = quote(f"{kept.portfolio.name}.{form}")
    return Response(
        as_csv(told) if form == "csv" else as_json(told),
        media_type=TYPES[form],
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )
