"""What observed figures say of the parameters, in words, pictures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import store
from sim.calibration import abc
from sim.calibration.checking import Checked
from sim.calibration.posterior import Parameter, Posterior
from sim.calibration.table import Fit
from sim.figures import observed_fan, posterior_bands, rank_histograms
from sim.observed import Observed
from studio.reports import words
from studio.reports.learning.page import Page, Rows, Section, provenance
from studio.reports.pictures import Picture
from studio.texts import Texts

Floats = NDArray[np.float64]

_FEWEST = 50


@dataclass(frozen=True, eq=False)
class Learnt:
    """What a calibration gave."""

    fit: Fit
    found: Posterior
    checked: Checked
    asked: store.Studied


def summary(learnt: Learnt) -> dict[str, Any]:
    """The calibration as plain JSON data."""
    found, check = learnt.found, learnt.checked
    return {
        "scenario": learnt.fit.source.scenario.title.en,
        "key": learnt.asked.key,
        "strategy": learnt.fit.strategy,
        "innovation": learnt.fit.innovation,
        "observed": observed_summary(found.observed),
        "simulations": learnt.fit.simulations,
        "accepted": len(found.accepted.rows),
        "effective_sample_size": round(found.accepted.effective, 3),
        "outside": found.outside,
        "strangeness": found.strange,
        "parameters": {one.name: _parameter(one, check) for one in found.parameters},
    }


def observed_summary(observed: Observed) -> dict[str, Any]:
    """The figures as plain JSON data."""
    return {
        "kind": observed.kind,
        "figures": len(observed.months),
        "first_month": int(observed.months.min()),
        "last_month": observed.last,
        "regions": list(observed.regions),
        "gaps": [
            {"region": gap.region, "first_month": gap.first, "last_month": gap.last, "line": gap.line}
            for gap in observed.gaps
        ],
    }


def _parameter(one: Parameter, check: Checked) -> dict[str, Any]:
    return {
        "before": {f"p{share}": _rounded(float(np.quantile(one.prior, share / 100))) for share in (5, 50, 95)},
        "after": {f"p{share}": _rounded(one.quantile(share / 100)) for share in (5, 25, 50, 75, 95)},
        "known": one.known,
        "variance_gone": round(one.gone, 4),
        "known_only_with": list(one.known_with),
        "check": {
            "series": len(check.ranks),
            "ranks": check.histogram(one.name).tolist(),
            "p_value": round(check.p_value(one.name), 6),
            "coverage_50": round(check.coverage(one.name, 0.5), 4),
            "coverage_90": round(check.coverage(one.name, 0.9), 4),
        },
    }


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def page(learnt: Learnt, texts: Texts) -> Page:
    """The report."""
    fit, found = learnt.fit, learnt.found
    scenario = fit.source.scenario
    return Page(
        kind=texts("learn.kind_calibration"),
        title=scenario.title.in_language(texts.language),
        question=texts(
            "learn.question_calibration",
            seen=seen_in_words(found.observed, texts),
            strategy=words.quoted(words.strategy_names(scenario, texts)[fit.strategy], texts),
        ),
        answer=answer(learnt, texts),
        warnings=warnings(found, texts),
        sections=_sections(learnt, texts),
        provenance=provenance(learnt.asked, texts),
        tables={"parameters.csv": _csv(found)},
    )


def answer(learnt: Learnt, texts: Texts) -> list[str]:
    """What the figures say, in a few sentences."""
    found, joint = learnt.found, texts.entries["report.and"]
    told = [_known(one, texts) for one in found.parameters if one.known != "weakly"]
    weak = [words.parameter(one.name, texts) for one in found.parameters if one.known == "weakly"]
    if not told:
        told.append(texts("learn.nothing_known"))
    elif weak:
        told.append(texts("learn.little_known", names=words.listed(weak, joint)))
    pairs = {tuple(sorted((one.name, other))) for one in found.parameters for other in one.known_with}
    for a, b in sorted(pairs):
        told.append(texts("learn.only_together", a=words.parameter(a, texts), b=words.parameter(b, texts)))
    return told


def _known(one: Parameter, texts: Texts) -> str:
    low, middle, high = (words.plain(one.quantile(share), texts, 2) for share in (0.05, 0.5, 0.95))
    before = [words.plain(float(np.quantile(one.prior, share)), texts, 2) for share in (0.05, 0.95)]
    said = texts(
        f"learn.known_{one.known}",
        name=words.parameter(one.name, texts),
        middle=middle,
        range=f"{low}–{high}",
        before=f"{before[0]}–{before[1]}",
    )
    return words.first_capital(said)


def warnings(found: Posterior, texts: Texts) -> list[str]:
    """What a reader must know before trusting it."""
    told = []
    if found.outside:
        told.append(texts("learn.outside"))
    if found.accepted.effective < _FEWEST:
        told.append(texts("learn.thin", effective=texts.numbers.number(found.accepted.effective)))
    for gap in found.observed.gaps:
        where = "" if gap.region is None else texts("learn.in_region", region=gap.region)
        told.append(texts("learn.gap", first=gap.first, last=gap.last, where=where, line=gap.line))
    return told


def seen_in_words(observed: Observed, texts: Texts) -> str:
    """What was observed, for running text."""
    return texts(
        f"learn.seen_{observed.kind}",
        figures=texts.numbers.number(len(observed.months)),
        first=int(observed.months.min()),
        last=observed.last,
        where=texts("learn.seen_regions", regions=len(observed.regions)) if observed.regions else "",
    )


def _sections(learnt: Learnt, texts: Texts) -> list[Section]:
    found, numbers = learnt.found, texts.numbers
    accepted = texts(
        "learn.accepted",
        simulations=numbers.number(learnt.fit.simulations),
        accepted=numbers.number(len(found.accepted.rows)),
        effective=numbers.number(found.accepted.effective),
    )
    return [
        Section(texts("learn.before_after"), [accepted], _posterior(found, texts), _table(found, texts)),
        Section(texts("learn.fits"), [], _fits(found, texts)),
        Section(texts("learn.checked"), [_check(learnt.checked, texts)], _ranks(learnt.checked, texts)),
    ]


def _posterior(found: Posterior, texts: Texts) -> Picture:
    panels = [
        posterior_bands.Panel(
            words.parameter(one.name, texts),
            texts(f"learn.verdict_{one.known}"),
            one.prior,
            one.values,
            one.weights,
            (one.quantile(0.05), one.quantile(0.5), one.quantile(0.95)),
        )
        for one in found.parameters
    ]
    labels = {"before": texts("learn.before"), "after": texts("learn.after")}
    drawn = posterior_bands.figure(panels, labels, lambda value: words.plain(value, texts, 2))
    said = "; ".join(f"{panel.name} {words.plain(panel.marks[1], texts, 2)}, {panel.verdict}" for panel in panels)
    return Picture("parameters", texts("learn.before_after"), texts("learn.before_after_caption"), said, drawn)


def _table(found: Posterior, texts: Texts) -> Rows:
    keys = ("parameter", "median", "range", "range_before", "gone", "verdict")
    rows = [
        [
            words.parameter(one.name, texts),
            words.plain(one.quantile(0.5), texts, 3),
            "–".join(words.plain(one.quantile(share), texts, 3) for share in (0.05, 0.95)),
            "–".join(words.plain(float(np.quantile(one.prior, share)), texts, 3) for share in (0.05, 0.95)),
            texts.numbers.percent(one.gone),
            texts(f"learn.verdict_{one.known}"),
        ]
        for one in found.parameters
    ]
    return Rows(texts("learn.table_caption"), [texts(f"learn.column_{key}") for key in keys], rows)


def _fits(found: Posterior, texts: Texts) -> Picture:
    observed = found.observed
    months, seen = observed.total()
    whole = _summed(found.everywhere, observed, months)
    after = _summed(found.simulated, observed, months)
    weights, even = found.accepted.weights, np.full(len(whole), 1 / len(whole))
    panel = observed_fan.Panel(
        texts(f"learn.axis_{observed.kind}"),
        fan(months, after, weights),
        fan(months, whole, even),
        (months.astype(np.float64), seen),
    )
    labels = fan_labels(texts)
    inside = float(np.mean((panel.after.low <= seen) & (seen <= panel.after.high)))
    said = texts("learn.fits_alt", share=texts.numbers.percent(inside))
    drawn = observed_fan.figure([panel], labels, texts.numbers)
    return Picture("fit", texts("learn.fits"), texts("learn.fits_caption"), said, drawn)


def fan_labels(texts: Texts) -> dict[str, str]:
    """What the parts of a fan are called."""
    keys = ("before", "after", "seen", "now", "goal")
    return {"month": texts("figure.month"), **{key: texts(f"learn.fan_{key}") for key in keys}}


def _summed(shown: Floats, observed: Observed, months: NDArray[np.int64]) -> Floats:
    """Share of all that is followed, by simulation and month."""
    whole = sum(observed.of[observed.region == place][0] for place in np.unique(observed.region))
    return np.stack([shown[:, observed.months == month].sum(axis=1) / whole for month in months], axis=1)


def fan(months: NDArray[Any], values: Floats, weights: Floats) -> observed_fan.Fan:
    """Bands of 50 and 90 % of an ensemble: ``(members, months)``."""
    low, lower, median, upper, high = (
        abc.weighted_quantile(values, weights, share) for share in (0.05, 0.25, 0.5, 0.75, 0.95)
    )
    return observed_fan.Fan(np.asarray(months, np.float64), low, lower, median, upper, high)


def _check(check: Checked, texts: Texts) -> str:
    worst = min((check.p_value(name), name) for name in check.names)
    coverage = [np.mean([check.coverage(name, share) for name in check.names]) for share in (0.5, 0.9)]
    return texts(
        "learn.check_text",
        series=texts.numbers.number(len(check.ranks)),
        half=texts.numbers.percent(float(coverage[0])),
        most=texts.numbers.percent(float(coverage[1])),
        verdict=texts("learn.check_even" if worst[0] * len(check.names) > 0.01 else "learn.check_uneven"),
    )


def _ranks(check: Checked, texts: Texts) -> Picture:
    panels = [rank_histograms.Panel(words.parameter(name, texts), check.histogram(name)) for name in check.names]
    labels = {"rank": texts("learn.rank_axis"), "even": texts("learn.rank_even")}
    drawn = rank_histograms.figure(panels, labels, texts.numbers.percent)
    return Picture("check", texts("learn.checked"), texts("learn.checked_caption"), _check(check, texts), drawn)


def _csv(found: Posterior) -> Sequence[Sequence[Any]]:
    shares = (0.05, 0.25, 0.5, 0.75, 0.95)
    rows = [
        [one.name, when, *(_rounded(value) for value in values), one.known if when == "after" else ""]
        for one in found.parameters
        for when, values in (
            ("before", np.quantile(one.prior, shares).tolist()),
            ("after", [one.quantile(share) for share in shares]),
        )
    ]
    return [["parameter", "when", "p5", "p25", "median", "p75", "p95", "known"], *rows]
