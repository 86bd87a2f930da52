"""The comparison: strategies in lock-step, with bands, paired differences, and what is open."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sim.errors import UserMistakes
from studio.web import telling
from studio.web.about import about_of, scenario_name, world_of
from studio.web.pages.start import STORIES
from studio.web.site import Site, data, language_of, lines


def routes(site: Site) -> list[BaseRoute]:
    """What this page answers."""

    async def compare(request: Request) -> Response:
        name = scenario_name(request, STORIES[0])
        try:
            about = about_of(name, site.questions.asked({"scenario": name}).source().scenario, language_of(request))
        except UserMistakes as mistakes:
            return site.page("mistakes.html", request, status=404, mistakes=lines(mistakes))
        return site.page("compare.html", request, page="compare", about=data(about), name=name, title=about["title"])

    async def compared(request: Request) -> Response:
        told = language_of(request)
        return await site.answered(request, lambda found, content: telling.compared(found, world_of(content), told))

    return [Route("/compare", compare), Route("/api/compared", compared, methods=["POST"])]
