"""What is reported: who sits at the table and how deep it is at home, and the picture of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.api import Figure, Metric, Text, World

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = NDArray[np.float64]


def _by_region(world: World, values: NDArray[np.float32]) -> Numbers:
    """Mean over the regions of what is the same for all their clinics: ``(replicates,)``."""
    firsts = [int(np.flatnonzero(world.region(region)[0])[0]) for region in world.regions]
    mean: Numbers = values[:, firsts].mean(axis=1, dtype=np.float64)
    return mean


def _table(world: World) -> Numbers:
    return _by_region(world, world.informationsdriven_table)


def _standing(world: World) -> Numbers:
    return _by_region(world, world.informationsdriven_standing)


def _months_to_all(world: World) -> Numbers:
    month = world.informationsdriven_all_month[:, 0].astype(np.float64)
    return np.where(month < 0, np.inf, month + 1)


def _depth_at_home(world: World) -> Numbers:
    """Mean depth over all clinics, those that do not use it counted as 0."""
    depths = [np.where(spread.in_use & ~spread.nominal, spread.depth, 0) for spread in world.spreads]
    mean: Numbers = np.mean(depths, axis=(0, 2), dtype=np.float64)
    return mean


def _unmet(world: World) -> Numbers:
    """Share of the months in which clinics asked for help and had none; 0 where nobody asked."""
    asked, helped = (
        np.sum([getattr(spread, f"informationsdriven_{what}").sum(axis=1) for spread in world.spreads], axis=0)
        for what in ("asked", "helped")
    )
    unmet: Numbers = np.where(asked > 0, 1 - helped / np.maximum(asked, 1), 0).astype(np.float64)
    return unmet


TABLE, DEPTH = "informationsdriven_vard.at_table", "informationsdriven_vard.depth_at_home"
METRICS = [
    Metric(
        name="at_table",
        title=Text(sv="Regioner vid bordet", en="Regions at the table"),
        unit=Text(sv="andel av regionerna", en="share of regions"),
        meaning=Text(
            sv="Andel regioner som är med i referensgruppen vid periodens slut.",
            en="Share of regions in the reference group at the end.",
        ),
        of=_table,
        reads=frozenset({"informationsdriven_table"}),
        is_share=True,
    ),
    Metric(
        name="months_to_all",
        title=Text(sv="Månader tills alla regioner är med", en="Months until all regions take part"),
        unit=Text(sv="månader", en="months"),
        meaning=Text(
            sv="Månader tills samtliga regioner suttit vid bordet samtidigt.",
            en="Months until all regions have sat at the table at the same time.",
        ),
        of=_months_to_all,
        reads=frozenset({"informationsdriven_all_month"}),
        more_is_better=False,
    ),
    Metric(
        name="standing",
        title=Text(sv="Företrädarnas tyngd hemma", en="Standing of the representatives"),
        unit=Text(sv="0–1", en="0–1"),
        meaning=Text(
            sv="Hur mycket regionernas företrädare kan och har bakom sig, i medeltal.",
            en="How much the representatives know and have behind them, on average.",
        ),
        of=_standing,
        reads=frozenset({"informationsdriven_standing"}),
        more_is_better=True,
    ),
    Metric(
        name="depth_at_home",
        title=Text(sv="Förankring hemma", en="Depth at home"),
        unit=Text(sv="0–1", en="0–1"),
        meaning=Text(
            sv="Förankring i vardagen i medeltal över alla enheter; den som inte använder räknas som noll.",
            en="Mean depth over all clinics; those that do not use it count as none.",
        ),
        of=_depth_at_home,
        reads=frozenset({"stage", "nominal", "depth"}),
        more_is_better=True,
    ),
    Metric(
        name="unmet",
        title=Text(sv="Frågar utan att få hjälp", en="Asks in vain"),
        unit=Text(sv="andel av månaderna", en="share of months"),
        meaning=Text(
            sv="Andel av månaderna då en enhet frågade efter miljöns hjälp utan att få den.",
            en="Share of the months in which a clinic asked for the environment's help and had none.",
        ),
        of=_unmet,
        reads=frozenset({"informationsdriven_asked", "informationsdriven_helped"}),
        is_share=True,
        more_is_better=False,
    ),
]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def draw(axes: Axes, results: Mapping[str, Mapping[str, Numbers]], language: str) -> None:
    """At the table against at home: the median world of each strategy, and nine tenths of the worlds."""
    shown = {name: final for name, final in results.items() if not np.isnan(final[TABLE]).any()}
    for number, (name, final) in enumerate(shown.items()):
        (x_low, x, x_high), (y_low, y, y_high) = (np.quantile(final[of], (0.05, 0.5, 0.95)) for of in (TABLE, DEPTH))
        colour = COLOURS[number % len(COLOURS)]
        label, marker = name.replace("_", " "), "osD^vPX"[number % len(COLOURS)]
        wide, high = [[x - x_low], [x_high - x]], [[y - y_low], [y_high - y]]
        axes.errorbar(x, y, high, wide, fmt=marker, color=colour, capsize=3, label=label)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(0, 1)
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_xlabel({"sv": "Andel regioner vid bordet", "en": "Share of regions at the table"}[language])
    axes.set_ylabel({"sv": "Förankring över alla enheter", "en": "Mean depth over all clinics"}[language])
    axes.legend(loc="upper left", frameon=False)
    if figure := axes.get_figure(root=True):
        figure.set_layout_engine("constrained")


FIGURE = Figure(
    name="table_and_home",
    title=Text(sv="Vid bordet och hemma", en="At the table and at home"),
    caption=Text(
        sv="Andel regioner vid bordet mot förankringen hemma vid slutet: median, och 90 % av de möjliga världarna.",
        en="Regions at the table against depth at home at the end: the median, and 90% of the possible worlds.",
    ),
    draw=draw,
)
