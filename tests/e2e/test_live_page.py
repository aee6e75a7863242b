"""Prices move while one looks, the line that tells them mends itself, and a chart knows its alerts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, Locator, Page, Route, WebSocketRoute, expect

from e2e.laws import assert_lawful
from e2e.started import StartedDesk
from e2e.watched import PHONE, Watched, window

pytestmark = pytest.mark.e2e

AGO = re.compile(r"^(now|\d+ s ago)$")

SYMBOL = "VELDO"
"""Its price changes almost every second."""


@pytest.fixture(scope="module")
def own_desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """A demo market whose alerts these tests make."""
    desk = StartedDesk(tmp_path_factory.mktemp("live"))
    desk.start()
    yield desk
    desk.end()


@pytest.fixture
def page(browser: Browser, own_desk: StartedDesk, watched: Watched) -> Iterator[Page]:
    with window(browser, own_desk.address, watched) as opened:
        yield opened
        for rule in rules(opened):
            opened.request.delete(f"/api/v1/alerts/rules/{rule['id']}")


def answer(response: APIResponse) -> Any:
    assert response.ok, response.text()
    return response.json()


def rules(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer(page.request.get("/api/v1/alerts/rules"))["rules"]
    return found


def price_of(page: Page) -> float:
    return float(answer(page.request.get(f"/api/v1/quotes?symbols={SYMBOL}"))["quotes"][0]["price"])


def add_level(page: Page, level: float, name: str = "Level") -> int:
    rule = {
        "name": name,
        "condition": {"type": "Crosses", "level": round(level, 2), "direction": "either"},
        "target": {"type": "Symbol", "symbol": SYMBOL},
    }
    return int(answer(page.request.post("/api/v1/alerts/rules", data=rule))["id"])


def asked(page: Page, noun: str) -> list[str]:
    """What is asked of a noun of the API from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if f"/api/v1/{noun}?" in request.url else None)
    return found


def row(page: Page) -> Locator:
    return page.get_by_role("region", name="Watchlist").get_by_role("row", name=SYMBOL)


def cell(page: Page, column: int) -> Locator:
    return row(page).get_by_role("cell").nth(column)


def chart(page: Page) -> Locator:
    return page.get_by_role("application")


def point(page: Page) -> None:
    """The right button, at a height of the chart where no line of an alert is near."""
    box = chart(page).bounding_box()
    assert box
    lines = [line.bounding_box() for line in page.get_by_role("slider").all()]
    taken = [line["y"] + line["height"] / 2 - box["y"] for line in lines if line]
    height = max(range(60, 221, 10), key=lambda y: min((abs(y - each) for each in taken), default=0))
    chart(page).click(button="right", position={"x": 300, "y": height})


def changes(where: Locator) -> None:
    """Wait until it says something else than it says now."""
    expect(where).not_to_have_text(where.inner_text())


def level_line(page: Page, name: str = "Level") -> Locator:
    return page.get_by_role("slider", name=f"Alert {name}")


def test_the_figures_of_the_watchlist_move_without_being_asked_for(page: Page):
    page.goto("/")
    expect(cell(page, 1)).to_have_text(re.compile(r"\d"))
    line = cell(page, 4).locator("polyline")
    drawn = line.get_attribute("points") or ""
    quotes = asked(page, "quotes")
    volumes = page.get_by_role("region", name="Watchlist").locator("tbody td:nth-child(6)")
    traded = volumes.all_inner_texts()
    for column in (1, 2, 3):
        changes(cell(page, column))
    expect(volumes).not_to_have_text(traded)
    expect(line).not_to_have_attribute("points", drawn)
    assert len(quotes) <= 1, "asked for now and then, to know what is late"


def test_a_changed_number_glows_and_not_where_motion_is_unwanted(page: Page):
    page.goto("/")
    changes(cell(page, 1))
    glowing = cell(page, 1).locator(".glow")
    expect(glowing).to_have_css("animation-name", "glow")
    expect(glowing).to_have_css("animation-duration", "0.6s")
    page.emulate_media(reduced_motion="reduce")
    changes(cell(page, 1))
    expect(glowing).to_have_css("animation-name", "none")


def test_rows_keep_their_places_while_one_reads(page: Page):
    def in_another_order(route: Route) -> None:
        told = route.fetch().json()
        for place, quote in enumerate(told["quotes"]):
            quote["change_pct"] = place
        route.fulfill(json=told)

    page.route("**/api/v1/quotes?*", in_another_order)
    page.goto("/?sort=-change_pct")
    expect(cell(page, 1)).to_have_text(re.compile(r"\d"))
    tickers = page.get_by_role("region", name="Watchlist").locator("tbody td:first-child a > span:first-child")
    before = tickers.all_inner_texts()
    assert before == list(reversed(answer(page.request.get("/api/v1/watchlists"))["watchlists"][0]["symbols"]))
    for _ in range(3):
        changes(cell(page, 1))
    assert tickers.all_inner_texts() == before


