"""How many clinics use it, and in how many it has become routine, month by month: reach and depth side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim import monthly
from sim.figures import appearance
from sim.figures.appearance import Labels
from sim.figures.numbers import ENGLISH, Numbers
from sim.metrics import SpreadResult


@dataclass(frozen=True, eq=False)
class Band:
    """A curve over the months: ``(months + 1,)`` each."""

    median: NDArray[np.floating]
    low: NDArray[np.floating]
    high: NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened in a month."""

    month: int
    text: str


def bands(results: Mapping[str, SpreadResult], curve: str) -> dict[str, Band]:
    """Median and 5-95 % of one curve for each strategy."""
    found = {}
    for name, result in results.items():
        low, median, high = monthly.quantiles(result.curves[curve], (0.05, 0.5, 0.95))
        found[name] = Band(median, low, high)
    return found


def adoption_curves(
    axes: Axes, table: Mapping[str, Band], labels: Labels, numbers: Numbers, marks: Sequence[Mark] = ()
) -> Axes:
    """Draw one panel: each strategy's median with its band, named at its end.

    Args:
        axes: an empty panel; its limits up are kept.
        table: bands by strategy.
        labels: ``month`` and ``strategy.<name>``.
        numbers: how to write numbers.
        marks: what happened when.
    """
    months = len(next(iter(table.values())).median) - 1
    looks = appearance.looks(table)
    for name, band in table.items():
        look = looks[name]
        along = np.arange(months + 1)
        axes.fill_between(along, band.low, band.high, color=look.colour, alpha=0.13, linewidth=0)
        axes.plot(along, band.median, color=look.colour, linestyle=look.line, linewidth=2.6)
    appearance.calm(axes)
    appearance.months_along(axes, months)
    appearance.name_axes(axes, labels["month"])
    ends = [
        (
            float(band.median[-1]),
            _named_end(labels[f"strategy.{name}"], numbers.percent(float(band.median[-1]))),
            looks[name],
        )
        for name, band in table.items()
    ]
    appearance.label_ends(axes, ends)
    _mark(axes, marks, months)
    return axes


def figure(
    results: Mapping[str, SpreadResult], labels: Labels, numbers: Numbers = ENGLISH, marks: Sequence[Mark] = ()
) -> Figure:
    """Two panels on the same scale: reach, and sustained use.

    Args:
        results: how each strategy went.
        labels: ``reach_title``, ``sustained_title``, ``month`` and ``strategy.<name>``.
        numbers: how to write numbers.
        marks: what happened when.
    """
    sheet = appearance.sheet(11.6, 5.3)
    tables = {curve: bands(results, curve) for curve in ("reach", "sustained")}
    highest = max(float(band.high.max()) for table in tables.values() for band in table.values())
    for place, (curve, table) in zip((0.06, 0.56), tables.items(), strict=True):
        axes = sheet.add_axes((place, 0.14, 0.28, 0.68 if marks else 0.75))
        appearance.shares_up(axes, highest, numbers.percent)
        adoption_curves(axes, table, labels, numbers, marks)
        appearance.heading(axes, labels[f"{curve}_title"], pad=34 if marks else 14)
    return sheet


def _named_end(title: str, value: str) -> str:
    return f"{appearance.wrapped(title)}\n{value}" if len(title) > 12 else f"{title} {value}"


def _mark(axes: Axes, marks: Sequence[Mark], months: int) -> None:
    """Light upright lines with their names above the panel, in two rows so that neighbours have room."""
    for i, mark in enumerate(m for m in sorted(marks, key=lambda m: m.month) if m.month <= months):
        axes.axvline(mark.month, color=appearance.QUIET, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
        late = mark.month > 0.6 * months
        axes.annotate(
            mark.text,
            xy=(mark.month, 1.0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, 4 + 13 * (i % 2)),
            textcoords="offset points",
            ha="right" if late else "left",
            fontsize=appearance.SMALL - 1,
            color=appearance.QUIET,
        )
