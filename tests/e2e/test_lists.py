"""Several watchlists: made, named, put in order, shown in views, shared, taken away, removed and brought back."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.started import StartedDesk
from e2e.watched import PHONE, Watched, saves, window

pytestmark = pytest.mark.e2e

LISTS = "/api/v1/watchlists"


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """A demo market of its own: these tests change what others look at."""
    started = StartedDesk(tmp_path_factory.mktemp("lists"))
    started.start()
    yield started
    started.end()


@pytest.fixture
def page(browser: Browser, desk: StartedDesk, watched: Watched) -> Iterator[Page]:
    """A window, with one more list beside the first: QUORB, NIMBO and HAZLO."""
    with window(browser, desk.address, watched) as opened:
        for old in told(opened):
            if old["name"] != "Watchlist":
                opened.request.delete(f"{LISTS}/{old['id']}")
        made = {"name": "Tech", "symbols": ["QUORB", "NIMBO", "HAZLO"]}
        assert opened.request.post(LISTS, data=made).ok
        opened.goto(f"/?list={told(opened)[1]['id']}")
        expect(tickers(opened)).to_have_text(["QUORB", "NIMBO", "HAZLO"])
        yield opened


def told(page: Page) -> list[dict[str, object]]:
    lists: list[dict[str, object]] = page.request.get(LISTS).json()["watchlists"]
    return lists


def names(page: Page) -> list[object]:
    return [each["name"] for each in told(page)]


def tabs(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Watchlists").get_by_role("link")


def rows(page: Page) -> Locator:
    return page.get_by_role("region", name="Watchlist").locator("tbody tr")


def tickers(page: Page) -> Locator:
    return rows(page).locator("td:first-child a > span:first-child")


def from_menu(page: Page, item: str, name: str = "Tech") -> None:
    page.get_by_role("button", name=f"More of {name}").click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_a_list_is_made_named_and_chosen(page: Page, watched: Watched):
    watched.expected.append("422")
    page.get_by_role("button", name="New list").click()
    page.keyboard.type("Tech")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("There is a watchlist of that name already. Choose another.")
    page.get_by_label("Name of the new list").fill("  Europe ")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("Europe is empty", exact=True)).to_be_visible()
    expect(tabs(page)).to_have_text(["Watchlist", "Tech", "Europe"])
    expect(page.get_by_role("link", name="Europe")).to_have_attribute("aria-current", "true")
    expect(page).to_have_title(re.compile("^Europe"))
    tabs(page).nth(1).click()
    expect(tickers(page)).to_have_text(["QUORB", "NIMBO", "HAZLO"])


def test_a_list_is_renamed_or_left_as_it_was(page: Page):
    from_menu(page, "Rename")
    page.keyboard.type("Robots")
    page.keyboard.press("Escape")
    expect(tabs(page)).to_have_text(["Watchlist", "Tech"])
    from_menu(page, "Rename")
    page.keyboard.type("Robots")
    page.keyboard.press("Enter")
    expect(tabs(page)).to_have_text(["Watchlist", "Robots"])
    assert names(page) == ["Watchlist", "Robots"]


def test_a_removed_list_comes_back_with_its_number(page: Page):
    before = told(page)
    from_menu(page, "Remove the list")
    expect(page.get_by_text("Tech is removed.")).to_be_visible()
    expect(rows(page)).to_have_count(19)
    assert names(page) == ["Watchlist"]
    page.get_by_role("button", name="Undo").click()
    expect(tickers(page)).to_have_text(["QUORB", "NIMBO", "HAZLO"])
    assert told(page) == before


def test_rows_are_dragged_and_the_move_is_undone(page: Page):
    with saves(page, 3):
        rows(page).nth(0).drag_to(rows(page).nth(2))
        expect(tickers(page)).to_have_text(["NIMBO", "HAZLO", "QUORB"])
        expect(page.get_by_text("QUORB is at place 3 of 3.")).to_be_visible()
        rows(page).nth(2).drag_to(rows(page).nth(1))
        expect(tickers(page)).to_have_text(["NIMBO", "QUORB", "HAZLO"])
        page.get_by_role("button", name="Undo").click()
    expect(tickers(page)).to_have_text(["NIMBO", "HAZLO", "QUORB"])
    page.reload()
    expect(tickers(page)).to_have_text(["NIMBO", "HAZLO", "QUORB"])


def test_alt_and_an_arrow_move_a_row_which_keeps_the_focus(page: Page):
    rows(page).nth(2).get_by_role("link").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(tickers(page)).to_have_text(["QUORB", "HAZLO", "NIMBO"])
    expect(rows(page).nth(1).get_by_role("link")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    expect(tickers(page)).to_have_text(["HAZLO", "QUORB", "NIMBO"])
    expect(rows(page).nth(0).get_by_role("link")).to_be_focused()


def test_a_sorted_list_is_not_moved_but_leads_to_its_own_order(page: Page):
    page.get_by_role("columnheader", name="Symbol").get_by_role("link").click()
    expect(tickers(page)).to_have_text(["HAZLO", "NIMBO", "QUORB"])
    rows(page).nth(1).get_by_role("link").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_role("button", name="Show that").click()
    expect(tickers(page)).to_have_text(["QUORB", "NIMBO", "HAZLO"])


def test_lists_are_dragged_and_moved_by_key_and_menu(page: Page):
    with saves(page, 1):
        tabs(page).nth(1).drag_to(tabs(page).nth(0))
    expect(tabs(page)).to_have_text(["Tech", "Watchlist"])
    tabs(page).nth(0).focus()
    with saves(page, 1):
        page.keyboard.press("Alt+Shift+ArrowRight")
    expect(tabs(page)).to_have_text(["Watchlist", "Tech"])
    with saves(page, 1):
        from_menu(page, "Move left")
    expect(tabs(page)).to_have_text(["Tech", "Watchlist"])
    assert names(page) == ["Tech", "Watchlist"]
    with saves(page, 1):
        from_menu(page, "Move right")


def test_a_view_and_its_sort_are_in_the_address(page: Page):
    page.get_by_role("link", name="Performance").click()
    heads = page.get_by_role("columnheader")
    expect(heads).to_have_text(
        ["Symbol", "Price", "1D %", "5D %", "1M %", "3M %", "YTD %", "1Y %", "Move or remove"], use_inner_text=False
    )
    expect(rows(page).first.locator("td").nth(7)).to_have_text(re.compile(r"^[+\u2212]\d+\.\d\d$"))
    heads.filter(has_text="1Y").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/\?list=\d+&view=performance&sort=-1Y$"))
    figures = page.request.get("/api/v1/figures?symbols=QUORB,NIMBO,HAZLO").json()["figures"]
    years = {each["symbol"]: each["changes"]["1Y"]["close"] for each in figures}
    prices = {each["symbol"]: each["price"] for each in quotes(page)}
    order = sorted(years, key=lambda symbol: years[symbol] / prices[symbol])
    expect(tickers(page)).to_have_text(order)
    page.reload()
    expect(tickers(page)).to_have_text(order)
    expect(heads.filter(has_text="1Y")).to_have_attribute("aria-sort", "descending")


def quotes(page: Page) -> list[dict[str, float]]:
    found: list[dict[str, float]] = page.request.get("/api/v1/quotes?symbols=QUORB,NIMBO,HAZLO").json()["quotes"]
    return found


def test_beta_is_measured_by_what_the_reader_chooses(page: Page):
    page.get_by_role("link", name="Risk").click()
    expect(page.get_by_text("Beta is measured by BROMA.")).to_be_visible()
    page.get_by_role("button", name="Choose another").click()
    page.keyboard.type("quorb")
    page.get_by_role("option", name=re.compile("QUORB")).first.click()
    expect(page).to_have_url(re.compile("benchmark=QUORB"))
    expect(rows(page).first.locator("td").nth(4)).to_have_text("1.00")
    expect(rows(page).first.locator("td").nth(5)).to_have_text(re.compile(r"^\d+\.\d\d\s*\d+\.\d\d$"))
    page.goto(f"{page.url.split('&')[0]}&view=risk&benchmark=SPY")
    expect(page.get_by_text("There are no prices of SPY, and so no beta.")).to_be_visible()
    expect(rows(page).first.locator("td").nth(4)).to_have_text("\u2013")


def test_details_show_bid_and_ask_and_what_the_company_does(page: Page):
    page.get_by_role("link", name="Details").click()
    first = rows(page).first.locator("td")
    expect(first.nth(4)).to_have_text(re.compile(r"^\d+\.\d\d$"))
    expect(first.nth(8)).to_have_text("stock")
    expect(first.nth(9)).to_have_text("Technology")


def test_the_file_holds_what_is_shown_in_its_order(page: Page):
    page.get_by_role("link", name="Details").click()
    page.get_by_role("columnheader", name="Symbol").get_by_role("link").click()
    expect(tickers(page)).to_have_text(["HAZLO", "NIMBO", "QUORB"])
    expect(rows(page).first).to_contain_text("Consumer staples")
    with page.expect_download() as taken:
        from_menu(page, "Take away as CSV")
    assert taken.value.suggested_filename == "Tech.csv"
    head, *lines = csv.reader(Path(taken.value.path()).read_text().splitlines())
    assert head == [
        *("symbol", "name", "price", "at"),
        *("bid size", "bid", "ask", "ask size", "volume", "type", "sector"),
    ]
    assert [[line[0], line[1], *line[9:]] for line in lines] == [
        ["HAZLO", "Hazlo Foods", "stock", "Consumer staples"],
        ["NIMBO", "Nimbo Cloud", "stock", "Technology"],
        ["QUORB", "Quorb Robotics", "stock", "Technology"],
    ]
    assert all(float(line[2]) > 0 for line in lines)


def test_who_was_not_asked_first_is_told_that_the_list_has_changed(page: Page, watched: Watched):
    watched.expected.append("409")
    tech = told(page)[1]
    assert page.request.put(f"{LISTS}/{tech['id']}", data={"symbols": ["QUORB", "NIMBO", "HAZLO", "KREVA"]}).ok
    rows(page).nth(0).get_by_role("link").focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("Not saved. Tech was changed meanwhile.")).to_be_visible()
    expect(tickers(page)).to_have_text(["QUORB", "NIMBO", "HAZLO", "KREVA"])


def test_two_quick_changes_are_both_kept(page: Page):
    rows(page).nth(0).get_by_role("link").focus()
    with saves(page, 3):
        page.keyboard.press("Delete")
        page.keyboard.press("Delete")
        expect(tickers(page)).to_have_text(["HAZLO"])
        page.get_by_role("button", name="Undo").click()
    expect(tickers(page)).to_have_text(["NIMBO", "HAZLO"])
    page.reload()
    expect(tickers(page)).to_have_text(["NIMBO", "HAZLO"])


def test_a_menu_is_walked_by_keys_and_closes_without_a_trace(page: Page):
    more = page.get_by_role("button", name="More of Tech")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Remove the list")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(more).to_be_focused()


def test_all_lists_can_be_removed_and_one_begun_anew(page: Page):
    first = told(page)[0]
    page.request.delete(f"{LISTS}/{first['id']}")
    page.reload()
    from_menu(page, "Remove the list")
    expect(page.get_by_text("There is no watchlist", exact=True)).to_be_visible()
    page.get_by_role("button", name="New list").click()
    page.get_by_label("Name of the new list").fill("Anew")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Anew is empty", exact=True)).to_be_visible()
    page.request.delete(f"{LISTS}/{told(page)[0]['id']}")
    assert page.request.post(f"{LISTS}/{first['id']}/restore").ok


@pytest.mark.parametrize("view", ["performance", "risk", "details"])
def test_a_phone_shows_cards_that_sort(page: Page, browser: Browser, desk: StartedDesk, watched: Watched, view: str):
    key = told(page)[1]["id"]
    with window(browser, desk.address, watched, PHONE) as phone:
        phone.goto(f"/?list={key}&view={view}")
        cards = phone.get_by_role("list", name="Tech").get_by_role("listitem")
        expect(cards.locator("a > span:first-child")).to_have_text(["QUORB", "NIMBO", "HAZLO"])
        expect(cards.first.locator("dd").first).to_have_text(re.compile(r"\d|now"))
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        phone.get_by_label("Order").select_option("symbol")
        expect(cards.locator("a > span:first-child")).to_have_text(["HAZLO", "NIMBO", "QUORB"])
        expect(phone).to_have_url(re.compile("sort=symbol"))


def test_a_phone_puts_a_list_in_order_by_touch(page: Page, browser: Browser, desk: StartedDesk, watched: Watched):
    key = told(page)[1]["id"]
    with window(browser, desk.address, watched, PHONE) as phone:
        phone.goto(f"/?list={key}")
        phone.get_by_role("button", name="More of Tech").tap()
        phone.get_by_role("menuitem", name="Arrange symbols").tap()
        items = phone.get_by_role("region", name="Watchlist").get_by_role("listitem").locator("> span:first-child")
        expect(items).to_have_text(["QUORB", "NIMBO", "HAZLO"])
        phone.get_by_role("button", name="Move QUORB down").tap()
        expect(items).to_have_text(["NIMBO", "QUORB", "HAZLO"])
        phone.get_by_role("button", name="Move HAZLO to the top").tap()
        expect(items).to_have_text(["HAZLO", "NIMBO", "QUORB"])
        phone.get_by_role("button", name="Remove NIMBO").tap()
        expect(items).to_have_text(["HAZLO", "QUORB"])
        phone.get_by_role("button", name="Done").tap()
        expect(tickers(phone)).to_have_text(["HAZLO", "QUORB"])


def test_a_list_is_shared_with_another_person(page: Page, desk: StartedDesk):
    from_menu(page, "Share")
    panel = page.get_by_role("region", name="Sharing of Tech")
    expect(panel).to_contain_text("Nobody yet.")
    expect(panel).to_contain_text("Nobody else uses this desk.")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
    desk.run("user", "add", "Anna", typed="correct horse battery staple\n")
    page.reload()
    from_menu(page, "Share")
    panel.get_by_label("Right").select_option("write")
    panel.get_by_role("button", name="Share").click()
    expect(panel.get_by_label("What Anna may do")).to_have_value("write")
    panel.get_by_label("What Anna may do").select_option("read")
    key = told(page)[1]["id"]
    expect(panel.get_by_label("What Anna may do")).to_have_value("read")
    shares = page.request.get(f"{LISTS}/{key}/shares").json()["shares"]
    assert [(each["name"], each["right"]) for each in shares] == [("Anna", "read")]
    panel.get_by_role("button", name="Remove Anna").click()
    expect(panel).to_contain_text("Nobody yet.")


def test_a_list_that_one_may_only_read_offers_no_change(page: Page):
    lists = told(page)
    others = {**lists[1], "name": "Theirs", "right": "read", "owner": "Anna"}
    page.route(f"**{LISTS}", lambda route: route.fulfill(json={"watchlists": [lists[0], others]}))
    page.reload()
    expect(tickers(page)).to_have_text(["QUORB", "NIMBO", "HAZLO"])
    expect(tabs(page).nth(1)).to_have_text("Theirs Anna")
    expect(page.get_by_role("button", name=re.compile("^(Add|Remove)"))).to_have_count(0)
    page.get_by_role("button", name="More of Theirs").click()
    expect(page.get_by_role("menuitem")).to_have_text(["Take away as CSV", "Leave the list"])
