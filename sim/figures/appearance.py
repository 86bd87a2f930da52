"""What the figures have in common: colours for the colour-blind too, calm axes, labels that do not collide."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

INK = "#1b2733"
QUIET = "#5b6875"
RULE = "#d7dde3"
TEXT_SIZE = 12.5
SMALL = 11.0

_OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES: tuple[tuple[float, ...], ...] = ((), (5, 1.6), (1.6, 1.3), (6, 1.5, 1.5, 1.5))
_MARKERS = "osD^vPX"

Boxes = NDArray[Any]
"""Left, bottom, right and top of each box [pixels]: ``(boxes, 4)``."""

Labels = Mapping[str, str]
"""Words by key, given by the caller; ``strategy.<name>`` is a strategy's title."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one strategy looks in every figure: never colour alone."""

    colour: str
    dashes: tuple[float, ...]
    marker: str

    @property
    def line(self) -> tuple[float, tuple[float, ...]] | str:
        """Line style as matplotlib wants it."""
        return (0, self.dashes) if self.dashes else "solid"

    @property
    def ink(self) -> tuple[float, float, float]:
        """The colour, dark enough for text on white."""
        red, green, blue = (0.72 * part for part in to_rgb(self.colour))
        return red, green, blue


def looks(names: Iterable[str]) -> dict[str, Look]:
    """A look for each strategy, by its place; 28 are distinct."""
    return {
        name: Look(
            _OKABE_ITO[i % len(_OKABE_ITO)],
            _DASHES[i % len(_DASHES)],
            _MARKERS[i % len(_MARKERS)],
        )
        for i, name in enumerate(names)
    }


def sheet(width: float, height: float) -> Figure:
    """An empty white figure [inches] with its own canvas."""
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def calm(axes: Axes, *, grid: str = "y") -> Axes:
    """Take away what is not data: a light grid along one axis, a baseline, no box."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    axes.tick_params(length=0, colors=QUIET, labelsize=SMALL, pad=6)
    axes.tick_params(axis="x", length=4, color=QUIET)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=RULE, linewidth=0.8)  # type: ignore[arg-type]
    return axes


def heading(axes: Axes, text: str, *, pad: float = 14) -> None:
    """The panel's title, flush left above it."""
    axes.set_title(text, loc="left", fontsize=TEXT_SIZE + 1, fontweight="bold", color=INK, pad=pad)


def name_axes(axes: Axes, x: str = "", y: str = "") -> None:
    """Name the axes in quiet text."""
    axes.set_xlabel(x, fontsize=TEXT_SIZE, color=QUIET, labelpad=8)
    axes.set_ylabel(y, fontsize=TEXT_SIZE, color=QUIET, labelpad=8)


def months_along(axes: Axes, months: int) -> None:
    """Ticks at whole years, or more often when few months are shown."""
    step = next(step for step in (3, 6, 12, 24, 60, 120, 240) if months / step <= 6 or step == 240)
    axes.set_xlim(0, months)
    axes.set_xticks(range(0, months + 1, step))


def shares_up(axes: Axes, highest: float, percent: Callable[[float], str]) -> None:
    """A scale of shares from 0 to the first of 25, 50, 75 and 100 % that holds ``highest``."""
    top = next((limit for limit in (0.25, 0.5, 0.75, 1.0) if highest <= limit), 1.0)
    axes.set_ylim(0, top)
    axes.set_yticks([top * i / 5 for i in range(6)] if top != 0.75 else [0, 0.15, 0.3, 0.45, 0.6, 0.75])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share)))


def wrapped(text: str, width: int = 18) -> str:
    """The text in lines of at most ``width`` characters; long words are broken, nothing is left out."""
    return "\n".join(textwrap.wrap(text, width)) or text


def label_ends(axes: Axes, ends: Sequence[tuple[float, str, Look]], *, size: float = TEXT_SIZE) -> None:
    """Write each line's name to the right of its end, moved apart where they would collide.

    Args:
        axes: where the lines are; its limits must be set.
        ends: height of each line's end [data], its text, its look.
        size: type size [points]; smaller if that is what it takes to have room.
    """
    inches = axes.get_position().height * axes.figure.get_figheight()  # type: ignore[union-attr]
    low, high = axes.get_ylim()
    per_line = (high - low) / inches * 1.32 / 72
    lines = [text.count("\n") + 1 for _, text, _ in ends]
    size = min(size, (high - low) / (per_line * (sum(lines) + 0.35 * len(lines))))
    heights = [(count + 0.35) * per_line * size for count in lines]
    places = apart([end for end, _, _ in ends], heights, low, high)
    right = axes.get_xlim()[1]
    for (end, text, look), place in zip(ends, places, strict=True):
        beside = axes.get_yaxis_transform()
        axes.plot([1, 1.04], [end, place], transform=beside, color=look.colour, linewidth=0.9, clip_on=False)
        axes.text(1.052, place, text, transform=beside, va="center", fontsize=size, color=look.ink, linespacing=1.15)
        axes.plot([right], [end], marker=look.marker, color=look.colour, markersize=7, clip_on=False, zorder=5)


