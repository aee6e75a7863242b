"""Real prices, imported while the desk is running, are on the page as they are in the file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.started import StartedDesk
from e2e.watched import Watched, window
from market import SHARED, needs_shared

pytestmark = [pytest.mark.e2e, needs_shared]

FILE = SHARED / "ohlcv_daily" / "lean_aapl_daily.zip"
SPLITS = {"31 Aug 2020": 4, "9 Jun 2014": 7, "28 Feb 2005": 2, "21 Jun 2000": 2}
JUNE = "/symbol/AAPL?from=2014-06-01&to=2014-06-30&interval=1d"
THIN = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True)
class Day:
    """A day of the file, as it was traded; prices in dollars."""

    day: date
    prices: tuple[Decimal, ...]
    volume: int

    def row(self, units: int = 1) -> list[str]:
        """Its row in the page's table, when each share of then is `units` shares of today."""
        prices = [(price / units).quantize(Decimal("0.01"), ROUND_HALF_UP) for price in self.prices]
        return [
            f"{self.day.day} {self.day:%b %Y}",
            *(f"{price:,}".replace(",", THIN) for price in prices),
            f"{self.volume * units:,}".replace(",", THIN),
        ]


def june_of_the_file(path: Path) -> list[Day]:
    """June 2014, newest first."""
    with zipfile.ZipFile(path) as archive:
        rows = csv.reader(io.StringIO(archive.read("aapl.csv").decode()))
        days = [
            Day(
                datetime.strptime(stamp[:8], "%Y%m%d").replace(tzinfo=UTC).date(),
                tuple(Decimal(price) / 10_000 for price in prices),
                int(volume),
            )
            for stamp, *prices, volume in rows
            if stamp.startswith("201406")
        ]
    return days[::-1]


@pytest.fixture(scope="module")
def desk_of_aapl(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    desk = StartedDesk(tmp_path_factory.mktemp("real"))
    desk.start()
    said = desk.run("import", str(FILE))
    assert "AAPL, 1998-01-02 to 2021-03-31: 5,846 bars stored" in re.sub(r"\s+", " ", said)
    yield desk
    desk.end()


@pytest.fixture
def page(browser: Browser, desk_of_aapl: StartedDesk, watched: Watched) -> Iterator[Page]:
    with window(browser, desk_of_aapl.address, watched) as opened:
        yield opened


def rows(page: Page) -> list[list[str]]:
    table = page.get_by_role("table", name="Bars of AAPL, 1d")
    expect(table).to_be_visible()
    return [row.split("\t") for row in table.locator("tbody").inner_text().splitlines()]


def test_the_watchlist_shows_it_without_a_restart_and_says_how_old_it_is(page: Page):
    page.goto("/")
    row = page.get_by_role("row", name="AAPL")
    expect(row).to_contain_text("122.15")
    expect(row).to_contain_text("stale")


def test_prices_that_are_all_old_are_told_by_their_day(page: Page):
    page.goto("/symbol/AAPL")
    figures = page.locator("section", has=page.get_by_role("heading", name="Figures"))
    expect(figures).to_contain_text("Volume on 31 Mar 2021")
    expect(figures).not_to_contain_text("today")


def test_the_tag_and_the_legend_are_of_the_last_bar_there_is(page: Page):
    page.goto("/symbol/AAPL?range=Max&adjust=raw&interval=1d")
    expect(page.get_by_role("figure")).to_contain_text(re.compile(r"^31 Mar 2021"))
    chart = page.get_by_role("application")
    box, axis = chart.bounding_box(), chart.locator("tr:first-child > td:nth-child(3)").bounding_box()
    assert box
    assert axis
    for x, day in ((3, "Jan 1998"), (box["width"] - axis["width"] - 2, "Mar 2021")):
        page.mouse.move(box["x"] + x, box["y"] + 150)
        expect(page.get_by_role("figure")).to_contain_text(re.compile(rf"^\d+ {day}"))


def test_all_years_are_one_chart_with_the_four_splits_listed(page: Page):
    page.goto("/symbol/AAPL?range=Max&interval=1d")
    expect(page.get_by_role("application", name="AAPL price chart, 5846 bars of 1d")).to_be_visible()
    expect(page.get_by_role("figure")).to_contain_text(re.compile(r"AAPL rose .+ 0?2 Jan 1998 to 31 Mar 2021"))
    expect(page.get_by_role("main").get_by_text("SIM", exact=True)).to_have_count(0)
    actions = page.locator("section", has=page.get_by_role("heading", name="Splits and dividends"))
    actions.get_by_role("button", name="All").click()
    for day, ratio in SPLITS.items():
        expect(actions.get_by_text(day, exact=True).locator("xpath=..")).to_contain_text(f"Split {ratio}:1")


def test_the_table_of_a_month_is_the_file_raw_and_the_file_divided_by_later_splits(page: Page):
    days = june_of_the_file(FILE)
    [friday] = [day for day in days if day.day == date(2014, 6, 6)]
    assert friday.row() == ["6 Jun 2014", "650.00", "651.25", "644.48", "645.57", f"12{THIN}116{THIN}671"]

    page.set_viewport_size({"width": 1440, "height": 1200})
    page.goto(f"{JUNE}&adjust=raw")
    expect(page.get_by_role("application")).to_be_visible()
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile(r"adjust=raw&view=table$"))
    assert rows(page) == [day.row() for day in days]

    page.get_by_role("link", name="Split", exact=True).click()
    expect(page.get_by_role("table", name="Bars of AAPL, 1d, split prices")).to_be_visible()
    before_the_seven_for_one = date(2014, 6, 9)
    assert rows(page) == [day.row(28 if day.day < before_the_seven_for_one else 4) for day in days]
