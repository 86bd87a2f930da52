"""Peer exposure, pushed: only clinics whose signal changed tell those who listen to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SCALE = np.float32(2.0**-20)
"""Weights are whole numbers of this size, so that sums are exact in any order."""


def push(
    heard: NDArray[np.int32],
    row: NDArray[np.int64],
    adviser: NDArray[np.int64],
    change: NDArray[np.int8],
    listeners_start: NDArray[np.int64],
    listeners: NDArray[np.int32],
    weight: NDArray[np.int32],
) -> None:
    """Add the weights of changed advisers to what their listeners have heard, in place.

    Args:
        heard: ``(replicates, clinics)`` summed weights of the advisers that send the signal.
        row: ``(changes,)`` replicate of each change.
        adviser: ``(changes,)`` clinic that changed.
        change: ``(changes,)`` +1 began or -1 ceased to send.
        listeners_start: ``(clinics + 1,)`` where each adviser's listeners begin.
        listeners: ``(ties,)`` who listens.
        weight: ``(ties,)`` how much the listener's ear weighs, in units of ``SCALE``.
    """
    first = listeners_start[adviser]
    ties = listeners_start[adviser + 1] - first
    which = np.repeat(np.arange(len(adviser)), ties)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(ties) - ties, ties)
    tie = first[which] + offset
    target = row[which] * heard.shape[1] + listeners[tie]
    np.add.at(heard.reshape(-1), target, weight[tie] * change[which])
