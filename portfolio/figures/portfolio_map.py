"""The portfolio at a glance: value against net benefit, area for cost, outline for how sure the choice is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from portfolio.figures.standing_bars import LOOKS
from sim.figures import appearance
from sim.figures.appearance import Look
from sim.figures.numbers import ENGLISH, Numbers

_LINES: Mapping[str, tuple[float, ...]] = {"must": (), "core": (), "borderline": (5, 2), "out": (1.2, 1.6)}
_LARGEST = 2600
"""Area of the dearest bubble [points²]."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One initiative."""

    name: str
    net_sek: tuple[float, float, float]
    """5 %, mean and 95 % of net benefit [SEK]; what lies left of zero does not pay."""
    value: float
    """Expected value in full use, 0 to 1."""
    cost_sek: float
    standing: str
    """must, core, borderline or out."""


def portfolio_map(axes: Axes, bubbles: Sequence[Bubble], labels: Mapping[str, str], numbers: Numbers) -> Axes:
    """Draw the bubbles.

    Args:
        axes: an empty panel.
        bubbles: numbered from 1 in this order; small ones are drawn above large ones.
        labels: ``net_axis``, ``value_axis``.
        numbers: how to write numbers.
    """
    appearance.calm(axes, grid="both")
    ends = [end / 1e6 for bubble in bubbles for end in bubble.net_sek]
    room = 0.08 * max(1.0, max(ends, default=0) - min(ends, default=0))
    axes.set_xlim(min(0, *ends) - room, max(0, *ends) + room)
    axes.axvline(0, color=appearance.INK, linewidth=1.4)
    values = [bubble.value for bubble in bubbles] or [0.0, 1.0]
    axes.set_ylim(min(values) - 0.09, max(values) + 0.09)
    most = max((bubble.cost_sek for bubble in bubbles), default=1.0) or 1.0
    ordered = sorted(bubbles, key=lambda bubble: -bubble.cost_sek)
    for bubble in ordered:
        area = max(40.0, _LARGEST * bubble.cost_sek / most)
        dashes = _LINES[bubble.standing]
        line = (0, dashes) if dashes else "solid"
        ink = appearance.INK if bubble.standing in ("borderline", "out") else LOOKS[bubble.standing][0]
        axes.scatter(
            [bubble.net_sek[1] / 1e6],
            [bubble.value],
            s=area,
            facecolor="#dbe6ee",
            edgecolor=ink,
            linewidth=2.2,
            linestyle=line,
            alpha=0.85,
            zorder=3,
        )
        low, _, high = (end / 1e6 for end in bubble.net_sek)
        axes.plot([low, high], [bubble.value] * 2, color=ink, linewidth=1.3, zorder=4)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(value, 2)))
    appearance.name_axes(axes, labels["net_axis"], labels["value_axis"])
    look = Look(appearance.INK, (), "o")
    points = [(bubble.net_sek[1] / 1e6, bubble.value, str(number), look) for number, bubble in enumerate(bubbles, 1)]
    appearance.label_points(axes, points, np.empty((0, 4)), size=11.5)
    return axes


def figure(bubbles: Sequence[Bubble], labels: Mapping[str, str], numbers: Numbers = ENGLISH) -> Figure:
    """One panel; arguments as for ``portfolio_map``."""
    sheet = appearance.sheet(9.4, 6.4)
    portfolio_map(sheet.add_axes((0.09, 0.12, 0.89, 0.86)), bubbles, labels, numbers)
    return sheet
