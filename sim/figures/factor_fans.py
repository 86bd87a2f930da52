"""How a metric follows each factor: a panel for each, in it every strategy's median with its 5-95 % band."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.figures import appearance
from sim.figures.appearance import Labels

_ACROSS = 3


@dataclass(frozen=True)
class Fan:
    """One strategy along one factor."""

    at: Sequence[float]
    """The factor's values, or places of its words."""
    low: Sequence[float]
    median: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class Panel:
    """One factor."""

    factor: str
    words: Sequence[str]
    """What stands at 0, 1, 2 … where the factor is no number; else empty."""
    fans: Mapping[str, Fan]
    """By strategy."""


def figure(
    panels: Sequence[Panel], labels: Labels, written: Callable[[float], str], at: Callable[[float], str]
) -> Figure:
    """The panels side by side, on one scale.

    Args:
        panels: one for each factor.
        labels: ``title``, ``strategy.<name>``.
        written: how a value of the metric is written.
        at: how a value of a factor is written.
    """
    across = min(_ACROSS, len(panels))
    down = -(-len(panels) // across)
    sheet = appearance.sheet(3.7 * across + 1.9, 3.4 * down + 1.3)
    width, height = sheet.get_size_inches()
    looks = appearance.looks(panels[0].fans)
    lowest = min(min(fan.low) for panel in panels for fan in panel.fans.values())
    highest = max(max(fan.high) for panel in panels for fan in panel.fans.values())
    margin = 0.04 * (highest - lowest or 1.0)
    for number, panel in enumerate(panels):
        row, column = divmod(number, across)
        left, bottom = 0.75 + 3.7 * column, height - 0.95 - 3.4 * (row + 1) + 0.75
        axes = sheet.add_axes((left / width, bottom / height, 3.0 / width, 2.55 / height))
        axes.set_ylim(lowest - margin, highest + margin)
        for name, fan in panel.fans.items():
            look = looks[name]
            axes.fill_between(fan.at, fan.low, fan.high, color=look.colour, alpha=0.13, linewidth=0)
            axes.plot(
                fan.at,
                fan.median,
                color=look.colour,
                linestyle=look.line,
                linewidth=2.2,
                marker=look.marker,
                markersize=5,
            )
        appearance.calm(axes)
        if panel.words:
            axes.set_xticks(range(len(panel.words)), list(panel.words))
        else:
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: at(value)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value)))
        appearance.name_axes(axes, appearance.wrapped(panel.factor, 34))
    sheet.text(
        0.75 / width,
        1 - 0.42 / height,
        labels["title"],
        fontsize=appearance.TEXT_SIZE + 1,
        fontweight="bold",
        color=appearance.INK,
        va="center",
    )
    right = (0.75 + 3.7 * across - 0.45) / width
    for place, (name, look) in enumerate(looks.items()):
        up = 1 - (1.1 + 0.42 * place) / height
        sheet.text(
            right + 0.28 / width,
            up,
            appearance.wrapped(labels[f"strategy.{name}"], 16),
            color=look.ink,
            fontsize=appearance.SMALL,
            va="center",
        )
        line = sheet.add_axes((right, up - 0.06 / height, 0.22 / width, 0.12 / height))
        line.plot([0, 1], [0, 0], color=look.colour, linestyle=look.line, linewidth=2.2)
        line.plot([0.5], [0], color=look.colour, marker=look.marker, markersize=6)
        line.axis("off")
    return sheet
