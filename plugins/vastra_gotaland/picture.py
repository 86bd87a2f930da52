"""A picture of its own: whose it is where the team has been, beside how much of it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.api import Figure, Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OWNERSHIP = "vastra_gotaland.ownership"


def ownership_by_stay() -> Figure:
    """Every strategy with a team as a point, with bands of 5-95 %."""
    return Figure(
        "ownership",
        Text(sv="Ägarskap och varaktighet", en="Ownership and what lasts"),
        Text(
            sv="Hur mycket det är vårdens eget där teamet varit, och andelen som har det kvar. Median och 5–95 %.",
            en="How much it is their own where the team has been, and the share that keeps it. Median and 5-95 %.",
        ),
        _draw,
    )


def _draw(axes: Axes, results: Mapping[str, Mapping[str, NDArray[np.float64]]], language: str) -> None:
    for name, final in results.items():
        own, kept = final[OWNERSHIP], 100 * final["sustained"]
        if np.isnan(own).any() or not own.any():
            continue
        x, y = np.quantile(own, (0.05, 0.5, 0.95)), np.quantile(kept, (0.05, 0.5, 0.95))
        (line,) = axes.plot([x[1]], [y[1]], "o", label=name)
        axes.plot(x[[0, 2]], y[[1, 1]], color=line.get_color(), alpha=0.5)
        axes.plot(x[[1, 1]], y[[0, 2]], color=line.get_color(), alpha=0.5)
    swedish = language == "sv"
    axes.set_xlabel("Ägarskap där teamet varit (0–1)" if swedish else "Ownership where the team has been (0-1)")
    axes.set_ylabel("Varaktig användning (%)" if swedish else "Sustained use (%)")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize="small")
