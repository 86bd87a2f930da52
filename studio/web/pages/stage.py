"""The stage: the network lighting up, the curve, what can be changed, and why a clinic waited."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sim.errors import UserMistakes
from studio.web import telling, waiting
from studio.web.about import about_of, scenario_name, world_of
from studio.web.pages.start import STORIES
from studio.web.site import Site, data, language_of, lines


def routes(site: Site) -> list[BaseRoute]:
    """What this page answers."""

    async def stage(request: Request) -> Response:
        name = scenario_name(request, STORIES[0])
        try:
            about = about_of(name, site.questions.asked({"scenario": name}).source().scenario, language_of(request))
        except UserMistakes as mistakes:
            return site.page("mistakes.html", request, status=404, mistakes=lines(mistakes))
        told = {"about": data(about), "name": name, "title": about["title"]}
        return site.page("stage.html", request, page="stage", story=name if name in STORIES else None, **told)

    async def notes(request: Request) -> Response:
        story = scenario_name(request, "")
        if story not in STORIES:
            return site.page("mistakes.html", request, status=404, mistakes=[f"There are no notes for {story[:80]!r}."])
        return site.page("notes.html", request, story=story)

    async def run(request: Request) -> Response:
        told = language_of(request)
        return await site.answered(request, lambda found, content: telling.payload(found, world_of(content), told))

    async def clinics(request: Request) -> Response:
        return await site.answered(request, lambda found, content: telling.clinics(found))

    async def waited(request: Request) -> Response:
        told = language_of(request)

        async def why(content: dict[str, Any]) -> Any:
            question = site.questions.asked(content)
            return await site.while_waited_for(request, lambda stop: waiting.told(question.source(), content, told))

        return await site.said(request, why)

    return [
        Route("/stage", stage),
        Route("/notes", notes),
        Route("/api/runs", run, methods=["POST"]),
        Route("/api/clinics", clinics, methods=["POST"]),
        Route("/api/waiting", waited, methods=["POST"]),
    ]
