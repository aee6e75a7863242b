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


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """The rules of axe that the page breaks, each with its element; only `rules`, where some are named."""
    found = page.evaluate("rules => axe.run(rules ? {runOnly: rules} : {}).then(({violations}) => violations)", rules)
    return [f"{page.url}: {each['help']}: {node['html']}" for each in found for node in each["nodes"]]
