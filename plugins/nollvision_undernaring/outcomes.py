"""What is reported: what became of the projects, how many tries they took, and the picture of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.api import Figure, Metric, Spread, Text, World

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = NDArray[np.float64]
OF_UNITS = Text(sv="andel av enheterna", en="share of units")
PROJECTS = frozenset({"stage", "nominal", "nollvision_undernaring_taken", "nollvision_undernaring_months"})


def _mean(world: World, of: Callable[[Spread], NDArray[Any]]) -> Numbers:
    """Mean over units and innovations: ``(replicates,)``."""
    mean: Numbers = np.mean([of(spread) for spread in world.spreads], axis=(0, 2), dtype=np.float64)
    return mean


def _routine(world: World) -> Numbers:
    return _mean(world, lambda spread: spread.in_use & ~spread.nominal & spread.nollvision_undernaring_taken)


def _project(world: World) -> Numbers:
    ends = np.round(world.parameter("project_months"))
    return _mean(world, lambda spread: spread.in_use & (spread.nollvision_undernaring_months < ends))


def _nobodys(world: World) -> Numbers:
    ends = np.round(world.parameter("project_months"))

    def left(spread: Spread) -> NDArray[Any]:
        over = spread.nollvision_undernaring_months >= ends
        nobodys: NDArray[Any] = spread.in_use & over & ~spread.nollvision_undernaring_taken
        return nobodys

    return _mean(world, left)


def _reverted(world: World) -> Numbers:
    return _mean(world, lambda spread: spread.nollvision_undernaring_reverted & ~spread.in_use)


def _ever_reverted(world: World) -> Numbers:
    return _mean(world, lambda spread: spread.nollvision_undernaring_reverted)


def _tries(world: World) -> Numbers:
    """Tries of each test bed, the first included; 0 without test beds."""
    beds = np.sum([spread.nollvision_undernaring_test_bed.sum(axis=1) for spread in world.spreads], axis=0)
    again = np.sum([spread.nollvision_undernaring_tries.sum(axis=1) for spread in world.spreads], axis=0)
    tries: Numbers = np.where(beds > 0, 1 + again / np.maximum(beds, 1), 0.0)
    return tries


METRICS = [
    Metric(
        name="routine",
        title=Text(sv="I ordinarie verksamhet med mottagare", en="Routine with a taker"),
        unit=OF_UNITS,
        meaning=Text(
            sv="Andel enheter där någon har tagit över och arbetssättet används.",
            en="Share of units where somebody has taken over and it is in use.",
        ),
        of=_routine,
        reads=PROJECTS,
        is_share=True,
        more_is_better=True,
    ),
    Metric(
        name="project",
        title=Text(sv="Ännu i projekt", en="Still a project"),
        unit=OF_UNITS,
        meaning=Text(sv="Andel enheter vars projekt pågår.", en="Share of units whose project goes on."),
        of=_project,
        reads=PROJECTS,
        is_share=True,
    ),
    Metric(
        name="nobodys",
        title=Text(sv="I bruk utan mottagare", en="In use without a taker"),
        unit=OF_UNITS,
        meaning=Text(
            sv="Andel enheter som använder arbetssättet efter projektet utan att någon tagit över.",
            en="Share of units that use it after the project though nobody has taken over.",
        ),
        of=_nobodys,
        reads=PROJECTS,
        is_share=True,
    ),
    Metric(
        name="reverted",
        title=Text(sv="Återgått när projektet tog slut", en="Reverted after the project"),
        unit=OF_UNITS,
        meaning=Text(
            sv="Andel enheter som gått tillbaka till det gamla för att ingen tog över.",
            en="Share of units that went back to the old way since nobody took over.",
        ),
        of=_reverted,
        reads=frozenset({"stage", "nollvision_undernaring_reverted"}),
        is_share=True,
        more_is_better=False,
    ),
    Metric(
        name="ever_reverted",
        title=Text(sv="Har någon gång återgått", en="Has ever reverted"),
        unit=OF_UNITS,
        meaning=Text(
            sv="Andel enheter som någon gång gått tillbaka för att ingen tog över.",
            en="Share of units that have at some time gone back since nobody took over.",
        ),
        of=_ever_reverted,
        reads=frozenset({"nollvision_undernaring_reverted"}),
        is_share=True,
        more_is_better=False,
    ),
    Metric(
        name="tries",
        title=Text(sv="Försök per testbädd", en="Tries per test bed"),
        unit=Text(sv="försök", en="tries"),
        meaning=Text(
            sv="Hur många försök en testbädd behövde, i medeltal.",
            en="How many tries a test bed needed, on average.",
        ),
        of=_tries,
        reads=frozenset({"nollvision_undernaring_test_bed", "nollvision_undernaring_tries"}),
    ),
]

COLOURS = {"routine": "#0072B2", "project": "#56B4E9", "nobodys": "#E69F00", "reverted": "#D55E00"}
LIGHT = ("project", "nobodys")
"""Colours on which dark figures are read."""
LEGIBLE = 0.03
"""Narrower parts carry no number."""


def draw(axes: Axes, results: Mapping[str, Mapping[str, Numbers]], language: str) -> None:
    """What became of the units that have used it, one bar for each strategy."""
    names = [name.replace("_", " ") for name in results]
    titles = {metric.name: metric.title.in_language(language) for metric in METRICS}
    left = np.zeros(len(results))
    for part, colour in COLOURS.items():
        widths = np.array([float(np.nanmean(final[f"nollvision_undernaring.{part}"])) for final in results.values()])
        widths = np.nan_to_num(widths)
        bars = axes.barh(names, widths, left=left, color=colour, label=titles[part])
        shown = [f"{100 * width:.0f} %" if width >= LEGIBLE else "" for width in widths]
        axes.bar_label(bars, shown, label_type="center", color="black" if part in LIGHT else "white")
        left += widths
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.set_xlim(0, max(1e-3, 1.05 * float(left.max(initial=0))))
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_xlabel(OF_UNITS.in_language(language).capitalize())
    axes.legend(loc="lower left", bbox_to_anchor=(-0.1, 1.0), ncols=2, frameon=False)
    if figure := axes.get_figure(root=True):
        figure.set_layout_engine("constrained")


FIGURE = Figure(
    name="handovers",
    title=Text(sv="Vad som blev av projekten", en="What became of the projects"),
    caption=Text(
        sv="Medelandel av enheterna vid slutet: övertaget, i projekt, utan mottagare, återgått för att ingen tog över.",
        en="Mean share of the units at the end: taken over, a project, without a taker, reverted for want of one.",
    ),
    draw=draw,
)
