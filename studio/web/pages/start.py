"""The first page: doors, stories, scenarios, opening a file, whether all works offline; and the door with a code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sim import scenario_file
from sim.errors import Mistake, UserMistakes
from sim.scenario import Scenario, Text
from studio import texts
from studio.cli import shipped
from studio.web import questions
from studio.web.opened import is_portfolio
from studio.web.safety import same
from studio.web.site import Site, data, language_of

STORIES = ("pilot", "adaptation", "handover", "coordinator", "all_present", "decree")
"""In the order of a workshop."""

LOOKED_FOR = ("stage.js", "compare.js", "debrief.js", "vendor/uplot-1.6.32/uPlot.iife.min.js")
"""Files that the first page looks for when it checks that nothing is needed from elsewhere."""


def routes(site: Site) -> list[BaseRoute]:
    """What this page answers."""

    async def start(request: Request) -> Response:
        told = language_of(request)
        stories = [{"name": name, "title": _title(shipped.stories()[name], told.language)} for name in STORIES]
        others = [
            {"name": name, "title": _title(path, told.language), "size": _size(path, told)}
            for name, path in questions.names().items()
            if name not in STORIES
        ]
        about = data({"scenario": None, "files": LOOKED_FOR})
        return site.page("start.html", request, stories=stories, scenarios=others, about=about)

    def opened_at(files: dict[str, str]) -> dict[str, str]:
        """The name of what was opened, and the page that shows it."""
        name = site.opened.keep(files)
        path = site.opened.get(name)
        page = "/board?portfolio=" if path is not None and is_portfolio(path) else "/stage?scenario="
        return {"name": name, "page": page + name}

    async def opened(request: Request) -> Response:
        async def kept(content: dict[str, Any]) -> dict[str, str]:
            files = content.get("files")
            if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
                raise UserMistakes(Mistake("files", "no files", "Write a text for each file name."))
            return await anyio.to_thread.run_sync(opened_at, files)

        return await site.said(request, kept)

    async def join(request: Request) -> Response:
        if request.method == "POST":
            form = (await request.body()).decode("utf-8", "replace")
            typed = form.partition("code=")[2][:40].strip()
            if site.code is not None and same(typed, site.code):
                answer = RedirectResponse("/", 303)
                answer.set_cookie("innomotor_code", typed, httponly=True, samesite="strict")
                return answer
        return site.page("join.html", request, status=200 if request.method == "GET" else 403)

    return [
        Route("/", start),
        Route("/api/open", opened, methods=["POST"]),
        Route("/join", join, methods=["GET", "POST"]),
    ]


def _title(path: Path, language: texts.Language) -> str:
    """The title that a file gives itself, without judging the rest of it."""
    said = scenario_file.said(path).get("title") or path.stem
    return Text.model_validate(said).in_language(language)


def _size(path: Path, told: texts.Texts) -> str:
    """How many strategies over how many months, as the file says."""
    said = scenario_file.said(path)
    months = said.get("months", Scenario.model_fields["months"].default)
    return told("web.start.size", strategies=len(said.get("strategies") or ()), months=months)
