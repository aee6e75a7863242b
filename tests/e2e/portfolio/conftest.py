"""One running desk for the tests of portfolios' pages, and a portfolio on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from e2e.household import Household
from e2e.started import StartedDesk
from e2e.watched import Watched, window


@pytest.fixture(scope="package")
def portfolio_desk(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """The demo market, for tests that make portfolios of their own and leave others alone."""
    started = StartedDesk(tmp_path_factory.mktemp("portfolios"))
    started.start()
    yield started
    started.end()


@pytest.fixture(scope="package")
def household(portfolio_desk: StartedDesk) -> Household:
    """A portfolio with a year and a half behind it, for tests that leave it as it was."""
    return Household.make(portfolio_desk.address).live()


@pytest.fixture
def folio(browser: Browser, portfolio_desk: StartedDesk, watched: Watched) -> Iterator[Page]:
    """A window on the desk with portfolios."""
    with window(browser, portfolio_desk.address, watched) as opened:
        yield opened
