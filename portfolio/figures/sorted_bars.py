"""Amounts in falling order, such as what each unknown is worth finding out."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures import appearance
from sim.figures.numbers import ENGLISH, Numbers


def sorted_bars(axes: Axes, bars: Sequence[tuple[str, float]], axis: str, numbers: Numbers) -> Axes:
    """Draw a bar for each amount, with its figure.

    Args:
        axes: an empty panel.
        bars: (name, amount), the largest first.
        axis: name of the axis.
        numbers: how to write numbers.
    """
    appearance.calm(axes, grid="x")
    rows = range(len(bars) - 1, -1, -1)
    axes.barh(rows, [amount for _, amount in bars], height=0.64, color="#0072B2")
    axes.set_yticks(rows, [appearance.wrapped(name, 34) for name, _ in bars])
    axes.tick_params(axis="y", labelsize=appearance.SMALL, colors=appearance.INK)
    most = max((amount for _, amount in bars), default=1.0) or 1.0
    axes.set_xlim(0, 1.14 * most)
    for row, (_, amount) in zip(rows, bars, strict=True):
        text = numbers.number(amount)
        axes.text(amount + 0.012 * most, row, text, va="center", fontsize=appearance.SMALL, color=appearance.INK)
    axes.xaxis.set_major_formatter(lambda value, _: numbers.number(value))
    appearance.name_axes(axes, axis)
    return axes


def figure(bars: Sequence[tuple[str, float]], axis: str, numbers: Numbers = ENGLISH) -> Figure:
    """One panel, as high as it takes; arguments as for ``sorted_bars``."""
    height = 0.95 + 0.5 * len(bars)
    sheet = appearance.sheet(9.4, height)
    sorted_bars(sheet.add_axes((0.31, 0.75 / height, 0.67, 1 - 0.85 / height)), bars, axis, numbers)
    return sheet
