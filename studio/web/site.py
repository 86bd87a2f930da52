"""What all pages share: the templates, the words, and answers that are given up when nobody waits for them."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import jinja2
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from sim.errors import UserMistakes
from sim.experiment import Cancelled
from studio import texts
from studio.web import runs
from studio.web.opened import Opened
from studio.web.questions import Question, Questions

HERE = Path(__file__).parent
WATCH_SECONDS = 0.1


class Site:
    """The pages of one start; nothing is kept about who asks, only the last answers and the files that were opened."""

    def __init__(self, code: str | None = None) -> None:
        """A site without pages.

        Args:
            code: what guests type when the server is open to the room; None on the own machine.
        """
        self.code = code
        self.token = secrets.token_urlsafe(24)
        self.opened = Opened()
        self.questions = Questions(self.opened)
        self._kept = runs.Kept()
        self._at_once = anyio.Semaphore(2)
        self._templates = jinja2.Environment(
            loader=jinja2.ChoiceLoader(
                [jinja2.FileSystemLoader(HERE / "templates"), jinja2.PackageLoader("studio.reports", ".")]
            ),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )

    def page(self, template: str, request: Request, status: int = 200, **values: Any) -> Response:
        """A template filled in.

        Args:
            template: its file in `templates`.
            request: whose language is taken.
            status: of the answer.
            values: what the template asks for beside ``t``, ``lang``, ``token`` and ``words``.
        """
        told = language_of(request)
        other = "en" if told.language == "sv" else "sv"
        page = self._templates.get_template(template).render(
            t=told,
            lang=told.language,
            other=other,
            here=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
            token=self.token,
            words=data(told.family("web.js")),
            **values,
        )
        answer = HTMLResponse(page, status)
        if "lang" in request.query_params:
            answer.set_cookie("innomotor_lang", told.language, samesite="strict")
        return answer

    def filled(self, template: str, **values: Any) -> str:
        """A piece of a page, filled in; every name in it is escaped.

        Args:
            template: its file in `templates`, or of a report.
            values: what it asks for.
        """
        return self._templates.get_template(template).render(**values)

    async def answered(self, request: Request, told: Callable[[runs.Answer, dict[str, Any]], Any]) -> Response:
        """What a question's answer tells; its mistakes; or nothing when nobody waits for it any more.

        Args:
            request: its body is a question as JSON.
            told: what to say of the answer, given the question's whole content; a response or JSON data.
        """

        async def computed(content: dict[str, Any]) -> Any:
            found = await self._found(request, self.questions.asked(content))
            return await anyio.to_thread.run_sync(partial(told, found, content))

        return await self.said(request, computed)

    async def said(self, request: Request, told: Callable[[dict[str, Any]], Any]) -> Response:
        """What is told of a request's JSON, or what is wrong with it.

        Args:
            request: its body is JSON.
            told: awaited with the content; gives a response or JSON data.
        """
        try:
            content = json.loads(await request.body())
            found = await told(content if isinstance(content, dict) else {})
            return found if isinstance(found, Response) else JSONResponse(found)
        except UserMistakes as mistakes:
            return JSONResponse({"mistakes": lines(mistakes)}, 422)
        except (ValueError, RecursionError):
            return JSONResponse({"mistakes": ["The request is not JSON."]}, 400)
        except (Cancelled, ClientDisconnect):
            return Response(status_code=499)

    async def while_waited_for(self, request: Request, work: Callable[[threading.Event], Any]) -> Any:
        """What a piece of work gives, in a thread; it is told to stop when the page has gone.

        Args:
            request: of the page that waits.
            work: gets an event that is set when nobody waits any more.

        Raises:
            Cancelled: nobody waits.
            UserMistakes: the work's own.
        """
        stop = threading.Event()

        def compute() -> Any:
            try:
                return work(stop)
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
        if isinstance(found, UserMistakes | Cancelled):
            raise found
        return found

    async def _found(self, request: Request, question: Question) -> runs.Answer:
        def compute(stop: threading.Event) -> runs.Answer:
            return self._kept.get(question.key, lambda: runs.answer(question.source(), stop, question.equal_budget))

        answer: runs.Answer = await self.while_waited_for(request, compute)
        return answer


def language_of(request: Request) -> texts.Texts:
    """The words in the language of the address, the cookie or the browser."""
    wish = request.query_params.get("lang") or request.cookies.get("innomotor_lang")
    if wish not in texts.LANGUAGES:
        wish = "sv" if request.headers.get("accept-language", "sv").lower().startswith("sv") else "en"
    return texts.load("sv" if wish == "sv" else "en")


def data(content: Mapping[str, Any]) -> str:
    """JSON that may stand in a page: no markup can end it."""
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def lines(mistakes: UserMistakes) -> list[str]:
    """Every mistake in words."""
    return [line for line in str(mistakes).splitlines() if line]


async def not_found(request: Request, error: Exception) -> Response:
    """Nothing is kept at this address."""
    return PlainTextResponse("Not found", getattr(error, "status_code", 404))


async def failed(request: Request, error: Exception) -> Response:
    """A fault of the program ends one answer and not the server."""
    return JSONResponse({"mistakes": [f"{type(error).__name__}"]}, 500)
