"""What is true of every page: readable by all, as wide as its window, and light."""

from __future__ import annotations

import gzip
import os
import re

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from e2e.laws import AHEAD_MS, AXE, MOST_JAVASCRIPT, ROOT, SETTLED, assert_lawful, violations
from e2e.started import StartedDesk
from e2e.watched import DESKTOP, PHONE, Watched, window

pytestmark = pytest.mark.e2e

PAGES = {
    "/": lambda page: page.get_by_role("row", name="QUORB").get_by_text(re.compile(r"\d\.\d")),
    "/?view=performance": lambda page: page.get_by_text(re.compile(r"^[+\u2212]\d+\.\d\d$")),
    "/?view=risk": lambda page: page.get_by_text("Beta is measured by BROMA."),
    "/?view=details": lambda page: page.get_by_text("Consumer staples"),
    "/?arrange": lambda page: page.get_by_role("button", name="Move QUORB down"),
    "/symbol/QUORB?with=sma:20;macd:12,26,9": lambda page: page.get_by_role("application"),
    "/symbol/QUORB?view=table&adjust=raw": lambda page: page.get_by_role("table", name="Bars of QUORB"),
    "/symbol/ZZZQ": lambda page: page.get_by_role("heading", name="There are no prices of ZZZQ here"),
    "/compare": lambda page: page.get_by_text("Choose two to eight symbols"),
    "/compare?symbols=QUORB,HAZLO,LANTU": lambda page: page.get_by_role("application"),
    "/portfolio": lambda page: page.get_by_role("button", name="Make the portfolio"),
    "/portfolio/999": lambda page: page.get_by_role("heading", name="There is no such portfolio"),
    "/alerts": lambda page: page.get_by_role("button", name="Make the first alert"),
    "/alerts?channels": lambda page: page.get_by_role("link", name="Telegram"),
    "/sources?source=simulated&reason=not_positive": lambda page: page.get_by_role("table", name="not_positive"),
    "/settings": lambda page: page.get_by_role("button", name="Set the password"),
    "/settings?view=appearance": lambda page: page.get_by_role("group", name="Theme"),
    "/admin": lambda page: page.get_by_text("Another owner can change that"),
    "/admin?view=log": lambda page: page.get_by_text("Nothing of that"),
    "/join": lambda page: page.get_by_role("heading", name="Nobody needs to join this desk yet"),
    "/help": lambda page: page.get_by_role("heading", name="Keyboard"),
    "/nowhere": lambda page: page.get_by_role("heading", name="There is no such page"),
}


def test_a_number_that_glows_can_be_read_also_when_the_theme_changes_meanwhile(page: Page):
    page.goto("/")
    expect(PAGES["/"](page).first).to_be_visible()
    page.add_style_tag(content=".glow { animation-duration: 60s }")
    expect(page.locator("tbody .glow .down").first).to_be_attached()
    expect(page.locator("tbody .glow .up").first).to_be_attached()
    page.evaluate(AXE.read_text())
    for theme in ("light", "dark", "light"):
        page.emulate_media(color_scheme=theme)
        assert violations(page, ["color-contrast"]) == []


WIDTHS = """(element) => {
    const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
    const em = parseFloat(getComputedStyle(text.parentElement).fontSize);
    const range = document.createRange();
    return [...text.data].map((letter, place) => {
        range.setStart(text, place);
        range.setEnd(text, place + 1);
        return [letter, range.getBoundingClientRect().width / em];
    });
}"""
"""Each letter of an element's first text, and how wide it is, in ems."""


def test_digits_are_all_as_wide_in_a_column_and_a_hyphen_in_words_is_narrower(page: Page):
    page.goto("/")
    cell = page.get_by_role("row", name="QUORB").locator("td:has(.figures)").first  # the number goes with each trade
    expect(cell).to_have_text(re.compile(r"\d\.\d"))
    page.evaluate("document.fonts.ready")
    widths = {round(width, 2) for letter, width in cell.evaluate(WIDTHS) if letter.isdigit()}
    assert len(widths) == 1
    page.goto("/alerts?channels")
    word = page.get_by_text("E-mail", exact=True)
    expect(word).to_be_visible()
    page.evaluate("document.fonts.ready")
    assert dict(word.evaluate(WIDTHS))["-"] < widths.pop() - 0.1


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_breaks_a_rule_of_accessibility_or_is_wider_than_its_window(
    browser: Browser, desk: StartedDesk, watched: Watched, size: tuple[int, int]
):
    watched.expected.append(r"404 \(Not Found\)")
    assert AXE.is_file(), "the page's packages are not installed: npm ci in web/"
    with window(browser, desk.address, watched, size) as page:
        for path, sign in PAGES.items():
            page.goto(path)
            expect(sign(page).first).to_be_visible()
            expect(page.locator(SETTLED)).to_have_count(0)
            assert_lawful(page)


@pytest.mark.parametrize("path", ["/", "/symbol/QUORB"])
def test_what_a_page_needs_to_stand_is_light(page: Page, path: str):
    scripts: list[Response] = []
    page.on("response", lambda response: scripts.append(response) if response.url.endswith(".js") else None)
    page.add_init_script(f"const later = setTimeout; setTimeout = (act, ms) => ms > {AHEAD_MS} ? 0 : later(act, ms)")
    page.goto(path)
    expect((PAGES["/"](page) if path == "/" else page.get_by_role("application")).first).to_be_visible()
    sizes = {response.url: len(gzip.compress(response.body())) for response in scripts}
    assert len(sizes) >= 2
    assert sum(sizes.values()) <= MOST_JAVASCRIPT, sizes


@pytest.mark.skipif(not os.environ.get("OPENBELL_PICTURES"), reason="the pictures of the docs are made on demand")
def test_the_picture_of_the_readme_is_taken(browser: Browser, desk: StartedDesk, watched: Watched):
    with window(browser, desk.address, watched) as page:
        page.goto("/")
        expect(PAGES["/"](page).first).to_be_visible()
        expect(page.locator(SETTLED)).to_have_count(0)
        page.evaluate("document.fonts.ready")
        picture = ROOT / "docs" / "home.png"
        page.screenshot(path=picture, animations="disabled")
    assert picture.stat().st_size <= 300_000
