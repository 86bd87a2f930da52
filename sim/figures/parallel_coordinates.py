"""Every variant as a line across its factors and what it reaches, in the colour and dash of its best strategy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from sim.figures import appearance
from sim.figures.appearance import Labels


@dataclass(frozen=True)
class Axis:
    """One upright axis."""

    name: str
    places: Sequence[float]
    """Height of each variant, 0 to 1."""
    ticks: Sequence[tuple[float, str]]
    """Heights that are written, and what."""


def figure(axes_: Sequence[Axis], best: Sequence[str], strategies: Sequence[str], labels: Labels) -> Figure:
    """The lines.

    Args:
        axes_: factors from left to right, and last what is reached.
        best: each variant's best strategy.
        strategies: all, in the scenario's order.
        labels: ``title`` and ``strategy.<name>``.
    """
    sheet = appearance.sheet(max(8.0, 2.0 * len(axes_) + 2.6), 5.2)
    axes = sheet.add_axes((0.08, 0.16, 0.72, 0.66))
    looks = appearance.looks(strategies)
    heights = np.array([axis.places for axis in axes_])
    faint = max(0.12, min(0.75, 20 / max(1, heights.shape[1])))
    for variant, name in enumerate(best):
        look = looks[name]
        axes.plot(range(len(axes_)), heights[:, variant], color=look.colour, linestyle=look.line, alpha=faint, lw=1.6)
    for place, axis in enumerate(axes_):
        axes.axvline(place, color=appearance.QUIET, linewidth=1)
        for height, text in axis.ticks:
            axes.annotate(
                text,
                (place, height),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=appearance.SMALL - 1,
                color=appearance.INK,
                bbox={"facecolor": "white", "alpha": 0.75, "pad": 1, "linewidth": 0},
            )
    appearance.calm(axes, grid="")
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(-0.1, len(axes_) - 0.6)
    axes.set_ylim(-0.06, 1.06)
    axes.set_yticks([])
    axes.set_xticks(range(len(axes_)), [appearance.wrapped(axis.name, 18) for axis in axes_])
    axes.tick_params(axis="x", length=0)
    appearance.heading(axes, labels["title"], pad=18)
    for place, name in enumerate(name for name in strategies if name in set(best)):
        height = 0.95 - 0.11 * place
        look = looks[name]
        beside = axes.transAxes
        axes.plot(
            [1.02, 1.07],
            [height] * 2,
            color=look.colour,
            linestyle=look.line,
            transform=beside,
            clip_on=False,
            linewidth=2.2,
        )
        text = appearance.wrapped(labels[f"strategy.{name}"], 16)
        axes.text(1.085, height, text, transform=beside, va="center", fontsize=appearance.SMALL, color=look.ink)
    return sheet
