"""Stores for tests, as small as their protocols allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class InMemory:
    """Budgets that last as long as the object."""

    def __init__(self) -> None:
        self.states: dict[str, Mapping[str, Any]] = {}

    def load_budget(self, provider: str) -> Mapping[str, Any] | None:
        return self.states.get(provider)

    def save_budget(self, provider: str, state: Mapping[str, Any]) -> None:
        self.states[provider] = state
