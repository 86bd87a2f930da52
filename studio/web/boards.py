"""Portfolios as the board's pages need them: read, weighed otherwise, and their packs, gathered in the background."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from portfolio import file as portfolio_file
from portfolio.board import Portfolio
from portfolio.forecast import Forecast
from portfolio.ranking import Ranking, rank
from sim.errors import Mistake, UserMistakes
from studio.cli import shipped
from studio.cli.portfolio.report import key_of
from studio.criteria import brought
from studio.forecasts import SimulatedForecast
from studio.forecasts.pools import remembered_search
from studio.reports.board.pack import Pack, gathered
from studio.web.background import Background, Work
from studio.web.opened import Opened

SOLVED_DRAWS = 200
"""In how many possible worlds the best portfolio is sought, as `innomotor portfolio report` does."""

Ready = tuple[Pack, Forecast]
"""A pack, and what simulated its initiatives."""


class Boards:
    """The portfolios that pages may show: those that come with innomotor, and those that were opened."""

    def __init__(self, opened: Opened) -> None:
        """Nothing has been asked for.

        Args:
            opened: files that somebody opened.
        """
        self._opened = opened
        self.packs: Background[Ready] = Background()

    def path(self, name: object) -> Path:
        """The file behind a name.

        Raises:
            UserMistakes: there is none.
        """
        if isinstance(name, str) and (path := self._opened.get(name) or names().get(name)) is not None:
            return path
        raise UserMistakes(Mistake("portfolio", f"there is no {name!r}", f"Write one of {', '.join(names())}."))

    def read(self, name: object) -> Portfolio:
        """A portfolio.

        Raises:
            UserMistakes: there is none of that name, or what is wrong with it.
        """
        return portfolio_file.read(self.path(name), brought)

    def pack(self, name: object) -> Work[Ready]:
        """The pack of a portfolio; the first who asks sets it going.

        Raises:
            UserMistakes: there is no such portfolio, or what is wrong with it.
        """
        board, path = self.read(name), self.path(name)
        key = key_of(board, path)
        return self.packs.get(key, partial(_gather, board, path, key))


def names() -> dict[str, Path]:
    """The portfolios that come with innomotor, by name."""
    return {
        name: path
        for name, path in shipped.all_by_name().items()
        if name.startswith("portfolio_") and "initiatives:" in path.read_text(encoding="utf-8")
    }


def weighed(board: Portfolio, weights: Mapping[str, Any]) -> Portfolio:
    """The same portfolio at other swing weights.

    Args:
        board: as it is.
        weights: by criterion, 0 to 100; criteria that are not named keep theirs.

    Raises:
        UserMistakes: a criterion that the portfolio does not have, no number from 0 to 100, or only zeros.
    """
    wrong = [
        Mistake(
            f"weights.{name}", f"{weight!r}", f"Write a number from 0 to 100 for one of {', '.join(board.criteria)}."
        )
        for name, weight in weights.items()
        if name not in board.criteria or not _weight(weight)
    ]
    if wrong:
        raise UserMistakes(wrong)
    criteria = {
        name: one.model_copy(update={"weight": float(weights[name]), "rank": None}) if name in weights else one
        for name, one in board.criteria.items()
    }
    if not any(one.weight or one.rank for one in criteria.values()):
        raise UserMistakes(Mistake("weights", "all are 0", "Give at least one criterion a weight above 0."))
    return board.model_copy(update={"criteria": criteria})


def reranked(board: Portfolio, weights: Mapping[str, Any]) -> Ranking:
    """The ranking at other weights, with its robustness.

    Raises:
        UserMistakes: weights that say nothing.
    """
    return rank(weighed(board, weights))


def _weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def _gather(board: Portfolio, path: Path, key: str, work: Work[Ready]) -> Ready:
    """Simulate, choose, try in the clinics, appraise; what was computed before comes from the store."""
    forecast = SimulatedForecast(board, path.parent, progress=work.progress)
    for name, one in board.initiatives.items():
        for strategy in one.strategy_names() if one.benefit.scenario is not None else ():
            forecast.adoption(name, one, strategy)
    work.step = "choosing"
    pack = gathered(board, path, key, forecast, solved=SOLVED_DRAWS, pool_of=remembered_search)
    return pack, forecast
