"""Two to eight symbols beside each other, chosen by address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

EIGHT = ["QUORB", "NIMBO", "HAZLO", "KREVA", "VELDO", "EBBLU", "ZANTU", "XILBA"]


@pytest.mark.parametrize("symbols", [EIGHT[:2], EIGHT], ids=["two", "eight"])
def test_symbols_in_the_address_are_charted_and_in_the_statistics(page: Page, symbols: list[str]):
    page.goto(f"/compare?symbols={','.join(symbols)}")
    best, worst = r"\w+ (rose most|fell least), .+%", r"\w+ (rose least|fell most), .+%"
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{best}; {worst}$"))
    expect(
        page.get_by_role("application", name=re.compile(rf"^Change since the .+: {', '.join(symbols)}\. "))
    ).to_be_visible()
    statistics = page.get_by_role("table", name="Statistics of the range")
    expect(statistics.locator("tbody tr")).to_have_count(len(symbols))
    expect(statistics.locator("tbody td:first-child")).to_have_text(symbols)
    assert "\N{EN DASH}" not in statistics.locator("tbody").inner_text()


def test_the_shares_of_a_days_volume_add_up_to_all_of_it(page: Page):
    page.set_viewport_size({"width": 1440, "height": 1500})
    page.goto(f"/compare?symbols={','.join(EIGHT)}&view=volume&table=1")
    table = page.get_by_role("table", name="Units traded each day")
    expect(table).to_be_visible()
    days = table.locator("tbody").inner_text().splitlines()
    assert len(days) >= 28
    for day in days:
        shares = [float(share) for share in re.findall(r"([\d.]+)\N{NARROW NO-BREAK SPACE}%", day)]
        assert len(shares) == len(EIGHT)
        assert sum(shares) == pytest.approx(100, abs=0.05 * len(EIGHT))


def test_a_symbol_has_one_colour_in_every_view(page: Page):
    page.goto("/compare?symbols=QUORB,HAZLO,KREVA&view=ratio")
    expect(page.get_by_role("application")).to_be_visible()
    chips = page.get_by_role("list", name="Compared symbols").get_by_role("listitem")
    for symbol in ("HAZLO", "KREVA"):
        swatches = [
            within.filter(has_text=symbol).last.locator("[aria-hidden=true]").first
            for within in (chips, page.locator("figure span:has(> [aria-hidden=true])"))
        ]
        chip, legend = (swatch.evaluate("it => getComputedStyle(it).backgroundColor") for swatch in swatches)
        assert chip == legend


def test_each_view_has_an_address_and_a_symbol_can_be_taken_out(page: Page):
    page.goto("/compare?symbols=QUORB,HAZLO,KREVA")
    views = page.get_by_role("group", name="View").get_by_role("link")
    for name, view in (
        ("Moving average", "moving"),
        ("Hourly high", "high"),
        ("Daily volume", "volume"),
        ("Ratio", "ratio"),
    ):
        views.filter(has_text=name).click()
        expect(page).to_have_url(re.compile(f"view={view}$"))
        expect(page.get_by_role("application")).to_be_visible()
    page.get_by_role("button", name="Remove HAZLO").click()
    expect(page).to_have_url(re.compile(r"symbols=QUORB,KREVA&view=ratio$"))
    page.goto("/compare")
    page.get_by_role("button", name="Compare QUORB, NIMBO, HAZLO, KREVA").click()
    expect(page).to_have_url(re.compile(r"symbols=QUORB,NIMBO,HAZLO,KREVA$"))
