"""A browser window that remembers what went wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError

DESKTOP, PHONE = (1440, 900), (390, 844)


@dataclass
class Watched:
    """What a page must not do: complain in the console, throw, or ask another machine for anything."""

    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Patterns of complaints that belong to a test: a browser reports each refused request, however well it is met."""

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)

    def assert_clean(self) -> None:
        unexpected = [c for c in self.complaints if not any(re.search(pattern, c) for pattern in self.expected)]
        assert not unexpected, "the page complained:\n" + "\n".join(unexpected)
        assert not self.strangers, "the page asked another machine:\n" + "\n".join(self.strangers)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_error(self, error: WebError) -> None:
        self.complaints.append(str(error.error))

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.hostname not in {"127.0.0.1", "localhost"}:
            self.strangers.append(request.url)


@contextmanager
def window(browser: Browser, address: str, watched: Watched, size: tuple[int, int] = DESKTOP) -> Iterator[Page]:
    """A fresh window on `address`, closed and judged at the end; relative addresses are those of the desk."""
    width, height = size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="light",
        has_touch=size == PHONE,
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    context.set_default_timeout(15_000)
    watched.follow(context)
    yield context.new_page()
    for page in context.pages:
        page.unroute_all(behavior="ignoreErrors")  # one that is under way would fail in the next test
    context.close()
    watched.assert_clean()


@contextmanager
def saves(page: Page, count: int) -> Iterator[None]:
    """Waits until the desk has answered so many changes: whoever reloads sooner takes back what is not sent yet."""
    left = iter(range(count - 1, -1, -1))
    with page.expect_response(lambda answer: answer.request.method == "PUT" and next(left) == 0):
        yield
