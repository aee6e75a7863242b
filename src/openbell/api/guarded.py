"""Which requests the desk refuses before any route is asked, and what every answer tells the browser."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openbell.api.access import READING, asked_by_own_page, known_name
from openbell.api.problems import refuse
from openbell.settings import Settings

POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


class Guarded:
    """An application that is asked under the desk's own names, and written to by its own page only."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may be asked; tell browsers to keep the answer closed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if not known_name(connection, self._settings):
            remedy = "Use the address that `openbell up` printed, or add the name to OPENBELL_NAMES."
            await refuse(400, "This desk is not known under that name.", remedy)(scope, receive, send)
            return
        if scope["method"] not in READING and not _own_page(connection):
            answer = refuse(403, "This request comes from another site.", "Use the desk's own page.")
            await answer(scope, receive, send)
            return

        async def closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                if scope["path"].startswith("/api/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, closed)


def _own_page(connection: HTTPConnection) -> bool:
    sent_by = connection.headers.get("sec-fetch-site", "none")
    return sent_by in {"same-origin", "none"} and asked_by_own_page(connection)
