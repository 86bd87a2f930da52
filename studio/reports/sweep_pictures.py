"""The pictures of a sweep in the reader's language: best strategy, fan for each factor, parallel coordinates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.figures import best_strategy, factor_fans, parallel_coordinates
from sim.figures.best_strategy import Fields
from sim.figures.factor_fans import Fan, Panel
from sim.figures.parallel_coordinates import Axis
from sim.sweep import views
from sim.sweep.tasks import written
from sim.sweep.views import Measured
from studio.reports import words
from studio.texts import Texts

KINDS = ("best", "fan", "parallel")


def pictures(
    folder: Path, metric: str, texts: Texts, *, across: str | None = None, up: str | None = None
) -> dict[str, Figure]:
    """Every picture that the sweep's factors allow, by name; the heat map needs two factors.

    Raises:
        UserMistakes: no such metric or factor, or no results.
    """
    found = views.measured(folder, metric)
    sweep = written(folder)
    names = words.strategy_names(sweep.base.with_values({}).scenario, texts)
    labels = {f"strategy.{name}": title for name, title in names.items()}
    labels |= {f"factor.{column}": _factor(factor, column, texts) for factor, column in sweep.columns.items()}
    made = {
        "fan": _fan(found, labels, texts),
        "parallel": _parallel(found, labels, texts),
    }
    if len(found.factors) > 1 or across is not None or up is not None:
        x, y = views.chosen_factor(found, across, 0), views.chosen_factor(found, up, 1)
        made["best"] = _best(found, x, y, labels, texts)
    return made


def _best(found: Measured, x: str, y: str, labels: dict[str, str], texts: Texts) -> Figure:
    across, up, best, value = views.fields(found, x, y, lambda v: _written(v, texts, 2))
    title = texts("plot.best_title", metric=_metric(found.metric, texts))
    table = Fields(across, up, best, value, found.strategies)
    return best_strategy.figure(
        table,
        {**labels, "title": title, "across": labels[f"factor.{x}"], "up": labels[f"factor.{y}"]},
        _values(found, texts),
    )


def _fan(found: Measured, labels: dict[str, str], texts: Texts) -> Figure:
    panels = []
    for factor in found.factors:
        rows = found.outcomes(factor)
        listed = found.words.get(factor, [])
        fans = {}
        for strategy in found.strategies:
            mine = [row for row in rows if row[0] == strategy]
            at = [float(listed.index(str(row[1]))) if listed else float(row[1]) for row in mine]
            fans[strategy] = _thinned(np.array([at, *zip(*[row[2:5] for row in mine], strict=True)]))
        panels.append(Panel(labels[f"factor.{factor}"], listed, fans))
    title = texts("plot.fan_title", metric=_metric(found.metric, texts))
    return factor_fans.figure(
        panels, {**labels, "title": title}, _values(found, texts), lambda value: _written(value, texts)
    )


def _thinned(rows: NDArray[np.float64], most: int = 12) -> Fan:
    """Values, low, median and high: ``(4, values)``; many values are put together in equal shares, by their means."""
    order = np.argsort(rows[0], kind="stable")
    groups = np.array_split(rows[:, order], min(most, rows.shape[1]), axis=1)
    at, low, median, high = (np.array([group[i].mean() for group in groups]).tolist() for i in range(4))
    return Fan(at, low, median, high)


def _parallel(found: Measured, labels: dict[str, str], texts: Texts) -> Figure:
    reached = np.take_along_axis(found.median, found.best[:, None], axis=1)[:, 0]
    axes = [
        _axis(labels[f"factor.{name}"], values, found.words.get(name), lambda v: _written(v, texts))
        for name, values in found.factors.items()
    ]
    axes.append(_axis(_metric(found.metric, texts), reached, None, _values(found, texts)))
    best = [found.strategies[i] for i in found.best]
    title = texts("plot.parallel_title", metric=_metric(found.metric, texts))
    return parallel_coordinates.figure(axes, best, found.strategies, {**labels, "title": title})


def _axis(name: str, values: NDArray[Any], listed: list[str] | None, shown: Callable[[Any], str]) -> Axis:
    if listed:
        places = [listed.index(value) / max(1, len(listed) - 1) for value in values.tolist()]
        return Axis(name, places, [(i / max(1, len(listed) - 1), word) for i, word in enumerate(listed)])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    wide = high - low or 1.0
    different = np.unique(values)
    ticks = different if len(different) <= 5 else np.linspace(low, high, 5)
    return Axis(name, ((values - low) / wide).tolist(), [((t - low) / wide, shown(t)) for t in ticks.tolist()])


def _factor(factor: str, column: str, texts: Texts) -> str:
    """What varies, for a reader: a parameter or an attribute by its name, any other place by its column's."""
    if "." not in factor:
        return words.parameter(factor, texts)
    end = factor.rpartition(".")[2]
    called = texts.entries.get(f"plot.factor.{end}")
    whose = column.removesuffix(end).rstrip("_")
    return column if called is None else f"{called} ({whose})" if whose else called


def _metric(metric: str, texts: Texts) -> str:
    return texts.entries.get(f"metric.{metric}", metric)


def _values(found: Measured, texts: Texts) -> Callable[[float], str]:
    """How the metric's values are written: shares in per cent, amounts in millions."""
    if found.metric.endswith("_sek"):
        return lambda value: words.amount(value, texts)
    if np.nanmin(found.median) >= 0 and np.nanmax(found.median) <= 1:
        return texts.numbers.percent
    return lambda value: words.plain(value, texts, 3)


def _written(value: Any, texts: Texts, figures: int = 3) -> str:
    return words.plain(float(value), texts, figures) if isinstance(value, (int, float)) else str(value)
