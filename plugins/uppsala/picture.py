"""A picture of its own: how well it fits elsewhere, beside how long the test took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.api import Figure, Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS, FIT = "uppsala.months_to_report", "uppsala.fit_elsewhere"


def where_it_fits() -> Figure:
    """Every strategy with an evaluation as a point, with lines from 5 to 95 %."""
    return Figure(
        "where_it_fits",
        Text(sv="Var prototypen testades", en="Where the prototype was tested"),
        Text(
            sv="Passform hos dem som inte testade, och månad för rapporten. Median och 5–95 % av världarna.",
            en="Fit in clinics that did not test it, and month of the report. Median and 5-95 % of the worlds.",
        ),
        _draw,
    )


def _draw(axes: Axes, results: Mapping[str, Mapping[str, NDArray[np.float64]]], language: str) -> None:
    for name, final in results.items():
        months, fit = final[MONTHS], final[FIT]
        there = np.isfinite(months) & np.isfinite(fit)
        if not there.any():
            continue
        x, y = (np.quantile(values[there], (0.05, 0.5, 0.95)) for values in (months, fit))
        (line,) = axes.plot([x[1]], [y[1]], "o", label=name)
        axes.plot(x[[0, 2]], y[[1, 1]], color=line.get_color(), alpha=0.5)
        axes.plot(x[[1, 1]], y[[0, 2]], color=line.get_color(), alpha=0.5)
    swedish = language == "sv"
    axes.set_xlabel("Månader till rapport" if swedish else "Months to the report")
    axes.set_ylabel("Passform hos andra (0–1)" if swedish else "Fit elsewhere (0-1)")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize="small")
