"""Answers of portfolios that are given again as they were, for as long as what they were computed from is the same."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np
from fastapi import APIRouter, Response
from pydantic import BaseModel

from openbell.api.access import Role, allow
from openbell.api.reckoning import Asked

FAST = 4
"""How hard is tried to make an answer small: twice as hard takes five times as long, for a tenth less."""
SMALL = 1024
"""Bytes that are not worth the trouble."""


Answer = TypeVar("Answer", bound=Callable[..., BaseModel])


def get_once(router: APIRouter, path: str) -> Callable[[Answer], Answer]:
    """A route for viewers whose answer follows from its query and the book that is `asked`, and from nothing else."""

    def declared(answer: Answer) -> Answer:
        router.get(path, dependencies=[allow(Role.VIEWER)])(_kept(answer))
        return answer

    return declared


def _kept(answer: Callable[..., BaseModel]) -> Callable[..., Response]:
    @wraps(answer)
    def once(**query: Any) -> Response:
        asked: Asked = query["asked"]
        key = (answer.__qualname__, *(_told(value) for name, value in query.items() if name != "asked"))
        packed = asked.reckoned.answers.once(key, lambda: _packed(answer(**query)))
        if packed[:2] != _GZIP:
            return Response(packed, media_type="application/json")
        if "gzip" not in asked.accepts:
            return Response(gzip.decompress(packed), media_type="application/json", headers=_VARIES)
        return Response(packed, media_type="application/json", headers={**_VARIES, "Content-Encoding": "gzip"})

    return once


_VARIES = {"Vary": "Accept-Encoding"}
_GZIP = b"\x1f\x8b"


def _packed(answer: BaseModel) -> bytes:
    plain = answer.model_dump_json().encode()
    return plain if len(plain) < SMALL else gzip.compress(plain, FAST, mtime=0)


def _told(value: object) -> object:
    """What was asked, so that it can be compared."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    return tuple(value) if isinstance(value, list) else value
