"""What is reported: centres and when they came, waiting for approval, graduates and production; and the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.api import Figure, Metric, Text, World

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = NDArray[np.float64]


def _centres(world: World) -> Numbers:
    firsts = [int(np.flatnonzero(world.region(region)[0])[0]) for region in world.regions]
    there: Numbers = (world.atmp2030_progress[:, firsts] >= 1).mean(axis=1)
    return there


def _months_to_half(world: World) -> Numbers:
    month = world.atmp2030_half_month[:, 0].astype(np.float64)
    return np.where(month < 0, np.inf, month + 1)


def _waited(world: World) -> Numbers:
    """Mean months of waiting of those that have been approved; 0 where nobody has."""
    months, number = np.zeros(world.shape[0]), np.zeros(world.shape[0])
    for spread in world.spreads:
        months += (spread.atmp2030_waited * spread.atmp2030_approved).sum(axis=1)
        number += spread.atmp2030_approved.sum(axis=1)
    mean: Numbers = np.where(number > 0, months / np.maximum(number, 1), 0)
    return mean


def _graduates(world: World) -> Numbers:
    graduates: Numbers = world.atmp2030_graduates[:, 0].astype(np.float64)
    return graduates


def _service(world: World) -> Numbers:
    mean: Numbers = np.mean([spread.atmp2030_service[:, 0] for spread in world.spreads], axis=0, dtype=np.float64)
    return mean


METRICS = [
    Metric(
        name="centres",
        title=Text(sv="Regioner med centrum", en="Regions with a centre"),
        unit=Text(sv="andel av regionerna", en="share of regions"),
        meaning=Text(sv="Andel regioner vars centrum är klart.", en="Share of regions whose centre is there."),
        of=_centres,
        reads=frozenset({"atmp2030_progress"}),
        is_share=True,
        more_is_better=True,
    ),
    Metric(
        name="months_to_half",
        title=Text(sv="Månader till hälften har centrum", en="Months until half have a centre"),
        unit=Text(sv="månader", en="months"),
        meaning=Text(
            sv="Månader tills hälften av regionerna har ett centrum.",
            en="Months until half of the regions have a centre.",
        ),
        of=_months_to_half,
        reads=frozenset({"atmp2030_half_month"}),
        more_is_better=False,
    ),
    Metric(
        name="waited",
        title=Text(sv="Väntan på tillstånd", en="Wait for approval"),
        unit=Text(sv="månader", en="months"),
        meaning=Text(
            sv="Månader som de enheter som fått tillstånd väntade på det, i medeltal.",
            en="Months that approved clinics waited, on average.",
        ),
        of=_waited,
        reads=frozenset({"atmp2030_waited", "atmp2030_approved"}),
        more_is_better=False,
    ),
    Metric(
        name="graduates",
        title=Text(sv="Disputerade från forskarskolan", en="Graduates of the research school"),
        unit=Text(sv="personer", en="persons"),
        meaning=Text(sv="Disputerade hittills.", en="Graduates so far."),
        of=_graduates,
        reads=frozenset({"atmp2030_graduates"}),
    ),
    Metric(
        name="service",
        title=Text(sv="Tillverkning i landet", en="Production at home"),
        unit=Text(sv="andel av behovet", en="share of the need"),
        meaning=Text(
            sv="Hur stor del av behovet som tillverkas i landet vid periodens slut.",
            en="Share of the need that is produced at home at the end.",
        ),
        of=_service,
        reads=frozenset({"atmp2030_service"}),
        is_share=True,
        more_is_better=True,
    ),
]

HALF = "atmp2030.months_to_half"


def draw(axes: Axes, results: Mapping[str, Mapping[str, Numbers]], language: str) -> None:
    """When half of the regions have a centre: share of the worlds by month, one line for each strategy."""
    shown = {name: final[HALF] for name, final in results.items() if not np.isnan(final[HALF]).any()}
    known = [months[np.isfinite(months)] for months in shown.values()]
    end = max([float(months.max(initial=0)) for months in known], default=0.0)
    for number, (name, months) in enumerate(shown.items()):
        at = np.arange(0, end + 2)
        share = [(months <= month).mean() for month in at]
        dashes = ("-", "--", ":", "-.")[number % 4]
        axes.step(at, share, where="post", label=name.replace("_", " "), linestyle=dashes, linewidth=2)
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, end + 1)
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_xlabel({"sv": "Månad", "en": "Month"}[language])
    axes.set_ylabel({"sv": "Andel av världarna", "en": "Share of the worlds"}[language])
    axes.legend(loc="upper left", frameon=False)
    if figure := axes.get_figure(root=True):
        figure.set_layout_engine("constrained")


FIGURE = Figure(
    name="centres",
    title=Text(sv="När hälften av regionerna har ett centrum", en="When half of the regions have a centre"),
    caption=Text(
        sv="Andel av de möjliga världarna där minst hälften av regionerna har ett färdigt centrum.",
        en="Share of the possible worlds in which at least half of the regions have a centre.",
    ),
    draw=draw,
)
