"""Which strategy is best where: two factors across and up, in each field the best strategy and what it reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.figures import appearance
from sim.figures.appearance import Labels


@dataclass(frozen=True)
class Fields:
    """Which strategy is best in each field; None where no variant lies."""

    across: Sequence[str]
    """What the columns are called, from left."""
    up: Sequence[str]
    """What the rows are called, from below."""
    best: Sequence[Sequence[str | None]]
    """Name of the best strategy: row by row from below."""
    value: Sequence[Sequence[float]]
    """What it reaches."""
    strategies: Sequence[str]
    """All that were compared, in the scenario's order."""


def figure(table: Fields, labels: Labels, written: Callable[[float], str]) -> Figure:
    """The heat map.

    Args:
        table: the fields.
        labels: ``title``, ``across``, ``up`` and ``strategy.<name>``.
        written: how a field's value is written.
    """
    sheet = appearance.sheet(9.4, max(4.2, 1.9 + 0.75 * len(table.up)))
    axes = sheet.add_axes((0.19, 0.2, 0.57, 0.66))
    looks = appearance.looks(table.strategies)
    for row, names in enumerate(table.best):
        for column, name in enumerate(names):
            if name is None:
                continue
            look = looks[name]
            field = Rectangle((column, row), 1, 1, facecolor=look.colour, alpha=0.24, edgecolor="white", linewidth=2)
            axes.add_patch(field)
            axes.plot([column + 0.5], [row + 0.66], marker=look.marker, color=look.colour, markersize=8)
            shown = written(table.value[row][column])
            axes.text(column + 0.5, row + 0.32, shown, ha="center", va="center", fontsize=12, color=appearance.INK)
    axes.set_xlim(0, len(table.across))
    axes.set_ylim(0, len(table.up))
    appearance.calm(axes, grid="")
    axes.set_xticks([i + 0.5 for i in range(len(table.across))], list(table.across))
    axes.set_yticks([i + 0.5 for i in range(len(table.up))], list(table.up))
    axes.tick_params(axis="x", length=0)
    appearance.name_axes(axes, labels["across"], labels["up"])
    appearance.heading(axes, labels["title"])
    met = {name for names in table.best for name in names}
    for place, name in enumerate(one for one in table.strategies if one in met):
        height = 0.95 - 0.11 * place
        look = looks[name]
        beside = axes.transAxes
        axes.plot(
            [1.05], [height], marker=look.marker, color=look.colour, transform=beside, clip_on=False, markersize=8
        )
        text = appearance.wrapped(labels[f"strategy.{name}"], 16)
        axes.text(1.09, height, text, transform=beside, va="center", fontsize=appearance.SMALL, color=look.ink)
    return sheet
