"""The tables of numbers: key figures, paired differences, and each innovation apart; text in every cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.hookspecs import Metric
from sim.metrics import Comparison, Conclusion, difference, plugins_own, quantile
from sim.plugin_host import metrics_of
from studio.reports import budget, words
from studio.texts import Texts

Kind = Literal["share", "months", "wait", "hours", "msek", "ksek", "count", "index", "plain"]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A row: which metric, in what unit, and whether more of it is better."""

    metric: str
    kind: Kind
    more_is_better: bool | None
    """None where neither is."""
    part: bool = False
    """A part of the row above."""
    own: Metric | None = None
    """What the plugin says that reports it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A median and its range, and a judgement where two strategies are compared."""

    middle: str
    range: str
    verdict: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A heading and its cells."""

    heading: str
    unit: str
    cells: tuple[Cell, ...]
    part: bool = False


KEY_FIGURES = (
    KeyFigure("reach", "share", more_is_better=True),
    KeyFigure("nominal", "share", more_is_better=False, part=True),
    KeyFigure("sustained", "share", more_is_better=True),
    KeyFigure("sustained_12_after_support", "share", more_is_better=True, part=True),
    KeyFigure("sustained_24_after_support", "share", more_is_better=True, part=True),
    KeyFigure("abandoned", "share", more_is_better=False),
    KeyFigure("reported", "share", more_is_better=True),
    KeyFigure("months_to_50", "months", more_is_better=False),
    KeyFigure("clinic_hours", "hours", more_is_better=False),
    KeyFigure("cost_sek", "msek", more_is_better=False),
    KeyFigure("cost_levers_sek", "msek", more_is_better=False, part=True),
    KeyFigure("cost_innovation_sek", "msek", more_is_better=False, part=True),
    KeyFigure("cost_support_functions_sek", "msek", more_is_better=False, part=True),
    KeyFigure("cost_clinic_hours_sek", "msek", more_is_better=False, part=True),
    KeyFigure("benefit_sek", "msek", more_is_better=True),
    KeyFigure("qaly", "count", more_is_better=True),
    KeyFigure("net_benefit_sek", "msek", more_is_better=True),
    KeyFigure("cost_per_sustained_sek", "ksek", more_is_better=False),
    KeyFigure("cost_per_qaly_sek", "ksek", more_is_better=False),
    KeyFigure("fatigue", "index", more_is_better=False),
    KeyFigure("equity_gap", "share", more_is_better=False),
    KeyFigure("queue_months", "wait", more_is_better=False),
)
_COMPARED = ("reach", "sustained", "months_to_50", "clinic_hours", "cost_sek", "net_benefit_sek")
_UNITS: Mapping[Kind, str] = {"months": "months", "wait": "months", "hours": "hours", "msek": "msek", "ksek": "ksek"}


def told(comparison: Comparison) -> list[KeyFigure]:
    """The key figures that this comparison has something to say about: what is left after support, where it ends."""
    results = comparison.strategies.values()
    figures = (*KEY_FIGURES, *of_plugins(comparison))
    return [f for f in figures if any(not np.isnan(result.final[f.metric]).all() for result in results)]


def of_plugins(comparison: Comparison) -> list[KeyFigure]:
    """What the scenario's plugins report."""
    reported = plugins_own(next(iter(comparison.strategies.values())))
    brought = metrics_of(comparison.scenario) if reported else {}
    return [
        KeyFigure(name, _kind(brought[name]), brought[name].more_is_better, own=brought[name])
        for name in reported
        if name in brought
    ]


def _kind(metric: Metric) -> Kind:
    return "share" if metric.is_share else "months" if metric.name.startswith("months_to_") else "plain"


