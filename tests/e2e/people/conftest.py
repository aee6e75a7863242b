"""One running desk of several people for the tests of their pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.signed import PASSWORD, add_people, share_first_list
from e2e.started import StartedDesk


@pytest.fixture(scope="package")
def house(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDesk]:
    """A desk with passwords: `owner`, the member `ann` and the viewer `vic`, who share the owner's first watchlist."""
    started = StartedDesk(tmp_path_factory.mktemp("house"))
    started.start()
    started.run("user", "password", "owner", typed=PASSWORD)
    add_people(started, ann="member", vic="viewer")
    share_first_list(started, ann="write", vic="write")
    yield started
    started.end()
