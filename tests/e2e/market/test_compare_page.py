"""Two to eight symbols beside each other, chosen by address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.watched import Watched

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


def test_a_symbol_that_nobody_knows_can_be_taken_out_of_a_comparison(page: Page, watched: Watched):
    watched.expected.append("404")
    page.goto("/compare?symbols=ZZZQ,QUORB,HAZLO")
    page.get_by_role("alert").get_by_role("button", name="Remove ZZZQ").click()
    expect(page).to_have_url(re.compile(r"symbols=QUORB,HAZLO$"))
    expect(page.get_by_role("application")).to_be_visible()


def test_prices_far_apart_have_a_logarithmic_axis_that_is_named_and_ratios_that_can_be_read(page: Page):
    page.goto("/compare?symbols=QUORB,DORVI&view=high")
    expect(page.get_by_role("figure")).to_contain_text("logarithmic axis")
    page.goto("/compare?symbols=QUORB,HAZLO&view=high")
    expect(page.get_by_role("application")).to_be_visible()
    expect(page.get_by_role("figure")).not_to_contain_text("logarithmic axis")
    page.goto("/compare?symbols=QUORB,DORVI&view=ratio")
    expect(page.get_by_role("figure")).to_contain_text(re.compile(r"DORVI 0\.0000[1-9]\d{3}"))


def test_an_average_of_a_day_is_not_told_where_a_day_is_one_bar(page: Page):
    page.goto("/compare?symbols=QUORB,HAZLO&range=1Y&view=average")
    expect(page.get_by_text("There is no average of a day here")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Choose an intraday interval.")


def test_what_has_no_new_prices_is_not_suggested_but_found_where_it_is_asked_for(page: Page):
    def old(route: Route) -> None:
        told = route.fetch().json()
        for symbol in told["symbols"]:
            if symbol["ticker"] == "HAZLO":
                symbol["last"] = "2013-03-01T00:00:00Z"
        route.fulfill(json=told)

    page.route("**/api/v1/symbols?*", old)
    page.goto("/compare")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("option")).to_have_count(8)
    expect(page.get_by_role("option", name="HAZLO")).to_have_count(0)
    page.keyboard.type("hazlo")
    expect(page.get_by_role("option", name="HAZLO").first).to_contain_text("prices until 1 Mar 2013")