def key_figures(comparison: Comparison, texts: Texts, only: Collection[str] | None = None) -> list[Row]:
    """Every key figure of every strategy.

    Args:
        comparison: the answer.
        texts: words.
        only: metrics to tell; by default all, and the chance of the goal.
    """
    rows = []
    for figure in told(comparison):
        if only is not None and figure.metric not in only:
            continue
        cells = [cell(figure.kind, r.final[figure.metric], comparison, texts) for r in comparison.strategies.values()]
        rows.append(_row(figure, comparison, texts, cells))
    chances = comparison.goal_probability()
    if chances and only is None:
        said = [Cell(words.worlds(chance, comparison.scenario.replicates, texts), "") for chance in chances.values()]
        rows.insert(0, Row(texts("report.goal_row"), words.goal(comparison.scenario, texts), tuple(said)))
    return rows


def heading(figure: KeyFigure, comparison: Comparison, texts: Texts) -> str:
    """The metric's name; the equity gap lies between regions where there are several."""
    metric = figure.metric
    if figure.own is not None:
        return figure.own.title.in_language(texts.language)
    if metric == "equity_gap" and len(comparison.regions) > 1:
        return texts("metric.equity_gap_regions")
    return texts(f"metric.{metric}")


def meaning(figure: KeyFigure, comparison: Comparison, texts: Texts) -> str:
    """What the metric means; of a plugin's also whose it is."""
    metric = figure.metric
    if figure.own is not None:
        said = figure.own.meaning.in_language(texts.language)
        return texts("report.of_plugin", meaning=said, plugin=metric.partition(".")[0])
    if metric == "equity_gap" and len(comparison.regions) > 1:
        return texts("metric_means.equity_gap_regions")
    return texts(f"metric_means.{metric}", threshold=words.qaly_threshold(comparison.scenario, texts))


@dataclass(frozen=True, slots=True)
class Differences:
    """A table of paired differences."""

    columns: tuple[tuple[str, str], ...]
    """Measure and unit."""
    rows: tuple[Row, ...]
    """One for each pair of strategies that compete."""


def differences(comparison: Comparison, texts: Texts) -> list[Differences]:
    """Each pair of strategies in the same world, and which is better: in the model's metrics, then in the plugins'."""
    figures = [figure for metric in _COMPARED for figure in KEY_FIGURES if figure.metric == metric]
    own = [figure for figure in told(comparison) if figure.own is not None]
    width = len(_COMPARED)
    groups = [figures, *(own[start : start + width] for start in range(0, len(own), width))]
    pairs = list(combinations(budget.compared(comparison), 2))
    return [_differences(group, pairs, comparison, texts) for group in groups] if pairs else []


def _differences(
    figures: list[KeyFigure], pairs: list[tuple[str, str]], comparison: Comparison, texts: Texts
) -> Differences:
    names = words.strategy_names(comparison.scenario, texts)
    columns = [(heading(f, comparison, texts), _difference_unit(f, texts)) for f in figures]
    rows = [
        Row(
            texts("report.pair_of", a=names[a], b=names[b]),
            "",
            tuple(_pair_cell(figure, comparison, a, b, texts) for figure in figures),
        )
        for a, b in pairs
    ]
    return Differences(tuple(columns), tuple(rows))


def each_innovation(comparison: Comparison, texts: Texts) -> list[Row]:
    """Reach and sustained use of each innovation under each strategy; two cells a strategy."""
    titles = words.innovation_names(comparison.scenario, texts)
    return [
        Row(
            titles[name],
            "",
            tuple(
                cell("share", result.innovations[name].final[metric], comparison, texts)
                for result in comparison.strategies.values()
                for metric in ("reach", "sustained")
            ),
        )
        for name in comparison.scenario.innovations
    ]


def cell(kind: Kind, values: NDArray[np.float64], comparison: Comparison, texts: Texts) -> Cell:
    """Median and 5-95 % of one key figure, over the worlds in which it is known."""
    low, middle, high = (quantile(values, share) for share in (0.05, 0.5, 0.95))
    known = 1 - float(np.isnan(values).mean())
    if known == 0:
        return Cell(texts.numbers.never, "")
    if known < 1:
        inside = cell(kind, values[~np.isnan(values)], comparison, texts)
        return Cell(
            inside.middle, f"{inside.range} {texts('report.in_worlds', worlds=words.worlds(known, len(values), texts))}"
        )
    write = _writer(kind, comparison.scenario.months, texts)
    if low == high:
        return Cell(words.short_percent(middle, texts) if kind == "share" else write(middle), "")
    if kind == "share":
        return Cell(words.short_percent(middle, texts), words.share_range(low, high, texts))
    between = "–" if low >= 0 and isfinite(high) else " … "
    return Cell(write(middle), f"{write(low)}{between}{write(high)}")


