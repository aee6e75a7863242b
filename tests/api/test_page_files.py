"""The files of the built page: what a browser is sent, what it may keep, and what a new build changes."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from openbell.api.page_files import PageFiles

SCRIPT = "export const one = 1;\n" * 100
PICTURE = os.urandom(500)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page of three files, and a secret beside it."""
    (tmp_path / "secret.txt").write_text("secret")
    built = tmp_path / "page"
    build(built, "one", SCRIPT)
    (built / "icon.png").write_bytes(PICTURE)
    return built


def build(folder: Path, name: str, script: str) -> None:
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    for old in (folder / "assets").iterdir():
        old.unlink()
    (folder / "assets" / f"{name}.js").write_text(script)
    (folder / "index.html").write_text(f"<script src=/assets/{name}.js></script>")
    os.utime(folder / "index.html", (len(script), len(script)))


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    """What is asked for what is no file."""
    await PlainTextResponse(f"{scope['method']} {scope['path']} passed on", 404)(scope, receive, send)


@pytest.fixture
def client(folder: Path) -> TestClient:
    return TestClient(PageFiles(behind, folder))


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_file_is_sent_as_it_is_on_the_disk_whether_packed_or_not(client: TestClient, coding: str):
    for _ in ("read", "kept"):
        answer = client.get("/assets/one.js", headers={"accept-encoding": coding})
        assert answer.text == SCRIPT
        assert answer.headers.get("content-encoding", "identity") == coding
        assert int(answer.headers["content-length"]) < len(SCRIPT) or coding == "identity"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"


def test_what_does_not_get_smaller_is_not_packed(client: TestClient):
    answer = client.get("/icon.png", headers={"accept-encoding": "gzip"})
    assert answer.content == PICTURE
    assert "content-encoding" not in answer.headers


def test_a_browser_keeps_what_is_called_by_what_is_in_it_and_asks_whether_the_rest_has_changed(client: TestClient):
    assert client.get("/assets/one.js").headers["cache-control"] == "public, max-age=31536000, immutable"
    index = client.get("/index.html")
    assert index.headers["cache-control"] == "no-cache"
    again = client.get("/index.html", headers={"if-none-match": index.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/index.html", headers={"if-none-match": '"another"'}).status_code == 200


def test_a_page_that_was_built_anew_is_sent_anew(client: TestClient, folder: Path):
    assert client.get("/assets/one.js").text == SCRIPT
    build(folder, "two", "export const two = 2;\n")
    assert client.get("/assets/two.js").text == "export const two = 2;\n"
    assert "two" in client.get("/index.html").text
    assert client.get("/assets/one.js").status_code == 404


def test_a_page_that_is_looked_at_while_it_is_built_is_found_whole_later(client: TestClient, folder: Path):
    assert client.get("/assets/late.js").status_code == 404
    (folder / "assets" / "late.js").write_text("export const late = 1;\n")
    assert client.get("/assets/late.js").text == "export const late = 1;\n"


def test_a_file_that_goes_while_the_page_is_built_is_passed_on(client: TestClient, folder: Path):
    assert client.get("/icon.png").status_code == 200
    (folder / "theme.js").write_text("")
    os.utime(folder / "index.html", (7, 7))
    assert client.get("/icon.png").status_code == 200
    (folder / "theme.js").unlink()
    assert client.get("/theme.js").text == "GET /theme.js passed on"


@pytest.mark.parametrize("path", ["/", "/symbol/QUORB", "/%2e%2e/secret.txt", "/assets", "/a%F0%9F%98%80"])
def test_every_address_gets_the_index_as_it_is(client: TestClient, path: str):
    answer = client.get(path)
    assert answer.text == "<script src=/assets/one.js></script>"
    assert client.get(path, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/assets/", "/assets/no.js", "/%00", "/" + "a" * 256, "/api/v1/market"])
def test_what_is_neither_a_file_nor_an_address_is_passed_on(client: TestClient, path: str):
    assert client.get(path).text.endswith("passed on")


def test_what_is_written_is_passed_on_and_a_head_tells_how_long_a_file_is(client: TestClient):
    assert client.post("/assets/one.js").text == "POST /assets/one.js passed on"
    head = client.head("/assets/one.js", headers={"accept-encoding": "identity"})
    assert int(head.headers["content-length"]) == len(SCRIPT)


def test_a_page_is_found_as_soon_as_it_is_built(tmp_path: Path):
    client = TestClient(PageFiles(behind, tmp_path / "later"))
    assert client.get("/").text == "GET / passed on"
    build(tmp_path / "later", "one", SCRIPT)
    assert client.get("/assets/one.js").text == SCRIPT


def test_the_files_of_the_page_are_sent_as_the_desk_has_packed_them(folder: Path):
    answer = TestClient(PageFiles(behind, folder)).stream("GET", "/assets/one.js", headers={"accept-encoding": "gzip"})
    with answer as packed:
        assert gzip.decompress(b"".join(packed.iter_raw())).decode() == SCRIPT
