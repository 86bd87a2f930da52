"""A picture of its own: how much of the use has become routine, and how far it is still seen as a pilot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.api import Figure, Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def from_pilot_to_routine() -> Figure:
    """Two bars for each strategy, and a point for the belief."""
    return Figure(
        "from_pilot_to_routine",
        Text(sv="Från pilot till rutin", en="From pilot to routine"),
        Text(
            sv="Använder, och därav i ordinarie drift; punkten är hur mycket det ses som en pilot. Medianer.",
            en="In use, and of that in ordinary operation; the point is how far it is seen as a pilot. Medians.",
        ),
        _draw,
    )


def _draw(axes: Axes, results: Mapping[str, Mapping[str, NDArray[np.float64]]], language: str) -> None:
    swedish, places = language == "sv", np.arange(len(results))

    def medians(metric: str) -> NDArray[np.float64]:
        return np.array([100 * np.median(final[metric]) for final in results.values()])

    axes.barh(places, medians("reach"), color="0.85", label="Använder" if swedish else "In use")
    kept = "I ordinarie drift" if swedish else "In ordinary operation"
    axes.barh(places, medians("sustained"), height=0.5, color="0.45", label=kept)
    pilot = "Ses som en pilot" if swedish else "Seen as a pilot"
    axes.plot(medians("ostergotland.seen_as_pilot"), places, "D", color="#c1440e", label=pilot, clip_on=False)
    axes.set_yticks(places, list(results))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color="0.9")
    axes.set_xlabel("%")
    axes.set_xlim(0, 100)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize="small")
