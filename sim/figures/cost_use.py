"""What it costs against the sustained use that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sim.figures import appearance
from sim.figures.appearance import Labels
from sim.figures.numbers import ENGLISH, Numbers
from sim.metrics import SpreadResult

Quantiles = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Cross:
    """5 %, median and 95 % of cost and of sustained use at the horizon."""

    cost_msek: Quantiles
    """[million SEK]"""
    sustained: Quantiles
    """[share of clinics]"""


def crosses(results: Mapping[str, SpreadResult]) -> dict[str, Cross]:
    """The cross of each strategy."""
    return {
        name: Cross(_quantiles(result.final["cost_sek"] / 1e6), _quantiles(result.final["sustained"]))
        for name, result in results.items()
    }


def cost_use(axes: Axes, table: Mapping[str, Cross], labels: Labels, numbers: Numbers) -> Axes:
    """Draw each strategy's median with its 5-95 % cross hairs.

    Args:
        axes: an empty panel.
        table: crosses by strategy.
        labels: ``cost_axis``, ``sustained_axis`` and ``strategy.<name>``.
        numbers: how to write numbers.
    """
    looks = appearance.looks(table)
    appearance.calm(axes, grid="both")
    lowest = min(0.0, *(cross.cost_msek[0] for cross in table.values()))
    axes.set_xlim(lowest * 1.1, 1.15 * max(1e-3, *(cross.cost_msek[2] for cross in table.values())))
    axes.set_ylim(0, min(1.0, 1.2 * max(0.05, *(cross.sustained[2] for cross in table.values()))))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: numbers.number(value, 0 if axes.get_xlim()[1] > 8 else 1))
    )
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: numbers.percent(share)))
    for name, cross in table.items():
        look, (low, x, high), (down, y, up) = looks[name], cross.cost_msek, cross.sustained
        axes.plot((low, high), (y, y), color=look.colour, linewidth=2, alpha=0.75)
        axes.plot((x, x), (down, up), color=look.colour, linewidth=2, alpha=0.75)
        axes.plot([x], [y], marker=look.marker, markersize=12, color=look.colour, markeredgecolor="white", zorder=5)
    appearance.name_axes(axes, labels["cost_axis"], labels["sustained_axis"])
    points = [
        (c.cost_msek[1], c.sustained[1], appearance.wrapped(labels[f"strategy.{name}"], 24), looks[name])
        for name, c in table.items()
    ]
    appearance.label_points(axes, points, _hairs(axes, table))
    return axes


def figure(results: Mapping[str, SpreadResult], labels: Labels, numbers: Numbers = ENGLISH) -> Figure:
    """One panel.

    Args:
        results: how each strategy went.
        labels: as for ``cost_use``.
        numbers: how to write numbers.
    """
    sheet = appearance.sheet(8.6, 6.0)
    cost_use(sheet.add_axes((0.125, 0.145, 0.845, 0.825)), crosses(results), labels, numbers)
    return sheet


def _hairs(axes: Axes, table: Mapping[str, Cross]) -> appearance.Boxes:
    """The cross hairs as thin boxes."""
    ends = [
        corner
        for cross in table.values()
        for (low, x, high), (down, y, up) in [(cross.cost_msek, cross.sustained)]
        for corner in ((low, y), (high, y), (x, down), (x, up))
    ]
    pixels = axes.transData.transform(ends).reshape(-1, 2, 2)
    return np.hstack([pixels[:, 0] - 2, pixels[:, 1] + 2])


def _quantiles(values: NDArray[np.float64]) -> Quantiles:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95), method="inverted_cdf")
    return float(low), float(middle), float(high)
