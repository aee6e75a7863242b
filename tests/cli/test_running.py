"""What a desk leaves behind for the commands beside it and after it."""

from __future__ import annotations

from openbell.cli.chosen import opened
from openbell.cli.running import remember
from openbell.settings import Settings


def test_commands_are_of_the_market_that_the_desk_opened_last():
    with opened() as desk:
        assert not desk.demo
    chosen = desk.settings.model_copy(update={"demo": True})
    remember(chosen)
    with opened() as desk:
        assert desk.demo
        assert desk.settings == chosen
    remember(Settings())
    with opened() as desk:
        assert not desk.demo
