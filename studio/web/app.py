"""What is answered where."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import jinja2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from sim import evidence
from sim.errors import UserMistakes
from sim.experiment import Cancelled
from studio import texts
from studio.reports import words
from studio.web import questions, runs
from studio.web.safety import LOCAL, Guard

HERE = Path(__file__).parent
WATCH_SECONDS = 0.1


def application(hosts: frozenset[str] = frozenset(LOCAL), code: str | None = None) -> ASGIApp:
    """The pages, guarded.

    Args:
        hosts: names under which the server may be asked.
        code: what guests type when the server is open to the room; None on the own machine.
    """
    pages = _Pages(secrets.token_urlsafe(24), code)
    routes = [
        Route("/", pages.start),
        Route("/stage", pages.stage),
        Route("/api/runs", pages.run, methods=["POST"]),
        Route("/api/clinics", pages.clinics, methods=["POST"]),
        Route("/healthz", lambda request: PlainTextResponse("ok")),
        Route("/join", pages.join, methods=["GET", "POST"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: pages.not_found, Exception: pages.failed})
    return Guard(GZipMiddleware(app, minimum_size=1_000), pages.token, hosts, code)


class _Pages:
    """The pages of one start; nothing is kept about who asks, only the last answers."""

    def __init__(self, token: str, code: str | None) -> None:
        self.token, self.code = token, code
        self._kept = runs.Kept()
        self._at_once = anyio.Semaphore(2)
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
        )

    async def start(self, request: Request) -> Response:
        """Doors and scenarios."""
        told = _texts(request)
        listed = [
            {"name": name, "title": _title(path, told.language), "lesson": _question(path)}
            for name, path in questions.names().items()
            if not name.startswith(("portfolio_", "sweep_"))
        ]
        return self._page("start.html", request, scenarios=listed)

    async def stage(self, request: Request) -> Response:
        """The network lighting up, the curve, and what can be changed."""
        name = request.query_params.get("scenario", "smallest")
        told = _texts(request)
        try:
            source = questions.asked({"scenario": name}).source()
        except UserMistakes as mistakes:
            return self._page("mistakes.html", request, status=404, mistakes=_lines(mistakes))
        scenario = source.scenario
        about = {
            "scenario": name,
            "title": scenario.title.in_language(told.language),
            "strategies": words.strategy_names(scenario, told),
            "sliders": [_slider(parameter, scenario.parameters, told) for parameter in questions.SLIDERS],
            "language": told.language,
        }
        return self._page(
            "stage.html",
            request,
            about=_data(about),
            sliders=about["sliders"],
            title=about["title"],
        )

    async def run(self, request: Request) -> Response:
        """Bands, key figures and one world of a question."""
        return await self._answered(request, lambda found, content: runs.payload(found, content.get("world")))

    async def clinics(self, request: Request) -> Response:
        """Where the clinics of a question stand, and who listens to whom."""
        return await self._answered(request, lambda found, content: runs.stage(found))

    async def join(self, request: Request) -> Response:
        """A guest in the room types the code once."""
        if request.method == "POST":
            form = (await request.body()).decode("utf-8", "replace")
            typed = form.partition("code=")[2][:40].strip()
            if self.code is not None and secrets.compare_digest(typed, self.code):
                answer = RedirectResponse("/", 303)
                answer.set_cookie("innomotor_code", typed, httponly=True, samesite="strict")
                return answer
        return self._page("join.html", request, status=200 if request.method == "GET" else 403)

    async def not_found(self, request: Request, error: Exception) -> Response:
        """Nothing is kept at this address."""
        return PlainTextResponse("Not found", getattr(error, "status_code", 404))

    async def failed(self, request: Request, error: Exception) -> Response:
        """A fault of the program ends one answer and not the server."""
        return JSONResponse({"mistakes": [f"{type(error).__name__}"]}, 500)

    async def _answered(self, request: Request, told: Any) -> Response:
        """What a question's answer tells, or its mistakes; nothing when nobody waits for it any more."""
        try:
            content = json.loads(await request.body())
            question = questions.asked(content if isinstance(content, dict) else {})
            found = await self._found(request, question)
            return JSONResponse(await anyio.to_thread.run_sync(partial(told, found, content)))
        except UserMistakes as mistakes:
            return JSONResponse({"mistakes": _lines(mistakes)}, 422)
        except (ValueError, RecursionError):
            return JSONResponse({"mistakes": ["The request is not JSON."]}, 400)
        except (Cancelled, ClientDisconnect):
            return Response(status_code=499)

    async def _found(self, request: Request, question: questions.Question) -> runs.Answer:
        """The answer, computed in a thread and stopped when the page has gone."""
        stop = threading.Event()

        def compute() -> runs.Answer | Exception:
            try:
                return self._kept.get(question.key, lambda: runs.answer(question.source(), stop))
            except (UserMistakes, Cancelled) as why:
                return why

        async def watch() -> None:
            while not await request.is_disconnected():
                await anyio.sleep(WATCH_SECONDS)
            stop.set()

        async with self._at_once, anyio.create_task_group() as group:
            group.start_soon(watch)
            found = await anyio.to_thread.run_sync(compute)
            group.cancel_scope.cancel()
        if isinstance(found, Exception):
            raise found
        return found

    def _page(self, template: str, request: Request, status: int = 200, **values: Any) -> Response:
        told = _texts(request)
        other = "en" if told.language == "sv" else "sv"
        page = self._templates.get_template(template).render(
            t=told,
            lang=told.language,
            other=other,
            here=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
            token=self.token,
            words=_data(told.family("web.js")),
            **values,
        )
        answer = HTMLResponse(page, status)
        if "lang" in request.query_params:
            answer.set_cookie("innomotor_lang", told.language, samesite="strict")
        return answer


def _texts(request: Request) -> texts.Texts:
    """The words in the language of the address, the cookie or the browser."""
    wish = request.query_params.get("lang") or request.cookies.get("innomotor_lang")
    if wish not in texts.LANGUAGES:
        wish = "sv" if request.headers.get("accept-language", "sv").lower().startswith("sv") else "en"
    return texts.load("sv" if wish == "sv" else "en")


def _data(content: Mapping[str, Any]) -> str:
    """JSON that may stand in a page: no markup can end it."""
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def _lines(mistakes: UserMistakes) -> list[str]:
    return [line for line in str(mistakes).splitlines() if line]


def _title(path: Path, language: texts.Language) -> str:
    return questions.Question(path, {}).source().scenario.title.in_language(language)


def _question(path: Path) -> str:
    """The question in the first comment of a scenario file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(
        (line.lstrip("# ") for line in lines if line.startswith("# ") and "yaml-language-server" not in line), ""
    )


def _slider(name: str, given: Mapping[str, float], told: texts.Texts) -> dict[str, Any]:
    """A parameter as a slider: its words, range and value."""
    estimate = evidence.defaults()[name]
    return {
        "name": name,
        "label": told(f"web.slider.{name}"),
        "low": estimate.low,
        "high": estimate.high,
        "step": (estimate.high - estimate.low) / 50,
        "value": given.get(name, estimate.value),
    }
