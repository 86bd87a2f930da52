"""The board's pages: the ranked table that is weighed anew while the meeting runs, and the pack behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from portfolio.board import Portfolio
from portfolio.forecast import Forecast
from portfolio.journal import Level, Outcome
from portfolio.ranking import rank
from sim.errors import Mistake, UserMistakes
from studio import reports
from studio.forecasts import SimulatedForecast
from studio.reports.board import benefits, card, decision, names, page, plan, standing, worth
from studio.reports.board.grid import Block
from studio.reports.board.pack import Pack
from studio.texts import Texts
from studio.web import boards, meeting, ranked_table
from studio.web.boards import Boards
from studio.web.site import Site, data, language_of, lines

FIRST = "portfolio_exempelregion"
"""The portfolio that is shown where an address names none."""

PARTS = {
    "decision": decision.blocks,
    "balance": standing.lights,
    "plan": lambda pack, texts: [*plan.capacity(pack, texts), *plan.standing(pack, texts), *plan.money(pack, texts)],
    "economy": worth.economy,
    "information": worth.information,
}
"""Pages that show parts of the pack as they stand in the report."""


Values = Callable[[Portfolio], dict[str, Any]]


def _nothing(_: Portfolio) -> dict[str, Any]:
    return {}


def routes(site: Site) -> list[BaseRoute]:
    """What these pages answer."""
    pages = _Pages(site)
    return [
        Route("/board", pages.overview),
        Route("/board/board.css", pages.look),
        Route("/board/initiative/{name}", pages.initiative),
        Route("/board/meeting", pages.meeting),
        Route("/board/{part}", pages.part),
        Route("/api/board/rank", pages.reranked, methods=["POST"]),
        Route("/api/board/pack", pages.pack, methods=["POST"]),
        Route("/api/board/decide", pages.decide, methods=["POST"]),
        Route("/api/board/minutes.pdf", pages.minutes, methods=["POST"]),
    ]


class _Pages:
    """The board's pages of one start."""

    def __init__(self, site: Site) -> None:
        self._site, self._boards = site, Boards(site.opened)

    async def overview(self, request: Request) -> Response:
        """The ranked table, with sliders for what weighs and lines for what fits."""
        told = language_of(request)

        def table(board: Portfolio) -> dict[str, Any]:
            return {"table": ranked_table.ranked(board, rank(board), told)}

        def swings(board: Portfolio) -> dict[str, Any]:
            return {"swings": ranked_table.swings(board, told)}

        return await self._shown(request, "board.html", table, swings)

    async def part(self, request: Request) -> Response:
        """A part of the pack."""
        key = request.path_params["part"]
        if key not in PARTS:
            return self._site.page("mistakes.html", request, status=404, mistakes=[key])
        return await self._shown(request, "board_part.html", template=lambda _: {"part": key})

    async def initiative(self, request: Request) -> Response:
        """The card of an initiative."""
        part = f"initiative/{request.path_params['name']}"
        return await self._shown(request, "board_part.html", template=lambda _: {"part": part})

    async def look(self, _: Request) -> Response:
        """The style sheet of the report, whose blocks the pages show."""
        return FileResponse(Path(reports.__file__).parent / "board" / "board.css", media_type="text/css")

    async def meeting(self, request: Request) -> Response:
        """What stands to be decided, and a form for each decision."""
        told, name = language_of(request), request.query_params.get("portfolio", FIRST)

        def table(board: Portfolio) -> dict[str, Any]:
            book = meeting.journal_of(self._boards.path(name))
            return {"agenda": meeting.agenda(board, book, told), "strategies": told.family("portfolio.strategy")}

        def choices(_: Portfolio) -> dict[str, Any]:
            file = meeting.journal_of(self._boards.path(name)).file
            return {"part": "meeting", "journal": file, "outcomes": list(Outcome), "levels": list(Level)}

        return await self._shown(request, "board_meeting.html", table, choices)

    async def reranked(self, request: Request) -> Response:
        """The ranked table at other weights."""

        def computed(board: Portfolio, content: dict[str, Any], told: Texts) -> dict[str, Any]:
            given = content.get("weights")
            if not isinstance(given, dict):
                raise UserMistakes(Mistake("weights", "no weights", "Write a number from 0 to 100 for each criterion."))
            return ranked_table.ranked(board, boards.reranked(board, given), told)

        return await self._computed(request, computed)

    async def pack(self, request: Request) -> Response:
        """How far the pack has come, and a part of it when it is there."""
        told = language_of(request)

        def computed(content: dict[str, Any]) -> dict[str, Any]:
            work = self._boards.packs.known(content.get("key")) or self._boards.pack(content.get("portfolio"))
            if work.result is None:
                return work.told()
            return {**work.told(), **_of(self._site, *work.result, content.get("part"), told)}

        return await self._in_thread(request, computed)

    async def decide(self, request: Request) -> Response:
        """Write a confirmed decision into the journal."""

        def computed(board: Portfolio, content: dict[str, Any], told: Texts) -> dict[str, Any]:
            path = self._boards.path(content.get("portfolio"))
            book = meeting.journal_of(path)
            return meeting.decide(board, book, content, lambda: SimulatedForecast(board, path.parent), told)

        return await self._computed(request, computed)

    async def minutes(self, request: Request) -> Response:
        """The minutes of a day as a PDF."""

        def computed(board: Portfolio, content: dict[str, Any], told: Texts) -> Response:
            book = meeting.journal_of(self._boards.path(content.get("portfolio")))
            return Response(
                meeting.printed(board, book, meeting.day_of(content.get("day")), told), media_type="application/pdf"
            )

        return await self._computed(request, computed)

    async def _computed(self, request: Request, told: Callable[[Portfolio, dict[str, Any], Texts], Any]) -> Response:
        """What is told of a portfolio, or what is wrong with the request."""
        language = language_of(request)

        def computed(content: dict[str, Any]) -> Any:
            return told(self._boards.read(content.get("portfolio")), content, language)

        return await self._in_thread(request, computed)

    async def _in_thread(self, request: Request, computed: Callable[[dict[str, Any]], Any]) -> Response:
        async def answered(content: dict[str, Any]) -> Any:
            return await anyio.to_thread.run_sync(computed, content)

        return await self._site.said(request, answered)

    async def _shown(
        self, request: Request, page: str, about: Values = _nothing, template: Values = _nothing
    ) -> Response:
        """A page of a portfolio, or what is wrong with its file."""
        name, told = request.query_params.get("portfolio", FIRST), language_of(request)

        def values() -> dict[str, Any] | UserMistakes:
            try:
                board = self._boards.read(name)
                return {**_about(name, board, told, **about(board)), **template(board)}
            except UserMistakes as mistakes:
                return mistakes

        found = await anyio.to_thread.run_sync(values)
        if isinstance(found, UserMistakes):
            return self._site.page("mistakes.html", request, status=404, mistakes=lines(found))
        return self._site.page(page, request, **found)


