"""What one sees who starts the desk for the first time."""

from __future__ import annotations

import json
import re
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from e2e.started import StartedDesk

pytestmark = pytest.mark.e2e

SHOWN_S = 20


def test_a_start_says_its_steps_and_its_address(desk: StartedDesk):
    here = re.escape(desk.address)
    shape = "\n".join(
        [
            r"Opening the desk in .+",
            r"Opening the demo market: invented companies, SIMULATED prices",
            r"  [\d,]{7,} bars stored, \d+ bad prints set aside\.",
            rf"(?:  reading what was told before it was closed\n)?Openbell is at {here}  \(Ctrl-C ends it\)",
            "",
        ]
    )
    assert re.fullmatch(shape, "".join(desk.said))


def test_commands_beside_it_are_of_the_market_that_it_opened(desk: StartedDesk):
    jobs = {each["name"]: each for each in json.loads(desk.run("jobs", "--json"))}
    assert jobs["demo"]["next"]


def test_the_watchlist_stands_with_prices_that_move_and_is_marked_simulated(page: Page):
    began = monotonic()
    page.goto("/")
    prices = page.get_by_role("region", name="Watchlist").locator("tbody tr td:nth-child(2)")
    expect(prices).to_have_count(19)
    expect(prices.filter(has_text=re.compile(r"\d"))).to_have_count(19)
    assert monotonic() - began < SHOWN_S
    expect(page.get_by_role("banner").get_by_text("SIMULATED")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text(re.compile("Demo market open, never closes.*NYSE"))
    before = prices.all_inner_texts()
    cells = "[...document.querySelectorAll('tbody tr td:nth-child(2)')]"
    page.wait_for_function(f"before => {cells}.some((cell, row) => cell.innerText !== before[row])", arg=before)
