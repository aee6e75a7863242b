"""One symbol: ranges, indicators and adjustments, all kept in the address."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import prod
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from e2e.started import StartedDesk
from e2e.watched import PHONE, Watched, window

pytestmark = pytest.mark.e2e

RANGES = ("1D", "5D", "1M", "3M", "YTD", "1Y", "5Y", "Max")
SHORTER_THAN_ALL = RANGES[:6]
"""The demo market is three years old: five years of it, and all of it, are the same."""


def chart(page: Page) -> Locator:
    return page.get_by_role("application")


def settled(page: Page) -> str:
    """The chart's sentence, once it is that of the address."""
    expect(chart(page)).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    return page.locator("figcaption").inner_text()


def where_from(sentence: str) -> str:
    """What stays of a chart's sentence while its last price moves."""
    return sentence[sentence.index(", from ") : sentence.index(", to ")]


def choose(page: Page, range_: str) -> None:
    page.get_by_role("group", name="Range").get_by_role("link", name=range_, exact=True).click()


def test_each_range_has_its_address_and_its_sentence_and_back_and_reload_keep_them(page: Page):
    page.goto("/symbol/HAZLO")
    sentence = settled(page)
    for range_ in RANGES:
        choose(page, range_)
        expect(page).to_have_url(re.compile(rf"\?range={range_}$"))
        current = page.get_by_role("group", name="Range").locator("[aria-current]")
        expect(current).to_have_text(range_)
        if range_ in SHORTER_THAN_ALL:
            expect(page.locator("figcaption")).not_to_have_text(sentence)
        sentence = settled(page)
        assert sentence.startswith("HAZLO ")
    all_of_it = settled(page)

    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?range=1Y$"))
    expect(page.locator("figcaption")).not_to_have_text(all_of_it)
    year = settled(page)
    page.reload()
    expect(page.locator("figcaption")).to_contain_text(where_from(year))


def test_a_range_seen_before_is_shown_without_asking_again(page: Page):
    page.goto("/symbol/HAZLO?range=1Y")
    year = settled(page)
    choose(page, "Max")
    expect(page.locator("figcaption")).not_to_have_text(year)
    settled(page)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "/bars?" in request.url else None)
    choose(page, "1Y")
    expect(page.locator("figcaption")).to_contain_text(where_from(year))
    assert [request.url for request in asked if "range=1Y" in request.url] == []


def test_indicators_chosen_from_the_menu_are_in_the_address_and_in_the_legend(page: Page):
    page.goto("/symbol/HAZLO?range=1Y")
    settled(page)
    page.get_by_role("button", name="Indicators").click()
    menu = page.get_by_role("dialog", name="Indicators")
    for title in ("SMA (20)", "Bollinger (20, 2)", "MACD (12, 26, 9)", "Drawdown"):
        menu.get_by_text(title, exact=True).click()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    chosen = ["sma:20", "bollinger:20,2", "macd:12,26,9", "drawdown"]
    expect(page).to_have_url(re.compile(r"with=sma:20;bollinger:20,2;macd:12,26,9;drawdown$"))
    assert parse_qs(urlsplit(page.url).query, separator="&")["with"] == [";".join(chosen)]
    settled(page)
    legend = page.get_by_role("figure")
    figure = r"[\u2212\d.\u202f]+"
    for shape in (
        rf"SMA \(20\) {figure}",
        rf"Bollinger \(20, 2\) middle {figure}, upper {figure}, lower {figure}",
        rf"MACD \(12, 26, 9\) macd {figure}, signal {figure}, histogram {figure}",
        rf"Drawdown {figure}%",
    ):
        expect(legend).to_contain_text(re.compile(shape))
    page.reload()
    expect(legend).to_contain_text("Bollinger (20, 2)")
    expect(page.get_by_role("button", name="Indicators (4)")).to_be_visible()


def test_an_indicator_over_bars_of_ones_own_is_added_and_says_its_number(page: Page):
    page.goto("/symbol/HAZLO?range=1Y")
    settled(page)
    page.get_by_role("button", name="Indicators").click()
    menu = page.get_by_role("dialog", name="Indicators")
    menu.get_by_label("Indicator", exact=True).select_option("SMA")
    menu.get_by_label("Number of bars").fill("37")
    menu.get_by_role("button", name="Add").click()
    expect(menu).to_contain_text("The mean close of the last 37 bars.")
    expect(page).to_have_url(re.compile(r"with=sma:37$"))


