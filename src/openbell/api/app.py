"""The application: routes, errors, the page, and the jobs that run while it serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import HTMLResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from openbell import __version__
from openbell.api import (
    actions,
    allocation,
    audit,
    bars,
    channels,
    compare,
    exports,
    figures,
    firings,
    founding,
    hand_prices,
    imports,
    income,
    items,
    jobs,
    live,
    market,
    me,
    oidc,
    passkeys,
    people,
    portfolios,
    positions,
    previews,
    quotes,
    returns,
    rules,
    sessions,
    sources,
    statistics,
    symbols,
    tokens,
    transactions,
    uploads,
    watchlists,
    whys,
)
from openbell.api.access import Role, allow
from openbell.api.answers import FAST, SMALL
from openbell.api.guarded import Guarded
from openbell.api.limits import Limited
from openbell.api.page_files import INDEX, PageFiles
from openbell.api.problems import NotFound, answer_problems, assert_texts, declare_problems
from openbell.arrivals import Readings, Seeker
from openbell.books import Books
from openbell.books.resting import PAUSE_S, rested
from openbell.desk import Desk
from openbell.jobs import Clockwork
from openbell.live import Live

NOUNS = (
    market, symbols, quotes, figures, bars, actions, compare, statistics, sources,
    watchlists, rules, firings, channels, jobs, live,
    portfolios, transactions, items, hand_prices, positions, returns, income, allocation, uploads, previews,
    imports, exports, founding, whys,
    sessions, passkeys, oidc, people, me, tokens, audit,
)  # fmt: skip
PAGE = Path(str(files("openbell.api") / "page")).resolve()


def create_app(desk: Desk, *, jobs: bool = True) -> FastAPI:
    """The application over `desk`; with `jobs`, they run while it serves."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        if not jobs:
            yield
            return
        feeds = app.state.live = Live(desk)
        feeds.start()
        clockwork.start()
        resting = asyncio.create_task(_rest(desk, app.state.books, app.state.readings))
        yield
        resting.cancel()
        clockwork.stop()
        feeds.stop()

    app = FastAPI(
        title="Openbell",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        routes=_api(),
    )
    app.state.desk = desk
    app.state.books = Books(desk)
    app.state.seeker = Seeker(desk)
    app.state.readings = Readings()
    clockwork = app.state.clockwork = Clockwork(desk)
    answer_problems(app)
    app.add_middleware(Limited)
    app.add_middleware(GZipMiddleware, minimum_size=SMALL, compresslevel=FAST)
    app.add_middleware(PageFiles, folder=PAGE)
    app.add_middleware(Guarded, settings=desk.settings)
    app.include_router(_page())
    declare_problems(app)
    return app


@cache
def _api() -> list[BaseRoute]:
    """The routes under /api/v1, made once: each asks the desk of the application that the request came to.

    They lie no deeper than needed, since a router within a router is searched once more for each answer.
    """
    api = APIRouter()
    for noun in NOUNS:
        api.include_router(noun.router, prefix="/api/v1", dependencies=[Depends(assert_texts)])
    return api.routes


async def _rest(desk: Desk, books: Books, readings: Readings) -> None:
    """Give back what nobody looks at any more, again and again."""
    while True:
        await asyncio.sleep(PAUSE_S)
        readings.rest(desk.clock())
        await asyncio.to_thread(rested, books)


def _page() -> APIRouter:
    """What is said of a path that neither a route nor the page knows."""
    router = APIRouter(include_in_schema=False)

    @router.get("/{path:path}", dependencies=[allow(Role.NOBODY)])
    def page(path: str) -> Response:
        if path.startswith("api/"):
            raise NotFound(f"There is no /{path}.", remedy="GET /api/openapi.json lists the routes.")
        if not (PAGE / INDEX).is_file():
            return HTMLResponse("<h1>Openbell</h1><p>The page is not built. Run <code>make web</code>.</p>", 503)
        if path.startswith("assets/"):
            raise NotFound(f"There is no /{path}.", remedy="Load the page again: it was built anew.")
        raise NotFound("There is no page at this path.", remedy="Open the page at /.")

    return router
