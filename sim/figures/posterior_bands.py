"""Each parameter before and after: how far the figures narrowed what it may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.figures import appearance
from sim.figures.appearance import Labels

Floats = NDArray[np.float64]

_ACROSS = 3
_BINS = 24


@dataclass(frozen=True, eq=False)
class Panel:
    """One parameter."""

    name: str
    verdict: str
    """How well it is known, in words."""
    before: Floats
    after: Floats
    weights: Floats
    """Of ``after``, summing to 1."""
    marks: tuple[float, float, float]
    """5, 50 and 95 % of what it may be after."""


def figure(panels: Sequence[Panel], labels: Labels, written: Callable[[float], str]) -> Figure:
    """A panel for each parameter.

    Args:
        panels: in order.
        labels: ``before`` and ``after``.
        written: how a value is written.
    """
    across = min(_ACROSS, len(panels))
    down = -(-len(panels) // across)
    width, height = 3.9 * across + 0.2, 3.1 * down + 0.5
    sheet = appearance.sheet(width, height)
    for number, panel in enumerate(panels):
        row, column = divmod(number, across)
        left, bottom = 0.3 + 3.9 * column, height - 0.5 - 3.1 * (row + 1) + 0.75
        axes = sheet.add_axes((left / width, bottom / height, 3.35 / width, 1.55 / height))
        _draw(axes, panel, labels, written)
        if number == 0:
            axes.legend(
                loc="lower left", bbox_to_anchor=(0, (height - 0.42 - bottom) / 1.55), ncols=2, frameon=False,
                fontsize=appearance.SMALL, labelcolor=appearance.INK, borderaxespad=0,
            )  # fmt: skip
    return sheet


def _draw(axes: Axes, panel: Panel, labels: Labels, written: Callable[[float], str]) -> None:
    low, high = float(panel.before.min()), float(panel.before.max())
    edges = np.linspace(low, high, _BINS + 1)
    before, _ = np.histogram(panel.before, edges, density=True)
    after, _ = np.histogram(panel.after, edges, weights=panel.weights, density=True)
    axes.stairs(before, edges, fill=True, color=appearance.RULE, label=labels["before"])
    axes.stairs(_smoothed(after), edges, fill=True, color="#0072B2", alpha=0.35)
    axes.stairs(_smoothed(after), edges, color="#0072B2", linewidth=1.8, label=labels["after"])
    appearance.calm(axes, grid="")
    axes.set_yticks([])
    axes.set_xlim(low, high)
    axes.set_xticks([low, high], [written(low), written(high)])
    axes.axvline(panel.marks[1], color=appearance.INK, linewidth=1.4)
    said = f"{written(panel.marks[1])} ({written(panel.marks[0])}–{written(panel.marks[2])})"
    beside = axes.transAxes
    axes.text(0, 1.24, appearance.wrapped(panel.name, 34), transform=beside, fontsize=appearance.TEXT_SIZE,
              fontweight="bold", color=appearance.INK, va="bottom", linespacing=1.05)  # fmt: skip
    axes.text(0, 1.07, f"{said}, {panel.verdict}", transform=beside, fontsize=appearance.SMALL - 0.5,
              color=appearance.QUIET, va="bottom")  # fmt: skip


def _smoothed(density: Floats) -> Floats:
    """A light smoothing, so that single simulations do not show as spikes; the sum stays."""
    padded = np.pad(density, 1, mode="edge")
    return np.asarray(0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:])
