"""The networks of a block of replicates: one that all share, or one each where a parameter behind them is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.network.ties import Network


class Networks:
    """What use is told along, in every replicate of a block.

    The networks lie one after the other, so that one loop tells the changes of all replicates: the listeners of clinic
    ``c`` in row ``r`` are ``listeners[start[a]:start[a + 1]]``, columns of the same row, with ``a = r clinics + c``, or
    ``a = c`` where all rows share one network.
    """

    def __init__(self, each: Sequence[Network]) -> None:
        """One network that all replicates share, or one for each.

        Args:
            each: of one, or as many as there are replicates; all of the same clinics.
        """
        self._each = tuple(each)

    def of(self, row: int) -> Network:
        """The network of one replicate of the block, by its row."""
        return self._each[row if len(self._each) > 1 else 0]

    @cached_property
    def start(self) -> NDArray[np.int64]:
        """First listener of each adviser and the number of all, `(networks x clinics + 1,)`."""
        if len(self._each) == 1:
            return self._each[0].listeners_start
        before = np.cumsum([0, *(len(network.listeners) for network in self._each)])
        parts = [n.listeners_start[:-1] + first for n, first in zip(self._each, before[:-1], strict=True)]
        return np.concatenate([*parts, before[-1:]])

    @cached_property
    def listeners(self) -> NDArray[np.int32]:
        """Who listens, `(ties of all networks,)`."""
        return _joined([network.listeners for network in self._each])

    @cached_property
    def weight(self) -> NDArray[np.int32]:
        """Weight of each tie x 2^20, `(ties of all networks,)`."""
        return _joined([network.weight for network in self._each])


def _joined(parts: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
