"""Each input at its low and high end, the others in the middle: the longest bar at the top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures import appearance
from sim.figures.appearance import Labels


@dataclass(frozen=True)
class Bar:
    """One input."""

    name: str
    low: str
    """Its value at the low end, in words."""
    high: str
    at_low: float
    at_high: float
    flips: bool


def figure(bars: Sequence[Bar], middle: float, labels: Labels, written: Callable[[float], str]) -> Figure:
    """One panel, as high as it takes; a bar that changes the decision is marked.

    Args:
        bars: the longest first.
        middle: the outcome with all inputs in the middle.
        labels: ``title``, ``axis``, ``at_low``, ``at_high``, ``flips``.
        written: how the outcome is written.
    """
    height = 1.8 + 0.6 * len(bars)
    sheet = appearance.sheet(10.4, height)
    axes = sheet.add_axes((0.33, 0.8 / height, 0.6, 1 - 1.75 / height))
    rows = range(len(bars) - 1, -1, -1)
    for first, (row, bar) in enumerate(zip(rows, bars, strict=True)):
        ends = ((bar.at_low, "#E69F00", "//", "at_low", bar.low), (bar.at_high, "#0072B2", "", "at_high", bar.high))
        for end, colour, hatch, key, value in ends:
            axes.barh(
                row, end - middle, left=middle, height=0.56, color=colour, hatch=hatch, edgecolor="white", linewidth=0,
                label=labels[key] if first == 0 else None,
            )  # fmt: skip
            side = _side(bar, key, middle)
            place = end if side * (end - middle) > 0 else middle
            axes.annotate(
                value, (place, row), (4 * side, 0), textcoords="offset points", va="center",
                ha="left" if side > 0 else "right", fontsize=appearance.SMALL - 1.5, color=appearance.QUIET,
            )  # fmt: skip
    appearance.calm(axes, grid="x")
    axes.margins(x=0.14)
    axes.axvline(middle, color=appearance.QUIET, linewidth=1)
    if axes.get_xlim()[0] < 0 < axes.get_xlim()[1]:
        axes.axvline(0, color=appearance.INK, linewidth=1.6)
    shown = [f"{bar.name}{labels['flips'] if bar.flips else ''}" for bar in bars]
    axes.set_yticks(rows, [appearance.wrapped(text, 36) for text in shown])
    axes.tick_params(axis="y", labelsize=appearance.SMALL, colors=appearance.INK)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value)))
    appearance.name_axes(axes, labels["axis"])
    sheet.text(0.012, 1 - 0.3 / height, labels["title"], fontsize=appearance.TEXT_SIZE + 1, fontweight="bold",
               color=appearance.INK, va="center")  # fmt: skip
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=appearance.SMALL,
                labelcolor=appearance.INK, borderaxespad=0.3)  # fmt: skip
    return sheet


def _side(bar: Bar, end: str, middle: float) -> int:
    """On which side of the middle a value is written: its own, or the other where both ends are on one side."""
    high = bar.at_high - middle if abs(bar.at_high - middle) >= abs(bar.at_low - middle) else middle - bar.at_low
    right = 1 if high >= 0 else -1
    return right if end == "at_high" else -right
