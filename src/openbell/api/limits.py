"""How large a request may be: counted while it comes, before anything of it is believed."""

from __future__ import annotations

import re
from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openbell.api.problems import refuse
from openbell.store.uploads import LARGEST as LARGEST_FILE

LARGEST = 2_000_000
"""Bytes of a request that carries no file."""

FILES = re.compile(r"/api/v1/portfolios/(\d+/uploads|from-export)")
"""The paths that take files; each reads them once it knows who sends them."""

LEAST = 100_000
"""Bytes of a request that anybody may send, before they have signed in."""

DOORS = re.compile(r"/api/v1/(sessions|users/join)(/.*)?")
"""The paths where one signs in or joins."""


class Limited:
    """An application that reads no more of a request than it may have, and refuses it then."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = _largest(scope["path"])
        came, over = 0, _announced(scope) > largest

        async def counted() -> Message:
            nonlocal came, over
            message = await receive()
            came += len(message.get("body", b""))
            over = over or came > largest
            return {"type": "http.disconnect"} if over else message

        async def passed_on(message: Message) -> None:
            if not over:
                await send(message)

        if not over:
            with suppress(ClientDisconnect):
                await self._app(scope, counted, passed_on)
        if over:
            answer = refuse(413, f"The request has more than {largest:,} bytes.", "Send less at once.")
            await answer(scope, receive, send)


def _largest(path: str) -> int:
    """Bytes that a request to `path` may have."""
    if FILES.fullmatch(path):
        return LARGEST_FILE
    return LEAST if DOORS.fullmatch(path) else LARGEST


def _announced(scope: Scope) -> int:
    """The length that a request says it has; 0 where it does not say."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() else 0
