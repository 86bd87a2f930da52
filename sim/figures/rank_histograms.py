"""Whether posteriors can be trusted: ranks of true values are even where they can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import binom

from sim.figures import appearance
from sim.figures.appearance import Labels

_ACROSS = 3


@dataclass(frozen=True, eq=False)
class Panel:
    """One parameter."""

    name: str
    counts: NDArray[np.int64]
    """How many ranks fell into each part: ``(parts,)``."""


def figure(panels: Sequence[Panel], labels: Labels, written: Callable[[float], str]) -> Figure:
    """A histogram for each parameter, with the band in which 99 of 100 counts lie where ranks are even.

    Args:
        panels: in order.
        labels: ``rank`` and ``even``.
        written: how a share is written.
    """
    across = min(_ACROSS, len(panels))
    down = -(-len(panels) // across)
    width, height = 3.9 * across + 0.2, 2.7 * down + 0.5
    sheet = appearance.sheet(width, height)
    for number, panel in enumerate(panels):
        row, column = divmod(number, across)
        left, bottom = 0.45 + 3.9 * column, height - 0.5 - 2.7 * (row + 1) + 0.85
        axes = sheet.add_axes((left / width, bottom / height, 3.2 / width, 1.45 / height))
        total, parts = int(panel.counts.sum()), len(panel.counts)
        low, high = (float(binom.ppf(share, total, 1 / parts)) for share in (0.005, 0.995))
        axes.axhspan(low, high, color="#E69F00", alpha=0.22, linewidth=0, label=labels["even"])
        edges = np.linspace(0, 1, parts + 1)
        axes.stairs(panel.counts, edges, fill=True, color="#0072B2", alpha=0.7)
        appearance.calm(axes)
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.5, 1], [written(share) for share in (0, 0.5, 1)])
        axes.set_ylim(0, 1.15 * max(high, int(panel.counts.max())))
        appearance.name_axes(axes, labels["rank"])
        axes.xaxis.label.set_fontsize(appearance.SMALL)
        axes.set_title(
            appearance.wrapped(panel.name, 36), loc="left", fontsize=appearance.TEXT_SIZE, color=appearance.INK
        )
        if number == 0:
            axes.legend(
                loc="lower left", bbox_to_anchor=(0, (height - 0.42 - bottom) / 1.45), frameon=False,
                fontsize=appearance.SMALL, labelcolor=appearance.INK, borderaxespad=0,
            )  # fmt: skip
    return sheet
