"""How many calls a vendor still allows: counted per vendor, kept across restarts, never renewed by a wrong clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Protocol

from openbell.model.errors import RateLimited
from openbell.providers.base import Capabilities, Rate
from openbell.providers.http import Fetch, Response


class BudgetStore(Protocol):
    """Where the state of each vendor's budget survives a restart: plain JSON values."""

    def load_budget(self, provider: str) -> Mapping[str, Any] | None:
        """What was last saved for `provider`, or None."""
        ...

    def save_budget(self, provider: str, state: Mapping[str, Any]) -> None:
        """Replace what is saved for `provider`."""
        ...


class Spent(RateLimited):
    """Our own count says that the budget is used up; the vendor was not asked."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of one `rate`, and when the next call is free (None: now)."""

    rate: Rate
    left: int
    next_free: datetime | None


@dataclass(frozen=True, slots=True)
class State:
    """The instants of the calls that still count, oldest first, and the vendor's own ban; POSIX seconds."""

    calls: tuple[float, ...] = ()
    blocked_until: float = 0.0
    reason: str = ""

    def as_of(self, now: float, window: float) -> State:
        """Without the calls older than `window` seconds.

        A call from the future was stamped by a clock that has since been set back. It counts as made now: forgetting
        it would mint a call, believing it would lock the vendor until that future.
        """
        calls = tuple(min(at, now) for at in self.calls if at > now - window)
        return State(calls, self.blocked_until, self.reason)

    def free_at(self, rate: Rate, now: float) -> float:
        """When `rate` allows the next call: now, or when the oldest call of a full window leaves it."""
        per = rate.per.total_seconds()
        inside = [at for at in self.calls if at > now - per]
        return now if len(inside) < rate.calls else inside[-rate.calls] + per


class Budget:
    """The calls left, per vendor. Threads may share one; processes share its store, and may overspend by a call."""

    def __init__(self, store: BudgetStore) -> None:
        self._store = store
        self._lock = Lock()

    def take(self, capabilities: Capabilities, now: datetime) -> None:
        """Count one call; raises Spent, without counting, when the vendor allows none at `now`."""
        with self._lock:
            state = self._state(capabilities, now)
            at = now.timestamp()
            free = max((state.free_at(rate, at) for rate in capabilities.rates), default=at)
            if max(free, state.blocked_until) > at:
                raise _spent(capabilities, state, free, at)
            if capabilities.rates:
                self._save(capabilities.name, State((*state.calls, at)))

    def block(self, provider: str, until: datetime, reason: str) -> None:
        """Remember that the vendor itself wants no call before `until`."""
        with self._lock:
            saved = _read(self._store.load_budget(provider))
            self._save(provider, State(saved.calls, until.timestamp(), reason))

    def blocked(self, provider: str, now: datetime) -> tuple[datetime, str] | None:
        """Until when, and why, the vendor wants no call; None when it does not mind."""
        state = _read(self._store.load_budget(provider))
        if state.blocked_until <= now.timestamp():
            return None
        return datetime.fromtimestamp(state.blocked_until, UTC), state.reason

    def remaining(self, capabilities: Capabilities, now: datetime) -> tuple[Remaining, ...]:
        """What is left of each of the vendor's rates."""
        state, at = self._state(capabilities, now), now.timestamp()

        def of(rate: Rate) -> Remaining:
            used = sum(call > at - rate.per.total_seconds() for call in state.calls)
            free = state.free_at(rate, at)
            return Remaining(rate, max(rate.calls - used, 0), datetime.fromtimestamp(free, UTC) if free > at else None)

        return tuple(of(rate) for rate in capabilities.rates)

    def _state(self, capabilities: Capabilities, now: datetime) -> State:
        window = max((rate.per.total_seconds() for rate in capabilities.rates), default=0.0)
        return _read(self._store.load_budget(capabilities.name)).as_of(now.timestamp(), window)

    def _save(self, provider: str, state: State) -> None:
        saved = {"calls": list(state.calls), "blocked_until": state.blocked_until, "reason": state.reason}
        self._store.save_budget(provider, saved)


def _read(saved: Mapping[str, Any] | None) -> State:
    if saved is None:
        return State()
    return State(tuple(saved["calls"]), float(saved["blocked_until"]), str(saved["reason"]))


def _spent(capabilities: Capabilities, state: State, free: float, now: float) -> Spent:
    until = max(free, state.blocked_until)
    full = [rate for rate in capabilities.rates if state.free_at(rate, now) > now]
    why = state.reason if state.blocked_until >= free else " and ".join(_in_words(rate) for rate in full) + " are spent"
    what = f"rate-limited ({why}), next try {clock_time(until, now)}."
    return Spent(capabilities.name, what, retry_after=until - now)


def _in_words(rate: Rate) -> str:
    hours, seconds = divmod(int(rate.per.total_seconds()), 3600)
    per = f"{hours} h" if hours and not seconds else f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"
    return f"{rate.calls} calls in {per}"


def clock_time(at: float, now: float) -> str:
    """The instant `at` as a reader at `now` needs it: the time, and the date where it is another day."""
    when = datetime.fromtimestamp(at, UTC)
    same_day = when.date() == datetime.fromtimestamp(now, UTC).date()
    return f"{when:%H:%M} UTC" if same_day else f"{when:%Y-%m-%d %H:%M} UTC"


class Metered:
    """A connection whose every request is first taken from the budget; waits of up to `patience` are sat out."""

    def __init__(
        self,
        fetch: Fetch,
        budget: Budget,
        capabilities: Capabilities,
        clock: Callable[[], datetime],
        *,
        patience: timedelta = timedelta(seconds=2),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._fetch = fetch
        self._budget = budget
        self._capabilities = capabilities
        self._clock = clock
        self._patience_s = patience.total_seconds()
        self._sleep = sleep

    def get(self, path: str, params: Mapping[str, str]) -> Response:
        """As Fetch promises; raises Spent before the vendor would refuse."""
        self._take()
        return self._fetch.get(path, params)

    def _take(self) -> None:
        waited = 0.0
        while True:
            try:
                return self._budget.take(self._capabilities, self._clock())
            except Spent as error:
                if waited + error.retry_after > self._patience_s:
                    raise
                self._sleep(error.retry_after)
                waited += error.retry_after