def freeze(page: Page, noun: str) -> None:
    """From now on the desk's answer to the same question is the first one again: what moves, the line moves."""
    answers: dict[str, str] = {}

    def again(route: Route) -> None:
        url = route.request.url
        if url not in answers:
            answers[url] = route.fetch().text()
        route.fulfill(body=answers[url], content_type="application/json")

    page.route(f"**/api/v1/{noun}?*", again)


def test_the_last_candle_and_its_volume_follow_the_minute_and_the_bars_before_stay(page: Page):
    freeze(page, "bars")
    page.goto(f"/symbol/{SYMBOL}?range=5D&interval=1h&view=table")
    rows = page.get_by_role("table", name=f"Bars of {SYMBOL}").locator("tbody tr")
    expect(rows.nth(1)).to_be_visible()
    newest, before = rows.first.locator("td, th"), rows.nth(1).inner_text()
    hour = newest.first.inner_text()
    changes(newest.nth(4))
    changes(newest.nth(5))
    if newest.first.inner_text() == hour:  # else an hour has just begun
        assert rows.nth(1).inner_text() == before


@pytest.mark.parametrize("interval", ["1m", "5m", "1d"])
def test_the_chart_ends_with_the_price_in_the_head_at_every_interval(page: Page, interval: str):
    freeze(page, "bars")
    page.goto(f"/symbol/{SYMBOL}?range={'1M' if interval == '1d' else '1D'}&interval={interval}")
    head, legend = page.get_by_role("banner").or_(page.locator("article header")).last, page.get_by_role("figure")
    expect(chart(page)).to_be_visible()
    for _ in range(2):
        price = head.locator("p").filter(has_text=re.compile(r"^[\d.\u202f]+ USD")).first
        changes(price)
        page.wait_for_function(
            """() => {
                const told = document.querySelector('article header').innerText;
                const price = told.match(/[\\d.\\u202f]+\\s+USD/g).at(-1);
                return document.querySelector('figure').innerText.includes(`C ${price.split(/\\s+USD/)[0]}`);
            }"""
        )
    expect(legend).to_contain_text("Vol")


def test_a_line_that_was_cut_is_said_quietly_and_heals_without_a_gap(page: Page):
    cut, lines = [False], list[WebSocketRoute]()

    def connect(line: WebSocketRoute) -> None:
        lines.append(line)
        if cut[0]:
            line.close()
        else:
            line.connect_to_server()

    page.route_web_socket("**/api/v1/live", connect)
    page.goto(f"/symbol/{SYMBOL}?range=5D")
    age = page.locator("article header time")
    expect(age).to_have_text(AGO)
    expect(chart(page)).to_be_visible()

    cut[0] = True
    lines[0].close()
    expect(age).to_have_text(re.compile(r"^(now|\d+ s ago), polled$"))
    expect(age).to_have_attribute("title", re.compile("The live line is down"))
    for _ in range(2):
        changes(page.locator("article header").get_by_text(re.compile(r"^[\d.\u202f]+ USD")))

    quotes, bars = asked(page, "quotes"), asked(page, "bars")
    cut[0] = False
    expect(age).to_have_text(AGO)
    assert any(SYMBOL in url for url in quotes)
    assert any("range=5D" in url for url in bars)
    changes(page.locator("article header").get_by_text(re.compile(r"^[\d.\u202f]+ USD")))


def test_a_page_that_slept_opens_a_new_line_and_asks_for_what_it_missed(page: Page):
    lines: list[str] = []
    page.on("websocket", lambda line: lines.append(line.url))
    page.add_init_script("const real = Date.now; window.slept = 0; Date.now = () => real() + window.slept")
    page.goto("/")
    changes(cell(page, 1))
    quotes = asked(page, "quotes")
    page.evaluate(
        """() => {
            const show = hidden => {
                Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
                document.dispatchEvent(new Event('visibilitychange'));
            };
            show(true);
            window.slept = 3600e3;
            show(false);
        }"""
    )
    with page.expect_response(lambda response: "/api/v1/quotes?" in response.url):
        pass
    changes(cell(page, 1))
    assert len(lines) == 2
    assert quotes


def test_the_right_button_offers_an_alert_at_the_price_under_it(page: Page):
    page.goto(f"/symbol/{SYMBOL}?range=1D")
    expect(chart(page)).to_be_visible()
    point(page)
    item = page.get_by_role("menu").get_by_role("menuitem")
    expect(item).to_be_focused()
    level = re.fullmatch(r"Alert at ([\d.]+)", item.inner_text())
    assert level
    assert float(level[1]) == pytest.approx(price_of(page), rel=0.2)
    page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    expect(chart(page)).to_be_focused()

    point(page)
    expect(item).to_be_focused()
    level = re.fullmatch(r"Alert at ([\d.]+)", item.inner_text())
    assert level
    item.click()
    expect(page).to_have_url(re.compile(rf"/alerts\?new={SYMBOL}&level={float(level[1]):g}$"))


