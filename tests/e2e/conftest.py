"""One browser and one running desk for all end-to-end tests; a fresh window for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from e2e.household import Household
from e2e.signed import PASSWORD, add_people, share_first_list
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


def missing(what: str) -> NoReturn:
    """A machine without a browser may skip these tests; CI may not."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(f"NO END-TO-END TEST WAS RUN: {what}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is, and its page."""
    chromium = os.environ.get("OPENBELL_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        missing("there is no Chromium; install it, or name it in OPENBELL_CHROMIUM.")
    if not PAGE.is_file():
        missing("the page is not built; run `make web`.")
    expect.set_options(timeout=15_000)
    return chromium


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for each file: its loop must not run while others' tests do."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=[f"--{flag}" for flag in FLAGS])
        yield started
        started.close()


@pytest.fixture(scope="session")
def desk(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """The demo market, for tests that leave it as it was."""
    started = StartedDesk(tmp_path_factory.mktemp("running"))
    started.start()
    yield started
    started.end()


@pytest.fixture(scope="session")
def portfolio_desk(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """The demo market, for tests that make portfolios of their own and leave others alone."""
    started = StartedDesk(tmp_path_factory.mktemp("portfolios"))
    started.start()
    yield started
    started.end()


@pytest.fixture(scope="session")
def household(portfolio_desk: StartedDesk) -> Household:
    """A portfolio with a year and a half behind it, for tests that leave it as it was."""
    return Household.make(portfolio_desk.address).live()


@pytest.fixture
def folio(browser: Browser, portfolio_desk: StartedDesk, watched: Watched) -> Iterator[Page]:
    """A window on the desk with portfolios."""
    with window(browser, portfolio_desk.address, watched) as opened:
        yield opened


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def page(browser: Browser, desk: StartedDesk, watched: Watched) -> Iterator[Page]:
    """A window on the desk, as wide as a desk's."""
    with window(browser, desk.address, watched) as opened:
        yield opened


@pytest.fixture(scope="session")
def house(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """A desk with passwords: `owner`, the member `ann` and the viewer `vic`, who share the owner's first watchlist."""
    started = StartedDesk(tmp_path_factory.mktemp("house"))
    started.start()
    started.run("user", "password", "owner", typed=PASSWORD)
    add_people(started, ann="member", vic="viewer")
    share_first_list(started, ann="write", vic="write")
    yield started
    started.end()
