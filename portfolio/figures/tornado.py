"""Which input matters most: the result with each at its low and high end, the longest bar at the top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from portfolio.economy.tornado import Bar
from sim.figures import appearance
from sim.figures.numbers import ENGLISH, Numbers


def tornado(
    axes: Axes, bars: Sequence[Bar], names: Mapping[str, str], labels: Mapping[str, str], numbers: Numbers
) -> Axes:
    """Draw a bar for each input; a bar that crosses zero changes the decision and is marked.

    Args:
        axes: an empty panel.
        bars: the longest first, as ``portfolio.economy.tornado.bars`` gives them; results in SEK.
        names: of the inputs.
        labels: ``net_axis``, ``at_low``, ``at_high``, ``flips``.
        numbers: how to write numbers.
    """
    appearance.calm(axes, grid="x")
    rows = range(len(bars) - 1, -1, -1)
    for first, (row, bar) in enumerate(zip(rows, bars, strict=True)):
        middle = (bar.at_low + bar.at_high) / 2e6
        for end, colour, hatch, key in (
            (bar.at_low, "#E69F00", "//", "at_low"),
            (bar.at_high, "#0072B2", "", "at_high"),
        ):
            axes.barh(
                row,
                end / 1e6 - middle,
                left=middle,
                height=0.6,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0,
                label=labels[key] if first == 0 else None,
            )
    axes.axvline(0, color=appearance.INK, linewidth=1.4)
    shown = [f"{names.get(b.input, b.input)}{labels['flips'] if b.flips else ''}" for b in bars]
    axes.set_yticks(rows, [appearance.wrapped(text, 30) for text in shown])
    axes.tick_params(axis="y", labelsize=appearance.SMALL, colors=appearance.INK)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(value, 0 if _wide(axes) else 1)))
    appearance.name_axes(axes, labels["net_axis"])
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=2,
        frameon=False,
        fontsize=appearance.SMALL,
        labelcolor=appearance.INK,
        borderaxespad=0.3,
    )
    return axes


def figure(
    bars: Sequence[Bar], names: Mapping[str, str], labels: Mapping[str, str], numbers: Numbers = ENGLISH
) -> Figure:
    """One panel, as high as it takes; arguments as for ``tornado``."""
    height = 1.35 + 0.5 * len(bars)
    sheet = appearance.sheet(9.4, height)
    tornado(sheet.add_axes((0.27, 0.75 / height, 0.71, 1 - 1.2 / height)), bars, names, labels, numbers)
    return sheet


def _wide(axes: Axes) -> bool:
    low, high = axes.get_xlim()
    return high - low > 8
