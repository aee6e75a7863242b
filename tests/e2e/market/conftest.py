"""One running desk for the tests of the market's pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.started import StartedDesk


@pytest.fixture(scope="package")
def desk(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """The demo market, for tests that leave it as it was."""
    started = StartedDesk(tmp_path_factory.mktemp("running"))
    started.start()
    yield started
    started.end()
