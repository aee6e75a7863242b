"""Services by Apprise, of which one is a real server: what it is told, and that no log learns an address."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest

import apart
from alerts.sending import CROSSED, KEY, NOON, send
from openbell.alerts.message import Channel, Undelivered
from openbell.alerts.services import Apprise
from receiver import hangs, says, web

apprise_loads = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What reaches the log of a desk, which takes everything."""
    written, root = StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


@apprise_loads
@pytest.mark.parametrize(
    "url",
    [
        "nosuch://user:TOPSECRET@host/x",
        "tgram://TOPSECRET/",
        "slack://TOPSECRET",
        "discord://TOPSECRET",
        "mailto://user:TOPSECRET@",
        "json://user:TOPSECRET@127.0.0.1:9/TOPSECRET",
    ],
)
def test_no_address_of_apprise_is_in_a_log(url: str, logged: StringIO, capfd: pytest.CaptureFixture[str]):
    assert "TOPSECRET" not in apart.run(_undelivered(Apprise(url))).what
    assert "TOPSECRET" not in logged.getvalue()
    assert "TOPSECRET" not in "".join(capfd.readouterr())


@apprise_loads
def test_services_that_do_not_answer_leave_the_threads_for_prices_alone():
    async def main() -> int:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        sending = asyncio.create_task(Apprise(server.url.replace("http", "json")).send(CROSSED, KEY, NOON))
        while not server.heard:
            await asyncio.sleep(0.01)
        stored = await asyncio.wait_for(asyncio.to_thread(lambda: 1), 2)
        assert not sending.done()
        server.over.set()
        with pytest.raises(Undelivered):
            await sending
        return stored

    with web(hangs) as server:
        assert apart.run(main()) == 1


@apprise_loads
def test_apprise_tells_a_service(caplog: pytest.LogCaptureFixture):
    with web(says(200), says(404), says(500)) as server:
        channel = Apprise(server.url.replace("http", "json") + "/T0KEN")
        with caplog.at_level(logging.INFO):
            assert send(channel) == "Accepted; Apprise gives no receipt."
            gone, broken = (apart.run(_undelivered(channel)) for _ in range(2))
    assert json.loads(server.heard[0].body)["message"] == CROSSED.text
    assert (gone.what, gone.permanent) == ("The service did not accept it (HTTP 404).", True)
    assert (broken.what, broken.permanent) == ("The service did not accept it (HTTP 500).", False)
    assert "T0KEN" not in caplog.text


async def _undelivered(channel: Channel) -> Undelivered:
    with pytest.raises(Undelivered) as told:
        await channel.send(CROSSED, KEY, NOON)
    return told.value


@apprise_loads
def test_a_service_that_apprise_does_not_know_is_refused_for_good():
    error = apart.run(_undelivered(Apprise("nosuchservice://T0KEN")))
    assert error.permanent
    assert "T0KEN" not in error.what
