"""A portfolio that several people have: who may see or change it, whose it is, and the way out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.laws import SETTLED, assert_lawful
from e2e.signed import PASSWORD, open_as
from e2e.started import StartedDesk
from e2e.watched import PHONE, Watched, window

pytestmark = pytest.mark.e2e


@pytest.fixture
def ours(house: StartedDesk) -> Iterator[int]:
    """The number of the owner's portfolio `Ours`, which has all that a sample has, and is shared with nobody."""
    with owner_of(house) as owner:
        made = owner.post("portfolios/sample").raise_for_status().json()
        told = {key: made[key] for key in ("base", "method", "benchmark", "thresholds", "version")}
        owner.put(f"portfolios/{made['id']}", json={**told, "name": "Ours"}).raise_for_status()
        yield made["id"]
        owner.delete(f"portfolios/{made['id']}", params={"name": "Ours"}).raise_for_status()


@contextmanager
def owner_of(desk: StartedDesk) -> Iterator[httpx.Client]:
    """The API of a desk, asked by its owner."""
    with httpx.Client(base_url=f"{desk.address}/api/v1/", timeout=60) as owner:
        owner.post("sessions", json={"name": "owner", "password": PASSWORD}).raise_for_status()
        owner.headers["x-csrf-token"] = owner.cookies["openbell_csrf"]
        yield owner


def share(desk: StartedDesk, portfolio: int, name: str, right: str) -> None:
    with owner_of(desk) as owner:
        (person,) = (each["id"] for each in owner.get("users").json()["people"] if each["name"] == name)
        owner.put(f"portfolios/{portfolio}/shares/{person}", json={"right": right}).raise_for_status()


def sharing(page: Page) -> Locator:
    return page.get_by_role("region", name="Sharing of Ours")


def test_a_portfolio_is_shared_the_right_changed_and_taken_back(
    browser: Browser, house: StartedDesk, watched: Watched, ours: int
):
    with window(browser, house.address, watched) as page:
        open_as(page, "owner", f"/portfolio/{ours}?settings=")
        panel = sharing(page)
        expect(panel).to_contain_text("Nobody yet.")
        panel.get_by_label("Person").select_option("ann")
        panel.get_by_label("Right").select_option("write")
        panel.get_by_role("button", name="Share").click()
        expect(panel.get_by_label("What ann may do")).to_have_value("write")
        panel.get_by_label("What ann may do").select_option("read")
        expect(panel.get_by_label("What ann may do")).to_have_value("read")  # once the desk has answered
        panel.get_by_label("Person").select_option("vic")
        panel.get_by_role("button", name="Share", exact=True).click()
        expect(panel.get_by_role("listitem")).to_have_count(2)
        assert_lawful(page)
        with owner_of(house) as owner:
            shares = owner.get(f"portfolios/{ours}/shares").json()["shares"]
        assert sorted((each["name"], each["right"]) for each in shares) == [("ann", "read"), ("vic", "write")]
        panel.get_by_role("button", name="Remove ann").click()
        expect(panel.get_by_role("listitem")).to_have_count(1)


def test_who_may_write_changes_what_is_in_it_but_not_how_it_is_counted_nor_who_has_it(
    browser: Browser, house: StartedDesk, watched: Watched, ours: int
):
    share(house, ours, "ann", "write")
    with window(browser, house.address, watched) as page:
        open_as(page, "ann", f"/portfolio/{ours}?settings=")
        expect(page.get_by_role("combobox", name="Portfolio")).to_contain_text("Ours · owner")
        expect(page.get_by_label("Name of Harbour Broker")).to_be_visible()
        expect(sharing(page)).to_contain_text("owner shares it with you: you may change what is in it")
        expect(page.get_by_label("Counted in")).to_have_count(0)
        expect(page.get_by_role("button", name=re.compile("^Remove the portfolio"))).to_have_count(0)
        expect(page.get_by_role("button", name="Transaction")).to_be_visible()
        page.goto(f"/portfolio/{ours}/checks")
        expect(page.get_by_role("table")).to_be_visible()
        expect(page.get_by_role("button", name="Change what is told")).to_have_count(0)


PAGES = {
    "": "Positions",
    "/position/QUORB": "Lots held",
    "/activity": "Transactions",
    "/income?range=Max": "Income by instrument",
    "/allocation": "Allocation by type",
    "/checks": "Checks of",
}
CHANGES = re.compile(
    r"^(Transaction|Save|Add|Delete|Bring back|Undo|Set|Forget|Change what is told|Import|Remove|Say|Type a)\b"
)


