"""The watchlist: sorted by address, edited at once, and undone if need be."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from e2e.started import StartedDesk
from e2e.watched import DESKTOP, PHONE, Watched, saves, window

pytestmark = pytest.mark.e2e


def rows(page: Page) -> Locator:
    return page.get_by_role("region", name="Watchlist").locator("tbody tr")


def listed(page: Page) -> list[str]:
    symbols: list[str] = page.request.get("/api/v1/watchlists").json()["watchlists"][0]["symbols"]
    return symbols


def tickers(page: Page) -> Locator:
    return rows(page).locator("td:first-child a > span:first-child")


def test_a_heading_sorts_the_rows_by_address(page: Page):
    page.goto("/")
    own_order = listed(page)
    expect(tickers(page)).to_have_text(own_order)
    page.get_by_role("columnheader", name="Symbol").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"\?sort=symbol$"))
    expect(tickers(page)).to_have_text(sorted(own_order))
    page.get_by_role("columnheader", name="Price").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"\?sort=-price$"))
    expect(page.get_by_role("columnheader", name="Price")).to_have_attribute("aria-sort", "descending")
    for _ in range(2):
        expect(tickers(page).first).to_have_text("DORVI")
        expect(tickers(page).last).to_have_text("XILBA")
        page.reload()


def test_an_unknown_symbol_says_what_to_do_and_can_be_taken_off_again(page: Page, watched: Watched):
    watched.expected.append(r"404 \(Not Found\)")
    page.goto("/")
    expect(rows(page)).to_have_count(19)
    before = listed(page)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("dialog", name="Add to Watchlist")).to_be_visible()
    page.keyboard.type("zzzq")
    with saves(page, 1):
        page.get_by_role("option", name="Take ZZZQ as typed").click()
    row = rows(page).filter(has_text="ZZZQ")
    expect(row).to_contain_text("No prices yet: fetch or import them")
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="There are no prices of ZZZQ here")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("openbell fetch ZZZQ")
    page.go_back()

    with saves(page, 3):
        page.get_by_role("button", name="Remove ZZZQ").click()
        expect(row).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(row).to_have_count(1)
        above = rows(page).nth(18)
        row.get_by_role("link").first.focus()
        page.keyboard.press("Delete")
    expect(row).to_have_count(0)
    expect(rows(page)).to_have_count(19)
    assert listed(page) == before
    expect(above.get_by_role("link")).to_be_focused()


def test_a_phone_takes_a_symbol_off_on_its_page_and_undoes_it(browser: Browser, desk: StartedDesk, watched: Watched):
    with window(browser, desk.address, watched, PHONE) as page:
        page.goto("/symbol/BROMA")
        star = page.get_by_role("button", name="On Watchlist")
        expect(star).to_have_attribute("aria-pressed", "true")
        star.click()
        expect(star).to_have_attribute("aria-pressed", "false")
        expect(page.get_by_text("BROMA is off Watchlist.")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(star).to_have_attribute("aria-pressed", "true")
        page.get_by_role("link", name="Compare BROMA").click()
        expect(page).to_have_url(re.compile(r"/compare\?symbols=BROMA$"))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_stale_price_is_no_move_of_today_and_says_its_day(
    browser: Browser, desk: StartedDesk, watched: Watched, size: tuple[int, int]
):
    def first_is_old(route: Route) -> None:
        told = route.fetch().json()
        old = {"freshness": "stale", "ts": "2026-03-04T00:00:00Z", "age_s": 20e6, "change": 9.52, "change_pct": 90}
        told["quotes"][0] |= old
        route.fulfill(json=told)

    with window(browser, desk.address, watched, size) as page:
        page.route("**/api/v1/quotes?*", first_is_old)
        page.route_web_socket("**/api/v1/live", lambda _: None)
        page.goto("/?sort=-change_pct")
        row = rows(page).last
        expect(row).to_contain_text("QUORB")
        expect(row).to_contain_text("+90.00")
        expect(row.locator(".up, .down")).to_have_count(0)
        expect(row.get_by_text("3 Mar", exact=True).locator("visible=true")).to_have_count(1)


def test_what_cannot_be_a_ticker_is_not_offered_to_be_added(page: Page):
    page.goto("/")
    expect(rows(page)).to_have_count(19)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("!!")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing by that name")
    expect(page.get_by_role("option", name=re.compile("Take|Ask"))).to_have_count(0)


def test_a_row_is_one_stop_of_the_keyboard(page: Page):
    page.goto("/")
    expect(rows(page)).to_have_count(19)
    expect(rows(page).filter(has_text=re.compile(r"\d"))).to_have_count(19)
    first, second = rows(page).nth(0).get_by_role("link"), rows(page).nth(1).get_by_role("link")
    first.focus()
    page.keyboard.press("Tab")
    expect(second).to_be_focused()


def test_a_row_keeps_the_focus_when_its_first_price_comes_in(page: Page):
    held: list[Route] | None = []

    def hold(route: Route) -> None:
        if held is None:
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/v1/quotes?*", hold)
    page.goto("/")
    first = rows(page).first.get_by_role("link")
    expect(first).to_be_visible()
    first.focus()
    assert rows(page).first.locator("td").nth(1).inner_text() == ""
    waiting, held = held, None
    for route in waiting:
        route.continue_()
    expect(rows(page).first.locator("td").nth(1)).to_have_text(re.compile(r"\d\.\d"))
    expect(first).to_be_focused()


def test_on_a_phone_the_search_can_be_read_as_soon_as_it_is_there(
    browser: Browser, desk: StartedDesk, watched: Watched
):
    with window(browser, desk.address, watched, PHONE) as page:
        page.goto("/")
        page.get_by_role("button", name="Add").tap()
        page.get_by_role("dialog").wait_for(state="attached")
        assert page.get_by_role("dialog").evaluate("it => getComputedStyle(it.parentElement).opacity") == "1"


def test_a_heading_stands_over_where_most_of_its_numbers_end(page: Page):
    page.goto("/")
    price = page.get_by_role("row", name="QUORB").locator("td:has(.figures)").first  # the number goes with each trade
    expect(price).to_have_text(re.compile(r"\d\.\d"))
    expect(page.get_by_role("row", name="XILBA").locator("td .figures").first).to_have_text(re.compile(r"\.\d{6}"))
    head = page.get_by_role("columnheader").get_by_role("link", name="Price")
    end = """(element) => {
        const range = document.createRange();
        range.selectNodeContents(element.querySelector(".figures") ?? element);
        return range.getBoundingClientRect().right;
    }"""
    assert abs(head.evaluate(end) - price.evaluate(end)) <= 4
