"""Facts about the shape and the pace of spread: F1, F2, F12, F13, F15, F18, T1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.facts import bass
from sim.facts.arms import LET, Months, Seen, arm
from sim.facts.fact import Check, above, below, fact, within
from sim.facts.intervals import Values, jackknife, mean
from sim.facts.measures import cumulative, months_to

LONG = arm(LET, months=240, replicates=60)
"""Twenty years of letting it happen; several facts look at the same worlds."""

NO_CONTAGION = arm(LET, months=240, replicates=24, parameters={"peer_influence": 0.0, "outer_pressure": 0.0})


def _fits(firsts: Months, months: int, *, delayed: bool = False) -> NDArray[np.float64]:
    """Bass's p, q, m, delay and R2 in each replicate: ``(replicates, 5)``."""
    years = np.arange(months + 1) / 12
    return np.array([bass.fit(years, curve, delayed=delayed) for curve in cumulative(firsts, months)])


@fact("F1", let=LONG)
def s_shaped(seen: Mapping[str, Seen]) -> list[Check]:
    """When most adopt, as a share of the time in which nine tenths of them do; and how well Bass's curve fits."""
    let = seen["let"]
    adopted = cumulative(let.used, let.months)
    year = adopted[:, 12:] - adopted[:, :-12]  # over twelve months, so that the summer does not count
    peak = year.argmax(axis=1) + 6
    ninety = (adopted >= 0.9 * adopted[:, -1:]).argmax(axis=1)
    fitted = _fits(let.used, let.months)[:, 4]
    return [
        within(
            0.10,
            0.70,
            "month of most new adoptions over month of 90 % of final adoption",
            "månad med flest nya införanden delad med månad då 90 % av dem har skett",
            mean(peak / ninety),
        ),
        above(0.95, "R2 of Bass's curve", "R2 för Bass kurva", mean(fitted)),
    ]


@fact("F2", alone=NO_CONTAGION)
def concave_without_contagion(seen: Mapping[str, Seen]) -> list[Check]:
    """Bass's q where nobody influences anybody: of the first trial, and of first use behind the pipeline."""
    alone = seen["alone"]
    trial = _fits(alone.started, alone.months)[:, 1]
    use = _fits(alone.used, alone.months, delayed=True)[:, 1]
    begun = cumulative(alone.started, 96)
    bend = begun[:, 48] - (begun[:, 96] - begun[:, 48])
    return [
        above(
            0,
            "share that first tries it in years 1-4 less in years 5-8",
            "andel som prövar första gången år 1–4 minus år 5–8",
            mean(bend),
        ),
        within(-0.05, 0.05, "Bass q of the first trial [1/year]", "Bass q för första test [1/år]", mean(trial)),
        within(
            -0.05,
            0.05,
            "Bass q of first use, with a delay [1/year]",
            "Bass q för första användning, med fördröjning [1/år]",
            mean(use),
        ),
    ]


def _contagion(exponent: float, clustering: float) -> Any:
    """A ring of clinics with shortcuts; the clinics of one region on the ring have begun."""
    regions = {f"Region {number:02}": 30 for number in range(20)}
    return arm(
        LET,
        months=96,
        replicates=30,
        clinics={"regions": regions},
        network={"generator": "watts_strogatz", "ties": 8},
        innovations={"ordinary": {"begins": [{"region": "Region 07", "clinics": 30, "stage": "sustained"}]}},
        parameters={
            "external_influence": 0.0,
            "outer_pressure": 0.0,
            "layer_ties": 1.0,
            "layer_region": 0.0,
            "layer_all": 0.0,
            "not_invented_here": 1.0,
            "contagion_exponent": exponent,
            "clustering": clustering,
        },
    )


@fact(
    "F12",
    simple_loose=_contagion(1.0, 0.05),
    simple_dense=_contagion(1.0, 0.55),
    complex_loose=_contagion(2.0, 0.05),
    complex_dense=_contagion(2.0, 0.55),
)
def clustering_carries_the_complex(seen: Mapping[str, Seen]) -> list[Check]:
    """What dense ties add to log reach under complex contagion, less what they add under simple contagion."""

    def interaction(*reach: Values) -> float:
        simple_loose, simple_dense, complex_loose, complex_dense = (np.log(r.mean()) for r in reach)
        return float((complex_dense - complex_loose) - (simple_dense - simple_loose))

    order = ("simple_loose", "simple_dense", "complex_loose", "complex_dense")
    found = jackknife(interaction, *(seen[name].at("reach", 96) for name in order))
    return [
        above(
            0,
            "interaction of contagion exponent (1, 2) and clustering (.05, .55) on log reach, month 96",
            "samspel mellan smittans exponent (1, 2) och nätets täthet (0,05, 0,55) på log spridning, månad 96",
            found,
        )
    ]


