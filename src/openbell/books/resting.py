"""Books that nobody looks at any more give back their memory, to the system too."""

from __future__ import annotations

import ctypes
import sys

from openbell.books.shelf import RESTING_BYTES, Books

PAUSE_S = 15.0
"""How often it is looked whether books are idle."""


def rested(books: Books, left: int = RESTING_BYTES) -> int:
    """Put idle books away, until so many bytes of them are left; returns how many went."""
    gone = books.rest(left)
    if gone and sys.platform == "linux":
        _given_back()
    return gone


def _given_back() -> None:
    """What is free within the arenas of glibc, one a thread, stays with the process until this is said."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