def apart(wished: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Places near the wished ones so that boxes of these heights do not overlap, inside the limits if they fit.

    >>> apart([0.5, 0.5], [0.2, 0.2], 0, 1)
    [0.4, 0.6]
    """
    order = sorted(range(len(wished)), key=lambda i: wished[i])
    groups: list[tuple[list[int], float]] = []
    for i in order:
        members, bottom = [i], wished[i] - heights[i] / 2
        while groups and _top(groups[-1], heights) > bottom:
            members = groups.pop()[0] + members
            bottom = _bottom(members, wished, heights, low, high)
        groups.append((members, min(max(bottom, low), high - sum(heights[m] for m in members))))
    places = [0.0] * len(wished)
    for members, bottom in groups:
        filled = 0.0
        for m in members:
            places[m] = bottom + filled + heights[m] / 2
            filled += heights[m]
    return places


def _top(group: tuple[list[int], float], heights: Sequence[float]) -> float:
    return group[1] + sum(heights[m] for m in group[0])


def _bottom(members: list[int], wished: Sequence[float], heights: Sequence[float], low: float, high: float) -> float:
    """Bottom of a stack that is on average where its members wish to be, inside the limits."""
    offset, total = 0.0, 0.0
    for m in members:
        offset += wished[m] - (total + heights[m] / 2)
        total += heights[m]
    return min(max(offset / len(members), low), high - total)


def label_points(
    axes: Axes, points: Sequence[tuple[float, float, str, Look]], taken: Boxes, *, size: float = TEXT_SIZE
) -> None:
    """Write each point's name beside it, where it covers no other name and as little as possible of what is taken.

    Args:
        axes: where the points are; its limits must be set.
        points: x, y, text, look of each.
        taken: what else should not be covered [pixels]: ``(boxes, 4)``, each left, bottom, right, top.
        size: type size [points].
    """
    figure = axes.figure
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[arg-type, no-untyped-call]
    frame = np.array(axes.get_window_extent(renderer).extents)[None]
    places = axes.transData.transform([point[:2] for point in points])
    others = np.vstack([taken, around(places, 7)])
    covered = np.empty((0, 4))
    for point, pixel in zip(points, places, strict=True):
        extent = _note(axes, point, _PLACES[0], size)
        wide, high = extent.get_window_extent(renderer).size
        extent.remove()
        boxes = np.array([_box(pixel, place, wide, high, figure.dpi / 72) for place in _PLACES])
        costs = [1000 * (1 - _covered(box, frame)[0]) + 100 * _hurt(box, covered) + _hurt(box, others) for box in boxes]
        far = 0.3 * (np.arange(len(boxes)) // len(_AROUND))
        best = int(np.argmin(costs + far))
        _note(axes, point, _PLACES[best], size)
        covered = np.vstack([covered, boxes[best]])


def around(places: NDArray[Any], radius: float) -> Boxes:
    """Square boxes about places [pixels]: ``(places, 2)`` to ``(places, 4)``."""
    return np.hstack([places - radius, places + radius])


_Place = tuple[float, float, Literal["left", "center", "right"], Literal["top", "center", "bottom"]]
_AROUND: tuple[_Place, ...] = (
    (1, 0.7, "left", "bottom"),
    (1, -0.7, "left", "top"),
    (-1, 0.7, "right", "bottom"),
    (-1, -0.7, "right", "top"),
    (1.2, 0, "left", "center"),
    (-1.2, 0, "right", "center"),
    (0, 1, "center", "bottom"),
    (0, -1, "center", "top"),
)
_PLACES: tuple[_Place, ...] = tuple(
    (far * dx, far * dy, ha, va) for far in (11, 32, 55, 80, 105) for dx, dy, ha, va in _AROUND
)
"""Offsets of a name from its point [points], the best first."""


def _note(axes: Axes, point: tuple[float, float, str, Look], place: _Place, size: float) -> Annotation:
    x, y, text, look = point
    dx, dy, ha, va = place
    arrow = {"arrowstyle": "-", "color": look.colour, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 6}
    return axes.annotate(
        text,
        xy=(x, y),
        xytext=(dx, dy),
        textcoords="offset points",
        ha=ha,
        va=va,
        fontsize=size,
        color=look.ink,
        linespacing=1.15,
        arrowprops=arrow if max(abs(dx), abs(dy)) > 20 else None,
        path_effects=[withStroke(linewidth=3, foreground="white")],
        zorder=6,
    )


def _box(
    pixel: NDArray[Any], place: _Place, wide: float, high: float, pixels_per_point: float
) -> tuple[float, float, float, float]:
    """Where a text of this size would stand [pixels]."""
    dx, dy, ha, va = place
    left = pixel[0] + dx * pixels_per_point - {"left": 0, "center": wide / 2, "right": wide}[ha]
    bottom = pixel[1] + dy * pixels_per_point - {"bottom": 0, "center": high / 2, "top": high}[va]
    return left - 2, bottom - 2, left + wide + 2, bottom + high + 2


def _hurt(box: NDArray[Any], others: Boxes) -> float:
    """How much a box gets in the way of others: by area, and a little for each that it touches."""
    covered = _covered(box, others)
    return float(covered.sum() + 0.02 * (covered > 0).sum())


def _covered(box: NDArray[Any], others: Boxes) -> NDArray[Any]:
    """Share of the box that each of the others covers: ``(others,)``."""
    wide = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    high = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    shares: NDArray[Any] = np.maximum(wide, 0) * np.maximum(high, 0) / ((box[2] - box[0]) * (box[3] - box[1]))
    return shares