def _row(figure: KeyFigure, comparison: Comparison, texts: Texts, cells: list[Cell]) -> Row:
    unit = texts(f"unit.{_UNITS[figure.kind]}") if figure.kind in _UNITS and figure.kind != "months" else ""
    if figure.own is not None:
        unit = figure.own.unit_in(texts.language)
    return Row(heading(figure, comparison, texts), unit, tuple(cells), figure.part)


def _pair_cell(figure: KeyFigure, comparison: Comparison, a: str, b: str, texts: Texts) -> Cell:
    first, second = (comparison.strategies[name].final[figure.metric] for name in (a, b))
    if np.isnan(first).any() or np.isnan(second).any():
        return Cell(texts.numbers.never, "")
    if figure.kind == "months" and np.mean(np.isinf(first) & np.isinf(second)) >= 0.5:
        return Cell(texts.numbers.never, "", texts("report.seldom_there"), is_open=True)
    d = difference(first, second)
    low, middle, high = (quantile(d, share) for share in (0.05, 0.5, 0.95))
    write = _difference_writer(figure.kind, texts)
    more = comparison.concluded(comparison.strategies[a], comparison.strategies[b], figure.metric)
    better = more.reversed if figure.more_is_better is False else more
    key = "report.has_more" if figure.more_is_better is None else "report.better"
    verdict, undecided = _verdict(d, better, (a, b), key, comparison, texts)
    spread = f"{write(low)} … {write(high)}" if isfinite(low) or isfinite(high) else ""
    return Cell(write(middle), spread, verdict, undecided)


def _verdict(
    d: NDArray[np.float64], first: Conclusion, pair: tuple[str, str], sure: str, comparison: Comparison, texts: Texts
) -> tuple[str, bool]:
    names = words.strategy_names(comparison.scenario, texts)
    if not d.any():
        return texts("report.same"), True
    better, chance = (pair[0], first) if first.worlds >= 0.5 else (pair[1], first.reversed)
    key = "report.open" if chance.is_open else sure
    worlds = words.worlds(chance.worlds, len(d), texts)
    if chance.draws is not None:
        worlds = texts("report.and_draws", worlds=worlds, draws=words.held(chance.draws, texts))
    return texts(key, strategy=names[better], worlds=worlds), chance.is_open


def _writer(kind: Kind, months: int, texts: Texts) -> Callable[[float], str]:
    numbers = texts.numbers
    writers: Mapping[Kind, Callable[[float], str]] = {
        "months": lambda x: numbers.number(x) if isfinite(x) else f">\u00a0{months}",
        "wait": lambda x: numbers.number(x, 1),
        "hours": lambda x: numbers.number(words.rounded_to(x)),
        "msek": numbers.millions,
        "ksek": lambda x: numbers.number(words.rounded_to(x / 1000)),
        "count": lambda x: numbers.number(words.rounded_to(x)),
        "index": lambda x: numbers.number(x, 2),
        "plain": lambda x: words.plain(x, texts, 3),
    }
    return writers.get(kind, numbers.number)


def _difference_writer(kind: Kind, texts: Texts) -> Callable[[float], str]:
    """As the key figure is written, with a sign; shares in percentage points."""
    write = _writer(kind, 0, texts)

    def signed(x: float) -> str:
        if not isfinite(x):
            return texts.numbers.never
        text = texts.numbers.number(100 * x, 0 if abs(x) >= 0.095 else 1) if kind == "share" else write(x)
        return f"+{text}" if x > 0 and text.strip("0.,") else text

    return signed


def _difference_unit(figure: KeyFigure, texts: Texts) -> str:
    if figure.kind == "share":
        return texts("unit.points")
    return texts(f"unit.{_UNITS[figure.kind]}") if figure.own is None else figure.own.unit_in(texts.language)
