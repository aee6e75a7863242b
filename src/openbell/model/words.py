"""How amounts are said, and what is a text."""

from __future__ import annotations

import re

from openbell.model.errors import InvalidInput

NOT_TEXT = re.compile("[\0\ud800-\udfff]")
"""The null character, which PostgreSQL does not keep, and half a character, which no file and no answer holds."""


def assert_text(text: str, field: str) -> None:
    """Raise InvalidInput for what not every ledger can keep."""
    if NOT_TEXT.search(text):
        raise InvalidInput(field, f"The {field} holds what is no character.", remedy="Correct it, and save as UTF-8.")


def counted(number: int, noun: str, several: str = "") -> str:
    """`1 row`, `2,000 rows`; `several` where the plural takes more than an s."""
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"
