"""``innomotor portfolio test``: the chosen initiatives in the clinics at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from studio.cli.options import JsonOption, LangOption, print_json, texts_in
from studio.cli.portfolio.common import (
    PortfolioArgument,
    console,
    opened,
    say,
    start_name,
    table,
    title_of,
)

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from portfolio.clinics import Tested
    from studio.texts import Texts


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("test", epilog="Example: innomotor portfolio test portfolio_exempelregion --lang sv")(trial)


def trial(portfolio: PortfolioArgument, *, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Simulate the chosen initiatives together, and choose anew until plan and clinics agree."""
    from portfolio.choice import choose as choosing  # noqa: PLC0415 slow to load, and --help does not need them
    from portfolio.clinics import tried_in_clinics  # noqa: PLC0415

    texts = texts_in(lang)
    board, forecast = opened(portfolio, texts, quiet=as_json)
    ready = choosing.prepared(board, forecast)
    outcome = tried_in_clinics(board, ready, choosing.choose(ready, board), forecast)
    if as_json:
        print_json(summary(board, outcome))
    else:
        _show(board, outcome, texts)


def summary(board: Portfolio, outcome: Tested) -> dict[str, Any]:
    """The rounds as plain JSON data."""
    return {
        "portfolio": board.title.en,
        "ending": outcome.ending,
        "rounds": [
            {
                "chosen": [
                    {"name": c.initiative, "strategy": c.strategy, "start": start_name(board, c.quarter)}
                    for c in one.choice.commitments
                ],
                "value": one.choice.value,
                "gap": one.choice.gap,
                "adoption_kept": dict(one.kept),
                "overloads": [vars(overload) for overload in one.overloads],
                "loads": {
                    name: {
                        "asked_hours": load.hours.tolist(),
                        "asked_hours_alone": load.wanted.tolist(),
                        "usable_hours": load.capacity.tolist(),
                        "fatigue": load.fatigue.tolist(),
                    }
                    for name, load in one.loads.items()
                },
            }
            for one in outcome.rounds
        ],
    }


def _show(board: Portfolio, outcome: Tested, texts: Texts) -> None:
    from studio.reports.board import names  # noqa: PLC0415 slow to load, and --help does not need it

    numbers, where, last = texts.numbers, console(), outcome.rounds[-1]
    rows = [
        [
            title_of(board, one.initiative, texts),
            names.strategy(last.choice.program, one, texts),
            start_name(board, one.quarter),
            numbers.percent(last.kept[one.initiative]) if one.initiative in last.kept else "–",
        ]
        for one in last.choice.commitments
    ]
    keys = ("initiative", "strategy", "start")
    headings = [texts(f"portfolio.choose.{key}") for key in keys] + [texts("portfolio.test.kept")]
    where.print(table(board.title.in_language(texts.language), headings, rows, left=3))
    where.print()
    loads = [
        [
            _group(board, name, texts),
            numbers.number(load.hours.sum()),
            numbers.number(load.capacity.sum()),
            numbers.percent(float((load.hours / load.capacity).max())),
            numbers.number(float(load.fatigue.max()), 2),
        ]
        for name, load in last.loads.items()
    ]
    asked = [texts(f"portfolio.test.{key}") for key in ("group", "asked", "usable", "tightest", "fatigue")]
    where.print(table(texts("portfolio.test.loads"), asked, loads))
    where.print()
    told = [texts(f"portfolio.test.{outcome.ending}", rounds=len(outcome.rounds))]
    told += [
        texts(
            "portfolio.test.overload",
            group=_group(board, one.group, texts),
            quarter=one.quarter,
            asked=numbers.number(one.asked_hours),
            usable=numbers.number(one.usable_hours),
        )
        for one in last.overloads
    ]
    say(where, *told, texts("portfolio.test.note"), board.note.in_language(texts.language) if board.note else "")


def _group(board: Portfolio, name: str, texts: Texts) -> str:
    title = board.groups[name].title
    return title.in_language(texts.language) if title is not None else name
