"""What matters most: which assumptions decide, where another strategy becomes best, what is worth finding out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sim import population, scenario_file
from sim.errors import Mistake, UserMistakes
from sim.figures import files
from sim.scenario_file import ScenarioFile
from sim.sensitivity import study as studying
from sim.sensitivity.study import Size
from studio.cli import learning
from studio.reports.learning import page, sensitivity
from studio.reports.learning.sensitivity import Studied
from studio.texts import Texts
from studio.web.about import scenario_name
from studio.web.background import Background, Work
from studio.web.pages.start import STORIES
from studio.web.site import Site, data, language_of, lines

SIZE = Size()
"""How much to try, as `innomotor sensitivity` does."""
MOST_CELLS = 3_000_000_000
"""Clinic-months that a study on a page may take: self-monitoring in all of Sweden is about half of it."""


def routes(site: Site) -> list[BaseRoute]:
    """What this page answers."""
    studies: Background[Studied] = Background()

    async def matters(request: Request) -> Response:
        name, told = scenario_name(request, STORIES[0]), language_of(request)
        try:
            scenario = scenario_file.read(site.questions.path(name)).scenario
        except UserMistakes as mistakes:
            return site.page("mistakes.html", request, status=404, mistakes=lines(mistakes))
        title = scenario.title.in_language(told.language)
        return site.page(
            "matters.html", request, about=data({"scenario": name}), name=name, title=title, page="matters"
        )

    async def studied(request: Request) -> Response:
        told = language_of(request)

        def asked(content: dict[str, Any]) -> dict[str, Any]:
            work = studies.known(content.get("key")) or _begun(studies, site.questions.path(content.get("scenario")))
            shown = {} if work.result is None else {"html": _html(site, work.result, told)}
            return {**work.told(), **shown}

        async def answered(content: dict[str, Any]) -> dict[str, Any]:
            return await anyio.to_thread.run_sync(asked, content)

        return await site.said(request, answered)

    return [Route("/matters", matters), Route("/api/matters", studied, methods=["POST"])]


def _begun(studies: Background[Studied], path: Path) -> Work[Studied]:
    """The study of a scenario as the command line makes it; what has been run before comes from the store."""
    source = scenario_file.read(path)
    _refuse_what_takes_too_long(source)
    return studies.get(learning.asked_of(source).key, partial(_study, source))


def _study(source: ScenarioFile, work: Work[Studied]) -> Studied:
    found = studying.study(source, size=SIZE, progress=work.progress)
    return Studied(source, found, learning.asked_of(source))


def _refuse_what_takes_too_long(source: ScenarioFile) -> None:
    scenario = source.scenario
    cells = len(population.build(scenario, source.clinics)) * scenario.months * len(scenario.innovations)
    rows = SIZE.rows(len(scenario.uncertain)) * len(scenario.strategies)
    if cells * rows > MOST_CELLS:
        found = f"about {cells * rows:,} clinic-months"
        raise UserMistakes(
            Mistake("scenario", found, "Let it run with `innomotor sensitivity`; the page shows it then.")
        )


def _html(site: Site, found: Studied, told: Texts) -> str:
    report = sensitivity.page(found, told)
    pictures = [one.picture for one in report.sections if one.picture is not None]
    sources = page.sources({one.name: files.svg(one.figure) for one in pictures})
    return site.filled("learning/body.html.j2", page=report, sources=sources, t=told)
