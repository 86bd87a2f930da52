"""What more or less money would give: the value of the best portfolio against the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures import appearance
from sim.figures.numbers import ENGLISH, Numbers


def value_budget(
    axes: Axes,
    points: Sequence[tuple[float, float]],
    chosen: tuple[float, float],
    labels: Mapping[str, str],
    numbers: Numbers,
) -> Axes:
    """Draw the frontier and where the plan stands on it.

    Args:
        axes: an empty panel.
        points: (budget over the plan [SEK], value), by rising budget.
        chosen: the budget that is given and the value of the plan.
        labels: ``budget_axis``, ``value_axis`` and ``the_plan``.
        numbers: how to write numbers.
    """
    appearance.calm(axes, grid="both")
    look = appearance.looks(["a"])["a"]
    axes.plot(
        [b / 1e6 for b, _ in points], [v for _, v in points], color=look.colour, linewidth=2.2, marker="o", markersize=6
    )
    axes.plot(
        [chosen[0] / 1e6], [chosen[1]], marker="D", markersize=13, color="#D55E00", markeredgecolor="white", zorder=5
    )
    top = max(value for _, value in points)
    axes.set_ylim(0, 1.12 * top if top > 0 else 1)
    axes.set_xlim(0, 1.06 * max(budget for budget, _ in points) / 1e6)
    axes.annotate(
        labels["the_plan"],
        (chosen[0] / 1e6, chosen[1]),
        (0, -18),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=appearance.TEXT_SIZE,
        color="#8a3f00",
        fontweight="bold",
    )
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(value, 1)))
    appearance.name_axes(axes, labels["budget_axis"], labels["value_axis"])
    return axes


def figure(
    points: Sequence[tuple[float, float]],
    chosen: tuple[float, float],
    labels: Mapping[str, str],
    numbers: Numbers = ENGLISH,
) -> Figure:
    """One panel; arguments as for ``value_budget``."""
    sheet = appearance.sheet(8.6, 4.6)
    value_budget(sheet.add_axes((0.1, 0.165, 0.87, 0.8)), points, chosen, labels, numbers)
    return sheet
