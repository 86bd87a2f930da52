"""Where a roll-out is heading, and what each strategy from here on would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import store
from sim.calibration.table import Fit
from sim.figures import observed_fan, paired_differences
from sim.forecast.conditioned import Course, Floats, Forecast
from sim.observed import Kind
from studio.reports import words
from studio.reports.learning.calibration import fan, fan_labels, observed_summary, seen_in_words, warnings
from studio.reports.learning.page import Page, Rows, Section, provenance
from studio.reports.pictures import Picture
from studio.texts import Texts

_SHARES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
_METRICS = ("reach", "sustained", "cost_sek", "net_benefit_sek")


@dataclass(frozen=True, eq=False)
class Heading:
    """A forecast with what it rests on."""

    fit: Fit
    forecast: Forecast
    asked: store.Studied


def summary(heading: Heading) -> dict[str, Any]:
    """The forecast as plain JSON data."""
    made = heading.forecast
    return {
        "scenario": heading.fit.source.scenario.title.en,
        "key": heading.asked.key,
        "followed": made.followed,
        "innovation": heading.fit.innovation,
        "from_month": made.now,
        "observed": observed_summary(made.posterior.observed),
        "simulations": heading.fit.simulations,
        "effective_sample_size": round(made.effective, 3),
        "outside": made.posterior.outside,
        "strangeness": made.posterior.strange,
        "strategies": {name: _strategy(made, name) for name in made.courses},
    }


def _strategy(made: Forecast, name: str) -> dict[str, Any]:
    course = made.courses[name]
    months = list(range(course.reach.shape[1]))
    own = {metric: _quantiles(made, course.value(metric)) for metric in _METRICS}
    curves = {curve: _bands(made, getattr(course, curve)) for curve in ("reach", "sustained")}
    told = {"goal_probability": made.chance(name), "at_end": own, "curves": {"month": months, **curves}}
    if name == made.followed:
        return told
    more = {
        metric: {
            **_quantiles(made, made.difference(name, metric)),
            "probability_positive": round(made.chance_of_more(name, metric), 6),
        }
        for metric in _METRICS
    }
    return {**told, "instead_of_going_on": more}


def _quantiles(made: Forecast, values: Any) -> dict[str, float]:
    found = made.quantiles(values, *_SHARES.values())
    return {label: float(f"{float(value):.9g}") for label, value in zip(_SHARES, found, strict=True)}


def _bands(made: Forecast, values: Any) -> dict[str, list[float]]:
    found = made.quantiles(values, *_SHARES.values())
    return {label: [round(float(x), 6) for x in band] for label, band in zip(_SHARES, found, strict=True)}


def page(heading: Heading, texts: Texts) -> Page:
    """The report."""
    made, scenario = heading.forecast, heading.fit.source.scenario
    names = words.strategy_names(scenario, texts)
    return Page(
        kind=texts("learn.kind_forecast"),
        title=scenario.title.in_language(texts.language),
        question=texts(
            "learn.question_forecast",
            seen=seen_in_words(made.posterior.observed, texts),
            strategy=words.quoted(names[made.followed], texts),
            months=scenario.months,
        ),
        answer=answer(heading, texts),
        warnings=warnings(made.posterior, texts),
        sections=_sections(heading, names, texts),
        provenance=provenance(heading.asked, texts),
        tables={"forecast.csv": _csv(made)},
    )


def answer(heading: Heading, texts: Texts) -> list[str]:
    """Where it is heading, and what would change that."""
    made, scenario = heading.forecast, heading.fit.source.scenario
    names, numbers = words.strategy_names(scenario, texts), texts.numbers
    course = made.courses[made.followed]
    told = [
        texts(
            "learn.heading_for",
            strategy=words.quoted(names[made.followed], texts),
            months=scenario.months,
            reach=_share_range(made, course.reach[:, -1], texts),
            sustained=_share_range(made, course.sustained[:, -1], texts),
        )
    ]
    if scenario.goal is not None:
        chances = [(made.chance(name) or 0.0, name) for name in made.courses]
        listed = [f"{words.quoted(names[name], texts)} {numbers.percent(chance)}" for chance, name in chances]
        goal = words.goal(scenario, texts)
        told.append(texts("learn.chances", goal=goal, chances=words.listed(listed, texts.entries["report.and"])))
    told += [_instead(made, name, names[name], texts) for name in made.courses if name != made.followed]
    return told


def _share_range(made: Forecast, values: Any, texts: Texts) -> str:
    low, middle, high = (float(x) for x in made.quantiles(values, 0.05, 0.5, 0.95))
    return f"{words.short_percent(middle, texts)} ({words.share_range(low, high, texts)})"


def _instead(made: Forecast, name: str, title: str, texts: Texts) -> str:
    reach, sustained = made.difference(name, "reach"), made.difference(name, "sustained")
    cost, numbers = made.difference(name, "cost_sek"), texts.numbers
    if not (reach.any() or sustained.any() or cost.any()):
        return texts("learn.instead_same", strategy=words.quoted(title, texts))
    return texts(
        "learn.instead",
        strategy=words.quoted(title, texts),
        reach=_points(made, reach, texts),
        sustained=_points(made, sustained, texts),
        cost=texts("amount.msek", n=_signed(float(made.quantiles(cost, 0.5)[0]) / 1e6, texts, 1)),
        chance=numbers.percent(made.chance_of_more(name, "sustained")),
    )


def _points(made: Forecast, values: Floats, texts: Texts) -> str:
    low, middle, high = (_signed(100 * float(x), texts, 1) for x in made.quantiles(values, 0.05, 0.5, 0.95))
    return f"{middle} ({low} {texts('learn.to')} {high})"


def _signed(value: float, texts: Texts, decimals: int = 0) -> str:
    text = texts.numbers.number(value, decimals)
    return f"+{text}" if value > 0 and float(f"{value:.{decimals}f}") != 0 else text


def _sections(heading: Heading, names: dict[str, str], texts: Texts) -> list[Section]:
    made, numbers = heading.forecast, texts.numbers
    resembling = texts(
        "learn.accepted",
        simulations=numbers.number(heading.fit.simulations),
        accepted=numbers.number(len(made.weights)),
        effective=numbers.number(made.effective),
    )
    found = [Section(texts("learn.where_heading"), [resembling], _fans(heading, names, texts))]
    if len(made.courses) > 1:
        picture = _differences(made, names, texts)
        found.append(
            Section(texts("learn.instead_heading"), [texts("learn.instead_note")], picture, _table(made, names, texts))
        )
    return found


def _fans(heading: Heading, names: dict[str, str], texts: Texts) -> Picture:
    made, scenario = heading.forecast, heading.fit.source.scenario
    observed, before = made.posterior.observed, made.before
    months, seen = observed.total()
    along = np.arange(scenario.months + 1)
    even = np.full(len(before.reach), 1 / len(before.reach))
    whole = not observed.regions or len(observed.regions) == len(heading.fit.experiment.population.regions)
    goal = scenario.goal
    first = (texts(f"learn.axis_{observed.kind}"), goal.reach if goal else None)
    second = (texts("learn.axis_sustained"), goal.sustained if goal else None)
    panels = []
    for (title, least), of in ((first, _as_observed(observed.kind)), (second, _sustained)):
        medians = {name: made.quantiles(of(course), 0.5)[0] for name, course in made.courses.items()}
        panels.append(
            observed_fan.Panel(
                title,
                fan(along, of(made.courses[made.followed]), made.weights),
                fan(along, of(before), even),
                (months.astype(np.float64), seen) if of is not _sustained and whole else None,
                medians,
                made.now,
                least,
            )
        )
    labels = {**fan_labels(texts), **{f"strategy.{name}": title for name, title in names.items()}}
    drawn = observed_fan.figure(panels, labels, texts.numbers)
    said = " ".join(answer(heading, texts)[:1])
    return Picture("forecast", texts("learn.where_heading"), texts("learn.where_heading_caption"), said, drawn)


def _as_observed(kind: Kind) -> Callable[[Course], Floats]:
    def curve(course: Course) -> Floats:
        return course.curve(kind)

    return curve


def _sustained(course: Course) -> Floats:
    return course.sustained


def _differences(made: Forecast, names: dict[str, str], texts: Texts) -> Picture:
    others = [name for name in made.courses if name != made.followed]

    def rows(metric: str, scale: float) -> list[paired_differences.Row]:
        return [
            paired_differences.Row(
                name,
                names[name],
                tuple(float(x) * scale for x in made.quantiles(made.difference(name, metric), *_SHARES.values())),  # type: ignore[arg-type]
            )
            for name in others
        ]

    def points(value: float) -> str:
        return _signed(value, texts, 0 if abs(value) >= 3 or value == 0 else 1)

    panels = [
        paired_differences.Panel(texts("learn.more_reach"), rows("reach", 100), points),
        paired_differences.Panel(texts("learn.more_sustained"), rows("sustained", 100), points),
        paired_differences.Panel(texts("learn.more_cost"), rows("cost_sek", 1e-6), points),
    ]
    said = "; ".join(_instead(made, name, names[name], texts) for name in others)
    drawn = paired_differences.figure(panels)
    return Picture("instead", texts("learn.instead_heading"), texts("learn.instead_caption"), said, drawn)


def _table(made: Forecast, names: dict[str, str], texts: Texts) -> Rows:
    keys = ["strategy", "reach", "sustained", "cost"]
    goal = made.goal is not None
    rows = []
    for name, course in made.courses.items():
        low, middle, high = (float(x) for x in made.quantiles(course.value("cost_sek"), 0.05, 0.5, 0.95))
        millions = texts.numbers.millions
        cells = [
            names[name],
            _share_range(made, course.reach[:, -1], texts),
            _share_range(made, course.sustained[:, -1], texts),
            f"{millions(middle)} ({millions(low)}–{millions(high)})",
        ]
        rows.append([*cells, texts.numbers.percent(made.chance(name))] if goal else cells)
    headings = [texts(f"learn.column_{key}") for key in [*keys, *(["goal"] if goal else [])]]
    return Rows(texts("learn.forecast_table", month=made.courses[made.followed].reach.shape[1] - 1), headings, rows)


def _csv(made: Forecast) -> list[list[Any]]:
    rows: list[list[Any]] = [["strategy", "curve", "month", *_SHARES]]
    for name, course in made.courses.items():
        for curve in ("reach", "sustained"):
            bands = made.quantiles(getattr(course, curve), *_SHARES.values())
            rows += [
                [name, curve, month, *(round(float(band[month]), 6) for band in bands)]
                for month in range(course.reach.shape[1])
            ]
    return rows