def test_the_last_candle_and_the_sentence_are_the_price_in_the_head(page: Page):
    page.goto("/symbol/QUORB?range=1Y")
    settled(page)
    page.wait_for_function(
        """() => {
            const [head, legend] = ['header h1', 'figure'].map(it => document.querySelector(it));
            const price = head.closest('header').innerText.match(/\\d+\\.\\d+/)[0];
            const said = document.querySelector('figcaption').innerText;
            return legend.innerText.includes(`C ${price}`) && said.includes(` to ${price}, `);
        }"""
    )


FIRST_PIXELS = """() => [...document.querySelectorAll('[role=application] canvas')].some(canvas => {
    if (canvas.width < 200) return false;
    const {data} = canvas.getContext('2d').getImageData(0, 0, 2, canvas.height / 4);
    return data.some((red, at) => at % 4 === 0 && data[at + 3] > 0 && data[at + 1] > red + 60);
})"""
"""Whether something green stands in the upper quarter of the chart's first pixels; its axes are not meant."""


def test_a_phone_draws_the_first_bar_of_a_day_of_minutes(browser: Browser, desk: StartedDesk, watched: Watched):
    def low_after_the_first(route: Route) -> None:
        told = route.fetch().json()
        start = told["bars"]["ts"][0] if told["bars"]["ts"] else 0
        told["bars"] = {name: [value] * 480 for name, value in (("open", 10), ("high", 11), ("low", 10), ("close", 11))}
        told["bars"] |= {"ts": [start + 60 * minute for minute in range(480)], "volume": [1] * 480}
        told["bars"]["high"][0] = told["bars"]["close"][0] = 20
        told |= {"as_of": told["end"], "previous_close": None}  # the live price is elsewhere
        route.fulfill(json=told)

    watched.expected.append("willReadFrequently")
    with window(browser, desk.address, watched, PHONE) as page:
        page.route("**/api/v1/bars?*", low_after_the_first)
        page.goto("/symbol/HAZLO?range=1D")
        settled(page)
        page.wait_for_function(FIRST_PIXELS)


def test_figures_by_hour_stay_behind_their_heading_until_they_are_wanted(page: Page):
    page.goto("/symbol/QUORB?range=1D")
    settled(page)
    table = page.get_by_role("table", name="QUORB by hour")
    expect(table).to_have_count(0)
    page.get_by_role("button", name="Averages by hour and day").click()
    expect(table).to_be_visible()
    expect(table.get_by_role("columnheader", name="VWAP")).to_be_visible()
    page.get_by_role("group", name="Range").get_by_role("link", name="Max", exact=True).click()
    settled(page)
    expect(page.get_by_role("button", name="Averages by hour and day")).to_have_count(0)


def test_a_page_of_the_table_fits_the_window_and_leads_to_the_last(page: Page):
    page.goto("/symbol/HAZLO?range=1Y&view=table")
    rows = page.get_by_role("table", name="Bars of HAZLO").locator("tbody tr")
    expect(rows.first).to_be_visible()
    last_of_page = rows.last.bounding_box()
    assert last_of_page
    assert last_of_page["y"] + last_of_page["height"] <= 900
    newest = rows.first.inner_text()
    page.get_by_role("button", name="Last page").click()
    expect(rows.first).not_to_have_text(newest)
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()


def split_symbol(page: Page) -> tuple[str, float]:
    """A symbol of the demo market that was split, and into how many units in all."""
    symbols = page.request.get("/api/v1/symbols?limit=100").json()["symbols"]
    for ticker in (symbol["ticker"] for symbol in symbols):
        actions = page.request.get(f"/api/v1/actions?symbol={ticker}").json()["actions"]
        ratios = [action["ratio"] for action in actions if action["kind"] == "split"]
        if prod(ratios) >= 2:
            return ticker, prod(ratios)
    raise AssertionError("no symbol of the demo market was split")


def first_close(page: Page, ticker: str, adjust: str) -> float:
    page.goto(f"/symbol/{ticker}?range=Max&interval=1d")
    settled(page)
    page.get_by_role("group", name="Adjustment").get_by_role("link", name=adjust, exact=True).click()
    settled(page)
    chart(page).press("Home")
    said = re.search(r"close ([\d.\u202f]+), volume", page.locator("[aria-live=polite]").first.inner_text())
    assert said
    return float(said[1].replace("\N{NARROW NO-BREAK SPACE}", ""))


def test_a_price_before_a_split_is_as_traded_or_in_units_of_today(page: Page):
    page.goto("/")
    ticker, units = split_symbol(page)
    raw = first_close(page, ticker, "Raw")
    assert "adjust=raw" in page.url
    split = first_close(page, ticker, "Split")
    assert "adjust" not in page.url
    assert raw == pytest.approx(split * units, abs=0.01 * units)


