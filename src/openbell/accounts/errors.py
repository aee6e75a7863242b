"""What can go wrong with an account. Messages never tell whether a name exists."""

from __future__ import annotations

from math import ceil

from openbell.model.errors import OpenbellError
from openbell.model.words import counted


class LoginNeeded(OpenbellError):
    """Nobody has signed in, or what proves it holds no longer; sign in."""

    def __init__(self, what: str, *, remedy: str = "Sign in.", field: str | None = None) -> None:
        super().__init__(what, remedy=remedy)
        self.field = field


class NotAllowed(OpenbellError):
    """Who asks is known, and may not do this."""


class TooManyTries(OpenbellError):
    """Too many tries; the next one is heard after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        wait = ceil(retry_after)
        super().__init__("That was tried too often.", remedy=f"Try again in {counted(wait, 'second')}.")
        self.retry_after = float(wait)
