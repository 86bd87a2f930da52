"""What the plan does to the budget: money out and in by year, and the net so far; with less without, undiscounted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from sim.figures import appearance
from sim.figures.numbers import ENGLISH, Numbers

Floats = NDArray[np.float64]


def budget_impact(
    axes: Axes, years: Sequence[int], out: Floats, income: Floats, labels: Mapping[str, str], numbers: Numbers
) -> Axes:
    """Draw money out downwards, money in upwards, and the sum so far with its 5-95 % band.

    Args:
        axes: an empty panel.
        years: of the horizon.
        out: money out [SEK]: ``(draws, years)``.
        income: money in [SEK]: ``(draws, years)``.
        labels: ``money_out``, ``money_in``, ``net_so_far``, ``msek_axis``.
        numbers: how to write numbers.
    """
    appearance.calm(axes)
    x = np.arange(len(years))
    so_far = (income - out).cumsum(axis=1) / 1e6
    axes.bar(x, -out.mean(axis=0) / 1e6, width=0.62, color="#D55E00", label=labels["money_out"])
    axes.bar(
        x,
        income.mean(axis=0) / 1e6,
        width=0.62,
        color="#56B4E9",
        hatch="//",
        edgecolor="white",
        linewidth=0,
        label=labels["money_in"],
    )
    low, middle, high = np.quantile(so_far, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf")
    axes.fill_between(x, low, high, color=appearance.INK, alpha=0.15, linewidth=0)
    axes.plot(x, middle, color=appearance.INK, linewidth=2.2, marker="o", markersize=6, label=labels["net_so_far"])
    axes.axhline(0, color=appearance.QUIET, linewidth=1)
    axes.set_xticks(x, [str(year) for year in years])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(value)))
    appearance.name_axes(axes, "", labels["msek_axis"])
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=3,
        frameon=False,
        fontsize=appearance.SMALL,
        labelcolor=appearance.INK,
        borderaxespad=0.3,
    )
    return axes


def figure(
    years: Sequence[int], out: Floats, income: Floats, labels: Mapping[str, str], numbers: Numbers = ENGLISH
) -> Figure:
    """One panel; arguments as for ``budget_impact``."""
    sheet = appearance.sheet(9.4, 4.6)
    budget_impact(sheet.add_axes((0.1, 0.09, 0.88, 0.8)), years, out, income, labels, numbers)
    return sheet