def test_what_one_may_only_read_offers_no_change_on_any_page(
    browser: Browser, house: StartedDesk, watched: Watched, ours: int
):
    with owner_of(house) as owner:
        (first,) = owner.get(f"portfolios/{ours}/transactions", params={"limit": 1}).json()["transactions"]
    share(house, ours, "ann", "read")
    with window(browser, house.address, watched) as page:
        open_as(page, "ann", f"/portfolio/{ours}")
        main = page.get_by_role("main")
        pages = main.get_by_role("navigation", name="Pages of the portfolio")
        expect(pages.get_by_role("link")).to_have_text(["Overview", "Activity", "Income", "Allocation", "Checks"])
        for path, table in PAGES.items():
            page.goto(f"/portfolio/{ours}{path}")
            expect(page.get_by_role("table", name=re.compile(f"^{table}")).first).to_be_visible()
            expect(page.locator(SETTLED)).to_have_count(0)
            expect(main.get_by_role("button", name=CHANGES)).to_have_count(0)
            expect(main.get_by_role("link", name=CHANGES)).to_have_count(0)
            expect(main.get_by_role("button", name="Deleted")).to_have_count(0)
        page.goto(f"/portfolio/{ours}/activity?edit={first['id']}")
        panel = main.get_by_role("definition")
        expect(panel.filter(has_text="Harbour Broker").or_(panel.filter(has_text="Dockside Direct"))).to_be_visible()
        expect(main.get_by_role("button", name=CHANGES)).to_have_count(0)
        assert_lawful(page)
        page.goto(f"/portfolio/{ours}?add=buy")
        expect(page.get_by_text("You may look at Ours, and not change it")).to_be_visible()
        page.goto(f"/portfolio/{ours}/import")
        expect(page.get_by_role("heading", name="You may look at Ours, and not change it")).to_be_visible()
        page.goto(f"/portfolio/{ours}?settings=")
        expect(sharing(page)).to_contain_text("owner shares it with you: you may look at it")
        expect(main.get_by_role("button", name=CHANGES)).to_have_count(0)


def test_what_was_shared_is_left_by_a_second_click_and_no_longer_seen(
    browser: Browser, house: StartedDesk, watched: Watched, ours: int
):
    share(house, ours, "vic", "read")
    with window(browser, house.address, watched, PHONE) as page:
        open_as(page, "vic", f"/portfolio/{ours}?settings=")
        expect(page.locator("h1")).to_be_attached()
        assert_lawful(page)
        sharing(page).get_by_role("button", name="Leave Ours").click()
        expect(sharing(page)).to_contain_text("Only owner can share it with you again.")
        sharing(page).get_by_role("button", name="Leave for good: Ours").click()
        expect(page.get_by_role("heading", name="Nobody shares a portfolio with you yet")).to_be_visible()
        expect(page.get_by_text("You have left Ours.")).to_be_visible()
        assert page.request.get(f"/api/v1/portfolios/{ours}").status == 404


def test_a_list_that_others_share_is_left_from_its_menu(browser: Browser, house: StartedDesk, watched: Watched):
    with owner_of(house) as owner:
        made = owner.post("watchlists", json={"name": "For a while", "symbols": ["QUORB"]}).json()["id"]
        (person,) = (each["id"] for each in owner.get("users").json()["people"] if each["name"] == "ann")
        owner.put(f"watchlists/{made}/shares/{person}", json={"right": "read"}).raise_for_status()
    with window(browser, house.address, watched) as page:
        open_as(page, "ann", f"/?list={made}")
        page.get_by_role("button", name="More of For a while").click()
        page.get_by_role("menuitem", name="Leave the list").click()
        panel = page.get_by_role("region", name="Sharing of For a while")
        panel.get_by_role("button", name="Leave For a while").click()
        panel.get_by_role("button", name="Leave for good: For a while").click()
        expect(page.get_by_text("You have left For a while.")).to_be_visible()
        expect(page.get_by_role("button", name="More of For a while")).to_have_count(0)
        names = [each["name"] for each in page.request.get("/api/v1/watchlists").json()["watchlists"]]
        assert "For a while" not in names
    with owner_of(house) as owner:
        owner.delete(f"watchlists/{made}").raise_for_status()


def test_who_has_none_is_offered_a_sample_where_the_market_is_simulated(
    browser: Browser, house: StartedDesk, watched: Watched
):
    with window(browser, house.address, watched) as page:
        open_as(page, "ann", "/portfolio")
        page.get_by_role("button", name="Make a sample portfolio").click()
        expect(page.get_by_role("table", name="Positions")).to_be_visible()
        number = int(re.search(r"/portfolio/(\d+)$", page.url)[1])  # type: ignore[index]  # it is one by now
        page.goto("/help")  # else it might ask for what is deleted
        headers = {"x-csrf-token": next(c["value"] for c in page.context.cookies() if c["name"] == "openbell_csrf")}
        address = f"/api/v1/portfolios/{number}?name=Sample+portfolio"
        assert page.request.delete(address, headers=headers).status == 204
        page.route("**/api/v1/portfolios", lambda route: route.fulfill(json={"portfolios": [], "sample": False}))
        page.goto("/portfolio")
        expect(page.get_by_role("button", name="Make the portfolio")).to_be_visible()
        expect(page.get_by_role("button", name="Make a sample portfolio")).to_have_count(0)
