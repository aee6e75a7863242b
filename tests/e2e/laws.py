"""What every page keeps to, as a browser measures it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"

SETTLED = "[data-waiting], [aria-busy=true]"
"""What is seen of a page that still waits for an answer."""

MOST_JAVASCRIPT = 220_000
"""Bytes gzipped, for what a page needs before it stands."""

AHEAD_MS = 2000
"""What the page fetches later than this, once it stands, is for the next page."""


BROKEN = """rules => axe
    .run({resultTypes: ["violations"], ...(rules && {runOnly: rules})})
    .then(({violations}) => violations.flatMap(({help, nodes}) => nodes.map(({html}) => `${help}: ${html}`)))"""


def assert_lawful(page: Page) -> None:
    """The page breaks no rule of accessibility in either theme, and is no wider than its window."""
    page.evaluate(AXE.read_text())
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, ["color-contrast"]) == []
    page.emulate_media(color_scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """The rules of axe, which the page has read, that it breaks, each with its element; only `rules`, where named."""
    return [f"{page.url}: {broken}" for broken in page.evaluate(BROKEN, rules)]
