"""The jobs, what the last session brought, past months, and the inbox of splits and dividends."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.laws import assert_lawful
from e2e.watched import DESKTOP, PHONE, Watched, window
from nightly_market import WEDNESDAY_EVENING, Night, a_night
from openbell.api.app import create_app
from openbell.store.backfillbook import BackfillBook
from openbell.store.jobbook import JobBook, Progress
from recorded import Answer

pytestmark = pytest.mark.e2e

DIVIDEND = {"dividends": [{"date": "2025-02-19 09:30", "amount": 0.25}]}
AFTER_SPLIT = "\n2025-02-20 09:30 1.15 1.19 1.14 1.18 9000"
STREAMED = """
    09:30 11.20 11.25 11.20 11.22 100
    09:31 11.22 11.30 11.22 11.29 150"""
THURSDAY_EVENING = WEDNESDAY_EVENING + timedelta(days=1)
THIN = "\N{NARROW NO-BREAK SPACE}"


@contextmanager
def serving(night: Night) -> Iterator[str]:
    """The address of the night's desk."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = uvicorn.Server(uvicorn.Config(create_app(night.desk, jobs=False), log_level="warning"))
        thread = Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with a_night(tmp_path, "ACME") as found:
        yield found


@pytest.fixture
def address(night: Night) -> Iterator[str]:
    with serving(night) as found:
        yield found


@pytest.fixture
def opened(browser: Browser, address: str, watched: Watched) -> Iterator[Page]:
    with window(browser, address, watched) as page:
        yield page


@pytest.fixture
def with_news(night: Night) -> Night:
    """A dividend that the vendor told of, and a jump like a split that nobody told of."""
    night.market.events = DIVIDEND
    night.until(WEDNESDAY_EVENING)
    night.market.days += AFTER_SPLIT
    night.until(THURSDAY_EVENING)
    return night


def row(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title))


def test_a_job_of_the_demo_market_is_run_by_hand_and_says_what_came_of_it(page: Page):
    page.goto("/sources")
    expect(page.get_by_role("heading", level=1)).to_have_text("All is in order: Simulated market answers")
    page.get_by_role("link", name="Jobs", exact=True).click()
    expect(page).to_have_url(re.compile(r"/sources\?view=jobs$"))
    expect(page.get_by_role("main")).to_contain_text("No more can be asked for: the desk runs offline.")
    demo = row(page, "Follow the simulated market")
    demo.get_by_role("button", name="Run now").click()
    expect(demo).to_contain_text(re.compile(r"ran \d\d:\d\d in \d+\.\d s, by hand; next \d\d:\d\d"))
    expect(demo.get_by_role("status")).to_have_text(re.compile(r"^\d+ bars? stored, \d+ bad prints? set aside\.$"))
    demo.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"view=jobs&job=demo$"))
    runs = page.get_by_role("table", name="Runs: Follow the simulated market").locator("tbody tr")
    expect(runs.filter(has_text="hand").first).to_contain_text("Went well")
    expect(runs.filter(has_text="the clock").first).to_be_visible()
    demo.get_by_role("link").press("Enter")
    expect(page).to_have_url(re.compile(r"view=jobs$"))
    expect(runs).to_have_count(0)


def test_a_job_that_is_under_way_says_how_far_and_that_it_is_not_begun_twice(
    night: Night, opened: Page, watched: Watched
):
    watched.expected.append(r"409 \(Conflict")
    book = JobBook(night.desk.ledger)
    begun = book.begin("upkeep", "clock", night.clock())
    book.tell(begun, Progress(3, 12, "ACME"))
    opened.goto("/sources?view=jobs")
    upkeep = row(opened, "Complete and check each day")
    expect(upkeep).to_contain_text("Under way, 3 of 12: ACME")
    expect(upkeep.get_by_role("progressbar")).to_have_attribute("value", "3")
    upkeep.get_by_role("button", name="Run now").click()
    expect(upkeep.get_by_role("status")).to_have_text("It is under way already; what comes of it will stand here.")
    book.end(begun, "done", night.clock(), result="1 symbol completed.")
    expect(upkeep).to_contain_text("Went well")
    expect(upkeep).to_contain_text("1 symbol completed.")


