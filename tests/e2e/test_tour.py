"""The README's tour of portfolios, step by step in its own words, over prices that were imported from files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.signed import PASSWORD, REFUSED, account
from e2e.started import StartedDesk
from e2e.watched import Watched, window
from market import SHARED, needs_shared

pytestmark = [pytest.mark.e2e, needs_shared]

ROOT = Path(__file__).parents[2]
FILES = ROOT / "docs" / "tour"
DAILY = SHARED / "ohlcv_daily"
THIN, MINUS = "\N{NARROW NO-BREAK SPACE}", "\N{MINUS SIGN}"


@dataclass
class Tour:
    """What the README prints in bold in its tour of portfolios, and which of it has been followed."""

    words: set[str]
    followed: set[str] = field(default_factory=set)

    @classmethod
    def of_the_readme(cls) -> Tour:
        text = (ROOT / "README.md").read_text()
        steps = text.partition("## Your portfolio in five minutes")[2].partition("\n## ")[0]
        return cls({" ".join(each.split()) for each in re.findall(r"\*\*(.+?)\*\*", steps, re.DOTALL)})

    def __call__(self, word: str) -> str:
        """`word` as the README has it; the page must have it too."""
        assert word in self.words, f"the README's tour says nothing of {word}: {sorted(self.words)}"
        self.followed.add(word)
        return word


def rates_of_2016(folder: Path) -> Path:
    """What a euro cost in dollars at the end of each day, as a file that can be imported."""
    with zipfile.ZipFile(SHARED / "fx" / "lean_oanda_eurusd_daily.zip") as archive:
        rows = list(csv.reader(io.StringIO(archive.read("eurusd.csv").decode())))
    days = [f"{row[0][:4]}-{row[0][4:6]}-{row[0][6:8]},{row[4]}" for row in rows if row[0].startswith("2016")]
    file = folder / "euro.csv"
    file.write_text("\n".join(["date,close", *days, ""]))
    return file


@pytest.fixture(scope="module")
def desk_of_2016(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    desk = StartedDesk(tmp_path_factory.mktemp("tour"))
    desk.start()
    desk.run("import", *(str(DAILY / f"lean_{each}_daily.zip") for each in ("aapl", "spy")))
    desk.run("import", str(DAILY / "fang_AMZN.csv"))
    desk.run("import", "--symbol", "EURUSD=X", str(rates_of_2016(desk.home)))
    yield desk
    desk.end()


def figure(page: Page, name: str) -> Locator:
    """The figure of that name on top of the overview, with what stands beside it."""
    return page.locator("dl").first.locator("div").filter(has=page.get_by_text(name, exact=True))


def import_file(page: Page, name: str) -> None:
    page.get_by_label("Choose a file, or drop it here").set_input_files(FILES / name)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Pages of the portfolio").get_by_role("link", name=name)


def test_the_tour_of_the_readme_works_as_written(browser: Browser, desk_of_2016: StartedDesk, watched: Watched):
    watched.expected += [REFUSED, "WebSocket connection to .* failed"]
    said = Tour.of_the_readme()
    with (
        window(browser, desk_of_2016.address, watched) as owner,
        window(browser, desk_of_2016.address, watched) as page,
    ):
        owner.goto("/")
        owner.get_by_role("link", name=said("Settings")).click()
        owner.get_by_role("region", name="Password").get_by_label("Password", exact=True).fill(PASSWORD)
        owner.get_by_role("button", name=said("Set the password")).click()
        account(owner).click()
        owner.get_by_role("banner").get_by_role("link", name=said("People")).click()
        owner.get_by_role("button", name=said("Make a link")).click()

        page.goto(owner.get_by_role("textbox", name="Link of the invitation").input_value())
        page.get_by_label("Name").fill("Ann")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name=said("Join")).click()
        expect(account(page)).to_have_accessible_name("Ann, your account")

        page.get_by_role("link", name=said("Portfolio"), exact=True).click()
        expect(page.get_by_label("Counted in")).to_have_value("EUR")
        page.get_by_label(said("Benchmark")).fill("SPY")
        page.get_by_label(said("First account")).fill("Degiro")
        page.get_by_role("button", name=said("Make the portfolio")).click()

        page.get_by_role("button", name=said("Import a broker’s file")).click()
        import_file(page, "degiro.csv")
        unknown = page.get_by_role("row").filter(has_text=said("to be chosen"))
        unknown.get_by_label("Ticker of APPLE INC.").fill("AAPL")
        unknown.get_by_label("Ticker of APPLE INC.").press("Enter")
        page.get_by_role("link", name=said("Go on")).click()
        page.get_by_role("button", name=said("Book 14 transactions into My portfolio")).click()
        expect(page.get_by_role("table", name="Transactions").locator("tbody tr")).to_have_count(14)

        tab(page, said("Import")).click()
        import_file(page, "ibkr.xml")
        page.get_by_role("button", name=said("Book 8 transactions into My portfolio")).click()
        expect(page.get_by_role("table", name="Transactions").locator("tbody tr")).to_have_count(8)

        tab(page, said("Overview")).click()
        expect(page.get_by_text("there is no price of").first).to_be_visible()
        expect(page.get_by_text("have no price of this day. Prices can be asked for on")).to_contain_text("AAPL, AMZN")
        expect(figure(page, "Value EUR")).to_contain_text("–")
        expect(figure(page, "Today EUR")).to_contain_text("–")
        page.get_by_label(said("As of")).fill("2016-12-30")
        the_year_is_right(page, said)
        every_figure_says_why(page, said)

        tab(page, "Import").click()
        for file, count in (("ibkr.xml", 8), ("degiro.csv", 14)):
            page.get_by_role("button", name=f"{said('Undo')} the import of {file}").click()
            expect(page.get_by_text(f"{count} transactions of {file} undone.")).to_be_visible()
        expect(page.get_by_role("table", name="Imports")).to_have_count(0)
        tab(page, "Overview").click()
        expect(page.get_by_role("heading", name=said("My portfolio is empty"))).to_be_visible()
    assert said.followed == said.words


def the_year_is_right(page: Page, said: Tour) -> None:
    """Value: 3 865.84 EUR + (30 x 115.82 + 4 x 749.869995 + 2 064.32) USD / 1.05266.

    Time-weighted, by the values before each amount was paid in: 4 975.3073 / 5 000 x 9 652.9546 / (4 975.3073 + 4 000)
    x 11 977.1010 / (9 652.9546 + 1 000); 4 975.3073 = 2 278.51 + 30 x 97.34 / 1.08284 on 29 January, and
    9 652.9546 = 2 300.61 + (30 x 95.60 + 6 x 715.619995 + 1 001) / 1.11022 on 30 June.

    Money-weighted: 5 000, 4 000 and 1 000 at 21.89 % a year for 361, 333 and 182 days are 11 977.1; the 361 days are
    no year, so that the rate is told of them alone: 1.2189^(361/365) - 1 = 21.63 %.

    In SPY, a share of which paid 1.05, 1.08, 1.09 and 1.33 (closes of the ex-dates 204.52, 206.53, 213.37 and 225.04):
    223.53 / 1.05266 x (5 000 x 1.08231 / 201.01 x g + 4 000 x 1.08951 / 193.65 x g + 1 000 x 1.11284 / 209.79 x h),
    h = (1 + 1.09 / 213.37) x (1 + 1.33 / 225.04), g = h x (1 + 1.05 / 204.52) x (1 + 1.08 / 206.53).
    """
    expect(figure(page, "Value EUR")).to_contain_text(f"11{THIN}977.10")
    expect(figure(page, "Gain, 1Y EUR")).to_contain_text(f"+1{THIN}977.10")
    expect(figure(page, said("Time-weighted"))).to_contain_text(f"+20.32{THIN}%")
    expect(figure(page, said("Money-weighted"))).to_contain_text(f"+21.63{THIN}%")
    expect(figure(page, said("The same in SPY"))).to_contain_text(f"+16.80{THIN}%")
    expect(figure(page, "The same in SPY")).to_contain_text(f"+1{THIN}860.68")
    held = page.get_by_role("table", name="Positions").get_by_role("row")
    for position, place, units, value in (
        ("AMZN", "Interactive Brokers", "4", f"2{THIN}849.43"),
        ("AAPL", "Degiro", "25", f"2{THIN}750.65"),
        ("AAPL", "Interactive Brokers", "5", "550.13"),
        ("EUR", "Cash · Degiro", "", f"3{THIN}865.84"),
        ("USD", "Cash · Interactive Brokers", "", f"1{THIN}961.05"),
    ):
        row = held.filter(has_text=position).filter(has_text=place)
        expect(row).to_contain_text(units)
        expect(row).to_contain_text(value)


def every_figure_says_why(page: Page, said: Tour) -> None:
    page.locator("dl").first.get_by_role("link", name=", Value: why?").click()
    panel = page.get_by_role("region", name=f"{said('Why this number?')} Value")
    inputs = panel.get_by_role("listitem")
    expect(inputs.filter(has_text="25 AAPL")).to_contain_text("Degiro")
    expect(inputs.filter(has_text="115.82").first).to_contain_text("30 Dec 2016, lean")
    expect(inputs.filter(has_text="USD/EUR").first).to_contain_text("0.949974")
    expect(inputs.filter(has_text=f"2{THIN}750.65 EUR")).to_have_count(1)
    told = panel.get_by_title("2750.650732430224")
    expect(told).to_have_text(f"2{THIN}750.65 EUR")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    told.select_text()
    page.keyboard.press("ControlOrMeta+c")
    assert page.evaluate("navigator.clipboard.readText()") == "2750.650732430224"
    panel.get_by_role("button", name="Close").click()
