"""The pages put together, and guarded."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from studio.web import site
from studio.web.pages import board, comparison, debrief, matters, stage, start
from studio.web.safety import LOCAL, Guard

PAGES = (start, stage, comparison, matters, debrief, board)
"""Modules with ``routes(site)``; how one is added stands in `studio.web`."""


def application(hosts: frozenset[str] = frozenset(LOCAL), code: str | None = None) -> ASGIApp:
    """The pages, guarded.

    Args:
        hosts: names under which the server may be asked.
        code: what guests type when the server is open to the room; None on the own machine.
    """
    pages = site.Site(code)
    routes = [
        *(route for page in PAGES for route in page.routes(pages)),
        Route("/healthz", lambda request: PlainTextResponse("ok")),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: site.not_found, Exception: site.failed})
    return Guard(GZipMiddleware(app, minimum_size=1_000), pages.token, hosts, code)
