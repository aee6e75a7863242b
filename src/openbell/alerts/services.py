"""An alert by one of the hundred services that Apprise speaks to."""

from __future__ import annotations

import asyncio
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import get_ident

from openbell.alerts.message import GONE, SECRET, Message, Undelivered
from openbell.model.errors import InvalidInput

_SENDERS = ThreadPoolExecutor(16, "apprise")
"""Its own threads: services that do not answer leave those by which prices are stored alone."""


@dataclass(frozen=True, slots=True)
class Apprise:
    """A service that Apprise speaks to: Telegram, Discord, Slack, ntfy, SNS and more, by its address.

    Apprise takes no idempotency key and gives no receipt: a repeat arrives twice, and the log says only that it was
    accepted.
    """

    url: str = field(repr=False, metadata=SECRET)

    def __post_init__(self) -> None:
        if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S", self.url):
            raise InvalidInput("url", "This is no address for Apprise.", remedy="Such as ntfy://topic.")

    async def send(self, message: Message, key: str, now: datetime) -> str:  # noqa: ARG002  # see the class
        """As Channel promises; one that is given up meanwhile ends by Apprise's own time-outs."""
        return await asyncio.get_running_loop().run_in_executor(_SENDERS, self._notify, message)

    def _notify(self, message: Message) -> str:
        import apprise  # noqa: PLC0415  # 0.7 s and 30 MB

        statuses = _Statuses()
        logger = logging.getLogger("apprise")
        logger.propagate = False  # it tells whole addresses, with the keys in them
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # and so do this one's warnings
        logger.addHandler(statuses)
        try:
            sender = apprise.Apprise()
            if not sender.add(self.url):
                raise Undelivered("Apprise does not understand the address.", permanent=True)
            accepted = sender.notify(body=message.text, title=message.symbol, body_format="text")
        finally:
            logger.removeHandler(statuses)
        if not accepted:
            told = f" (HTTP {statuses.newest})" if statuses.newest else ""
            raise Undelivered(f"The service did not accept it{told}.", permanent=statuses.newest in GONE)
        return "Accepted; Apprise gives no receipt."


class _Statuses(logging.Handler):
    """The HTTP status that Apprise tells its log only, of this thread. Its other words may hold keys."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = get_ident()
        self.newest: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Remember the status."""
        found = re.search(r"error=(\d{3})\b", record.getMessage())
        if found and record.thread == self._thread:
            self.newest = int(found[1])
