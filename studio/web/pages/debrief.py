"""The debrief: what the room did and what came of it, and what it takes home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sim.errors import UserMistakes
from studio import texts
from studio.web import handout, takeaway
from studio.web.about import about_of, scenario_name
from studio.web.pages.start import STORIES
from studio.web.runs import Answer
from studio.web.site import Site, data, language_of, lines

Made = Callable[[Answer, dict[str, Any], texts.Texts], bytes]


def routes(site: Site) -> list[BaseRoute]:
    """What this page answers."""

    async def debrief(request: Request) -> Response:
        name = scenario_name(request, STORIES[0])
        try:
            about = about_of(name, site.questions.asked({"scenario": name}).source().scenario, language_of(request))
        except UserMistakes as mistakes:
            return site.page("mistakes.html", request, status=404, mistakes=lines(mistakes))
        return site.page("debrief.html", request, page="debrief", about=data(about), name=name, title=about["title"])

    async def written(request: Request) -> Response:
        async def scenario(content: dict[str, Any]) -> Response:
            return _file(takeaway.scenario(site.questions.asked(content)), "application/yaml")

        return await site.said(request, scenario)

    def computed(make: Made, kind: str) -> Callable[[Request], Any]:
        async def made(request: Request) -> Response:
            told = language_of(request)
            return await site.answered(request, lambda found, content: _file(make(found, content, told), kind))

        return made

    return [
        Route("/debrief", debrief),
        Route("/api/scenario.yaml", written, methods=["POST"]),
        Route("/api/curves.csv", computed(takeaway.curves, "text/csv; charset=utf-8"), methods=["POST"]),
        Route("/api/handout.pdf", computed(handout.pdf, "application/pdf"), methods=["POST"]),
    ]


def _file(content: bytes, kind: str) -> Response:
    return Response(content, media_type=kind)
