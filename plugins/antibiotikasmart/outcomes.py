"""What is reported: criteria and versions, diplomas and what they stand for, and the picture of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plugins.antibiotikasmart.diploma import hollow
from sim.api import Figure, Metric, Spread, Text, World

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = NDArray[np.float64]
DIPLOMA = frozenset({"antibiotikasmart_until", "stage", "nominal", "depth"})


def _mean(world: World, of: Callable[[Spread], NDArray[Any]]) -> Numbers:
    """Mean over units and innovations: ``(replicates,)``."""
    mean: Numbers = np.mean([of(spread) for spread in world.spreads], axis=(0, 2), dtype=np.float64)
    return mean


def _versions(world: World) -> Numbers:
    return np.max([spread.antibiotikasmart_versions.max(axis=1) for spread in world.spreads], axis=0).astype(float)


def _criteria(world: World) -> Numbers:
    return _mean(world, lambda spread: spread.antibiotikasmart_criteria)


def _months_to_release(world: World) -> Numbers:
    """Mean over the units; what is not released counts as the month after the end."""

    def months(spread: Spread) -> NDArray[Any]:
        released = spread.antibiotikasmart_released
        return np.where(released < 0, world.months + 1, released) - float(spread.innovation.arrives_month)

    return _mean(world, months)


def _until(spread: Spread, shape: tuple[int, int]) -> NDArray[np.float32]:
    """When diplomas lapse; none under a strategy that has no diploma."""
    until: NDArray[np.float32] = getattr(spread, "antibiotikasmart_until", np.zeros(shape, np.float32))
    return until


def _diplomas(world: World) -> Numbers:
    return _mean(world, lambda spread: _until(spread, world.shape) > world.month)


def _hollow(world: World) -> Numbers:
    none = np.zeros(world.shape, bool)
    return _mean(world, lambda spread: hollow(world, spread) if hasattr(spread, "antibiotikasmart_until") else none)


def _lives_up(world: World) -> Numbers:
    least = world.parameter("hollow_depth")
    return _mean(world, lambda spread: spread.in_use & ~spread.nominal & (spread.depth >= least))


def _document_hours(world: World) -> Numbers:
    none = np.zeros(world.shape)
    hours = [getattr(spread, "antibiotikasmart_hours", none).sum(axis=1) for spread in world.spreads]
    return np.sum(hours, axis=0, dtype=np.float64)


METRICS = [
    Metric(
        name="versions",
        title=Text(sv="Kriterieversioner", en="Versions of the criteria"),
        unit=Text(sv="versioner", en="versions"),
        meaning=Text(
            sv="Så många versioner som krävdes i det område som krävde flest.",
            en="Versions in the area that needed most of them.",
        ),
        of=_versions,
        reads=frozenset({"antibiotikasmart_versions"}),
    ),
    Metric(
        name="criteria",
        title=Text(sv="Kriterier", en="Criteria"),
        unit=Text(sv="kriterier", en="criteria"),
        meaning=Text(
            sv="Antal kriterier i den senaste versionen, i medeltal över enheterna.",
            en="Criteria in the latest version, mean over the units.",
        ),
        of=_criteria,
        reads=frozenset({"antibiotikasmart_criteria"}),
    ),
    Metric(
        name="months_to_release",
        title=Text(sv="Månader till fastställda kriterier", en="Months to adopted criteria"),
        unit=Text(sv="månader", en="months"),
        meaning=Text(
            sv="Månader tills enhetens kriterier är fastställda, i medeltal över enheterna.",
            en="Months until the unit's criteria are adopted, mean over the units.",
        ),
        of=_months_to_release,
        more_is_better=False,
        reads=frozenset({"antibiotikasmart_released"}),
    ),
    Metric(
        name="diplomas",
        title=Text(sv="Giltiga diplom", en="Valid diplomas"),
        unit=Text(sv="andel av enheterna", en="share of units"),
        meaning=Text(
            sv="Andel enheter med ett giltigt diplom vid periodens slut.",
            en="Share of units with a valid diploma at the end.",
        ),
        of=_diplomas,
        reads=DIPLOMA,
        is_share=True,
    ),
    Metric(
        name="hollow",
        title=Text(sv="Diplom utan täckning", en="Hollow diplomas"),
        unit=Text(sv="andel av enheterna", en="share of units"),
        meaning=Text(
            sv="Andel enheter som har ett giltigt diplom men inte längre lever upp till det.",
            en="Share of units with a valid diploma that no longer live up to it.",
        ),
        of=_hollow,
        reads=DIPLOMA,
        is_share=True,
        more_is_better=False,
    ),
    Metric(
        name="lives_up",
        title=Text(sv="Lever upp till kriterierna", en="Lives up to the criteria"),
        unit=Text(sv="andel av enheterna", en="share of units"),
        meaning=Text(
            sv="Andel enheter vars rutiner är på plats, med eller utan diplom.",
            en="Share of units whose routines are in place, with or without a diploma.",
        ),
        of=_lives_up,
        reads=DIPLOMA,
        is_share=True,
        more_is_better=True,
    ),
    Metric(
        name="document_hours",
        title=Text(sv="Timmar för dokumentation", en="Hours of documentation"),
        unit=Text(sv="arbetstimmar", en="staff-hours"),
        meaning=Text(
            sv="Enheternas timmar för att dokumentera och förnya diplom.",
            en="The units' hours for documenting and renewing diplomas.",
        ),
        of=_document_hours,
        more_is_better=False,
        reads=frozenset({"antibiotikasmart_hours"}),
    ),
]

LEGIBLE = 0.04
"""Narrower parts carry no number."""
PARTS = {
    "backed": (
        Text(sv="Diplom, rutinerna på plats", en="Diploma, routines in place"),
        "#0072B2",
        "white",
    ),
    "hollow": (Text(sv="Diplom utan täckning", en="Hollow diploma"), "#D55E00", "white"),
    "without": (Text(sv="Rutinerna på plats utan diplom", en="Routines in place, no diploma"), "#56B4E9", "black"),
}


def draw(axes: Axes, results: Mapping[str, Mapping[str, Numbers]], language: str) -> None:
    """Mean shares of the units by strategy, one bar each."""
    given = {name: final for name, final in results.items() if not np.isnan(final["antibiotikasmart.diplomas"]).any()}
    names = [name.replace("_", " ") for name in given]
    left = np.zeros(len(given))
    for part, (title, colour, ink) in PARTS.items():
        widths = np.array([_share(final, part) for final in given.values()])
        bars = axes.barh(names, widths, left=left, color=colour, label=title.in_language(language))
        shown = [f"{100 * width:.0f} %" if width >= LEGIBLE else "" for width in widths]
        axes.bar_label(bars, shown, label_type="center", color=ink)
        left += widths
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_xlabel({"sv": "Andel av enheterna", "en": "Share of the units"}[language])
    axes.legend(loc="lower left", bbox_to_anchor=(-0.1, 1.0), ncols=2, frameon=False)
    if figure := axes.get_figure(root=True):
        figure.set_layout_engine("constrained")


def _share(final: Mapping[str, Numbers], part: str) -> float:
    diplomas, empty = (float(final[f"antibiotikasmart.{name}"].mean()) for name in ("diplomas", "hollow"))
    lives_up = float(final["antibiotikasmart.lives_up"].mean())
    return {"backed": diplomas - empty, "hollow": empty, "without": lives_up - (diplomas - empty)}[part]


FIGURE = Figure(
    name="diplomas",
    title=Text(sv="Vad diplomen står för", en="What the diplomas stand for"),
    caption=Text(
        sv="Medelandel av enheterna vid periodens slut: diplom med och utan täckning, och rutiner utan diplom.",
        en="Mean share of the units at the end: diplomas with and without routines behind, and routines without one.",
    ),
    draw=draw,
)
