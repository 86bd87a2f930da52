"""How likely each initiative is worth its cost, by what a quality-adjusted life year is taken to be worth (CEAC)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from sim.figures import appearance
from sim.figures.numbers import ENGLISH, Numbers

Floats = NDArray[np.float64]


def likely_worth(
    axes: Axes, thresholds: Floats, chances: Mapping[str, Floats], labels: Mapping[str, str], numbers: Numbers
) -> Axes:
    """Draw a line for each initiative.

    Args:
        axes: an empty panel.
        thresholds: [SEK/QALY]: ``(thresholds,)``.
        chances: of each initiative by its name in reports: ``(thresholds,)``.
        labels: ``threshold_axis``, ``chance_axis``.
        numbers: how to write numbers.
    """
    appearance.calm(axes)
    looks = appearance.looks(chances)
    for name, chance in chances.items():
        look = looks[name]
        axes.plot(thresholds / 1000, chance, color=look.colour, linestyle=look.line, linewidth=2, marker=look.marker)
    axes.set_xlim(0, thresholds.max() / 1000)
    axes.set_ylim(0, 1)
    axes.set_xticks(thresholds / 1000)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: numbers.percent(share)))
    appearance.name_axes(axes, labels["threshold_axis"], labels["chance_axis"])
    ends = [(float(chance[-1]), appearance.wrapped(name, 26), looks[name]) for name, chance in chances.items()]
    appearance.label_ends(axes, ends, size=10.0)
    return axes


def figure(
    thresholds: Floats, chances: Mapping[str, Floats], labels: Mapping[str, str], numbers: Numbers = ENGLISH
) -> Figure:
    """One panel; arguments as for ``likely_worth``."""
    sheet = appearance.sheet(9.4, 5.2)
    likely_worth(sheet.add_axes((0.09, 0.14, 0.62, 0.83)), thresholds, chances, labels, numbers)
    return sheet
