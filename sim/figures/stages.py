"""Where the clinics are on the way, month by month: one small panel per strategy."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from sim import monthly
from sim.figures import appearance
from sim.figures.appearance import Labels
from sim.figures.numbers import ENGLISH, Numbers
from sim.metrics import STAGES, SpreadResult

_FILLS: Mapping[str, tuple[str, str]] = {
    "sustained": ("#00614a", ""),
    "using": ("#2fa886", ""),
    "using_in_name": ("#bfe3d6", "//"),
    "implementing": ("#0b5a8c", ""),
    "blocked": ("#4f93c1", ".."),
    "adjusting": ("#86b8da", ""),
    "testing": ("#bcd9ec", ""),
    "abandoned": ("#D55E00", "xx"),
    "declined": ("#f0c9a8", ""),
    "aware": ("#e6eaee", ""),
    "unaware": ("#f6f7f9", ""),
}
"""From the bottom up, each stage's colour and pattern."""
_SEEN = 0.002

Shares = Mapping[str, NDArray[np.floating]]
"""Mean share of the clinics in each stage: ``(months + 1,)`` each."""


def shares(results: Mapping[str, SpreadResult]) -> dict[str, Shares]:
    """Mean shares over the replicates by strategy (means, so that they sum to all)."""
    return {name: dict(zip(STAGES, monthly.means(result.stages), strict=True)) for name, result in results.items()}


def stages(axes: Axes, table: Shares, labels: Labels, numbers: Numbers) -> Axes:
    """Draw one strategy's stages as stacked areas.

    Args:
        axes: an empty panel.
        table: the strategy's shares.
        labels: ``month``.
        numbers: how to write numbers.
    """
    months = len(next(iter(table.values()))) - 1
    below = np.zeros(months + 1)
    for stage, (colour, hatch) in _FILLS.items():
        above = below + table[stage]
        axes.fill_between(
            np.arange(months + 1), below, above, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.4
        )
        below = above
    appearance.calm(axes, grid="")
    appearance.months_along(axes, months)
    appearance.shares_up(axes, 1.0, numbers.percent)
    appearance.name_axes(axes, labels["month"])
    return axes


def figure(results: Mapping[str, SpreadResult], labels: Labels, numbers: Numbers = ENGLISH) -> Figure:
    """A panel per strategy, two in a row, and the stages that occur explained beside them.

    Args:
        results: how each strategy went.
        labels: ``month``, ``stage.<name>`` and ``strategy.<name>``.
        numbers: how to write numbers.
    """
    table = shares(results)
    columns = min(2, len(table))
    rows = math.ceil(len(table) / columns)
    sheet = appearance.sheet(4.3 * columns + 2.9, 3.5 * rows + 0.3)
    wide, high = 4.3 / sheet.get_figwidth(), 3.5 / sheet.get_figheight()
    for i, (name, part) in enumerate(table.items()):
        left, bottom = (i % columns) * wide, 1 - (i // columns + 1) * high
        axes = sheet.add_axes((left + 0.16 * wide, bottom + 0.20 * high, 0.77 * wide, 0.64 * high))
        stages(axes, part, labels, numbers)
        appearance.heading(axes, appearance.wrapped(labels[f"strategy.{name}"], 34), pad=8)
        if i + columns < len(table):
            axes.set_xlabel("")
    _explain(sheet, table, labels, columns * wide)
    return sheet


def _explain(sheet: Figure, table: Mapping[str, Shares], labels: Labels, left: float) -> None:
    seen = [stage for stage in _FILLS if any(float(np.max(part[stage])) > _SEEN for part in table.values())]
    patches = [
        Patch(
            facecolor=_FILLS[s][0],
            hatch=_FILLS[s][1],
            edgecolor="white" if _FILLS[s][1] else appearance.RULE,
            label=appearance.wrapped(labels[f"stage.{s}"], 24),
        )
        for s in reversed(seen)
    ]
    sheet.legend(
        handles=patches,
        loc="center left",
        bbox_to_anchor=(left + 0.005, 0.52),
        frameon=False,
        fontsize=appearance.SMALL + 0.5,
        labelcolor=appearance.INK,
        handlelength=1.5,
        handleheight=1.3,
        labelspacing=0.7,
    )
