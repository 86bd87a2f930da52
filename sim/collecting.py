"""Results of a strategy as its blocks of replicates hand them in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim import monthly
from sim.metrics import CURVES, STAGES, SpreadResult, StrategyResult

FOLLOWED = len(CURVES) + len(STAGES)
"""How many curves are followed for each strategy and innovation."""


def table_bytes(replicates: int, months: int, innovations: int, strategies: int) -> int:
    """Size of the tables of a run [bytes]; several innovations are followed together as well as each apart."""
    followed = FOLLOWED * (innovations + (innovations > 1))
    return 4 * followed * replicates * (months + 1) * strategies


class Collected:
    """The results of one strategy in all replicates."""

    def __init__(self, replicates: int, months: int, innovations: Sequence[str], *, spilled: bool) -> None:
        """Empty tables.

        Args:
            replicates: how many.
            months: how many will pass.
            innovations: their names.
            spilled: keep the months in temporary files.
        """
        shape = (FOLLOWED, replicates, months + 1)
        self._tables = {name: monthly.table(*shape, spilled=spilled) for name in innovations}
        alone = len(innovations) == 1
        self._all = self._tables[innovations[0]] if alone else monthly.table(*shape, spilled=spilled)
        self._final: dict[str, dict[str, NDArray[np.float64]]] = {name: {} for name in [*innovations, ""]}
        self._replicates = replicates

    def take(self, rows: slice, block: StrategyResult) -> None:
        """Copy the results of a block of replicates to its rows; blocks may come in any order."""
        for name, part in block.innovations.items():
            self._write(name, self._tables[name], rows, part)
        if len(block.innovations) > 1:
            self._write("", self._all, rows, block)
        else:
            self._final[""] = self._final[next(iter(block.innovations))]

    def _write(self, name: str, table: NDArray[np.float32], rows: slice, part: SpreadResult) -> None:
        for place, curve in enumerate(CURVES):
            table[place, rows] = part.curves[curve]
        table[len(CURVES) :, rows] = part.stages
        monthly.let_go(table)
        for metric, values in part.final.items():
            whole = self._final[name].setdefault(metric, np.empty(self._replicates, np.float64))
            whole[rows] = values

    def result(self) -> StrategyResult:
        """The whole."""
        apart = {name: self._spread(name, table) for name, table in self._tables.items()}
        whole = next(iter(apart.values())) if len(apart) == 1 else self._spread("", self._all)
        return StrategyResult(whole.final, whole.curves, whole.stages, apart)

    def _spread(self, name: str, table: NDArray[np.float32]) -> SpreadResult:
        curves = {curve: table[place] for place, curve in enumerate(CURVES)}
        return SpreadResult(self._final[name], curves, table[len(CURVES) :])
