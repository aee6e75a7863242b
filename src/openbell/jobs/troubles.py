"""One run's work on several things: the trouble of one keeps no other waiting, and all of it is said at the end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from openbell.model.errors import OpenbellError, RateLimited
from openbell.model.words import counted
from openbell.store.jobbook import Stopped

log = logging.getLogger(__name__)

NAMED = 8
"""So many things are named in a sentence."""


class Unfinished(OpenbellError):
    """Some of the things could not be done; the next run tries them again, and them only."""


class Troubles:
    """What became of those of `total` things, each a `noun`, that could not be done."""

    def __init__(self, total: int, noun: str) -> None:
        self._total = counted(total, noun)
        self._limited: dict[str, RateLimited] = {}
        self._failed: dict[str, str] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Whatever goes wrong inside is noted and passed over; Stopped alone is raised."""
        try:
            yield
        except Stopped:
            raise
        except RateLimited as error:
            self._limited[name] = error
        except OpenbellError as error:
            self._failed[name] = str(error)
        except Exception as error:  # nobody foresaw it; the trace is in the log
            log.exception("the work on %s failed", name)
            self._failed[name] = f"{type(error).__name__}; the log has more."

    def tell(self, done: str) -> None:
        """Raises Unfinished where anything failed, else RateLimited where something has to wait; both say what was
        `done`."""
        waits = sorted(self._limited.items(), key=lambda pair: pair[1].retry_after)
        if self._failed:
            named = [f"{name}: {error}" for name, error in self._failed.items()]
            named += [f"{name} waits: {error}" for name, error in waits]
            parts = (f"{len(self._failed)} of {self._total} failed.", *named[:NAMED], done)
            raise Unfinished(" ".join(parts).strip())
        if waits:
            first, names = waits[0][1], ", ".join(name for name, _ in waits[:NAMED])
            what = first.what.removeprefix(f"{first.provider}: ")
            sentence = f"{what} {len(waits)} of {self._total} must wait: {names}. {done}".strip()
            raise RateLimited(first.provider, sentence, retry_after=first.retry_after, remedy=first.remedy) from first
