"""How sure the choice is: the share of possible worlds in which each initiative is in the best portfolio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.figures import appearance
from sim.figures.numbers import ENGLISH, Numbers


@dataclass(frozen=True, slots=True)
class Bar:
    """One initiative."""

    name: str
    share: float
    """Of the worlds in which it is in the best portfolio."""
    error: float
    """Standard error of that share."""
    core_index: float
    """Share of the non-dominated portfolios that hold it."""
    standing: str
    """must, core, borderline or out."""


LOOKS: Mapping[str, tuple[str, str]] = {
    "must": ("#5b6875", ""),
    "core": ("#009E73", ""),
    "borderline": ("#E69F00", "//"),
    "out": ("#c9d1d8", ".."),
}
"""Colour and hatching."""


def standing_bars(
    axes: Axes, bars: Sequence[Bar], ends: tuple[float, float], labels: Mapping[str, str], numbers: Numbers
) -> Axes:
    """Draw a bar for each initiative with its error, a diamond for the core index, and the lines between standings.

    Args:
        axes: an empty panel.
        bars: in the order to be shown.
        ends: shares up to which an initiative is out, and from which it is core.
        labels: ``standing.<name>`` and ``core_index``.
        numbers: how to write numbers.
    """
    appearance.calm(axes, grid="")
    seen: set[str] = set()
    for row, bar in zip(range(len(bars) - 1, -1, -1), bars, strict=True):
        colour, hatch = LOOKS[bar.standing]
        label = labels[f"standing.{bar.standing}"] if bar.standing not in seen else None
        seen.add(bar.standing)
        axes.barh(row, bar.share, height=0.66, color=colour, hatch=hatch, edgecolor="white", linewidth=0, label=label)
        axes.errorbar(bar.share, row, xerr=1.96 * bar.error, color=appearance.INK, capsize=3, linewidth=1.2)
        axes.plot(
            [bar.core_index], [row], marker="D", color="white", markeredgecolor=appearance.INK, markersize=7, zorder=5
        )
        axes.text(1.04, row, numbers.percent(bar.share), va="center", fontsize=appearance.SMALL, color=appearance.INK)
    axes.plot(
        [], [], marker="D", color="white", markeredgecolor=appearance.INK, linestyle="", label=labels["core_index"]
    )
    for end in ends:
        axes.axvline(end, color=appearance.QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    axes.set_yticks(range(len(bars) - 1, -1, -1), [appearance.wrapped(bar.name, 30) for bar in bars])
    axes.tick_params(axis="y", labelsize=appearance.SMALL, colors=appearance.INK)
    axes.set_xlim(0, 1.03)
    axes.set_ylim(-0.6, len(bars) - 0.4)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: numbers.percent(share)))
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=5,
        frameon=False,
        fontsize=appearance.SMALL,
        labelcolor=appearance.INK,
        handlelength=1.2,
        columnspacing=1.4,
        borderaxespad=0.2,
    )
    return axes


def figure(
    bars: Sequence[Bar], ends: tuple[float, float], labels: Mapping[str, str], numbers: Numbers = ENGLISH
) -> Figure:
    """One panel, as high as it takes; arguments as for ``standing_bars``."""
    height = 1.15 + 0.42 * len(bars)
    sheet = appearance.sheet(9.4, height)
    panel = sheet.add_axes((0.27, 0.5 / height, 0.65, 1 - 1.0 / height))
    standing_bars(panel, bars, ends, labels, numbers)
    return sheet