@fact("F13", let=LONG)
def leaders_are_earlier(seen: Mapping[str, Seen]) -> list[Check]:
    """Rank correlation of being listened to and the month of the first start; who never starts comes last."""
    let = seen["let"]
    from scipy import stats  # noqa: PLC0415 slow to load, and the report needs it not

    found = [stats.spearmanr(degree, month).statistic for degree, month in zip(let.listeners, let.started, strict=True)]
    return [
        within(
            -0.25,
            -0.14,
            "Spearman of in-degree and month of first start",
            "Spearman för antal som lyssnar och månad för första start",
            mean(np.array(found)),
        )
    ]


@fact("F15", let=LONG)
def small_units_catch_up(seen: Mapping[str, Seen]) -> list[Check]:
    """Cumulative adoption of the smallest and of the largest third of the clinics by staff."""
    let = seen["let"]
    small, large = (cumulative(_third(let, which), let.months) for which in (0, 2))
    later = jackknife(lambda s, big: months_to(0.5, s) - months_to(0.5, big), small, large)

    def left(s: Values, big: Values) -> float:
        gap = (big - s).mean(axis=0)
        return float(gap[-1] / gap.max())

    return [
        above(
            2,
            "months to 50 % of the smallest third less the largest",
            "månader till 50 % för minsta tredjedelen minus största",
            later,
        ),
        below(
            0.5,
            "their gap after 20 years over its maximum",
            "deras avstånd efter 20 år delat med det största avståndet",
            jackknife(left, small, large),
        ),
    ]


def _third(seen: Seen, which: int) -> Months:
    """First use in the smallest (0), middle (1) or largest (2) third of the clinics: ``(replicates, a third)``."""
    order = np.argsort(seen.staff, axis=1, kind="stable")
    return np.take_along_axis(seen.used, np.array_split(order, 3, axis=1)[which], axis=1)


def _pressure(rate: float) -> Any:
    return arm(LET, months=240, replicates=180, parameters={"outer_pressure": rate})


@fact("F18", pressure=_pressure(0.05), none=_pressure(0.0))
def pressure_helps_the_late(seen: Mapping[str, Seen]) -> list[Check]:
    """Gain in months to 50 % adoption of a region; which regions are late is told from other worlds than the gain.

    Without that, a region that was late by chance would seem to be helped (regression to the mean).
    """
    with_pressure, without = (_months_of_regions(seen[name]) for name in ("pressure", "none"))
    half = len(without) // 2
    gain = without - with_pressure
    difference = np.empty(len(gain))
    for others, own in ((slice(0, half), slice(half, None)), (slice(half, None), slice(0, half))):
        late = without[others].mean(axis=0) > np.median(without[others].mean(axis=0))
        difference[own] = gain[own][:, late].mean(axis=1) - gain[own][:, ~late].mean(axis=1)
    return [
        above(
            0,
            "gain in months to 50 % of a region's clinics, later half of the regions less earlier half",
            "vunna månader till 50 % av regionens enheter, senare halvan av regionerna minus tidigare",
            mean(difference),
        )
    ]


def _months_of_regions(seen: Seen) -> NDArray[np.float64]:
    """Month in which half of each region's clinics have begun to use it, or the end: ``(replicates, regions)``."""
    regions = []
    for region in np.unique(seen.region):
        inside = np.sort(seen.used[:, seen.region == region], axis=1)
        regions.append(np.minimum(inside[:, (inside.shape[1] - 1) // 2], seen.months))
    return np.stack(regions, axis=1).astype(np.float64)


_OBSERVED = 18 * 12
"""Months that the series of Dunn et al. 2012 cover, 1992 to 2010."""


@fact("T1", let=LONG)
def time_scale(seen: Mapping[str, Seen]) -> list[Check]:
    """Quartiles of the years to first use among those that use it within the source's years, and Bass's parameters."""
    let = seen["let"]
    years = np.where(let.used > _OBSERVED, np.nan, let.used / 12.0)
    quartiles = np.nanquantile(years, (0.25, 0.5, 0.75), axis=1)
    fits = _fits(let.used, _OBSERVED)
    names = (("first", "första"), ("second", "andra"), ("third", "tredje"))
    return [
        *(
            within(
                0.8 * measured,
                1.2 * measured,
                f"years to adoption, {en} quartile",
                f"år till införande, {sv} kvartilen",
                mean(found),
            )
            for measured, found, (en, sv) in zip((4.9, 8.2, 12.1), quartiles, names, strict=True)
        ),
        within(0.01, 0.05, "fitted Bass p [1/year]", "anpassat Bass p [1/år]", mean(fits[:, 0])),
        within(0.24, 0.70, "fitted Bass q [1/year]", "anpassat Bass q [1/år]", mean(fits[:, 1])),
    ]