def test_a_job_that_fails_says_since_when_and_why_and_the_first_line_counts_it(night: Night, opened: Page):
    night.market.trouble["ACME"] = Answer("<html>", 200)
    night.until(WEDNESDAY_EVENING)
    opened.goto("/sources?view=jobs")
    expect(opened.get_by_role("heading", level=1)).to_contain_text("; 1 job fails")
    upkeep = row(opened, "Complete and check each day")
    expect(upkeep).to_contain_text("Fails since Wed 19 Feb 22:45")
    expect(upkeep).to_contain_text("1 of 1 symbol failed. ACME: yahoo: ")
    del night.market.trouble["ACME"]
    upkeep.get_by_role("button", name="Run now").click()
    expect(upkeep.get_by_role("status")).to_contain_text("1 symbol completed")
    expect(opened.get_by_role("heading", level=1)).not_to_contain_text("fails")


def test_the_last_session_of_each_symbol_says_how_many_minutes_agree(night: Night, opened: Page):
    opened.goto("/sources?view=jobs")
    expect(opened.get_by_role("main")).to_contain_text("None yet: a day is checked once its session has settled.")
    night.stream(STREAMED)
    night.until(WEDNESDAY_EVENING)
    opened.reload()
    checked = opened.get_by_role("table", name="Minutes of the last session").locator("tbody tr")
    expect(checked.locator("td")).to_have_text(
        ["ACME", "19 Feb 2025", "1", "1", "2", "1 of 4 minutes agree; 1 close differs by at most 0.01; 2 not streamed"]
    )


def test_past_months_are_asked_for_and_their_progress_is_shown(night: Night, opened: Page, watched: Watched):
    watched.expected.append(r"422 \(Unprocessable")
    opened.goto("/sources?view=jobs")
    expect(opened.get_by_role("main")).to_contain_text("None were asked for yet.")
    opened.get_by_text("Fetch past months", exact=True).last.click()
    form = opened.locator("form")

    def refused(field: str) -> Locator:
        form.get_by_role("button", name="Fetch").click()
        expect(form.get_by_label(field)).to_have_attribute("aria-invalid", "true")
        return form.get_by_label(field)

    form.get_by_label("Symbol").fill("??")
    expect(refused("Symbol")).to_have_accessible_description(re.compile("is not a ticker"))
    form.get_by_label("Symbol").fill("acme")
    expect(form.get_by_label("Symbol")).to_have_attribute("aria-invalid", "false")
    form.get_by_label("From").fill("2025-13")
    expect(refused("From")).to_have_accessible_description(re.compile("is not a date"))
    form.get_by_label("From").fill("2025-01")
    form.get_by_label("To").fill("2025-x")
    refused("To")
    form.get_by_label("To").fill("2025-02")
    form.get_by_label("Bars of").select_option("days")
    form.get_by_role("button", name="Fetch").click()
    expect(opened.get_by_text("2 months of ACME will be fetched.")).to_be_visible()
    months = opened.get_by_role("table", name="Past months").locator("tbody tr")
    expect(months).to_contain_text("Jan 2025 to Feb 2025")
    expect(months).to_contain_text("0 of 2")
    expect(months).to_contain_text("Under way")
    expect(form.get_by_label("Symbol")).to_have_value("")
    night.clockwork.turn("backfill")
    expect(months).to_contain_text("2 of 2")
    expect(months.get_by_role("progressbar")).to_have_attribute("value", "2")
    expect(months).to_contain_text("Done")


def test_months_that_are_not_wanted_any_more_are_withdrawn(night: Night, opened: Page, address: str):
    asked = {"symbol": "ACME", "from": "2025-01", "to": "2025-02", "interval": "1d"}
    httpx.post(f"{address}/api/v1/jobs/backfill", json=asked).raise_for_status()
    opened.goto("/sources?view=jobs")
    opened.get_by_role("button", name="Withdraw ACME, Jan 2025 to Feb 2025").click()
    expect(opened.get_by_text("No more months of ACME are fetched; what was fetched stays.")).to_be_visible()
    expect(opened.get_by_text("None were asked for yet.")).to_be_visible()
    assert BackfillBook(night.desk.ledger).open() == []


