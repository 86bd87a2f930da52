"""What has been seen, and where it is heading: figures as points, a fan in the colour of what is expected now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.figures import appearance
from sim.figures.appearance import Labels
from sim.figures.numbers import ENGLISH, Numbers

Floats = NDArray[np.float64]

_AFTER, _BEFORE = "#0072B2", "#7b8794"


@dataclass(frozen=True, eq=False)
class Fan:
    """Quantiles by month: ``(months,)`` each."""

    months: Floats
    low: Floats
    lower: Floats
    median: Floats
    upper: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Panel:
    """One curve."""

    title: str
    after: Fan
    """What is expected now, with bands of 50 and 90 %."""
    before: Fan | None = None
    """What was to be expected before anything was seen."""
    seen: tuple[Floats, Floats] | None = None
    """Months and shares of the figures."""
    others: Mapping[str, Floats] | None = None
    """Medians of other strategies by name, over the months of ``after``."""
    now: float | None = None
    """Last month with a figure."""
    least: float | None = None
    """The goal, if it is about this curve."""


def figure(panels: Sequence[Panel], labels: Labels, numbers: Numbers = ENGLISH) -> Figure:
    """The panels side by side, on one scale.

    Args:
        panels: one or two.
        labels: ``month``, ``after``, ``before``, ``seen``, ``now``, ``goal`` and ``strategy.<name>``.
        numbers: how to write numbers.
    """
    sheet = appearance.sheet(5.8 * len(panels), 5.5)
    highest = max(_highest(panel) for panel in panels)
    for place, panel in enumerate(panels):
        width = 0.63 if any(one.others for one in panels) else 0.84
        axes = sheet.add_axes(((place + 0.12) / len(panels), 0.13, width / len(panels), 0.66))
        appearance.shares_up(axes, highest, numbers.percent)
        _draw(axes, panel, labels, numbers)
        appearance.heading(axes, panel.title, pad=58)
    return sheet


def _highest(panel: Panel) -> float:
    several = [panel.after.high, *(panel.others or {}).values()]
    several += [] if panel.before is None else [panel.before.high]
    several += [] if panel.seen is None else [panel.seen[1]]
    return max(*(float(np.max(one)) for one in several), panel.least or 0.0)


def _draw(axes: Axes, panel: Panel, labels: Labels, numbers: Numbers) -> None:
    after = panel.after
    if panel.before is not None:
        _band(axes, panel.before, _BEFORE, labels["before"], hatch="///")
    _band(axes, after, _AFTER, labels["after"])
    if panel.seen is not None:
        axes.plot(*panel.seen, "o", color=appearance.INK, markersize=5, zorder=6, label=labels["seen"])
    appearance.calm(axes)
    appearance.months_along(axes, int(after.months[-1]))
    appearance.name_axes(axes, labels["month"])
    if panel.now is not None:
        axes.axvline(panel.now, color=appearance.QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
        _note(axes, panel.now, labels["now"])
    if panel.least is not None:
        axes.axhline(panel.least, color="#009E73", linewidth=1.4, linestyle=(0, (1.5, 1.5)), label=labels["goal"])
    if panel.others:
        _others(axes, panel, labels, numbers)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1.06), ncols=2, frameon=False, fontsize=appearance.SMALL - 1,
        labelcolor=appearance.INK, handlelength=1.6, columnspacing=1.2, borderaxespad=0,
    )  # fmt: skip


def _note(axes: Axes, month: float, text: str) -> None:
    """What the upright line is, above it."""
    beside = axes.get_xaxis_transform()
    axes.text(
        month,
        1.01,
        text,
        transform=beside,
        ha="center",
        va="bottom",
        fontsize=appearance.SMALL - 1,
        color=appearance.QUIET,
    )


def _band(axes: Axes, fan: Fan, colour: str, label: str, hatch: str = "") -> None:
    if hatch:
        axes.fill_between(
            fan.months, fan.low, fan.high, facecolor="none", edgecolor=colour, alpha=0.35, hatch=hatch, linewidth=0,
            label=label,
        )  # fmt: skip
        axes.plot(fan.months, fan.median, color=colour, linewidth=1.4, linestyle=(0, (1.6, 1.3)))
        return
    axes.fill_between(fan.months, fan.low, fan.high, color=colour, alpha=0.16, linewidth=0)
    axes.fill_between(fan.months, fan.lower, fan.upper, color=colour, alpha=0.28, linewidth=0)
    axes.plot(fan.months, fan.median, color=colour, linewidth=2.6, label=label)


def _others(axes: Axes, panel: Panel, labels: Labels, numbers: Numbers) -> None:
    """Other strategies from now on, named at their ends."""
    others, fan = panel.others or {}, panel.after
    names = list(others)
    looks = appearance.looks(names)
    start = int(np.searchsorted(fan.months, panel.now or 0))
    ends = []
    for name in names:
        look, curve = looks[name], others[name] if others[name] is not None else fan.median
        colour = _AFTER if curve is fan.median else look.colour
        if curve is not fan.median:
            axes.plot(fan.months[start:], curve[start:], color=colour, linestyle=look.line, linewidth=2.0)
        text = f"{appearance.wrapped(labels[f'strategy.{name}'], 16)}\n{numbers.percent(float(curve[-1]))}"
        ends.append((float(curve[-1]), text, look))
    appearance.label_ends(axes, ends, size=appearance.SMALL)