def _about(name: str, board: Portfolio, told: Texts, **more: Any) -> dict[str, Any]:
    """What every page of a portfolio says and its script needs."""
    return {
        "title": board.title.in_language(told.language),
        "note": board.note.in_language(told.language) if board.note is not None else "",
        "name": name,
        "parts": {key: told(f"web.board.part.{key}") for key in PARTS},
        "about": data({"portfolio": name, **more}),
    }


def _of(site: Site, pack: Pack, forecast: Forecast, wanted: object, told: Texts) -> dict[str, Any]:
    """A part of the pack as the page takes it: its blocks as they look in the report, and the plan's figures."""
    if wanted == "overview":
        return {"plan": ranked_table.planned(pack, told), "html": _html(site, benefits.over_time(pack, told))}
    if isinstance(wanted, str) and wanted in PARTS:
        return {"html": _html(site, PARTS[wanted](pack, told))}
    prefix, _, name = str(wanted).partition("/")
    if prefix == "initiative" and name in pack.board.initiatives:
        return {
            "html": _html(site, card.blocks(pack, name, forecast, told)),
            "heading": names.initiative(pack.board, name, told),
        }
    raise UserMistakes(Mistake("part", f"there is no {wanted!r}", f"Write one of {', '.join(PARTS)}."))


def _html(site: Site, blocks: list[Block]) -> str:
    return site.filled("board_blocks.html", blocks=blocks, kind_of=page.kind_of, source=page.data_uri)
