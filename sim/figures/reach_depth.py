"""Reach against depth: the way each strategy took, and where it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from sim import monthly
from sim.figures import appearance
from sim.figures.appearance import Labels
from sim.figures.numbers import ENGLISH, Numbers
from sim.metrics import SpreadResult

_YEAR = 12


@dataclass(frozen=True, eq=False)
class Path:
    """A strategy's way: medians month by month ``(months + 1,)``, and 5 and 95 % at the end."""

    reach: NDArray[np.floating]
    sustained: NDArray[np.floating]
    reach_end: tuple[float, float]
    sustained_end: tuple[float, float]


def paths(results: Mapping[str, SpreadResult]) -> dict[str, Path]:
    """The way of each strategy."""
    return {
        name: Path(
            _middle(result.curves["reach"]),
            _middle(result.curves["sustained"]),
            _ends(result.curves["reach"]),
            _ends(result.curves["sustained"]),
        )
        for name, result in results.items()
    }


def reach_depth(axes: Axes, table: Mapping[str, Path], labels: Labels, numbers: Numbers) -> Axes:
    """Draw each strategy's path; a small dot a year, the end with its 5-95 % cross.

    Args:
        axes: an empty panel.
        table: paths by strategy.
        labels: ``reach_axis``, ``sustained_axis``, ``all_use_sustained`` and ``strategy.<name>``.
        numbers: how to write numbers.
    """
    looks = appearance.looks(table)
    _scale(axes, table, numbers)
    for name, path in table.items():
        look = looks[name]
        axes.plot(path.reach, path.sustained, color=look.colour, linestyle=look.line, linewidth=2.2)
        axes.plot(
            path.reach[::_YEAR], path.sustained[::_YEAR], linestyle="none", marker="o", markersize=4, color=look.colour
        )
        x, y = float(path.reach[-1]), float(path.sustained[-1])
        axes.plot(path.reach_end, (y, y), color=look.colour, linewidth=1.2, alpha=0.7)
        axes.plot((x, x), path.sustained_end, color=look.colour, linewidth=1.2, alpha=0.7)
        axes.plot([x], [y], marker=look.marker, markersize=11, color=look.colour, markeredgecolor="white", zorder=5)
    appearance.name_axes(axes, labels["reach_axis"], labels["sustained_axis"])
    _label(axes, table, looks, labels)
    return axes


def figure(results: Mapping[str, SpreadResult], labels: Labels, numbers: Numbers = ENGLISH) -> Figure:
    """One square panel.

    Args:
        results: how each strategy went.
        labels: as for ``reach_depth``.
        numbers: how to write numbers.
    """
    sheet = appearance.sheet(8.6, 7.0)
    reach_depth(sheet.add_axes((0.125, 0.125, 0.82, 0.85)), paths(results), labels, numbers)
    return sheet


def _scale(axes: Axes, table: Mapping[str, Path], numbers: Numbers) -> None:
    appearance.calm(axes, grid="both")
    wide = min(1.0, max(0.2, 1.12 * max(max(path.reach_end[1], float(path.reach.max())) for path in table.values())))
    high = min(
        1.0, max(0.1, 1.3 * max(max(path.sustained_end[1], float(path.sustained.max())) for path in table.values()))
    )
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high)
    per_cent = FuncFormatter(lambda share, _: numbers.percent(share))
    axes.xaxis.set_major_formatter(per_cent)
    axes.yaxis.set_major_formatter(per_cent)


def _label(axes: Axes, table: Mapping[str, Path], looks: Mapping[str, appearance.Look], labels: Labels) -> None:
    """Names at the ends, and the line on which all use would be sustained."""
    corner = min(axes.get_xlim()[1], axes.get_ylim()[1])
    axes.plot([0, corner], [0, corner], color=appearance.QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    (x0, y0), (x1, y1) = axes.transData.transform([(0, 0), (corner, corner)])
    axes.annotate(
        labels["all_use_sustained"],
        xy=(0.6 * corner, 0.6 * corner),
        xytext=(-5, 5),
        textcoords="offset points",
        rotation=np.degrees(np.arctan2(y1 - y0, x1 - x0)),
        rotation_mode="anchor",
        ha="center",
        va="bottom",
        fontsize=appearance.SMALL,
        color=appearance.QUIET,
    )
    line = np.linspace((x0, y0), (x1, y1), 60)
    ways = [line, *(_cross(axes, path) for path in table.values())]
    ways += [_dense(axes.transData.transform(np.column_stack([p.reach, p.sustained]))) for p in table.values()]
    taken = appearance.around(np.vstack(ways), 3)
    ends = [
        (float(p.reach[-1]), float(p.sustained[-1]), appearance.wrapped(labels[f"strategy.{name}"], 24), looks[name])
        for name, p in table.items()
    ]
    appearance.label_points(axes, ends, taken)


def _dense(way: NDArray[np.floating]) -> NDArray[np.floating]:
    """The same way with a place at least every five pixels or so, so that a label cannot slip between."""
    steps = np.hypot(*np.diff(way, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    even = np.linspace(0, along[-1], int(along[-1] / 5) + 2)
    return np.column_stack([np.interp(even, along, way[:, 0]), np.interp(even, along, way[:, 1])])


def _cross(axes: Axes, path: Path) -> NDArray[np.floating]:
    """Places along the cross hairs [pixels]."""
    x, y = float(path.reach[-1]), float(path.sustained[-1])
    across = np.linspace((path.reach_end[0], y), (path.reach_end[1], y), 20)
    up = np.linspace((x, path.sustained_end[0]), (x, path.sustained_end[1]), 20)
    return np.asarray(axes.transData.transform(np.vstack([across, up])))


def _middle(values: NDArray[np.float32]) -> NDArray[np.floating]:
    return monthly.quantiles(values, (0.5,))[0]


def _ends(values: NDArray[np.float32]) -> tuple[float, float]:
    low, high = np.quantile(values[:, -1], (0.05, 0.95), method="inverted_cdf")
    return float(low), float(high)
