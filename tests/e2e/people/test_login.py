"""Signing in and out on a desk with passwords, by password, code and passkey."""

from __future__ import annotations

import re
from base64 import b32decode
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from e2e.signed import PASSWORD, REFUSED, account, open_as, sign_in
from e2e.started import StartedDesk
from e2e.watched import Watched, window
from openbell.accounts import totp

pytestmark = pytest.mark.e2e


@pytest.fixture
def quiet(watched: Watched) -> Watched:
    """A browser writes down each request that is refused, however well it is met."""
    watched.expected += [REFUSED, "WebSocket connection to .* failed"]
    return watched


def test_who_is_not_signed_in_comes_back_to_where_they_were_going(
    browser: Browser, house: StartedDesk, watched: Watched
):
    with window(browser, house.address, watched) as page:
        sockets: list[str] = []
        page.on("websocket", lambda socket: sockets.append(socket.url))
        page.goto("/symbol/QUORB?range=1Y&scale=log")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert sockets == []
        watched.expected.append(REFUSED)
        sign_in(page, "ann", "the wrong password")
        expect(page.get_by_role("alert")).to_contain_text("The name or the password is wrong.")
        expect(page.get_by_label("Name")).to_have_value("ann")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/symbol/QUORB?range=1Y&scale=log")
        expect(page.get_by_role("application")).to_be_visible()
        expect(page.get_by_role("banner").get_by_text("Live")).to_be_visible()
        assert len(sockets) == 1
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in")).to_have_count(0)


def test_the_login_provider_is_told_where_one_was_going(browser: Browser, house: StartedDesk, watched: Watched):
    with window(browser, house.address, watched) as page:

        def with_provider(route: Route) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, json={**answer.json(), "oidc": True})

        page.route("**/sessions/ways", with_provider)
        page.route("**/sessions/oidc", lambda route: route.fulfill(json={"address": "/sign-in?refused=late"}))
        page.goto("/compare?symbols=QUORB")
        with page.expect_request("**/sessions/oidc") as asked:
            page.get_by_role("button", name="Use the login provider").click()
        assert asked.value.post_data_json == {"invitation": "", "to": "/compare?symbols=QUORB"}
        expect(page.get_by_role("alert")).to_contain_text("That took too long.")


def test_what_helps_who_cannot_get_in_is_told(browser: Browser, house: StartedDesk, watched: Watched):
    with window(browser, house.address, watched) as page:
        page.goto("/sign-in?to=//evil.example/")
        page.get_by_text("I cannot get in").click()
        expect(page.get_by_text("openbell user password NAME")).to_be_visible()
        page.goto("/sign-in?refused=unknown")
        expect(page.get_by_role("alert")).to_contain_text("open the link of an invitation first")
        page.goto("/sign-in?to=//evil.example/")
        sign_in(page, "ann")
        expect(page.get_by_role("row", name="QUORB")).to_be_visible()


def test_a_login_that_runs_out_is_renewed_unnoticed_and_once(browser: Browser, house: StartedDesk, quiet: Watched):
    with window(browser, house.address, quiet) as page:
        open_as(page, "ann")
        expect(page.get_by_role("row", name="QUORB").get_by_text(re.compile(r"\d\.\d")).first).to_be_visible()
        renewals: list[Request] = []
        page.on("request", lambda each: renewals.append(each) if each.url.endswith("/refresh") else None)
        page.context.clear_cookies(name="openbell_access")
        page.get_by_role("link", name="Sources").click()
        expect(page.get_by_role("table", name="Tables of the lake")).to_be_visible()
        page.get_by_role("link", name="Home", exact=True).click()
        page.get_by_role("button", name="Remove HAZLO").click(force=True)
        expect(page.get_by_text("HAZLO is off")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("row", name="HAZLO")).to_be_visible()
        assert len(renewals) == 1


def test_a_login_that_was_ended_leads_to_the_sign_in_page_and_back(
    browser: Browser, house: StartedDesk, quiet: Watched
):
    with window(browser, house.address, quiet) as page, window(browser, house.address, quiet) as elsewhere:
        open_as(page, "ann", "/compare?symbols=QUORB,HAZLO")
        open_as(elsewhere, "ann", "/settings?view=devices")
        devices = elsewhere.get_by_role("region", name="Where you are signed in").get_by_role("listitem")
        expect(devices.first).to_contain_text("This one")
        elsewhere.get_by_role("button", name="Sign out everywhere").click()
        expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        sign_in(page, "ann")
        page.wait_for_url("**/compare?symbols=QUORB,HAZLO")
        expect(page.get_by_role("application")).to_be_visible()


