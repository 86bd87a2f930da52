"""What each strategy would change, and what it would cost: paired differences with their bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures import appearance


@dataclass(frozen=True)
class Row:
    """One strategy: 5, 25, 50, 75 and 95 % of its difference."""

    strategy: str
    name: str
    quantiles: tuple[float, float, float, float, float]


@dataclass(frozen=True, eq=False)
class Panel:
    """One metric."""

    title: str
    rows: Sequence[Row]
    written: Callable[[float], str]


def figure(panels: Sequence[Panel]) -> Figure:
    """The panels beside each other, a line for each strategy."""
    rows = max(len(panel.rows) for panel in panels)
    width, height = 2.0 + 3.7 * len(panels), 1.45 + 0.62 * rows
    sheet = appearance.sheet(width, height)
    looks = appearance.looks(row.strategy for row in panels[0].rows)
    for place, panel in enumerate(panels):
        left = 2.0 + 3.7 * place
        axes = sheet.add_axes((left / width, 0.55 / height, 3.3 / width, (height - 1.25) / height))
        for height_of, row in zip(range(rows - 1, -1, -1), panel.rows, strict=True):
            _draw(axes, height_of, row, looks[row.strategy])
        appearance.calm(axes, grid="x")
        axes.axvline(0, color=appearance.INK, linewidth=1.4)
        axes.set_ylim(-0.6, rows - 0.4)
        names = [appearance.wrapped(row.name, 18) for row in panel.rows] if place == 0 else [""] * rows
        axes.set_yticks(range(rows - 1, -1, -1), names)
        axes.tick_params(axis="y", labelsize=appearance.TEXT_SIZE, colors=appearance.INK)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _, written=panel.written: written(value)))
        appearance.heading(axes, panel.title)
    return sheet


def _draw(axes: Axes, height: float, row: Row, look: appearance.Look) -> None:
    low, lower, middle, upper, high = row.quantiles
    axes.plot([low, high], [height, height], color=look.colour, linewidth=2)
    axes.plot([lower, upper], [height, height], color=look.colour, linewidth=8, alpha=0.35, solid_capstyle="butt")
    axes.plot([middle], [height], marker=look.marker, color=look.colour, markersize=8)
