"""What is reported: what is left of the test bed, who pays for it, whom screening reaches, and the picture of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.api import Figure, Metric, Text, World

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = NDArray[np.float64]


def _service(world: World) -> Numbers:
    service: Numbers = world.nollvision_cancer_service[:, 0].astype(np.float64)
    return service


def _before(world: World) -> Numbers:
    before: Numbers = world.nollvision_cancer_before[:, 0].astype(np.float64)
    return before


def _survives(world: World) -> Numbers:
    """Service now as a share of that when the funding ended, 1 at most; 0 where it has not ended."""
    before = _before(world)
    kept: Numbers = np.where(before > 0, np.minimum(_service(world) / np.maximum(before, 1e-9), 1), 0.0)
    return kept


def _members(world: World) -> Numbers:
    firsts = [int(np.flatnonzero(world.region(region)[0])[0]) for region in world.regions]
    members: Numbers = world.nollvision_cancer_member[:, firsts].mean(axis=1, dtype=np.float64)
    return members


def _reached(world: World) -> Numbers:
    """Share of all at high risk, everywhere, that some unit reaches."""
    reached = [np.where(spread.in_use, spread.nollvision_cancer_reached, 0) for spread in world.spreads]
    mean: Numbers = np.mean(reached, axis=(0, 2), dtype=np.float64)
    return mean


SERVICE = frozenset({"nollvision_cancer_service"})
OF_BEFORE = Text(sv="andel av vad den var", en="share of what it was")
METRICS = [
    Metric(
        name="service",
        title=Text(sv="Testbäddens förmåga", en="Service of the test bed"),
        unit=Text(sv="0–1", en="0–1"),
        meaning=Text(sv="Kompetens gånger verksamhet vid periodens slut.", en="Competence times running at the end."),
        of=_service,
        reads=SERVICE,
        more_is_better=True,
    ),
    Metric(
        name="survives",
        title=Text(sv="Kvar av testbädden", en="Left of the test bed"),
        unit=OF_BEFORE,
        meaning=Text(
            sv="Testbäddens förmåga vid periodens slut som andel av den när pengarna tog slut.",
            en="Service at the end as a share of that when the funding ended.",
        ),
        of=_survives,
        reads=SERVICE | {"nollvision_cancer_before"},
        is_share=True,
        more_is_better=True,
    ),
    Metric(
        name="members",
        title=Text(sv="Regioner som betalar", en="Regions that pay"),
        unit=Text(sv="andel av regionerna", en="share of regions"),
        meaning=Text(
            sv="Andel regioner som är medlemmar vid periodens slut.",
            en="Share of regions that are members at the end.",
        ),
        of=_members,
        reads=frozenset({"nollvision_cancer_member"}),
        is_share=True,
    ),
    Metric(
        name="reached",
        title=Text(sv="Nådda med hög risk", en="Reached at high risk"),
        unit=Text(sv="andel av alla med hög risk", en="share of all at high risk"),
        meaning=Text(
            sv="Andel av dem med hög risk som nås, när alla enheter räknas.",
            en="Share of those at high risk that are reached, all units counted.",
        ),
        of=_reached,
        reads=frozenset({"stage", "nollvision_cancer_reached"}),
        is_share=True,
        more_is_better=True,
    ),
]

SHOWN = {"survives": ("#0072B2", "o"), "members": ("#E69F00", "s"), "reached": ("#D55E00", "D")}
STEP = 0.22
"""Distance between the marks of one strategy."""


def draw(axes: Axes, results: Mapping[str, Mapping[str, Numbers]], language: str) -> None:
    """What is left: median and nine tenths of the worlds, three marks for each strategy."""
    titles = {metric.name: metric.title.in_language(language) for metric in METRICS}
    shown = {name: f for name, f in results.items() if not np.isnan(f["nollvision_cancer.survives"]).any()}
    for number, (part, (colour, marker)) in enumerate(SHOWN.items()):
        finals = [final[f"nollvision_cancer.{part}"] for final in shown.values()]
        low, middle, high = (np.array([np.quantile(final, q) for final in finals]) for q in (0.05, 0.5, 0.95))
        places = np.arange(len(shown)) + STEP * (number - 1)
        bars = np.array([middle - low, high - middle])
        axes.errorbar(middle, places, xerr=bars, fmt=marker, color=colour, capsize=3, label=titles[part])
    axes.set_yticks(range(len(shown)), [name.replace("_", " ") for name in shown])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color="#d7dde3")
    axes.set_xlim(-0.03, 1.03)
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.1, 1.0), ncols=3, frameon=False)
    if figure := axes.get_figure(root=True):
        figure.set_layout_engine("constrained")


FIGURE = Figure(
    name="survives",
    title=Text(sv="Vad som finns kvar", en="What survives"),
    caption=Text(
        sv="Vid periodens slut: median och 90 % av de möjliga världarna.",
        en="At the end: the median and 90% of the possible worlds.",
    ),
    draw=draw,
)
