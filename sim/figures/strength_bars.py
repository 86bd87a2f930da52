"""Which assumption matters most: the longest bar at the top, with its error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures import appearance


@dataclass(frozen=True)
class Bar:
    """One assumption."""

    name: str
    length: float
    error: float = 0.0
    """Half-width of its 95 % interval."""
    part: float | None = None
    """What of the length is its own alone, without others."""
    pale: bool = False
    """Not told from chance."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One outcome."""

    title: str
    axis: str
    bars: Sequence[Bar]
    written: Callable[[float], str]
    legend: tuple[str, str] | None = None
    """What the part and the whole are called."""


def figure(panels: Sequence[Panel]) -> Figure:
    """The panels beside each other, each with its own scale."""
    rows = max(len(panel.bars) for panel in panels)
    high, wide = 1.75 + 0.46 * rows, 6.1
    sheet = appearance.sheet(wide * len(panels), high)
    for place, panel in enumerate(panels):
        width = wide * len(panels)
        axes = sheet.add_axes(((wide * place + 2.75) / width, 0.75 / high, 3.1 / width, (high - 1.7) / high))
        heights = range(rows - 1, rows - 1 - len(panel.bars), -1)
        for height, bar in zip(heights, panel.bars, strict=True):
            length = max(bar.length, 0.0)
            axes.barh(height, length, height=0.62, color="#56B4E9", alpha=0.35 if bar.pale else 0.75, linewidth=0)
            if bar.part is not None:
                axes.barh(height, max(min(bar.part, length), 0), height=0.62, color="#0072B2", linewidth=0)
            if bar.error:
                ends = [max(length - bar.error, 0), length + bar.error]
                axes.plot(ends, [height, height], color=appearance.INK, linewidth=1.4)
        appearance.calm(axes, grid="x")
        axes.set_ylim(-0.6, rows - 0.4)
        axes.set_xlim(left=0)
        axes.set_yticks(heights, [appearance.wrapped(bar.name, 30) for bar in panel.bars])
        axes.tick_params(axis="y", labelsize=appearance.SMALL, colors=appearance.INK)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _, written=panel.written: written(value)))
        appearance.name_axes(axes, panel.axis)
        sheet.text(
            (wide * place + 0.12) / width, 1 - 0.3 / high, panel.title, fontsize=appearance.TEXT_SIZE + 1,
            fontweight="bold", color=appearance.INK, va="center",
        )  # fmt: skip
        if panel.legend is not None:
            for colour, text in zip(("#0072B2", "#56B4E9"), panel.legend, strict=True):
                axes.barh(0, 0, color=colour, label=text)
            axes.legend(
                loc="lower left", bbox_to_anchor=(-0.8, 1.0), ncols=2, frameon=False, fontsize=appearance.SMALL,
                labelcolor=appearance.INK, borderaxespad=0.2,
            )  # fmt: skip
    return sheet
