"""Where prices come from, what was set aside and why; and what the words mean."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.started import StartedDesk
from e2e.watched import PHONE, Watched, window

pytestmark = pytest.mark.e2e


def test_rows_set_aside_are_counted_by_reason_and_each_shows_as_it_came(page: Page):
    page.goto("/sources")
    expect(page.get_by_role("heading", level=1)).to_have_text("All is in order: Simulated market answers")
    groups = page.get_by_role("table", name="Rows set aside, by source and reason").locator("tbody tr")
    expect(groups).to_have_count(4)
    reason = groups.filter(has_text="Price of zero or less")
    count = int(reason.locator("td").nth(2).inner_text())
    reason.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"\?source=simulated&reason=not_positive$"))
    rows = page.get_by_role("table", name="not_positive from simulated").locator("tbody tr")
    expect(rows).to_have_count(count)
    expect(rows.first.locator("dl")).to_have_text(
        re.compile(r"open[\d.\u202f]+high[\d.\u202f]+low\u2212[\d.\u202f]+close")
    )
    expect(rows.first.locator("td").nth(1)).to_have_text(re.compile(r"^\d+ \w+ \d{4} \d\d:\d\d 1m$"))


def test_help_tells_hours_columns_indicators_and_keys(page: Page):
    page.goto("/help")
    for heading in ("Market hours", "What each column means", "Indicators", "Keyboard"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Demo market open, never closes.")
    expect(page.get_by_role("main")).to_contain_text(re.compile("NYSE .+ The session runs from 09:30 to 1[36]:00"))
    expect(page.get_by_role("main")).to_contain_text("TradingView Lightweight Charts")


def test_all_rows_set_aside_can_be_taken_away_as_a_file_not_only_those_on_the_page(page: Page):
    total = page.request.get("/api/v1/sources/rejects?limit=1").json()["total"]
    page.goto("/sources")
    with page.expect_download() as download:
        page.get_by_role("button", name="All rows, CSV").click()
    assert download.value.suggested_filename == "rejects.csv"
    with download.value.path().open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["source", "reason", "symbol", "bar", "why", "row", "came from", "learned"]
    assert len(rows) == total + 1


def test_a_fetch_on_a_phone_is_a_card(browser: Browser, desk: StartedDesk, watched: Watched):
    fetch = {"symbol": "ACME", "kind": "history", "state": "failed", "detail": "No answer. " * 8, "rows": 0}
    fetch |= {"next_try": None, "at": "2026-11-20T12:00:00Z"}
    with window(browser, desk.address, watched, PHONE) as page:
        told = page.request.get(f"{desk.address}/api/v1/sources").json() | {"fetches": [fetch]}
        page.route("**/api/v1/sources", lambda route: route.fulfill(json=told))
        page.goto("/sources")
        table = page.get_by_role("table", name="Fetches")
        expect(table).to_contain_text("No answer.")
        box = table.bounding_box()
        assert box
        assert box["x"] + box["width"] <= PHONE[0]