def test_signing_out_in_one_window_is_seen_in_the_others_and_the_next_one_sees_nothing_of_the_first(
    browser: Browser, house: StartedDesk, quiet: Watched
):
    with window(browser, house.address, quiet) as page:
        open_as(page, "ann", "/settings")
        other = page.context.new_page()
        other.goto("/settings?view=tokens")
        expect(account(other)).to_have_accessible_name("ann, your account")
        account(page).click()
        page.get_by_role("button", name="Sign out").click()
        expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
        sign_in(page, "vic")
        expect(page.get_by_role("heading", name="You are vic, a viewer of this desk")).to_be_visible()
        expect(account(other)).to_have_accessible_name("vic, your account")


def recovery_codes(page: Page) -> list[str]:
    """Set up codes as an authenticator would, and return those for recovery."""
    page.goto("/settings")
    part = page.get_by_role("region", name="Two-factor login")
    part.get_by_label("Password").fill(PASSWORD)
    part.get_by_role("button", name="Set it up").click()
    expect(part.get_by_role("img", name="QR code")).to_be_visible()
    key = b32decode(part.locator("code").inner_text().replace(" ", ""))
    part.get_by_label("Code", exact=True).fill("000000")
    part.get_by_role("button", name="Confirm").click()
    expect(part.get_by_role("alert")).to_contain_text("The code is wrong.")
    part.get_by_label("Code", exact=True).fill(totp.code_of(key, totp.step_at(datetime.now(UTC))))
    part.get_by_role("button", name="Confirm").click()
    codes = part.get_by_role("textbox", name="Recovery codes").input_value().split("\n")
    part.get_by_role("button", name="I have kept them").click()
    expect(part).to_contain_text("10 recovery codes are left")
    return codes


def test_a_code_is_asked_for_once_it_was_set_up(browser: Browser, house: StartedDesk, quiet: Watched):
    with window(browser, house.address, quiet) as page:
        open_as(page, "vic", "/settings")
        codes = recovery_codes(page)
        assert len(codes) == 10
        account(page).click()
        page.get_by_role("button", name="Sign out").click()
        sign_in(page, "vic")
        code = page.get_by_label("Code")
        expect(code).to_be_focused()
        expect(page.get_by_role("alert")).to_have_count(0)
        code.fill("123456")
        code.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("The code is wrong, or was used before.")
        code.fill(codes[0].lower())
        code.press("Enter")
        expect(account(page)).to_have_accessible_name("vic, your account")
        page.goto("/settings")
        part = page.get_by_role("region", name="Two-factor login")
        expect(part).to_contain_text("9 recovery codes are left")
        part.get_by_role("button", name="Remove").click()
        part.get_by_label("Password").fill(PASSWORD)
        part.get_by_role("button", name="Need no code any more").click()
        expect(part.get_by_role("button", name="Set it up")).to_be_visible()


def test_a_passkey_opens_the_desk_where_it_has_a_name(browser: Browser, house: StartedDesk, quiet: Watched):
    with window(browser, house.address.replace("127.0.0.1", "localhost"), quiet) as page:
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        device |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
        open_as(page, "ann", "/settings")
        part = page.get_by_role("region", name="Passkeys")
        part.get_by_label("Name").fill("My phone")
        part.get_by_label("Password").fill("the wrong password")
        part.get_by_role("button", name="Make a passkey").click()
        expect(part.get_by_role("alert")).to_contain_text("The password is wrong.")
        part.get_by_label("Password").fill(PASSWORD)
        part.get_by_role("button", name="Make a passkey").click()
        expect(part.get_by_role("listitem")).to_contain_text("My phone")
        account(page).click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Use a passkey").click()
        expect(account(page)).to_have_accessible_name("ann, your account")
        part.get_by_role("button", name="Remove My phone").click()
        part.get_by_role("button", name="Remove for good: My phone").click()
        expect(part.get_by_role("listitem")).to_have_count(0)
        account(page).click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("This passkey does not open this desk.")


def test_a_page_that_was_opened_by_a_number_says_why_it_makes_no_passkeys(
    browser: Browser, house: StartedDesk, watched: Watched
):
    with window(browser, house.address, watched) as page:
        page.goto("/settings")
        expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
        sign_in(page, "ann")
        expect(page.get_by_role("region", name="Passkeys")).to_contain_text("Browsers make passkeys for names only")
