"""The keyboard can do it all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.e2e


def test_the_palette_opens_with_its_first_entry_chosen(page: Page):
    page.goto("/")
    expect(page.get_by_role("region", name="Watchlist").get_by_role("link", name="LANTU")).to_be_visible()
    page.keyboard.press("/")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("SIM")
    expect(first).to_have_attribute("data-focused", "true")
    ticker = first.locator("span").first.inner_text()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/symbol/{ticker}$"))


def test_slash_finds_a_symbol_by_its_name_and_enter_goes_there(page: Page):
    page.goto("/")
    expect(page.get_by_role("region", name="Watchlist").get_by_role("link", name="LANTU")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("dialog", name="Search symbols, pages, actions")).to_be_visible()
    page.keyboard.type("lantern")
    expect(page.get_by_role("option").first).to_contain_text("Amalgamated Lighthouse and Lantern Works")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/symbol/LANTU$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("LANTU")


def test_enter_right_after_the_last_letter_goes_to_what_is_found_for_all_of_them(page: Page):
    page.goto("/")
    expect(page.get_by_role("region", name="Watchlist").get_by_role("link", name="LANTU")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("option").first).to_have_attribute("data-focused", "true")
    page.keyboard.type("lantern")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/symbol/LANTU$"))


def test_what_is_typed_while_the_palette_is_fetched_stands_in_its_field(page: Page):
    fetched: list[Route] = []

    def hold(route: Route) -> None:
        fetched.append(route)

    page.route("**/assets/Palette-*.js", hold)
    page.goto("/symbol/HAZLO")
    expect(page.get_by_role("application")).to_be_visible()
    with page.expect_request("**/assets/Palette-*.js"):
        page.keyboard.press("/")
        page.keyboard.type("t[")
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("quot")
        page.keyboard.press("Backspace")
    fetched[0].continue_()
    field = page.get_by_role("searchbox", name="Search symbols, pages, actions")
    expect(field).to_have_value("quo")
    expect(field).to_be_focused()
    page.keyboard.type("rb")
    expect(field).to_have_value("quorb")
    expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text("QUORB")
    expect(page).to_have_url(re.compile("/symbol/HAZLO$"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/symbol/QUORB$"))


def test_a_question_mark_lists_the_shortcuts_and_escape_closes_what_is_open(page: Page):
    page.goto("/symbol/HAZLO")
    expect(page.get_by_role("application")).to_be_visible()
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_contain_text("Read bar by bar")
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog")
    expect(palette).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()


def test_g_and_a_letter_go_to_a_page(page: Page):
    page.goto("/symbol/HAZLO")
    expect(page.get_by_role("application")).to_be_visible()
    for letter, path in (
        ("p", "/portfolio"),
        ("a", "/alerts"),
        ("c", "/compare"),
        ("s", "/sources"),
        ("?", "/help"),
        ("h", "/"),
    ):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        expect(page).to_have_url(re.compile(f"{path}$"))


def test_arrows_walk_the_bars_aloud_and_the_legend_follows(page: Page):
    page.goto("/symbol/HAZLO?range=1Y")
    chart = page.get_by_role("application")
    expect(chart).to_be_visible()
    said, legend = page.locator("figure [aria-live=polite]"), page.get_by_role("figure")
    chart.press("Home")
    expect(said).to_have_text(re.compile(r"^\d+ \w+ \d{4}: open .+, high .+, low .+, close .+, volume .+\.$"))
    first = said.inner_text()
    chart.press("ArrowRight")
    expect(said).not_to_have_text(first)
    second = said.inner_text()
    expect(legend).to_contain_text(second.partition(":")[0])
    chart.press("ArrowLeft")
    expect(said).to_have_text(first)
    chart.press("End")
    chart.press("ArrowLeft")
    expect(said).not_to_have_text(first)


def test_plus_zooms_around_the_bar_that_is_read(page: Page):
    page.goto("/symbol/HAZLO?range=1Y")
    chart, legend = page.get_by_role("application"), page.get_by_role("figure")
    expect(chart).to_be_visible()
    chart.press("Home")
    for _ in range(10):
        chart.press("ArrowRight")
    read = page.locator("figure [aria-live=polite]").inner_text().partition(":")[0]
    for _ in range(12):
        chart.press("+")
    expect(legend).to_contain_text(re.compile(f"^{read}"))
    box = chart.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, box["y"] + 100)
    day = datetime.strptime(read, "%d %b %Y").replace(tzinfo=UTC)
    leftmost = "|".join(f"{each.day} {each:%b %Y}" for each in (day - timedelta(days=1), day))
    expect(legend).to_contain_text(re.compile(f"^({leftmost})"))


def test_brackets_shorten_and_lengthen_the_range(page: Page):
    page.goto("/symbol/HAZLO?range=3M")
    expect(page.get_by_role("application")).to_be_visible()
    page.keyboard.press("[")
    expect(page).to_have_url(re.compile("range=1M$"))
    page.keyboard.press("]")
    expect(page).to_have_url(re.compile("range=3M$"))


def test_what_has_the_focus_is_outlined_wherever_tab_goes(page: Page):
    page.goto("/symbol/HAZLO")
    expect(page.get_by_role("application")).to_be_visible()
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
                const it = document.activeElement;
                const name = it === document.body ? 'BODY' : it.ariaLabel || it.innerText || it.tagName;
                return [name, getComputedStyle(it).outlineStyle];
            }"""
        )
        if name == "BODY":
            break
        assert outline != "none", f"{name} has the focus and does not show it"
        seen.add(name)
    assert len(seen) >= 25


def test_escape_closes_the_palette_also_with_letters_in_it(page: Page):
    page.goto("/")
    expect(page.get_by_role("region", name="Watchlist").get_by_role("link", name="LANTU")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("qu")
    expect(page.get_by_role("option", name="QUORB")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_arrow_down_goes_to_the_first_row_and_on_to_the_next(page: Page):
    page.goto("/")
    rows = page.get_by_role("region", name="Watchlist").locator("tbody tr")
    expect(rows.filter(has_text=re.compile(r"\d\.\d"))).to_have_count(19)
    links = rows.locator("td:first-child a")
    page.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()


def test_what_is_on_the_list_already_is_offered_last(page: Page):
    def less(route: Route) -> None:
        told = route.fetch().json()
        offered = page.request.get("/api/v1/symbols?q=&limit=8").json()["symbols"]
        told["watchlists"][0]["symbols"] = [symbol["ticker"] for symbol in offered[:3]]
        route.fulfill(json=told)

    page.route("**/api/v1/watchlists", less)
    page.goto("/")
    rows = page.get_by_role("region", name="Watchlist").locator("tbody tr")
    expect(rows).to_have_count(3)
    listed = rows.first.locator("a > span").first.inner_text()
    page.get_by_role("button", name="Add").click()
    options = page.get_by_role("option")
    expect(options).to_have_count(8)
    expect(options.first).not_to_contain_text(listed)
    expect(options.nth(5)).to_contain_text(listed)
