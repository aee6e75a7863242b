"""A desk of one person becomes one of several: a first password, an invitation, roles, and who is kept out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.signed import PASSWORD, REFUSED, account, set_first_password, sign_in
from e2e.started import StartedDesk
from e2e.watched import PHONE, Watched, saves, window

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def open_desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """A desk on which nobody has a password when the tests begin."""
    desk = StartedDesk(tmp_path_factory.mktemp("open"))
    desk.start()
    yield desk
    desk.end()


def entry(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="People").get_by_role("listitem").filter(has_text=name)


def test_a_desk_becomes_one_of_several(browser: Browser, open_desk: StartedDesk, watched: Watched):
    watched.expected += [REFUSED, "WebSocket connection to .* failed"]
    with (
        window(browser, open_desk.address, watched) as owner,
        window(browser, open_desk.address, watched, PHONE) as ann,
    ):
        owner.context.grant_permissions(["clipboard-read", "clipboard-write"])

        owner.goto("/admin")
        expect(owner.get_by_text("The desk is open to this machine only")).to_be_visible()
        expect(owner.get_by_role("button", name="Make a link")).to_have_count(0)
        expect(account(owner)).to_have_count(0)
        owner.get_by_role("link", name="Set your password").click()
        field = owner.get_by_role("region", name="Password").get_by_label("Password", exact=True)
        field.fill("short")
        field.press("Enter")
        expect(owner.get_by_role("alert")).to_contain_text("A password has 12 to")
        expect(field).to_have_attribute("aria-invalid", "true")
        set_first_password(owner)
        expect(account(owner)).to_have_accessible_name("owner, your account")

        ann.goto("/symbol/QUORB?range=1Y")
        expect(ann.get_by_role("heading", name="Sign in")).to_be_visible()
        ann.goto("/join")
        expect(ann.get_by_role("heading", name="This desk is joined by invitation")).to_be_visible()

        account(owner).click()
        owner.get_by_role("banner").get_by_role("link", name="People").click()
        owner.get_by_role("button", name="Make a link").click()
        expect(owner.get_by_role("heading", name="You alone use this desk, 1 invitation waits")).to_be_visible()
        owner.get_by_role("button", name="Copy").click()
        expect(owner.get_by_text("Copied.")).to_be_visible()
        link = str(owner.evaluate("navigator.clipboard.readText()"))
        assert link.startswith(f"{open_desk.address}/join#")

        ann.goto(link)
        ann.get_by_label("Name").fill("owner")
        ann.get_by_label("Password").fill(PASSWORD)
        ann.get_by_role("button", name="Join").click()
        expect(ann.get_by_role("alert")).to_be_visible()
        ann.get_by_label("Name").fill("Ann")
        ann.get_by_role("button", name="Join").click()
        expect(account(ann)).to_have_accessible_name("Ann, your account")
        expect(ann.get_by_role("button", name="New list")).to_be_visible()
        ann.goto("/admin")
        expect(ann.get_by_role("heading", name="Owners look after the people of this desk")).to_be_visible()

        owner.get_by_role("button", name="Done").click()
        expect(owner.get_by_role("heading", name="2 people use this desk", exact=True)).to_be_visible()
        role = entry(owner, "Ann").get_by_label("Role of Ann")
        role.select_option("Viewer")
        expect(owner.get_by_text("Ann is a viewer from now on.")).to_be_visible()
        owner.get_by_role("button", name="Undo").click()
        expect(role).to_have_value("member")
        with saves(owner, 1):
            entry(owner, "Ann").get_by_role("button", name="Keep out Ann").click()
        expect(entry(owner, "Ann")).to_contain_text("Kept out")

        ann.goto("/compare")
        expect(ann.get_by_role("heading", name="Sign in")).to_be_visible()
        sign_in(ann, "Ann")
        expect(ann.get_by_role("alert")).to_contain_text("The name or the password is wrong.")

        with saves(owner, 1):
            owner.get_by_role("button", name="Undo").click()
        expect(entry(owner, "Ann")).not_to_contain_text("Kept out")
        ann.get_by_role("button", name="Sign in").click()
        expect(ann.get_by_text("Choose two to eight symbols")).to_be_visible()

        entry(owner, "Ann").get_by_role("button", name="Remove Ann").click()
        owner.get_by_role("button", name="Remove for good: Ann").press("Enter")
        expect(entry(owner, "Ann")).to_have_count(0)
        owner.goto("/admin?view=log")
        table = owner.get_by_role("table", name="What was done")
        expect(table).to_contain_text("joined by invitation")
        what = owner.get_by_role("combobox", name="What")
        what.select_option("role changed")
        expect(table.locator("tbody tr")).to_have_count(2)
        expect(table).to_contain_text("Ann: member to viewer")
        owner.reload()
        expect(what).to_have_value("role changed")
        expect(table.locator("tbody tr")).to_have_count(2)


def test_an_invitation_that_was_withdrawn_lets_nobody_in(browser: Browser, open_desk: StartedDesk, watched: Watched):
    watched.expected.append(REFUSED)
    with window(browser, open_desk.address, watched) as owner, window(browser, open_desk.address, watched) as bob:
        owner.goto("/admin")
        sign_in(owner, "owner")
        owner.get_by_label("As", exact=True).select_option("Viewer")
        owner.get_by_role("button", name="Make a link").click()
        link = owner.get_by_role("textbox", name="Link of the invitation").input_value()
        owner.get_by_role("button", name="Withdraw").click()
        expect(owner.get_by_text("The link lets nobody in any more.")).to_be_visible()
        expect(owner.get_by_role("textbox", name="Link of the invitation")).to_have_count(0)
        bob.goto(link)
        expect(bob.get_by_role("heading", name="This invitation is not valid any more")).to_be_visible()
        expect(bob.get_by_role("button", name="Join")).to_have_count(0)
