"""How sure the order is: for each initiative the share of possible worlds in which it gets each place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from sim.figures import appearance
from sim.figures.numbers import ENGLISH, Numbers

Floats = NDArray[np.float64]

_DEEP, _PALE = "#0b3c5d", "#dbe6ee"
_WRITTEN = 0.07
"""Shares from here on are written in their bar."""


def spans(places: int) -> tuple[tuple[int, int], ...]:
    """Places that share a colour, from 1: the first three each, the others in bands.

    >>> spans(11)
    ((1, 1), (2, 2), (3, 3), (4, 6), (7, 11))
    """
    bands = [(1, 1), (2, 2), (3, 3), (4, 6), (7, places)]
    return tuple((low, min(high, places)) for low, high in bands if low <= places)


def acceptability_bars(
    axes: Axes, names: Sequence[str], shares: Floats, labels: Mapping[str, str], numbers: Numbers
) -> Axes:
    """Draw a stacked bar for each initiative, the best at the top.

    Args:
        axes: an empty panel.
        names: of the initiatives, best first.
        shares: of the worlds in which each gets each place: ``(initiatives, places)``.
        labels: ``place`` with the blank ``place``, and ``places`` with ``low`` and ``high``.
        numbers: how to write numbers.
    """
    rows = np.arange(len(names))[::-1]
    left = np.zeros(len(names))
    groups = spans(shares.shape[1])
    for i, (low, high) in enumerate(groups):
        width = shares[:, low - 1 : high].sum(axis=1)
        colour = _shade(i / max(1, len(groups) - 1))
        key = "place" if low == high else "places"
        label = labels[key].format(place=low, low=low, high=high)
        axes.barh(rows, width, left=left, height=0.68, color=colour, edgecolor="white", linewidth=0.8, label=label)
        for row, start, share in zip(rows, left, width, strict=True):
            if share >= _WRITTEN:
                ink = "white" if i < 2 else appearance.INK
                where = (start + share / 2, row)
                axes.text(*where, numbers.percent(share), ha="center", va="center", fontsize=9.5, color=ink)
        left = left + width
    appearance.calm(axes, grid="")
    axes.spines["bottom"].set_visible(False)
    axes.set_yticks(rows, [appearance.wrapped(name, 30) for name in names])
    axes.tick_params(axis="y", labelsize=appearance.SMALL, colors=appearance.INK)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: numbers.percent(share)))
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=len(groups),
        frameon=False,
        fontsize=appearance.SMALL,
        labelcolor=appearance.INK,
        handlelength=1.1,
        columnspacing=1.4,
        borderaxespad=0.2,
    )
    return axes


def figure(names: Sequence[str], shares: Floats, labels: Mapping[str, str], numbers: Numbers = ENGLISH) -> Figure:
    """One panel, as high as it takes; arguments as for ``acceptability_bars``."""
    height = 1.1 + 0.46 * len(names)
    sheet = appearance.sheet(9.4, height)
    panel = sheet.add_axes((0.27, 0.45 / height, 0.71, 1 - 1.0 / height))
    acceptability_bars(panel, names, shares, labels, numbers)
    return sheet


def _shade(share: float) -> tuple[float, float, float]:
    """From deep (0) to pale (1)."""
    deep, pale = to_rgb(_DEEP), to_rgb(_PALE)
    red, green, blue = (d + (p - d) * share**0.85 for d, p in zip(deep, pale, strict=True))
    return red, green, blue