def test_the_key_a_offers_an_alert_at_the_bar_that_is_read(page: Page):
    page.goto(f"/symbol/{SYMBOL}?range=1Y")
    chart(page).press("Home")
    said = re.search(r"close ([\d.]+)", page.locator("figure [aria-live=polite]").inner_text())
    assert said
    page.keyboard.press("a")
    item = page.get_by_role("menuitem")
    expect(item).to_be_focused()
    level = re.fullmatch(r"Alert at ([\d.]+)", item.inner_text())
    assert level
    assert float(level[1]) == pytest.approx(float(said[1]), rel=0.01)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/alerts\?new={SYMBOL}&level="))


def test_a_finger_that_rests_on_the_chart_offers_an_alert(browser: Browser, own_desk: StartedDesk, watched: Watched):
    with window(browser, own_desk.address, watched, PHONE) as page:
        page.goto(f"/symbol/{SYMBOL}?range=1D")
        expect(chart(page)).to_be_visible()
        chart(page).scroll_into_view_if_needed()
        box = chart(page).bounding_box()
        assert box
        touch = page.context.new_cdp_session(page)
        at = {"x": box["x"] + 120, "y": box["y"] + 80}
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
        expect(page.get_by_role("menuitem")).to_have_text(re.compile(r"Alert at [\d.]+$"))
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.get_by_role("menuitem").tap()
        expect(page).to_have_url(re.compile(rf"/alerts\?new={SYMBOL}&level="))


def test_a_level_is_a_line_that_is_dragged_to_another_price_and_back_by_undo(page: Page):
    price = price_of(page)
    number = add_level(page, price, name=f"{SYMBOL} reaches {price:.2f}")
    page.goto(f"/symbol/{SYMBOL}?range=5D")
    line = level_line(page, SYMBOL)
    expect(line).to_have_attribute("aria-valuenow", f"{price:g}")
    drag(page, line, by=-40)
    expect(page.get_by_role("status").filter(has_text="moved from")).to_be_visible()
    moved = float(line.get_attribute("aria-valuenow") or "")
    assert moved > price
    expect_level(page, number, moved)
    assert rules(page)[0]["name"] == f"{SYMBOL} reaches {moved:.2f}"
    page.get_by_role("button", name="Undo").click()
    expect_level(page, number, round(price, 2))
    expect(line).to_have_attribute("aria-valuenow", f"{price:g}")


