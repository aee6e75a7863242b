"""How amounts are said."""

from __future__ import annotations


def counted(number: int, noun: str, several: str = "") -> str:
    """`1 row`, `2,000 rows`; `several` where the plural takes more than an s."""
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"
