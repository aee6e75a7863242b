"""Errors as RFC 9457 problem+json: what happened, the field, and the remedy."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openbell.accounts.errors import LoginNeeded, NotAllowed, TooManyTries
from openbell.accounts.oidc import ProviderFailed
from openbell.history import NoData
from openbell.model import errors
from openbell.model.words import NOT_TEXT
from openbell.store.jobbook import AlreadyRuns
from openbell.store.transactionbook import MovedOn
from openbell.store.watchbook import NoSuchList

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """An error as RFC 9457 asks for, with the field that is wrong and what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    field: str | None = None
    remedy: str | None = None
    current: Any = None
    """What is there now, where somebody else has changed it meanwhile."""


class NotFound(errors.OpenbellError):
    """There is no such thing; the answer is 404."""


STATUS: dict[type[errors.OpenbellError], tuple[int, str]] = {
    NoData: (404, "No prices"),
    NotFound: (404, "Not found"),
    NoSuchList: (404, "Not found"),
    LoginNeeded: (401, "Login needed"),
    NotAllowed: (403, "Not allowed"),
    ProviderFailed: (502, "Login provider failed"),
    TooManyTries: (429, "Too many tries"),
    errors.InvalidInput: (422, "Invalid input"),
    errors.UnreadableFile: (422, "Unreadable file"),
    errors.UnknownSymbol: (404, "Unknown symbol"),
    errors.RateLimited: (429, "Rate-limited"),
    errors.NotEntitled: (403, "Not entitled"),
    errors.NotOffered: (422, "Not offered"),
    errors.Unreachable: (503, "Vendor unreachable"),
    errors.ProviderError: (502, "Vendor failed"),
    AlreadyRuns: (409, "Runs already"),
    errors.Unconfirmed: (409, "Not confirmed"),
    errors.ChangedMeanwhile: (409, "Changed meanwhile"),
    MovedOn: (409, "Busy"),
    errors.StoreError: (503, "Store unavailable"),
    errors.OpenbellError: (500, "Failed"),
}


SAID = {
    "int_parsing": "{given!r} is not a whole number",
    "int_type": "{given!r} is not a whole number",
    "float_parsing": "{given!r} is not a number",
    "bool_parsing": "{given!r} is neither true nor false",
    "string_type": "{given!r} is not a text",
    "list_type": "{given!r} is not a list",
    "literal_error": "{given!r} is not one of {expected}",
    "greater_than_equal": "{given} is less than {ge}",
    "less_than_equal": "{given} is more than {le}",
    "string_too_short": "this is too short (at least {min_length})",
    "string_too_long": "this is too long (at most {max_length})",
    "model_attributes_type": "this is not an object",
}
"""What a caller is told, by pydantic's type of the error."""

LEFT = 499
"""Nobody is there any more to read an answer."""

FAILED = Problem(
    title="Failed",
    status=500,
    detail="The desk failed to answer.",
    remedy="The log has the details; try again, and report it if it stays.",
)


def answer_problems(app: FastAPI) -> None:
    """Turn every error of `app` into problem+json."""
    app.add_exception_handler(errors.OpenbellError, _openbell)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Unforeseen)


DECLARED = {
    "description": "A problem: what happened, the field that is wrong, and what to do.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def declare_problems(app: FastAPI) -> None:
    """Have the document of `app` say that every route may answer with a problem, and with no other error."""
    undeclared = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = undeclared()
            schemas = told["components"]["schemas"]
            for default in ("HTTPValidationError", "ValidationError"):
                schemas.pop(default, None)
            schemas["Problem"] = Problem.model_json_schema()
            for operations in told["paths"].values():
                for operation in operations.values():
                    operation["responses"].pop("422", None)
                    operation["responses"] |= {"4XX": DECLARED, "5XX": DECLARED}
        return app.openapi_schema or {}

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's manual says


async def assert_texts(connection: HTTPConnection) -> None:
    """Raise InvalidInput where an address holds NOT_TEXT, which neither an answer nor every database can hold."""
    _assert_texts([*connection.query_params.values(), *connection.path_params.values()])


async def assert_texts_sent(connection: HTTPConnection) -> None:
    """Raise InvalidInput where the body of a route that reads JSON holds NOT_TEXT. Others leave theirs unread."""
    if isinstance(connection, Request) and getattr(connection.scope["route"], "body_field", None) is not None:
        with suppress(ValueError, RecursionError):  # the route says that it is no JSON
            await run_in_threadpool(_assert_texts, [await connection.json()])


def _assert_texts(told: list[Any]) -> None:
    while told:  # no recursion: a body is as deep as its sender likes
        match told.pop():
            case str(text) if NOT_TEXT.search(text):
                raise errors.InvalidInput("request", "A text holds what is no character.", remedy="Send Unicode.")
            case list(parts):
                told.extend(parts)
            case dict(parts):
                told.extend((*parts, *parts.values()))


def refuse(status: int, what: str, remedy: str) -> JSONResponse:
    """A refusal as problem+json."""
    return _json(Problem(title="Refused", status=status, detail=what, remedy=remedy))


def _json(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    told = {name: value for name, value in problem.model_dump(mode="json").items() if value is not None}
    return JSONResponse(told, problem.status, headers, media_type="application/problem+json")


def _openbell(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, errors.OpenbellError):
        raise error
    status, title = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    problem = Problem(
        title=title,
        status=status,
        detail=error.what,
        field=getattr(error, "field", None),
        remedy=error.remedy or None,
        current=getattr(error, "current", None),
    )
    return _json(problem, _headers(error))


def _headers(error: errors.OpenbellError) -> dict[str, str] | None:
    """What a program reads of an error without its text."""
    if isinstance(error, errors.RateLimited | TooManyTries):
        return {"Retry-After": str(max(1, round(error.retry_after)))}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, LoginNeeded) else None  # RFC 9110, 15.5.2


def _validation(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return _json(Problem(title="Invalid input", status=422, detail="The body is not JSON.", field="body"))
    field = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return _json(Problem(title="Invalid input", status=422, detail=misfit(field, first), field=field))


def misfit(field: str, found: Mapping[str, Any]) -> str:
    """A sentence for what pydantic `found` wrong with a field."""
    return f"{field}: {_said(found['type'], found.get('input'), found.get('ctx', {}), found['msg'])}."


def _said(kind: str, given: object, limits: Mapping[str, object], otherwise: str) -> str:
    """What is wrong with what was `given`, in plain words for the kinds of errors that callers make."""
    if kind == "missing":
        return "this is missing"
    if kind == "string_too_short" and limits["min_length"] == 1:
        return "this is empty"
    form = SAID.get(kind)
    return otherwise if form is None else form.format(given=str(given)[:80], **limits)


def _http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return _json(Problem(title=str(error.detail), status=error.status_code, detail=str(error.detail)))


class Unforeseen:
    """The last resort: the log gets the trace of what failed, the caller a sentence without any inside of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and answer for what fails before it has begun to."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def begin(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, begin)
        except ClientDisconnect:  # a page that was left in the midst of a request
            answer = Response(status_code=LEFT)
        except Exception:  # the API's one broad catch
            if begun:
                raise
            log.exception("%s %r failed", scope["method"], scope["path"])
            answer = _json(FAILED)
        else:
            return
        if not begun:
            await answer(scope, receive, send)
