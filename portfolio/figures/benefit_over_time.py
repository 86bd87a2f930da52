"""What the plan is expected to give, year by year: the initiatives stacked, and how sure their sum is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sim.figures import appearance
from sim.figures.numbers import ENGLISH, Numbers

Floats = NDArray[np.float64]

_HATCHES = ("", "//", "..", "\\\\", "xx", "--", "oo")


def benefit_over_time(
    axes: Axes,
    years: Sequence[int],
    given: Mapping[str, Floats],
    labels: Mapping[str, str],
    numbers: Numbers,
) -> Axes:
    """Draw a bar for each year, an initiative on the other, and the 5-95 % band of the sum.

    Args:
        axes: an empty panel.
        years: of the horizon.
        given: benefit of each initiative [SEK], by title: ``(draws, years)``; those that give most are drawn lowest.
        labels: ``msek_axis``.
        numbers: how to write numbers.
    """
    appearance.calm(axes)
    x, foot = np.arange(len(years)), np.zeros(len(years))
    order = sorted(given, key=lambda title: -float(given[title].mean(axis=0).sum()))
    looks = appearance.looks(order)
    for place, title in enumerate(order):
        mean = given[title].mean(axis=0) / 1e6
        hatch = _HATCHES[(place // len(_HATCHES) + place) % len(_HATCHES)]
        axes.bar(
            x, mean, 0.66, foot, color=looks[title].colour, hatch=hatch, edgecolor="white", linewidth=0, label=title
        )
        foot = foot + mean
    low, middle, high = np.quantile(sum(given.values()), (0.05, 0.5, 0.95), axis=0, method="inverted_cdf") / 1e6
    ends = np.stack([middle - low, high - middle])
    axes.errorbar(x, middle, ends, fmt="none", ecolor=appearance.INK, elinewidth=1.8, capsize=6, capthick=1.8)
    axes.set_xticks(x, [str(year) for year in years])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(value)))
    appearance.name_axes(axes, "", labels["msek_axis"])
    handles, titles = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1],
        [appearance.wrapped(title, 22) for title in titles[::-1]],
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
        frameon=False,
        fontsize=appearance.SMALL,
        labelcolor=appearance.INK,
    )
    return axes


def figure(
    years: Sequence[int], given: Mapping[str, Floats], labels: Mapping[str, str], numbers: Numbers = ENGLISH
) -> Figure:
    """One panel; arguments as for ``benefit_over_time``."""
    sheet = appearance.sheet(9.4, 4.6)
    benefit_over_time(sheet.add_axes((0.09, 0.09, 0.6, 0.85)), years, given, labels, numbers)
    return sheet
