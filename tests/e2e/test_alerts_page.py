"""Alerts: a rule is made, fires and is delivered; channels, notifications, and what is wrong at its field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from e2e.laws import assert_lawful
from e2e.started import StartedDesk
from e2e.watched import DESKTOP, PHONE, Watched, window
from receiver import says, web

pytestmark = pytest.mark.e2e

FIRES_MS = 60_000
"""The demo market moves by a hundredth of a per cent within seconds; a busy machine may take longer to tell."""

RESTLESS = {"type": "Moves", "percent": 0.01, "since": "minutes", "minutes": 1}
SECRET = "0123456789abcdef0123"
MINUS = "\N{MINUS SIGN}"
REFUSED = r"422 \(Unprocessable"


@pytest.fixture(scope="module")
def own_desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    desk = StartedDesk(tmp_path_factory.mktemp("alerts"))
    desk.start()
    yield desk
    desk.end()


@pytest.fixture
def api(own_desk: StartedDesk) -> Iterator[httpx.Client]:
    """The desk's own API, without rules and channels when a test begins and when it ends."""
    with httpx.Client(base_url=f"{own_desk.address}/api/v1/alerts/", timeout=20) as client:
        clear(client)
        yield client
        clear(client)


@pytest.fixture
def alerts(browser: Browser, own_desk: StartedDesk, api: httpx.Client, watched: Watched) -> Iterator[Page]:
    with window(browser, own_desk.address, watched) as opened:
        yield opened


def clear(api: httpx.Client) -> None:
    for noun in ("rules", "channels"):
        for each in api.get(noun).raise_for_status().json()[noun]:
            api.delete(f"{noun}/{each['id']}").raise_for_status()


def add_rule(api: httpx.Client, name: str, **draft: Any) -> int:
    told = {"condition": {"type": "Crosses", "level": 9000.0}, "target": {"type": "Symbol", "symbol": "QUORB"}, **draft}
    number: int = api.post("rules", json={"name": name, **told}).raise_for_status().json()["id"]
    return number


def add_channel(api: httpx.Client, kind: str, name: str, **config: str) -> int:
    told = {"kind": kind, "name": name, "config": config}
    number: int = api.post("channels", json=told).raise_for_status().json()["id"]
    return number


