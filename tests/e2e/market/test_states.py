"""What the page says when the desk is away, a symbol is unknown, or an address is wrong."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.started import StartedDesk
from e2e.watched import Watched, window

pytestmark = pytest.mark.e2e

SOON_S = 8
AWAY = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE_CHUNKED_ENCODING")


@pytest.fixture(scope="module")
def own_desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """A desk that a test may end, and starts again."""
    desk = StartedDesk(tmp_path_factory.mktemp("own"))
    desk.start()
    yield desk
    desk.end()


def test_a_desk_that_went_away_is_missed_and_its_return_is_noticed(
    browser: Browser, own_desk: StartedDesk, watched: Watched
):
    watched.expected.extend(AWAY)
    with window(browser, own_desk.address, watched) as page:
        page.goto("/")
        feed = page.get_by_role("banner").get_by_role("status")
        expect(feed).to_have_text("Live")
        expect(page.get_by_role("row", name="QUORB")).to_contain_text(re.compile(r"now|ago"))

        began = monotonic()
        assert own_desk.end(by=signal.SIGINT) == 0
        assert monotonic() - began < SOON_S
        expect(feed).to_have_text("Desk not answering")
        expect(page.get_by_role("row", name="QUORB")).to_contain_text(re.compile(r"\d"))

        own_desk.start()
        expect(feed).to_have_text("Live")
        expect(page.get_by_role("row", name="QUORB")).to_contain_text(re.compile(r"now|ago"))


def test_a_page_opened_while_the_desk_is_away_says_what_to_start_and_mends_itself(
    browser: Browser, own_desk: StartedDesk, watched: Watched
):
    watched.expected.extend(AWAY)
    with window(browser, own_desk.address, watched) as page:
        page.goto("/help")
        expect(page.get_by_role("heading", name="Market hours")).to_be_visible()
        began = monotonic()
        assert own_desk.end(by=signal.SIGTERM) == 0
        assert monotonic() - began < SOON_S
        page.get_by_role("link", name="Home", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("The desk does not answer")
        expect(page.get_by_role("alert")).to_contain_text("openbell up")
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        own_desk.start()
        expect(page.get_by_role("row", name="QUORB")).to_contain_text(re.compile(r"now|ago"))


def test_an_unknown_symbol_says_how_to_get_its_prices(page: Page, watched: Watched):
    watched.expected.append(r"404 \(Not Found\)")
    page.goto("/symbol/ZZZQ")
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no prices of ZZZQ here")
    expect(page.get_by_role("main")).to_contain_text("openbell fetch ZZZQ")
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_visible()


def test_letters_that_cannot_be_a_ticker_are_not_asked_for(page: Page):
    page.goto("/symbol/!!")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "\N{LEFT DOUBLE QUOTATION MARK}!!\N{RIGHT DOUBLE QUOTATION MARK} cannot be a ticker"
    )
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_an_unknown_address_leads_home(page: Page):
    page.goto("/portfolios/of/others")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    page.get_by_role("link", name="Go to the watchlist").click()
    expect(page.get_by_role("region", name="Watchlist").locator("tbody tr")).to_have_count(19)


def test_a_comparison_of_one_and_an_empty_stretch_say_what_to_choose(page: Page):
    page.goto("/compare?symbols=QUORB")
    expect(page.get_by_role("main")).to_contain_text("Add a second symbol")
    page.goto("/symbol/QUORB?from=2001-01-01&to=2001-02-01")
    expect(page.get_by_role("main")).to_contain_text("No prices of QUORB in this range")
    page.get_by_role("link", name="Show all there is").click()
    expect(page.get_by_role("application")).to_be_visible()
