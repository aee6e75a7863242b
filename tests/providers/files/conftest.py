from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from openbell.providers.files import Contents, Reading, read

NOW = datetime(2026, 11, 20, tzinfo=UTC)

Write = Callable[..., Path]
Load = Callable[..., Contents]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A file of that name with that text (dedented) or those bytes."""

    def file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())
        return path

    return file


@pytest.fixture
def load(write: Write) -> Load:
    """What a file of that name and text holds, read as the keywords say."""

    def contents(name: str, content: str | bytes, **reading: object) -> Contents:
        return read(write(name, content), Reading(**reading), now=NOW)

    return contents