def drag(page: Page, line: Locator, by: float) -> None:
    chip = line.locator("span").first.bounding_box()
    assert chip
    x, y = chip["x"] + chip["width"] / 2, chip["y"] + chip["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + by / 2)
    page.mouse.move(x, y + by)
    page.mouse.up()


def expect_level(page: Page, number: int, level: float) -> None:
    """Wait until the desk keeps the rule at `level`."""
    page.wait_for_function(
        """async ([number, level]) => {
            const {rules} = await (await fetch('/api/v1/alerts/rules')).json();
            return rules.find(({id}) => id === number).condition.level === level;
        }""",
        arg=[number, level],
    )


def test_arrow_keys_move_a_level_and_escape_leaves_it(page: Page):
    price = price_of(page)
    number = add_level(page, price)
    page.goto(f"/symbol/{SYMBOL}?range=5D")
    line = level_line(page)
    line.press("ArrowDown")
    expect(line).not_to_have_attribute("aria-valuenow", f"{price:g}")
    line.press("Escape")
    expect(line).to_have_attribute("aria-valuenow", f"{price:g}")
    line.press("ArrowUp")
    line.press("ArrowUp")
    moved = float(line.get_attribute("aria-valuenow") or "")
    assert moved > price
    line.press("Enter")
    expect(line).to_have_attribute("aria-valuenow", f"{moved:g}")
    expect_level(page, number, moved)


def test_a_finger_drags_a_level(browser: Browser, page: Page, own_desk: StartedDesk, watched: Watched):
    price = price_of(page)
    number = add_level(page, price)
    with window(browser, own_desk.address, watched, PHONE) as phone:
        phone.goto(f"/symbol/{SYMBOL}?range=5D")
        line = level_line(phone)
        expect(line).to_be_visible()
        phone.evaluate("window.scrollTo(0, 200)")
        chip = line.locator("span").first.bounding_box()
        assert chip
        before = line.get_attribute("aria-valuenow") or ""
        at = {"x": chip["x"] + 10, "y": chip["y"] + chip["height"] / 2}
        touch = phone.context.new_cdp_session(phone)
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
        for step in (10, 30):
            moved = {**at, "y": at["y"] + step}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect(phone.get_by_role("status").filter(has_text="moved from")).to_be_visible()
        expect(line).not_to_have_attribute("aria-valuenow", before)
        level = float(line.get_attribute("aria-valuenow") or "")
        assert level < price
        expect_level(phone, number, level)
        assert phone.evaluate("window.scrollY") == 200


def test_a_chart_with_its_alerts_can_be_read_by_all(page: Page):
    number = add_level(page, price_of(page))
    add_level(page, price_of(page) * 2, name="Far")
    page.goto(f"/symbol/{SYMBOL}?range=5D&trial={number}")
    expect(level_line(page)).to_be_visible()
    expect(page.get_by_text("would have fired")).to_be_visible()
    point(page)
    expect(page.get_by_role("menuitem")).to_be_visible()
    assert_lawful(page)


def test_a_level_the_desk_refuses_goes_back(page: Page, watched: Watched):
    watched.expected.append(r"422 \(Unprocessable")
    price = price_of(page)
    add_level(page, price)
    page.goto(f"/symbol/{SYMBOL}?range=5D")
    line = level_line(page)
    expect(line).to_be_visible()

    def refuse(route: Route) -> None:
        told = {"title": "Not possible", "status": 422, "detail": "The level is taken."}
        route.fulfill(status=422, body=json.dumps(told), content_type="application/problem+json")

    page.route("**/api/v1/alerts/rules/*", refuse)
    drag(page, line, by=30)
    expect(page.get_by_role("status").filter(has_text="Not moved. The level is taken.")).to_be_visible()
    expect(line).to_have_attribute("aria-valuenow", f"{price:g}")


def test_a_level_beyond_the_chart_waits_at_its_edge_and_one_that_is_off_is_not_drawn(page: Page):
    add_level(page, price_of(page) * 3, name="Far")
    number = add_level(page, price_of(page), name="Off")
    off = next(each for each in rules(page) if each["id"] == number)
    answer(page.request.put(f"/api/v1/alerts/rules/{off['id']}", data={**off, "enabled": False}))
    page.goto(f"/symbol/{SYMBOL}?range=5D")
    chip, box = level_line(page, "Far").locator("span").first, chart(page)
    expect(chip).to_be_in_viewport()
    top, plot = chip.bounding_box(), box.bounding_box()
    assert top
    assert plot
    assert plot["y"] <= top["y"] <= plot["y"] + 12
    expect(level_line(page, "Off")).to_have_count(0)


def test_what_fires_is_marked_at_the_time_axis_as_soon_as_it_does(page: Page):
    page.goto(f"/symbol/{SYMBOL}?range=1D")
    expect(chart(page)).to_be_visible()
    price = price_of(page)
    for step in range(-6, 7):
        add_level(page, price + step / 50, name=f"At {step}")
    bell = page.locator("figure [data-bar][title^='Alert at']")
    expect(bell.first).to_be_attached(timeout=60_000)
    bar = int(bell.last.get_attribute("data-bar") or "")
    count = int((re.search(r"(\d+) bars", chart(page).get_attribute("aria-label") or "") or ["", "0"])[1])
    assert count - 3 <= bar < count
    chart(page).press("End")
    for _ in range(count - 1 - bar):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("figure [aria-live=polite]")).to_contain_text("Alert at")


def test_a_trial_is_told_in_a_sentence_and_marked_and_stays_from_range_to_range(page: Page):
    number = add_level(page, price_of(page), name="Tried")
    rule = rules(page)[0]
    trial = answer(page.request.post("/api/v1/alerts/trial", data=rule))["trials"][0]
    assert trial["fired"], "the price of today was crossed within ninety days"
    page.goto(f"/symbol/{SYMBOL}?range=3M&trial={number}")
    sentence = page.get_by_text(re.compile("^\N{LEFT DOUBLE QUOTATION MARK}Tried\N{RIGHT DOUBLE QUOTATION MARK}"))
    times = r"(once|[\d\u202f]+ times)"
    expect(sentence).to_contain_text(re.compile(rf"would have fired {times} (in the last 90 days|since)"))
    days = {datetime.fromisoformat(each["at"]).date() for each in trial["fired"]}
    expect(page.locator("figure [data-bar][title^='Trial at']").first).to_be_attached()
    assert page.locator("figure [data-bar][title^='Trial at']").count() >= min(2, len(days))
    page.get_by_role("group", name="Range").get_by_role("link", name="1M", exact=True).click()
    expect(page).to_have_url(re.compile(rf"\?range=1M&trial={number}$"))
    expect(sentence).to_be_visible()
    sentence.get_by_role("link", name="Hide").click()
    expect(page).to_have_url(re.compile(r"\?range=1M$"))
    expect(page.locator("figure [data-bar][title^='Trial at']")).to_have_count(0)
