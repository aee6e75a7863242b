"""A browser for each file of end-to-end tests, and a fresh window for each test.

The tests of a folder share a desk, which is ended after them: each that runs takes of the machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

import pytest
from bench.page import chromium as chromium_here
from playwright.sync_api import Browser, Page, expect, sync_playwright

from e2e.started import StartedDesk
from e2e.watched import Watched, window

PAGE = Path(str(files("openbell.api") / "page" / "index.html"))
FLAGS = (
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
)


BUSY_MS = 30_000
"""How long a busy machine may take to show what is expected."""


def missing(what: str) -> NoReturn:
    """A machine without a browser may skip these tests; CI may not."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(f"NO END-TO-END TEST WAS RUN: {what}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is, and its page."""
    found = chromium_here()
    if found is None:
        missing("there is no Chromium; install it, or name it in OPENBELL_CHROMIUM.")
    if not PAGE.is_file():
        missing("the page is not built; run `make web`.")
    expect.set_options(timeout=BUSY_MS)
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for each file: its loop must not run while others' tests do."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=[f"--{flag}" for flag in FLAGS])
        yield started
        started.close()


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def page(browser: Browser, desk: StartedDesk, watched: Watched) -> Iterator[Page]:
    """A window on the desk, as wide as a desk's."""
    with window(browser, desk.address, watched) as opened:
        yield opened
