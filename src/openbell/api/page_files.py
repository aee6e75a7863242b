"""The files of the built page, each read and packed once: a page is made of dozens, and every window asks for all."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import Self

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOR_GOOD = "public, max-age=31536000, immutable"
"""For files that are called by what is in them."""

INDEX = "index.html"
LONGEST = 255
"""Bytes of an address of the page."""

WORTH = 0.9
"""What packs to more of itself than this is sent as it is."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file as it is sent: `body` is gzip where it is `packed`."""

    body: bytes
    packed: bool
    tag: str
    kind: str
    lifetime: str

    @classmethod
    def read(cls, path: Path, name: str) -> Self:
        """The file at `path`, which the page knows as `name`."""
        plain = path.read_bytes()
        small = gzip.compress(plain, mtime=0)
        packed = len(small) < WORTH * len(plain)
        return cls(
            small if packed else plain,
            packed,
            f'W/"{sha256(plain).hexdigest()[:32]}"',
            guess_type(name)[0] or "application/octet-stream",
            FOR_GOOD if name.startswith("assets/") else "no-cache",
        )

    def answer(self, request: Request) -> Response:
        """The file as `request` can read it, or only that it is still the one the browser has."""
        headers = {"ETag": self.tag, "Cache-Control": self.lifetime, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers=headers)
        if not self.packed:
            return Response(self.body, headers=headers, media_type=self.kind)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(gzip.decompress(self.body), headers=headers, media_type=self.kind)
        return Response(self.body, headers={**headers, "Content-Encoding": "gzip"}, media_type=self.kind)


class PageFiles:
    """An application that is asked for what the page in `folder` does not answer; no other name reaches the disk.

    The page answers with its files, and with its index at every address: what it shows is told by its address.
    """

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = app
        self._folder = folder
        self._built: tuple[int, ...] = ()
        self._paths: dict[str, Path] = {}
        self._read: dict[str, PageFile] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file of the path, or pass on."""
        file = None
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and not scope["path"].startswith("/api/"):
            file = await self._file(scope["path"].removeprefix("/"))
        await (file.answer(Request(scope)) if file else self._app)(scope, receive, send)

    async def _file(self, name: str) -> PageFile | None:
        try:
            self._look()
            if name not in self._paths and _is_address(name):
                name = INDEX
            read = self._read  # of this build, also when the next one has come meanwhile
            if name not in read and name in self._paths:
                read[name] = await asyncio.to_thread(PageFile.read, self._paths[name], name)
            return read.get(name)
        except OSError:  # the page is being built anew
            return None

    def _look(self) -> None:
        """Learn the names of the files when the page was built, and when it was built anew."""
        built = tuple(path.stat().st_mtime_ns for path in (self._folder / INDEX, self._folder / "assets"))
        if built != self._built:
            found = (path for path in self._folder.rglob("*") if path.is_file())
            self._paths = {path.relative_to(self._folder).as_posix(): path for path in found}
            self._read, self._built = {}, built


def _is_address(name: str) -> bool:
    return name.isprintable() and not name.startswith("assets/") and len(name.encode(errors="replace")) <= LONGEST