def test_days_of_ones_own_and_a_past_instant_are_in_the_address_and_said_above_the_chart(page: Page):
    page.goto("/symbol/HAZLO?range=1Y")
    settled(page)
    first, last, next_year = told_days(page)
    page.get_by_role("button", name="Dates").click()
    menu = page.get_by_role("dialog", name="Dates")
    menu.get_by_label("From").fill(first)
    menu.get_by_label("To").fill(last)
    menu.get_by_label("As of").fill(next_year)
    menu.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(rf"\?from={first}&to={last}&as_of={next_year}$"))
    expect(page.get_by_role("group", name="Range").locator("[aria-current]")).to_have_count(0)
    settled(page)
    expect(page.get_by_role("main")).to_contain_text("The chart shows what the desk knew on")
    page.get_by_role("link", name="Show the present").click()
    expect(page).to_have_url(re.compile(rf"\?from={first}&to={last}$"))
    page.get_by_role("link", name="Back to 6M").click()
    expect(page).to_have_url(re.compile("/symbol/HAZLO$"))


def test_a_stretch_that_ends_before_it_starts_is_refused_once_and_with_what_to_do(page: Page, watched: Watched):
    watched.expected.append("422")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/bars?" in request.url else None)
    page.goto("/symbol/HAZLO?from=2026-02-01&to=2026-01-01")
    refusal = page.get_by_role("main").get_by_role("alert")
    for sentence in ("The stretch ends (2026-01-01) before it starts (2026-02-01).", "Swap the two."):
        expect(refusal).to_contain_text(sentence)
    page.wait_for_event("request", lambda request: "/api/v1/market" in request.url)
    assert len([url for url in asked if "from=2026-02-01" in url]) == 1
    expect(refusal).to_be_visible()


def test_the_choice_of_days_refuses_an_end_before_its_start(page: Page):
    page.goto("/symbol/HAZLO")
    settled(page)
    page.get_by_role("button", name="Dates").click()
    menu = page.get_by_role("dialog", name="Dates")
    menu.get_by_label("From").fill("2026-10-01")
    menu.get_by_label("To").fill("2026-09-01")
    menu.get_by_role("button", name="Show").click()
    expect(menu.get_by_role("alert")).to_have_text("“To” is before “From”. Swap the two.")
    expect(page).to_have_url(re.compile("/symbol/HAZLO$"))
    menu.get_by_label("To").fill("2026-11-01")
    menu.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("from=2026-10-01&to=2026-11-01$"))


def test_an_interval_that_cannot_be_is_the_fitting_one(page: Page, watched: Watched):
    watched.expected.append("422")
    page.goto("/symbol/HAZLO?range=1Y&interval=7x")
    settled(page)
    expect(page.get_by_role("main")).to_contain_text("There is no interval '7x'. Shown in its place: 1d.")
    expect(page.get_by_label("Interval")).to_have_value("1d")


def told_days(page: Page) -> tuple[str, str, str]:
    """The first and the last day of the chart, and a day on which the desk will know all that it knows today."""
    stamps = page.request.get("/api/v1/bars?symbol=HAZLO&range=1Y").json()["bars"]["ts"]
    first, last = (datetime.fromtimestamp(stamps[at], UTC).date() for at in (0, -1))
    return first.isoformat(), last.isoformat(), (last + timedelta(days=365)).isoformat()


def test_nothing_is_shown_that_the_desk_did_not_know_then(page: Page):
    page.goto("/symbol/HAZLO?as_of=2001-01-01")
    expect(page.get_by_role("main")).to_contain_text("The chart shows what the desk knew on 1 Jan 2001.")
    expect(page.get_by_role("main")).to_contain_text("The desk knew no prices of HAZLO in this range then")
    page.get_by_role("link", name="Show the present").click()
    settled(page)


def test_a_bar_of_a_week_says_so_and_a_table_offers_no_axis(page: Page):
    page.goto("/symbol/HAZLO?range=1Y&interval=1w")
    settled(page)
    expect(page.get_by_role("figure")).to_contain_text(re.compile(r"Week of \d+ \w+ \d{4}"))
    scale = page.get_by_role("group", name="Scale")
    expect(scale).to_have_count(1)
    page.get_by_role("button", name="Table").click()
    expect(page.get_by_role("table", name="Bars of HAZLO")).to_be_visible()
    expect(scale).to_have_count(0)


