"""What the portfolio's commands share: the argument, the file, names and small tables."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.errors import Mistake, UserMistakes

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from studio.forecasts import SimulatedForecast
    from studio.texts import Texts

PortfolioArgument = Annotated[
    str, typer.Argument(metavar="PORTFOLIO", help="YAML file, or the name of a shipped portfolio.")
]

_WIDE = 110


def console() -> Console:
    """The terminal; wide enough for a table where there is none."""
    made = Console()
    if not sys.stdout.isatty():
        made.width = _WIDE
    return made


def title_of(portfolio: Portfolio, name: str, texts: Texts) -> str:
    """What an initiative is called in reports."""
    title = portfolio.initiatives[name].title
    return title.in_language(texts.language) if title is not None else name


def criterion_title(portfolio: Portfolio, name: str, texts: Texts) -> str:
    """What a criterion is called in reports."""
    title = portfolio.criteria[name].title
    return title.in_language(texts.language) if title is not None else name


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> Table:
    """A plain table; the first columns are set to the left, the others to the right."""
    made = Table(
        title=escape(title), title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False
    )
    for place, heading in enumerate(headings):
        made.add_column(escape(heading), justify="left" if place < left else "right")
    for row in rows:
        made.add_row(*map(escape, row))
    return made


def say(where: Console, *sentences: str) -> None:
    """Sentences, broken to the width of the terminal."""
    for sentence in filter(None, sentences):
        where.print(textwrap.fill(sentence, where.width), markup=False, highlight=False, soft_wrap=True)


def opened(name: str, texts: Texts, *, quiet: bool) -> tuple[Portfolio, SimulatedForecast]:
    """A portfolio's file and what simulates its initiatives; what was simulated before comes from the store.

    Raises:
        UserMistakes: every mistake in the portfolio and in the scenarios that it names.
    """
    from portfolio import file  # noqa: PLC0415 slow to load, and --help does not need them
    from studio.cli import terminal  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415
    from studio.criteria import brought  # noqa: PLC0415
    from studio.forecasts import SimulatedForecast  # noqa: PLC0415

    path = found(name)
    board = to_choose_from(file.read(path, brought))
    with terminal.progress(texts, shown=not quiet) as told:
        forecast = SimulatedForecast(board, path.parent, progress=told)
        for initiative, one in board.initiatives.items():
            for strategy in one.strategy_names() if one.benefit.scenario is not None else ():
                forecast.adoption(initiative, one, strategy)
    return board, forecast


def to_choose_from(board: Portfolio) -> Portfolio:
    """The portfolio, if it has initiatives.

    Raises:
        UserMistakes: it is a view of balance only.
    """
    if not board.initiatives:
        found = "there are none: environments are looked at for balance and never ranked (B:877-879)"
        raise UserMistakes(Mistake("initiatives", found, "Write 'innomotor portfolio report' for that view"))
    return board


def start_name(board: Portfolio, quarter: int) -> str:
    """A quarter of the plan, as 2026-Q1."""
    from portfolio.initiative import quarter_name  # noqa: PLC0415

    return quarter_name(4 * board.years[0] + quarter)
