"""How large a request may be: read before anything of it is believed."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openbell.model.errors import OpenbellError
from openbell.store.uploads import LARGEST as LARGEST_FILE

LARGEST = 2_000_000
"""Bytes of a request that carries no file."""

FILES = "/uploads"
"""The end of those paths that take files."""


class TooLarge(OpenbellError):
    """A request has more bytes than anything that it could say; send less."""


class Limited:
    """An application whose requests end with TooLarge where they would not end otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest, read = LARGEST_FILE if scope["path"].endswith(FILES) else LARGEST, 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > largest:
                raise TooLarge(f"The request has more than {largest:,} bytes.", remedy="Send less at once.")
            return message

        await self._app(scope, counted, send)