def rules_of(api: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("rules").raise_for_status().json()["rules"]
    return found


def firing(number: int, rule: int) -> dict[str, Any]:
    """A firing as the API tells it."""
    said = {"rule_name": "R", "symbol": "QUORB", "price": 10.0, "quiet": False, "seen": True, "failing": 0}
    told = {"at": "2026-01-05T10:00:00Z", "message": f"QUORB reached {number}", "deliveries": {}}
    return {"id": number, "rule": rule, **told, **said}


def rows(page: Page) -> Locator:
    return page.get_by_role("table", name="Alerts").locator("tbody tr")


def test_an_alert_made_on_the_page_fires_and_shows_the_receipt_of_its_delivery(alerts: Page):
    with web(says(200, "thank you")) as receiver:
        alerts.goto("/alerts?channels")
        alerts.get_by_role("link", name=re.compile("^Webhook")).click()
        panel = alerts.get_by_role("region", name="New channel: Webhook")
        panel.get_by_label("Name").fill("My program")
        panel.get_by_label("Address").fill(f"{receiver.url}/bell")
        expect(panel.get_by_label("Secret")).to_have_value(re.compile("^[0-9a-f]{32}$"))
        panel.get_by_role("button", name="Add").click()
        alerts.get_by_role("button", name="Send a test to My program").click()
        expect(alerts.get_by_text("Arrived: HTTP 200 thank you")).to_be_visible()

        alerts.get_by_role("button", name="New alert").click()
        editor = alerts.get_by_role("region", name="New alert")
        editor.get_by_label("Symbol").fill("quorb")
        editor.get_by_label("By").fill("0.01")
        editor.get_by_label("Measured from").select_option("Some minutes ago")
        editor.get_by_label("Minutes ago").fill("1")
        editor.get_by_role("button", name="Set the alert").click()
        expect(editor).to_be_hidden()
        expect(alerts.get_by_text("QUORB moves 0.01 % in 1 min is set.")).to_be_visible()
        row = rows(alerts).filter(has_text="QUORB moves 0.01 % in 1 min")
        expect(row).to_contain_text("Every time")
        expect(row).to_contain_text("My program")

        fired = alerts.get_by_role("listitem").filter(has=alerts.get_by_role("link", name="QUORB")).first
        expect(fired).to_contain_text(re.compile(r"[+\u2212]0\.\d\d % from [\d.]+: [\d.]+"), timeout=FIRES_MS)
        expect(fired).to_contain_text("new")
        expect(fired).to_contain_text("delivered", timeout=FIRES_MS)
        row.get_by_role("switch").click()
        expect(row.get_by_role("switch")).not_to_be_checked()
        fired.get_by_role("link").nth(1).click()
        proof = alerts.get_by_role("region", name="What fired, and how it was told")
        way = proof.get_by_role("region", name="My program")
        expect(way).to_contain_text("Arrived")
        expect(way).to_contain_text("HTTP 200 thank you")
        expect(way).to_contain_text("Delivered")
        keys = [post.headers["idempotency-key"] for post in receiver.heard if post.path == "/bell"]
        shown = way.get_by_text(re.compile("^openbell-")).inner_text()
        assert shown in keys
        expect(proof.get_by_role("heading", name="How it was told Berlin time")).to_be_visible()
        expect(proof).to_contain_text(re.compile(r"Happened\s*\d+ \w+ \d{4} \d\d:\d\d:\d\d"))


def test_what_fired_is_counted_until_it_has_been_looked_at_and_told_on_any_page(alerts: Page, api: httpx.Client):
    alerts.goto("/help")
    expect(alerts.get_by_role("heading", name="Help", exact=True)).to_be_visible()
    number = add_rule(api, "Restless", condition=RESTLESS, repeat="once")
    toast = alerts.get_by_role("status").filter(has=alerts.get_by_role("button", name="Show"))
    expect(toast).to_contain_text(re.compile(r"^QUORB [+\u2212]0"), timeout=FIRES_MS)
    rail = alerts.get_by_role("navigation", name="Pages").get_by_role("link", name="Alerts")
    expect(rail).to_contain_text(re.compile(r"\d+ new"))
    toast.get_by_role("button", name="Show").click()
    expect(alerts).to_have_url(re.compile(r"/alerts\?firing=\d+$"))
    expect(alerts.get_by_role("region", name="What fired, and how it was told")).to_contain_text("Restless")
    expect(rail).to_have_text("Alerts")
    assert api.get("firings").json()["unseen"] == 0
    assert any(firing["rule"] == number for firing in api.get("firings").json()["firings"])


def test_a_rule_is_edited_switched_off_removed_and_brought_back(alerts: Page, api: httpx.Client):
    number = add_rule(api, "Far up", repeat="once", message="{symbol}!")
    alerts.goto("/alerts")
    rows(alerts).get_by_role("link", name="Edit Far up").click()
    expect(alerts).to_have_url(re.compile(f"edit={number}$"))
    editor = alerts.get_by_role("region", name="Change the alert")
    expect(editor.get_by_label("Level")).to_have_value("9000")
    expect(editor.get_by_label("Message")).to_have_value("{symbol}!")
    editor.get_by_label("Level").fill("8000")
    editor.get_by_role("button", name="Save").click()
    expect(rows(alerts)).to_contain_text("reaches 8000, once")
    assert [(rule["id"], rule["condition"]["level"], rule["message"]) for rule in rules_of(api)] == [
        (number, 8000.0, "{symbol}!")
    ]

    switch = rows(alerts).get_by_role("switch", name="Far up")
    with alerts.expect_response(lambda answer: answer.request.method == "PUT"):
        switch.click()
    expect(switch).not_to_be_checked()
    assert [rule["enabled"] for rule in rules_of(api)] == [False]

    with alerts.expect_response(lambda answer: answer.request.method == "DELETE"):
        rows(alerts).get_by_role("button", name="Remove Far up").click()
    expect(alerts.get_by_text("No alert is set")).to_be_visible()
    assert rules_of(api) == []
    with alerts.expect_response(lambda answer: answer.request.method == "POST"):
        alerts.get_by_role("button", name="Undo").click()
    expect(rows(alerts)).to_contain_text("reaches 8000, once")
    assert [(rule["name"], rule["enabled"], rule["message"]) for rule in rules_of(api)] == [
        ("Far up", False, "{symbol}!")
    ]


def test_a_change_that_the_desk_refuses_is_taken_back_and_said(alerts: Page, api: httpx.Client, watched: Watched):
    watched.expected.append("503")
    add_rule(api, "Far up")
    alerts.goto("/alerts")
    switch = rows(alerts).get_by_role("switch", name="Far up")
    expect(switch).to_be_checked()
    problem = {"title": "Store unavailable", "detail": "The disk is full.", "remedy": "Make room."}
    alerts.route("**/alerts/rules/*", lambda route: route.fulfill(status=503, json=problem))
    switch.click()
    expect(alerts.get_by_text("Not saved. The disk is full. Make room.")).to_be_visible()
    expect(switch).to_be_checked()


def test_a_symbol_that_nobody_has_heard_of_is_asked_about_and_marked(alerts: Page, api: httpx.Client, watched: Watched):
    watched.expected.append(r"404 \(Not Found")
    alerts.goto("/alerts?new=NOSUCH&level=5")
    editor = alerts.get_by_role("region", name="New alert")
    editor.get_by_role("button", name="Set the alert").click()
    expect(editor.get_by_role("alert")).to_contain_text("The desk has never heard of NOSUCH.")
    assert rules_of(api) == []
    editor.get_by_role("button", name="Wait for NOSUCH all the same").click()
    expect(rows(alerts)).to_contain_text(
        "The desk has never heard of NOSUCH: this waits for prices that may never come."
    )
    assert [rule["repeat"] for rule in rules_of(api)] == ["once"]


def test_what_has_fired_for_good_is_said_so_and_waits_no_more(alerts: Page, api: httpx.Client):
    add_rule(api, "Restless", condition=RESTLESS, repeat="once")
    alerts.goto("/alerts")
    expect(alerts.get_by_role("heading", level=1)).to_contain_text("1 waits")
    expect(rows(alerts)).to_contain_text("It has fired and waits for nothing more.", timeout=FIRES_MS)
    expect(alerts.get_by_role("heading", level=1)).to_contain_text("none wait")


def test_older_firings_are_asked_for_and_rules_that_cannot_be_read_are_named(alerts: Page):
    firings = [firing(number, 1) for number in range(14, 0, -1)]

    def newest(route: Route) -> None:
        limit = int(parse_qs(urlsplit(route.request.url).query)["limit"][0])
        route.fulfill(json={"unseen": 0, "last_day": 0, "firings": firings[:limit]})

    alerts.route("**/alerts/firings?*", newest)
    kept = {"rules": [], "unreadable": [{"id": 7, "name": "From tomorrow"}]}
    alerts.route("**/alerts/rules", lambda route: route.fulfill(json=kept))
    alerts.goto("/alerts")
    fired = alerts.get_by_role("listitem").filter(has_text="reached")
    expect(fired).to_have_count(10)
    expect(alerts.get_by_role("alert")).to_contain_text("not understood by this one:From tomorrow")
    expect(alerts.get_by_role("button", name="Remove From tomorrow")).to_be_visible()
    alerts.get_by_role("button", name="Show older").click()
    expect(fired).to_have_count(14)
    expect(alerts.get_by_role("button", name="Show older")).to_be_hidden()


def test_what_is_wrong_is_told_at_its_field(alerts: Page, api: httpx.Client, watched: Watched):
    watched.expected.append(REFUSED)
    add_rule(api, "Taken")
    alerts.goto("/alerts?new")
    editor = alerts.get_by_role("region", name="New alert")

    def submitted(field: str) -> Locator:
        editor.get_by_role("button", name="Set the alert").click()
        return editor.get_by_label(field)

    expect(submitted("Symbol")).to_have_accessible_description("Name a symbol.")
    editor.get_by_label("Symbol").fill("QUORB")
    editor.get_by_label("By").fill("x")
    expect(editor.get_by_label("By")).to_have_accessible_description("Give a number.")
    expect(submitted("By")).to_have_accessible_description("Give a number.")
    editor.get_by_label("By").fill("-3")
    expect(editor.get_by_label("By")).to_have_accessible_description(
        "\u201cBy\u201d is \u22123. Give a number above 0, 1\u202f000\u202f000\u202f000 at most."
    )
    expect(editor.get_by_label("By")).to_have_attribute("aria-invalid", "true")
    editor.get_by_label("By").fill("3")
    expect(editor.get_by_label("By")).to_have_attribute("aria-invalid", "false")
    editor.get_by_label("Name").fill("Taken")
    expect(submitted("Name")).to_have_accessible_description("There is a rule of that name already. Choose another.")
    editor.get_by_label("Name").fill("Mine")
    editor.get_by_text("More", exact=True).click()
    editor.get_by_label("Message").fill("{colour}")
    expect(editor.get_by_label("Message")).to_have_accessible_description(
        re.compile(r"^The message cannot have \{colour\} so\. Use \{rule\}")
    )
    assert [rule["name"] for rule in rules_of(api)] == ["Taken"]


def test_a_draft_is_tried_on_the_past_while_it_is_made(alerts: Page):
    alerts.goto("/alerts?new=QUORB&level=80")
    editor = alerts.get_by_role("region", name="New alert")
    trial = editor.get_by_role("region", name="Trial")
    expect(editor.get_by_label("When", exact=True)).to_have_value("Crosses")
    expect(editor.get_by_label("Level")).to_have_accessible_description(re.compile(r"^QUORB is at [\d.]+ now\.$"))
    expect(trial).to_contain_text(
        re.compile(r"Would (have fired (\d+ times|once)|not have fired) in the last 90 days\.")
    )
    editor.get_by_label("Level").fill("1000000")
    expect(trial).to_contain_text("Would not have fired in the last 90 days.")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    alerts.route("**/alerts/trial*", hold)
    editor.get_by_label("When", exact=True).select_option("it moves by a percentage")
    assert trial.get_attribute("aria-busy") == "true"
    with alerts.expect_request("**/alerts/trial*"):
        assert trial.inner_text() == "Trying it on the past…"
    expect(trial).to_have_text("Trying it on the past…", use_inner_text=True)
    held[0].continue_()
    expect(trial).to_contain_text(re.compile("Would have fired .* in the last 90 days"))
    expect(trial).to_have_attribute("aria-busy", "false")
    editor.get_by_label("On", exact=True).select_option("Everything held")
    expect(editor.get_by_label("On", exact=True)).to_have_accessible_description(re.compile("your portfolios hold"))
    expect(trial).to_be_hidden()


def test_options_of_an_alert_are_kept_and_shown_again(alerts: Page, api: httpx.Client):
    channel = add_channel(api, "in-app", "Only here")
    add_channel(api, "webhook", "Elsewhere", url="http://127.0.0.1:9/", secret=SECRET)
    alerts.goto("/alerts?new=QUORB&level=9000")
    editor = alerts.get_by_role("region", name="New alert")
    editor.get_by_text("More", exact=True).click()
    editor.get_by_label("All channels, and those to come").uncheck()
    editor.get_by_label("Elsewhere").uncheck()
    editor.get_by_label("Hysteresis").fill("0.5")
    editor.get_by_label("Cool-down").fill("90")
    expect(editor.get_by_label("Ends")).to_have_accessible_description("On your clock, Berlin time. Empty: never.")
    editor.get_by_label("Ends").fill("2030-01-01T12:00")
    editor.get_by_label("Only in regular trading hours").check()
    editor.get_by_label("Quiet hours: told when they are over").check()
    expect(editor.get_by_label("On the clock of")).to_have_value("Europe/Berlin")
    editor.get_by_label("From", exact=True).fill("21:30")
    editor.get_by_role("button", name="Set the alert").click()
    expect(rows(alerts)).to_contain_text("Only here")
    (rule,) = rules_of(api)
    assert rule["channels"] == [channel]
    assert (rule["hysteresis_pct"], rule["cooldown_min"], rule["session_only"]) == (0.5, 90.0, True)
    assert rule["expires"] == "2030-01-01T11:00:00Z"
    assert rule["quiet"] == {"start": "21:30:00", "end": "07:00:00", "zone": "Europe/Berlin"}
    rows(alerts).get_by_role("link", name="Edit QUORB reaches 9000").click()
    again = alerts.get_by_role("region", name="Change the alert")
    expect(again.get_by_label("Cool-down")).to_have_value("90")
    expect(again.get_by_label("Ends")).to_have_value("2030-01-01T12:00")
    expect(again.get_by_label("Elsewhere")).not_to_be_checked()
    expect(again.get_by_role("link", name="Show on the chart")).to_have_attribute(
        "href", f"/symbol/QUORB?trial={rule['id']}"
    )


def test_the_palette_makes_an_alert_out_of_a_line(alerts: Page):
    alerts.goto("/help")
    expect(alerts.get_by_role("heading", name="Help", exact=True)).to_be_visible()
    expect(alerts.get_by_role("main")).to_contain_text("\N{LEFT DOUBLE QUOTATION MARK}alert AAPL 190")
    expect(alerts.get_by_role("main")).to_contain_text("Go to the alerts")
    alerts.keyboard.press("/")
    expect(alerts.get_by_role("dialog")).to_be_visible()
    alerts.keyboard.type("alert QUORB 190")
    expect(alerts.get_by_role("option")).to_have_text(["New alert on QUORB at 190"])
    alerts.keyboard.press("Enter")
    expect(alerts).to_have_url(re.compile(r"/alerts\?new=QUORB&level=190$"))
    expect(alerts.get_by_role("region", name="New alert").get_by_label("Level")).to_have_value("190")
    alerts.keyboard.press("Escape")
    expect(alerts).to_have_url(re.compile("/alerts$"))
    for entry, address in (
        ("New alert", r"/alerts\?new$"),
        ("Channels of alerts", r"/alerts\?channels$"),
        ("Alerts", "/alerts$"),
    ):
        alerts.keyboard.press("Control+k")
        expect(alerts.get_by_role("dialog")).to_be_visible()
        alerts.keyboard.type(entry)
        alerts.get_by_role("option", name=re.compile(f"^{entry}")).click()
        expect(alerts).to_have_url(re.compile(address))


def test_the_keyboard_opens_and_closes_the_panel_and_comes_back_to_where_it_was(alerts: Page, api: httpx.Client):
    add_rule(api, "Far up")
    alerts.goto("/alerts")
    edit = rows(alerts).get_by_role("link", name="Edit Far up")
    edit.focus()
    alerts.keyboard.press("Enter")
    panel = alerts.get_by_role("region", name="Change the alert")
    expect(panel).to_be_focused()
    panel.get_by_label("Level").focus()
    alerts.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(edit).to_be_focused()
    alerts.go_back()
    expect(panel).to_be_visible()


def test_a_channel_keeps_its_secret_while_its_name_changes_and_is_removed_when_that_is_said_twice(
    alerts: Page, api: httpx.Client
):
    with web(says(200, "heard")) as receiver:
        number = add_channel(api, "webhook", "First name", url=receiver.url, secret=SECRET)
        alerts.goto("/alerts?channels")
        alerts.get_by_role("link", name="First name").click()
        panel = alerts.get_by_role("region", name="Change First name")
        expect(panel.get_by_label("Secret")).to_have_value("")
        expect(panel.get_by_label("Secret")).to_have_attribute("placeholder", "****0123")
        panel.get_by_label("Name").fill("Second name")
        panel.get_by_role("button", name="Save").click()
        alerts.get_by_role("button", name="Send a test to Second name").click()
        expect(alerts.get_by_text("Arrived: HTTP 200 heard")).to_be_visible()
        assert len(receiver.heard) == 1

    with alerts.expect_response(lambda answer: answer.request.method == "PUT"):
        alerts.get_by_role("switch", name="Second name").click()
    expect(alerts.get_by_role("switch", name="Second name")).not_to_be_checked()
    alerts.goto(f"/alerts?channels&channel={number}")
    alerts.get_by_role("button", name="Remove…").click()
    alerts.get_by_role("button", name="Remove Second name for good").click()
    expect(alerts.get_by_text("There are none yet")).to_be_visible()
    assert api.get("channels").json()["channels"] == []


def test_a_channel_that_cannot_be_says_why_at_its_field_and_a_test_says_that_nobody_answered(
    alerts: Page, api: httpx.Client, watched: Watched
):
    watched.expected.append(REFUSED)
    alerts.goto("/alerts?channels&add=email")
    panel = alerts.get_by_role("region", name="New channel: E-mail")
    panel.get_by_label("Port").fill("abc")
    panel.get_by_role("button", name="Add").click()
    expect(panel.get_by_label("Mail server")).to_have_accessible_description(re.compile("^Mail server is missing"))
    expect(panel.get_by_label("Port")).to_have_accessible_description("Give a number from 1 to 65\u202f535.")
    panel.get_by_label("Port").fill("587")
    panel.get_by_label("Security").select_option("TLS")
    expect(panel.get_by_label("Port")).to_have_value("465")
    panel.get_by_label("Mail server").fill("smtp.example.org")
    panel.get_by_label("From").fill("desk@example.org")
    panel.get_by_label("To").fill("nobody")
    panel.get_by_role("button", name="Add").click()
    expect(panel.get_by_label("To")).to_have_accessible_description(
        "'nobody' is no e-mail address. Give one, such as name@example.org."
    )
    assert api.get("channels").json()["channels"] == []

    add_channel(api, "webhook", "Deaf", url="http://127.0.0.1:9/", secret=SECRET)
    alerts.goto("/alerts?channels")
    alerts.get_by_role("button", name="Send a test to Deaf").click()
    expect(alerts.get_by_text(re.compile(r"^Did not arrive: No answer from 127\.0\.0\.1"))).to_be_visible()


def test_a_browser_is_asked_on_a_click_only_and_shows_what_fires_while_nobody_looks(alerts: Page, api: httpx.Client):
    alerts.add_init_script(
        """
        window.asked = 0;
        window.Notification = class {
            static permission = "default";
            static async requestPermission() { asked++; return (this.permission = "granted"); }
            constructor(title, {tag}) { document.body.dataset.shown = `${tag}: ${title}`; }
        };
        let away = false;
        Object.defineProperty(document, "hidden", {get: () => away});
        window.leave = () => { away = true; document.dispatchEvent(new Event("visibilitychange")); };
        """
    )
    alerts.goto("/alerts?channels")
    alerts.get_by_role("link", name="Browser notifications").click()
    panel = alerts.get_by_role("region", name="New channel: Browser notifications")
    expect(panel.get_by_role("button", name="Allow and add")).to_be_visible()
    assert alerts.evaluate("asked") == 0
    panel.get_by_role("button", name="Allow and add").click()
    expect(alerts.get_by_role("switch", name="Browser notifications")).to_be_checked()
    assert alerts.evaluate("asked") == 1
    assert [channel["kind"] for channel in api.get("channels").json()["channels"]] == ["browser"]

    alerts.evaluate("leave()")
    add_rule(api, "Restless", condition=RESTLESS, repeat="once")
    body = alerts.locator("body")
    expect(body).to_have_attribute("data-shown", re.compile(r"^openbell-firing-\d+: QUORB"), timeout=FIRES_MS)
    newest = api.get("firings").json()["firings"][0]
    shown = f"openbell-firing-{newest['id']}: {newest['message'].replace('-', MINUS)}"
    expect(body).to_have_attribute("data-shown", shown)


def test_a_window_behind_another_tells_all_that_fired_at_once_the_newest_singly(alerts: Page, api: httpx.Client):
    alerts.add_init_script(
        """
        window.shown = [];
        window.Notification = class {
            static permission = "granted";
            constructor(title) {
                shown.push(this);
                document.body.dataset.shown = [document.body.dataset.shown, title].filter(Boolean).join("; ");
            }
        };
        document.hasFocus = () => false;
        """
    )
    add_channel(api, "browser", "Browser")
    rule = add_rule(api, "Far up")
    newest = 1

    def told(route: Route) -> None:
        asked = {name: int(value) for name, (value,) in parse_qs(urlsplit(route.request.url).query).items()}
        numbers = range(min(newest, asked.get("before", newest + 1) - 1), 0, -1)
        firings = [firing(number, rule) for number in numbers][: asked["limit"]]
        route.fulfill(json={"unseen": 0, "last_day": 0, "firings": firings})

    alerts.route("**/alerts/firings?*", told)
    alerts.goto("/alerts")
    expect(alerts.get_by_role("listitem").filter(has_text="reached")).to_have_count(1)
    newest = 13
    rows(alerts).get_by_role("switch", name="Far up").click()
    said = "9 more alerts fired; QUORB reached 11; QUORB reached 12; QUORB reached 13"
    expect(alerts.locator("body")).to_have_attribute("data-shown", said)
    alerts.evaluate("shown.at(-1).onclick()")
    expect(alerts).to_have_url(re.compile("firing=13$"))


def test_an_alert_that_tells_other_channels_leaves_the_browser_in_peace(alerts: Page, api: httpx.Client):
    alerts.add_init_script(
        """
        window.shown = [];
        window.Notification = class {
            static permission = "granted";
            constructor(title) { shown.push(title); }
        };
        Object.defineProperty(document, "hidden", {get: () => true});
        """
    )
    add_channel(api, "browser", "Browser")
    other = add_channel(api, "in-app", "Page")
    alerts.goto("/help")
    rail = alerts.get_by_role("navigation", name="Pages").get_by_role("link", name="Alerts")
    expect(rail).to_be_visible()
    before = api.get("firings").json()["unseen"]
    with alerts.expect_response(re.compile("/channels$"), timeout=FIRES_MS):
        add_rule(api, "Restless", condition=RESTLESS, repeat="once", channels=[other])
    expect(rail).to_contain_text(f"{before + 1} new")
    assert alerts.evaluate("shown") == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_alerts_are_readable_by_all_and_as_wide_as_their_window(
    browser: Browser, own_desk: StartedDesk, api: httpx.Client, watched: Watched, size: tuple[int, int]
):
    name = "An alert that a thorough person has written down at length"
    rule = add_rule(api, name, cooldown_min=5, session_only=True)
    add_rule(api, "Off", enabled=False, target={"type": "Watchlist", "id": "1"})
    add_channel(api, "in-app", "Page")
    add_rule(api, "Restless", condition=RESTLESS, repeat="once")
    channel = add_channel(api, "webhook", "Elsewhere", url="http://127.0.0.1:9/", secret=SECRET)
    with window(browser, own_desk.address, watched, size) as page:
        page.goto("/alerts")
        fired = page.get_by_role("listitem").filter(has_text=" from ").get_by_role("link").nth(1)
        expect(fired).to_be_visible(timeout=FIRES_MS)
        fired.click()
        seen = {
            page.url: page.get_by_text("Happened"),
            "/alerts": page.get_by_role("link", name=f"Edit {name}"),
            f"/alerts?edit={rule}": page.get_by_text(re.compile("Would (not )?have fired")),
            "/alerts?new": page.get_by_role("button", name="Set the alert"),
            "/alerts?channels": page.get_by_role("button", name="Send a test to Elsewhere"),
            "/alerts?channels&add=email": page.get_by_label("Password"),
            f"/alerts?channels&channel={channel}": page.get_by_label("Secret"),
            "/alerts?edit=99999": page.get_by_role("heading", name="Not found"),
        }
        for path, sign in seen.items():
            page.goto(path)
            expect(sign).to_be_visible()
            assert_lawful(page)


def test_an_alert_can_be_made_switched_and_removed_on_a_phone(
    browser: Browser, own_desk: StartedDesk, api: httpx.Client, watched: Watched
):
    with window(browser, own_desk.address, watched, PHONE) as page:
        page.goto("/alerts")
        page.get_by_role("button", name="Make the first alert").tap()
        editor = page.get_by_role("region", name="New alert")
        expect(page.get_by_role("heading", level=1)).to_have_text("New alert")
        editor.get_by_label("When", exact=True).select_option("it reaches a level")
        editor.get_by_label("Symbol").fill("QUORB")
        editor.get_by_label("Level").fill("9000")
        editor.get_by_role("button", name="Set the alert").tap()
        page.get_by_role("switch", name="QUORB reaches 9000").tap()
        expect(page.get_by_role("switch", name="QUORB reaches 9000")).not_to_be_checked()
        page.get_by_role("button", name="Remove QUORB reaches 9000").tap()
        expect(page.get_by_text("No alert is set")).to_be_visible()


def test_on_a_phone_all_of_a_channel_stands_below_its_name(
    browser: Browser, own_desk: StartedDesk, api: httpx.Client, watched: Watched
):
    add_channel(api, "browser", "Browser notifications")
    with window(browser, own_desk.address, watched, PHONE) as page:
        page.add_init_script("window.Notification = class { static permission = 'default'; };")
        page.goto("/alerts?channels")
        row = page.get_by_role("listitem").filter(has=page.get_by_role("switch"))
        name, *buttons = (
            row.get_by_role("link", name="Browser notifications"),
            row.get_by_role("button", name="Allow in this browser"),
            row.get_by_role("button", name="Send a test to Browser notifications"),
        )
        expect(buttons[0]).to_be_visible()
        assert len({round(each.bounding_box()["x"]) for each in (name, *buttons)}) == 1


def test_on_a_phone_a_firing_is_two_close_lines_that_open_it(
    browser: Browser, own_desk: StartedDesk, api: httpx.Client, watched: Watched
):
    add_rule(api, "All", target={"type": "Watchlist", "id": "1"})
    with window(browser, own_desk.address, watched, PHONE) as page:
        told = {"unseen": 0, "last_day": 0, "firings": [firing(2, 1), firing(1, 1)]}
        page.route("**/alerts/firings?*", lambda route: route.fulfill(json=told))
        page.goto("/alerts")
        row = page.get_by_role("listitem").filter(has_text="reached 2")
        box = row.bounding_box()
        assert box
        assert 44 <= box["height"] <= 68
        expect(page.get_by_text("Watchlist, 19 symbols")).to_be_visible()
        row.tap(position={"x": box["width"] / 2, "y": box["height"] - 4})
        expect(page).to_have_url(re.compile("firing=2$"))


def test_what_the_line_at_the_foot_covers_can_be_scrolled_out_from_below_it(alerts: Page, api: httpx.Client):
    for number in range(20):
        add_rule(api, f"Rule {number}")
    alerts.goto("/alerts")
    rows(alerts).get_by_role("button", name="Remove Rule 0", exact=True).click()
    line = alerts.get_by_role("status").filter(has=alerts.get_by_role("button", name="Undo"))
    expect(line).to_contain_text("Rule 0 is removed.")
    alerts.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last, over = rows(alerts).last.bounding_box(), line.locator("div").bounding_box()
    assert last
    assert over
    assert last["y"] + last["height"] <= over["y"]


def test_the_sources_tell_how_each_feed_is_doing(alerts: Page):
    alerts.goto("/sources")
    row = alerts.get_by_role("table", name="Live feeds").locator("tbody tr")
    expect(row).to_contain_text(re.compile(r"^Simulated market\s*Live for \d+ (s|min)"))
    cells = row.get_by_role("cell")
    expect(cells.nth(3)).to_have_text("19")
    expect(cells.nth(4)).to_have_text(re.compile(r"^\d+\.\d$"))
    expect(cells.nth(5)).to_have_text(re.compile(r"^\d+\.\d s$"))
