"""What is one's own, what one may do on others' desk, and that all can read it."""

from __future__ import annotations

import gzip

import httpx
import pytest
from playwright.sync_api import Browser, Response, expect

from e2e.laws import MOST_JAVASCRIPT, SETTLED, assert_lawful
from e2e.signed import PASSWORD, REFUSED, account, invite, open_as, sign_in
from e2e.started import StartedDesk
from e2e.watched import DESKTOP, PHONE, Watched, window

pytestmark = pytest.mark.e2e

OF_THE_OWNER = {
    "/settings": "You are owner, an owner of this desk",
    "/settings?view=devices": "Where you are signed in",
    "/settings?view=tokens": "New token",
    "/settings?view=appearance": "In this browser",
    "/admin": "Invite somebody",
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_of_people_breaks_a_rule_of_accessibility_or_is_wider_than_its_window(
    browser: Browser, house: StartedDesk, watched: Watched, size: tuple[int, int]
):
    with window(browser, house.address, watched, size) as page:
        page.goto(f"/join#{invite(house)}")
        expect(page.get_by_role("heading", name="You are invited to this desk")).to_be_visible()
        assert_lawful(page)
        page.goto("/sign-in?refused=late")
        expect(page.get_by_role("alert")).to_be_visible()
        assert_lawful(page)
        sign_in(page, "owner")
        expect(account(page)).to_be_visible()
        account(page).click()
        expect(page.get_by_role("banner").get_by_role("link", name="People")).to_be_visible()
        assert_lawful(page)
        page.keyboard.press("Escape")
        for path, heading in OF_THE_OWNER.items():
            page.goto(path)
            expect(page.get_by_role("heading", name=heading)).to_be_visible()
            expect(page.locator(SETTLED)).to_have_count(0)
            assert_lawful(page)
        page.goto("/admin")
        page.get_by_role("button", name="Make a link").click()
        expect(page.get_by_role("textbox", name="Link of the invitation")).to_be_visible()
        page.get_by_role("button", name="Remove vic").click()
        expect(page.get_by_role("button", name="Remove for good: vic")).to_be_focused()
        assert_lawful(page)
        page.goto("/admin?view=log")
        done = page.get_by_role("table", name="What was done").locator("tbody tr").first
        expect(done).to_contain_text("127.0.0.1")
        expect(done.locator("td")).to_have_count(1 if size == PHONE else 5)
        assert_lawful(page)
        page.goto("/settings")
        part = page.get_by_role("region", name="Two-factor login")
        part.get_by_label("Password").fill(PASSWORD)
        part.get_by_role("button", name="Set it up").click()
        expect(part.get_by_role("img", name="QR code")).to_be_visible()
        assert_lawful(page)


def test_what_the_sign_in_page_needs_to_stand_is_light(browser: Browser, house: StartedDesk, watched: Watched):
    with window(browser, house.address, watched) as page:
        scripts: list[Response] = []
        page.on("response", lambda each: scripts.append(each) if each.url.endswith(".js") else None)
        page.goto("/sign-in")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert sum(len(gzip.compress(each.body())) for each in scripts) <= MOST_JAVASCRIPT


def test_a_token_is_shown_once_lets_a_program_in_and_holds_no_longer_once_it_is_removed(
    browser: Browser, house: StartedDesk, watched: Watched
):
    with window(browser, house.address, watched) as page, httpx.Client(base_url=house.address) as program:
        open_as(page, "ann", "/settings?view=tokens")
        page.get_by_label("Name").fill("My script")
        expect(page.get_by_label("May").locator("option")).to_have_text(["read", "read and change"])
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Make a token").click()
        secret = page.get_by_role("textbox", name="Token of My script").input_value()
        bearer = {"authorization": f"Bearer {secret}"}
        assert program.get("/api/v1/me", headers=bearer).json()["name"] == "ann"
        page.reload()
        entry = page.get_by_role("region", name="Tokens").get_by_role("listitem").filter(has_text="My script")
        expect(entry).to_contain_text("May read; holds until")
        assert secret not in page.content()
        entry.get_by_role("button", name="Remove My script").click()
        entry.get_by_role("button", name="Keep").click()
        entry.get_by_role("button", name="Remove My script").click()
        entry.get_by_role("button", name="Remove for good: My script").click()
        expect(entry).to_have_count(0)
        assert program.get("/api/v1/me", headers=bearer).status_code == 401


def test_a_name_and_a_password_are_changed_and_what_is_wrong_stands_at_its_field(
    browser: Browser, house: StartedDesk, watched: Watched
):
    house.run("user", "add", "bea", typed=PASSWORD)
    watched.expected.append(REFUSED)
    with window(browser, house.address, watched) as page:
        open_as(page, "bea", "/settings")
        name = page.get_by_role("region", name="Name")
        name.get_by_label("Name").fill("ann")
        name.get_by_role("button").click()
        expect(name.get_by_role("alert")).to_be_visible()
        name.get_by_label("Name").fill("Bea Two")
        name.get_by_role("button").click()
        expect(account(page)).to_have_accessible_name("Bea Two, your account")
        part = page.get_by_role("region", name="Password")
        now, new = part.get_by_label("Now"), part.get_by_label("New")
        now.fill("the wrong password")
        new.fill("eight red cherries")
        new.press("Enter")
        expect(part.get_by_role("alert")).to_have_text("The password is wrong. Try again.")
        expect(now).to_have_attribute("aria-invalid", "true")
        now.fill(PASSWORD)
        new.fill("short")
        new.press("Enter")
        expect(new).to_have_attribute("aria-invalid", "true")
        expect(now).to_have_attribute("aria-invalid", "false")
        new.fill("eight red cherries")
        new.press("Enter")
        expect(page.get_by_text("The password is changed.")).to_be_visible()
        account(page).click()
        page.get_by_role("button", name="Sign out").click()
        sign_in(page, "bea two", "eight red cherries")
        expect(account(page)).to_be_visible()


def test_a_viewer_is_offered_nothing_that_the_desk_would_refuse(browser: Browser, house: StartedDesk, watched: Watched):
    with window(browser, house.address, watched) as owner:
        open_as(owner, "owner", "/alerts?new=QUORB&level=90")
        owner.get_by_role("button", name="Set the alert").click()
        expect(owner.get_by_role("table", name="Alerts")).to_be_visible()
    with window(browser, house.address, watched) as page:
        open_as(page, "vic")
        main = page.get_by_role("main")
        expect(page.get_by_role("row", name="QUORB")).to_be_visible()
        for name in ("Add", "Remove"):
            expect(page.get_by_role("button", name=name)).to_have_count(0)
        expect(page.get_by_role("button", name="New list")).to_be_visible()
        page.goto("/portfolio")
        expect(page.get_by_role("heading", name="Nobody shares a portfolio with you yet")).to_be_visible()
        page.goto("/symbol/QUORB")
        expect(page.get_by_role("application")).to_be_visible()
        expect(page.get_by_role("link", name="Compare QUORB")).to_be_visible()
        expect(page.get_by_role("button", name="On First list")).to_have_count(0)
        expect(page.get_by_role("slider")).to_have_count(0)
        page.goto("/alerts")
        expect(page.get_by_text("No alert is set")).to_be_visible()
        for name in ("New alert", "Edit", "Remove"):
            expect(main.get_by_role("button", name=name)).to_have_count(0)
        page.goto("/alerts?new=QUORB")
        expect(page.get_by_text("Members of this desk make and change alerts.")).to_be_visible()
        page.goto("/alerts?channels")
        expect(page.get_by_text("Owners of the desk add and change channels.")).to_be_visible()
        page.goto("/sources?view=jobs")
        expect(page.get_by_role("heading", name="Past months")).to_be_visible()
        expect(page.get_by_role("button", name="Run now")).to_have_count(0)
        page.goto("/admin")
        expect(page.get_by_role("heading", name="Owners look after the people of this desk")).to_be_visible()
        page.keyboard.press("/")
        page.get_by_role("searchbox").or_(page.get_by_role("combobox")).fill("alert")
        expect(page.get_by_role("option", name="Channels of alerts")).to_be_visible()
        expect(page.get_by_role("option", name="New alert")).to_have_count(0)
