"""Passwords: what is one, and its argon2id hash. A password is never kept, logged or told."""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from openbell.accounts.names import login_of
from openbell.model.errors import InvalidInput

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 1_000
FEWEST = 5
"""Different characters."""

_GATE = BoundedSemaphore(2)
"""Each takes 64 MB while it is computed: no more at once, however many sign in."""


@cache
def _hasher() -> PasswordHasher:
    """Argon2id with RFC 9106's second recommended option: 3 passes, 4 lanes, 64 MiB."""
    from argon2 import PasswordHasher  # noqa: PLC0415  # only where somebody signs in
    from argon2.profiles import RFC_9106_LOW_MEMORY  # noqa: PLC0415

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hash_of(password: str) -> str:
    """What is kept of a password."""
    with _GATE:
        return _hasher().hash(_composed(password))


@cache
def _nobodys() -> str:
    """A hash to compare with where there is none, so that the answer takes as long."""
    return hash_of("the password of nobody at all")


def is_right(kept: str | None, password: str) -> bool:
    """Whether `password` is the one whose hash is `kept`; takes the same time where there is none."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415  # see `_hasher`

    nobodys = _nobodys()
    with _GATE:
        try:
            return _hasher().verify(kept or nobodys, _composed(password)[: LONGEST + 1]) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_old(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def assert_strong(password: str, name: str, field: str = "password") -> None:
    """Raise InvalidInput for a password that is quickly guessed, typed as `field`.

    Length counts, not kinds of characters (NIST SP 800-63B, 3.1.1.2).
    """
    plain = _composed(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise InvalidInput(
            field, f"A password has {SHORTEST} to {LONGEST:,} characters.", remedy="A sentence is a good one."
        )
    if len(set(plain)) < FEWEST or len(login_of(plain).replace(login_of(name), "")) < FEWEST:
        raise InvalidInput(field, "This password is quickly guessed.", remedy="A sentence is a good one.")


def _composed(password: str) -> str:
    """The same characters however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)