def test_a_split_that_only_the_prices_suggest_waits_on_top_and_is_applied(with_news: Night, opened: Page, address: str):
    opened.goto("/sources")
    expect(opened.get_by_role("heading", level=1)).to_contain_text("; 1 split waits for you")
    opened.get_by_role("link", name="Splits and dividends, 2 new").click()
    expect(opened).to_have_url(re.compile(r"/sources\?view=actions$"))
    split, dividend = entries(opened).nth(0), entries(opened).nth(1)
    expect(split).to_contain_text("ACME Split 10:1 (inferred from the prices) ex 20 Feb 2025")
    expect(split).to_contain_text("Waits for you")
    expect(split).to_contain_text("Applied, earlier prices would be multiplied by 0.1. The close before it is 11.50; ")
    expect(dividend).to_contain_text("ACME Dividend 0.25 USD ex 19 Feb 2025, told by yahoo")
    expect(dividend).to_contain_text("New, in the prices")
    expect(dividend).to_contain_text(
        f"multiplied by 0.977679. The close before it is 11.20, the one after it 11.50: +2.68{THIN}% as traded, "
        f"and +5.02{THIN}% adjusted."
    )
    with opened.expect_response("**/apply"):
        split.get_by_role("button", name="Apply").click()
    expect(split).to_contain_text("Applied, in the prices")
    expect(split.get_by_role("button")).to_have_text(["Undo"])
    expect(opened.get_by_role("heading", level=1)).not_to_contain_text("waits")
    expect(opened.get_by_role("link", name="Splits and dividends, 1 new")).to_be_visible()
    assert actions(address) == [("dividend", "2025-02-19"), ("split", "2025-02-20")]


def test_a_dividend_is_undone_and_brought_back_by_the_keyboard(with_news: Night, opened: Page, address: str):
    opened.goto("/sources?view=actions")
    dividend = entries(opened).filter(has_text="Dividend")
    expect(dividend.get_by_role("button")).to_have_text(["Keep", "Undo"])
    dividend.get_by_role("button", name="Keep").focus()
    with opened.expect_response("**/apply"):
        opened.keyboard.press("Enter")
    expect(dividend).to_contain_text("Applied, in the prices")
    undo = dividend.get_by_role("button", name="Undo ACME Dividend 0.25 USD")
    expect(undo).to_be_focused()
    with opened.expect_response("**/undo"):
        opened.keyboard.press("Enter")
    expect(dividend).to_contain_text("Undone")
    assert actions(address) == []
    again = dividend.get_by_role("button", name="Apply")
    expect(again).to_be_focused()
    with opened.expect_response("**/apply"):
        opened.keyboard.press("Enter")
    expect(dividend).to_contain_text("Applied, in the prices")
    assert actions(address) == [("dividend", "2025-02-19")]
    dividend.get_by_role("link", name="ACME").click()
    expect(opened).to_have_url(re.compile(r"/symbol/ACME\?from=2025-01-20&to=2025-03-21$"))


def test_a_decision_that_the_desk_refuses_is_taken_back_and_said(with_news: Night, opened: Page, watched: Watched):
    watched.expected.append("503")
    problem = {"title": "Store unavailable", "detail": "The disk is full.", "remedy": "Make room."}
    opened.route("**/undo", lambda route: route.fulfill(status=503, json=problem))
    opened.goto("/sources?view=actions")
    split = entries(opened).first
    split.get_by_role("button", name="Dismiss").click()
    expect(opened.get_by_text("Not changed. The disk is full. Make room.")).to_be_visible()
    expect(split).to_contain_text("Waits for you")


def test_without_news_the_inbox_says_what_will_stand_there(page: Page):
    page.goto("/sources?view=actions")
    expect(page.get_by_role("main")).to_contain_text("No split or dividend is news")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_jobs_and_inbox_break_no_rule_of_accessibility_and_are_as_wide_as_the_window(
    browser: Browser, with_news: Night, address: str, watched: Watched, size: tuple[int, int]
):
    night = with_news
    JobBook(night.desk.ledger).begin("fetch", "clock", night.clock())
    httpx.post(f"{address}/api/v1/jobs/backfill", json={"symbol": "ACME", "from": "2024-01"}).raise_for_status()
    with window(browser, address, watched, size) as page:
        for path, sign in (
            ("/sources?view=jobs&job=upkeep", page.get_by_role("table", name="Runs: Complete")),
            ("/sources?view=actions", page.get_by_text("Waits for you", exact=True)),
        ):
            page.goto(path)
            expect(sign).to_be_visible()
            for summary in page.locator("summary").all():
                summary.click()
            expect(page.locator("[aria-busy=true]")).to_have_count(0)
            assert_lawful(page)


def entries(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("listitem")


def actions(address: str) -> list[tuple[str, str]]:
    """The kinds and days of what the prices of ACME are adjusted for."""
    found = httpx.get(f"{address}/api/v1/actions", params={"symbol": "ACME"}).raise_for_status().json()["actions"]
    return [(each["kind"], each["ex_date"]) for each in found]