def test_the_figures_tell_the_range_of_a_year_and_the_average_volume(page: Page):
    page.goto("/symbol/HAZLO")
    settled(page)
    facts = (
        page.get_by_role("region").or_(page.locator("section")).filter(has=page.get_by_role("heading", name="Figures"))
    )
    price = r"[\d.\u202f]+"
    expect(facts).to_contain_text(re.compile(rf"52-week range{price} to {price}"))
    expect(facts).to_contain_text(re.compile(r"Average volume, 3 months[\d.]+\u202f[KM]"))


def test_on_a_wide_desk_the_figures_stand_beside_the_chart(page: Page):
    page.goto("/symbol/HAZLO")
    settled(page)
    drawn, figures = chart(page).bounding_box(), page.get_by_role("heading", name="Figures").bounding_box()
    assert drawn
    assert figures
    assert figures["x"] >= drawn["x"] + drawn["width"]
    assert figures["y"] < drawn["y"] + 40


def test_a_dividend_before_a_split_is_told_on_the_scale_of_the_chart(page: Page):
    told = {
        "symbol": "HAZLO",
        "currency": "USD",
        "source": "demo",
        "known_at": "2026-01-01T00:00:00Z",
        "ratio": None,
        "amount": None,
    }
    actions = [
        told | {"ex_date": "2026-02-02", "kind": "dividend", "amount": 3.5, "text": "Dividend 3.5 USD"},
        told | {"ex_date": "2026-03-02", "kind": "split", "ratio": 7.0, "text": "Split 7:1"},
    ]
    page.route("**/api/v1/actions?*", lambda route: route.fulfill(json={"actions": actions}))
    page.goto("/symbol/HAZLO")
    settled(page)
    dividends = page.locator("section").filter(has=page.get_by_role("heading", name="Splits and dividends"))
    expect(dividends).to_contain_text("Dividend 0.50 USD, 3.50 before splits")
    page.get_by_role("group", name="Adjustment").get_by_role("link", name="Raw").click()
    expect(dividends).to_contain_text("Dividend 3.50 USD")


def test_the_controls_of_a_phone_stay_within_its_window(browser: Browser, desk: StartedDesk, watched: Watched):
    with window(browser, desk.address, watched, PHONE) as page:
        page.goto("/symbol/HAZLO")
        settled(page)
        more = page.get_by_role("main").get_by_role("button", name="More")
        expect(page.get_by_role("group", name="Scale")).to_be_hidden()
        more.click()
        expect(more).to_have_attribute("aria-expanded", "true")
        page.get_by_role("group", name="Scale").get_by_role("link", name="Log").click()
        expect(page).to_have_url(re.compile("scale=log$"))
        ends = page.locator("article a, article button, article select").evaluate_all(
            "all => all.filter(each => each.offsetParent).map(each => each.getBoundingClientRect().right)"
        )
        assert max(ends) <= PHONE[0]
        heights = (
            page.get_by_role("group", name="Range")
            .get_by_role("link")
            .evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
        )
        assert min(heights) >= 44


def test_a_price_without_a_close_before_it_tells_no_change(page: Page):
    def first_day(route: Route) -> None:
        told = route.fetch().json()
        unknown = {"change": None, "change_pct": None, "previous_close": None}
        told["quotes"] = [quote | unknown for quote in told["quotes"]]
        route.fulfill(json=told)

    page.route("**/api/v1/quotes?*", first_day)
    page.goto("/symbol/HAZLO")
    settled(page)
    header = page.locator("article header")
    expect(header).to_contain_text("USD")
    expect(header).not_to_contain_text("(")


def test_the_labels_of_levels_that_lie_together_do_not_cover_one_another_or_the_words_at_the_edge(page: Page):
    before = page.request.get("/api/v1/bars?symbol=HAZLO&range=1D").json()["previous_close"]
    levels = (before, before + 0.001, before * 2)
    draft = {"target": {"type": "Symbol", "symbol": "HAZLO"}}
    rules = [
        page.request.post(
            "/api/v1/alerts/rules", data=draft | {"name": f"At {at}", "condition": {"type": "Crosses", "level": at}}
        ).json()["id"]
        for at in levels
    ]
    page.goto("/symbol/HAZLO?range=1D")
    settled(page)
    lines = page.get_by_role("slider")
    expect(lines).to_have_count(3)
    expect(page.locator("[role=slider][data-short]")).to_have_count(2)
    tops = sorted(lines.locator("> span").evaluate_all("all => all.map(each => each.getBoundingClientRect().top)"))
    for rule in rules:
        page.request.delete(f"/api/v1/alerts/rules/{rule}")
    assert all(below - above >= 23 for above, below in pairwise(tops))
