"""What runs out first: the share of each capacity that the plan asks for, quarter by quarter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.figures import appearance
from sim.figures.numbers import ENGLISH, Numbers

Floats = NDArray[np.float64]

_COLOURS = LinearSegmentedColormap.from_list("asked", ["#ffffff", "#cfe0ec", "#5f94b8", "#0b3c5d"])
_OVER = "#D55E00"


def capacity_map(
    axes: Axes, rows: Sequence[str], quarters: Sequence[str], shares: Floats, numbers: Numbers, whole: Sequence[bool]
) -> Axes:
    """Draw a cell for each capacity and quarter; more than there is has a thick orange frame and hatching too.

    Args:
        axes: an empty panel.
        rows: names of groups and resources.
        quarters: such as ``2026-Q1``.
        shares: asked for, of what there is; NaN where there is no limit: ``(rows, quarters)``.
        numbers: how to write numbers.
        whole: which rows are limited by year, so that their four quarters are one cell.
    """
    for i, row in enumerate(shares):
        step = 4 if whole[i] else 1
        for j in range(0, len(quarters), step):
            _cell(axes, j, len(rows) - 1 - i, step, float(row[j]), numbers)
    axes.set_xlim(0, len(quarters))
    axes.set_ylim(0, len(rows))
    axes.set_yticks(np.arange(len(rows))[::-1] + 0.5, [appearance.wrapped(name, 28) for name in rows])
    axes.set_xticks(np.arange(len(quarters)) + 0.5, [_short(quarter) for quarter in quarters])
    axes.tick_params(length=0, labelsize=appearance.SMALL, colors=appearance.INK, pad=5)
    axes.xaxis.tick_top()
    for side in axes.spines.values():
        side.set_visible(False)
    for j in range(4, len(quarters), 4):
        axes.axvline(j, color=appearance.QUIET, linewidth=1.2)
    return axes


def figure(
    rows: Sequence[str],
    quarters: Sequence[str],
    shares: Floats,
    whole: Sequence[bool],
    numbers: Numbers = ENGLISH,
) -> Figure:
    """One panel, as high as it takes; arguments as for ``capacity_map``."""
    height = 0.75 + 0.5 * len(rows)
    sheet = appearance.sheet(9.4, height)
    panel = sheet.add_axes((0.25, 0.06 / height, 0.74, 1 - 0.66 / height))
    capacity_map(panel, rows, quarters, shares, numbers, whole)
    return sheet


def _cell(axes: Axes, left: int, bottom: int, wide: int, share: float, numbers: Numbers) -> None:
    if not np.isfinite(share):
        axes.add_patch(Rectangle((left + 0.03, bottom + 0.05), wide - 0.06, 0.9, facecolor="#f6f7f8", edgecolor="none"))
        axes.text(left + wide / 2, bottom + 0.5, "–", ha="center", va="center", color=appearance.QUIET)
        return
    over = share > 1 + 1e-6
    axes.add_patch(
        Rectangle(
            (left + 0.04, bottom + 0.06),
            wide - 0.08,
            0.88,
            facecolor="#fdebdf" if over else _COLOURS(min(share, 1.0)),
            edgecolor=_OVER if over else "#ffffff",
            linewidth=2.0 if over else 0.8,
            hatch="///" if over else None,
        )
    )
    ink = "#7a3400" if over else "white" if share > 0.6 else appearance.INK
    text = numbers.percent(share)
    axes.text(
        left + wide / 2,
        bottom + 0.5,
        text,
        ha="center",
        va="center",
        fontsize=9.5,
        color=ink,
        fontweight="bold" if over else "normal",
        bbox={"facecolor": "#fdebdf", "edgecolor": "none", "pad": 1.0} if over else None,
    )


def _short(quarter: str) -> str:
    """Year under the first quarter only."""
    year, _, number = quarter.partition("-")
    return f"{number}\n{year}" if number == "Q1" else f"{number}\n"
