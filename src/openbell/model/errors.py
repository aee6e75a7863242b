"""What can go wrong, named for what the reader should do.

OpenbellError
├── InvalidInput        an argument is wrong: `field` says which
├── UnreadableFile      this file cannot be read: `path` says which
│   └── Undecided       it can be read in more than one way: pass `option`
├── ProviderError       a vendor did not deliver: `provider` says which
│   ├── RateLimited     wait `retry_after` seconds
│   ├── NotEntitled     the key or the plan does not cover this
│   ├── UnknownSymbol   the vendor does not know `symbol`
│   ├── NotOffered      the vendor has no such kind, interval or range
│   ├── BadResponse     the vendor answered nonsense
│   └── Unreachable     no answer at all
├── Unconfirmed         it has a consequence: ask again with `field` set, if it shall be so
├── ChangedMeanwhile    somebody else was faster: `current` is what is there now
└── StoreError          the lake or the ledger cannot be read or written
"""

from __future__ import annotations


class OpenbellError(Exception):
    """What happened (`what`) and the one thing to do next (`remedy`, may be empty)."""

    def __init__(self, what: str, *, remedy: str = "") -> None:
        super().__init__(what if not remedy else f"{what} {remedy}")
        self.what = what
        self.remedy = remedy


class InvalidInput(OpenbellError):
    """An argument is wrong; `field` names it."""

    def __init__(self, field: str, what: str, *, remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.field = field


class Unconfirmed(OpenbellError):
    """It would have a consequence that may not be meant; who means it sets `field` and asks again."""

    def __init__(self, field: str, what: str, *, remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.field = field


class ChangedMeanwhile(OpenbellError):
    """Somebody else has changed it since it was read: look at `current`, where that is told, and change that."""

    def __init__(self, what: str, current: object = None) -> None:
        super().__init__(what, remedy="Look at what is there now, and change that.")
        self.current = current


class UnreadableFile(OpenbellError):
    """The file at `path` cannot be read; nothing of it was stored."""

    def __init__(self, path: str, what: str, *, remedy: str = "") -> None:
        super().__init__(f"{path}: {what}", remedy=remedy)
        self.path = path


class Undecided(UnreadableFile):
    """The file can be read in more than one way; the reader must pass `option` (such as `--tz`).

    Where only a few values make sense, `options` are they.
    """

    def __init__(self, path: str, what: str, *, option: str, remedy: str, options: tuple[str, ...] = ()) -> None:
        super().__init__(path, what, remedy=remedy)
        self.option = option
        self.options = options


class ProviderError(OpenbellError):
    """A vendor did not deliver; `provider` names it."""

    def __init__(self, provider: str, what: str, *, remedy: str = "") -> None:
        super().__init__(f"{provider}: {what}", remedy=remedy)
        self.provider = provider


class RateLimited(ProviderError):
    """The provider asks us to wait; retry after `retry_after` seconds."""

    def __init__(self, provider: str, what: str, *, retry_after: float, remedy: str = "") -> None:
        super().__init__(provider, what, remedy=remedy)
        self.retry_after = retry_after


class NotEntitled(ProviderError):
    """The key is missing or wrong, or the plan does not cover this call; waiting does not help."""


class UnknownSymbol(ProviderError):
    """The provider does not know `symbol`."""

    def __init__(
        self, provider: str, symbol: str, *, remedy: str = "Check the spelling, or search for the name."
    ) -> None:
        super().__init__(provider, f"no such symbol: {symbol}.", remedy=remedy)
        self.symbol = symbol


class NotOffered(ProviderError):
    """The provider has no such kind of data, interval or range; ask another one."""


class BadResponse(ProviderError):
    """The provider answered something that is not what it documents."""


class Unreachable(ProviderError):
    """No answer: no network, a refused connection, or a time-out."""


class StoreError(OpenbellError):
    """The lake or the ledger cannot be read or written."""
