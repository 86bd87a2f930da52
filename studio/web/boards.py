"""Portfolios as the board's pages need them: read, weighed otherwise, and their packs, gathered in the background."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

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
from studio.web.opened import Opened

KEPT_PACKS = 4
"""Packs that are kept; the one that was asked for the longest ago goes first."""
SOLVED_DRAWS = 200
"""In how many possible worlds the best portfolio is sought, as `innomotor portfolio report` does."""

Step = Literal["waiting", "simulating", "choosing", "ready", "failed"]


@dataclass
class Gathering:
    """A pack that is being gathered, and how far that has come."""

    key: str
    step: Step = "waiting"
    done: int = 0
    """Strategies that have been simulated."""
    of: int = 0
    """Strategies to simulate, as far as is known."""
    ready: tuple[Pack, Forecast] | None = None
    """The pack, and what simulated its initiatives."""
    mistakes: tuple[Mistake, ...] = ()
    ended: threading.Event = field(default_factory=threading.Event)

    def told(self) -> dict[str, Any]:
        """How far it has come, as JSON data."""
        return {
            "key": self.key,
            "step": self.step,
            "done": self.done,
            "of": self.of,
            "mistakes": [str(one) for one in self.mistakes],
        }


class Boards:
    """The portfolios that pages may show: those that come with innomotor, and those that were opened."""

    def __init__(self, opened: Opened) -> None:
        """Nothing has been asked for.

        Args:
            opened: files that somebody opened.
        """
        self._opened = opened
        self._packs: OrderedDict[str, Gathering] = OrderedDict()
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="board-pack")

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

    def gathering(self, key: object) -> Gathering | None:
        """The pack of that key, if it is being gathered or is there."""
        with self._lock:
            return self._packs.get(key) if isinstance(key, str) else None

    def pack(self, name: object) -> Gathering:
        """The pack of a portfolio; the first who asks sets it going.

        Raises:
            UserMistakes: there is no such portfolio, or what is wrong with it.
        """
        board, path = self.read(name), self.path(name)
        key = key_of(board, path)
        with self._lock:
            gathering = self._packs.get(key)
            if gathering is None or gathering.step == "failed":
                gathering = self._packs[key] = Gathering(key)
                self._worker.submit(_gather, gathering, board, path)
            self._packs.move_to_end(key)
            while len(self._packs) > KEPT_PACKS:
                self._packs.popitem(last=False)
        return gathering


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


def _gather(gathering: Gathering, board: Portfolio, path: Path) -> None:
    """Compute a pack and say how far it has come; a mistake ends it and not the program."""

    def simulated(done: int, of: int) -> None:
        gathering.done, gathering.of = done, of

    try:
        gathering.step = "simulating"
        forecast = SimulatedForecast(board, path.parent, progress=simulated)
        for name, one in board.initiatives.items():
            for strategy in one.strategy_names() if one.benefit.scenario is not None else ():
                forecast.adoption(name, one, strategy)
        gathering.step = "choosing"
        pack = gathered(board, path, gathering.key, forecast, solved=SOLVED_DRAWS, pool_of=remembered_search)
        gathering.ready = (pack, forecast)
        gathering.step = "ready"
    except UserMistakes as told:
        gathering.mistakes, gathering.step = tuple(told.mistakes), "failed"
    except Exception as fault:
        gathering.mistakes = (Mistake("pack", f"{type(fault).__name__}: {fault}", "Run `innomotor portfolio report`."),)
        gathering.step = "failed"
    finally:
        gathering.ended.set()
