"""Tables behind the pictures of a sweep: medians of a metric by variant and strategy, along factors and across two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest
from sim.scenario_file.wording import instead_of
from sim.store import reading
from sim.store.tables import named
from sim.sweep.designs import column
from sim.sweep.plan import Range
from sim.sweep.tasks import written

SMALL_IS_GOOD = ("cost_", "months_to_", "abandoned", "nominal", "fatigue", "equity_gap", "queue_", "clinic_hours")
"""Metrics of which less is better, by how they begin."""
MOST_FIELDS = 5
"""Most columns and rows of a heat map; more values are put together in equal shares of the range."""


@dataclass(frozen=True)
class Measured:
    """What a sweep gave for one metric."""

    metric: str
    strategies: tuple[str, ...]
    """In the scenario's order."""
    factors: dict[str, NDArray[Any]]
    """Values by column: ``(variants,)``, of the variants that are computed."""
    words: dict[str, list[str]]
    """Of the factors that are no numbers: their values, in the plan's order."""
    median: NDArray[np.float64]
    """Over the replicates: ``(variants, strategies)``."""
    outcomes: Callable[[str], list[tuple[str, Any, float, float, float]]]
    """Strategy, value, 5 %, median and 95 % along a factor, over replicates and whatever else varies."""

    @property
    def best(self) -> NDArray[np.intp]:
        """Which strategy is the best in each variant."""
        return np.argmin(self.median, axis=1) if small_is_good(self.metric) else np.argmax(self.median, axis=1)


def small_is_good(metric: str) -> bool:
    """Whether less of a metric is better."""
    return metric.startswith(SMALL_IS_GOOD)


def measured(folder: Path, metric: str) -> Measured:
    """One metric of a sweep's final outcomes.

    Raises:
        UserMistakes: no such metric, or no results.
    """
    sweep = written(folder)
    columns = reading.query(folder, "SELECT * FROM outcomes LIMIT 0").columns
    metrics = [name for name in columns if name not in ("variant", "strategy", "innovation", "replicate")]
    if metric not in metrics:
        meant = nearest(metric, metrics)
        remedy = f"Did you mean {meant!r}?" if meant else instead_of(metric, metrics)
        raise UserMistakes(Mistake("--metric", f"there is no metric {metric!r}", remedy))
    strategies = tuple(sweep.base.with_values({}).scenario.strategies)
    value = named(metric)
    rows = reading.query(
        folder,
        f"SELECT variant, strategy, quantile_disc({value}, 0.5) FROM outcomes "  # noqa: S608 a known column
        "WHERE innovation = 'all' GROUP BY ALL ORDER BY ALL",
    ).rows
    variants = sorted({row[0] for row in rows})
    place = {variant: i for i, variant in enumerate(variants)}
    median = np.full((len(variants), len(strategies)), np.nan)
    for variant, strategy, middle in rows:
        median[place[variant], strategies.index(strategy)] = np.nan if middle is None else middle
    factors = {name: sweep.variants.column(i)[variants] for i, name in enumerate(sweep.columns.values())}
    words = {
        name: [str(word) for word in dict.fromkeys(column(values).tolist())]
        for name, values in zip(sweep.columns.values(), sweep.plan.factors.values(), strict=True)
        if factors[name].dtype.kind != "f" and not isinstance(values, Range)
    }

    def along(factor: str) -> list[tuple[str, Any, float, float, float]]:
        quantiles = ", ".join(f"quantile_disc({value}, {share})" for share in (0.05, 0.5, 0.95))
        asked = (
            f"SELECT strategy, {named(factor)} AS at, {quantiles} FROM outcomes JOIN variants USING (variant) "  # noqa: S608
            "WHERE innovation = 'all' GROUP BY ALL ORDER BY ALL"
        )
        rows = reading.query(folder, asked).rows
        return [(who, at, _number(low), _number(mid), _number(high)) for who, at, low, mid, high in rows]

    return Measured(metric, strategies, factors, words, median, along)


FieldsOf = tuple[list[str], list[str], list[list[str | None]], list[list[float]]]


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def fields(found: Measured, across: str, up: str, written_: Callable[[Any], str]) -> FieldsOf:
    """Names of the columns and rows of a heat map, and in each field the best strategy and its mean median."""
    columns, rows = (_shares(found.factors[name], found.words.get(name), written_) for name in (across, up))
    best: list[list[str | None]] = []
    value: list[list[float]] = []
    for row in range(len(rows[0])):
        best.append([])
        value.append([])
        for place in range(len(columns[0])):
            inside = found.median[(columns[1] == place) & (rows[1] == row)]
            middle = inside.mean(axis=0) if len(inside) else np.array([np.nan])
            if np.isnan(middle).all():
                best[-1].append(None)
                value[-1].append(float("nan"))
                continue
            winner = int(np.nanargmin(middle) if small_is_good(found.metric) else np.nanargmax(middle))
            best[-1].append(found.strategies[winner])
            value[-1].append(float(middle[winner]))
    return columns[0], rows[0], best, value


def _shares(
    values: NDArray[Any], words: list[str] | None, written_: Callable[[Any], str]
) -> tuple[list[str], NDArray[np.intp]]:
    """What the columns are called, and in which each variant lies."""
    different: list[Any] = words or np.unique(values).tolist()
    if words or len(different) <= MOST_FIELDS:
        return [written_(value) for value in different], np.array([different.index(v) for v in values.tolist()])
    edges = np.linspace(values.min(), values.max(), MOST_FIELDS + 1)
    names = [f"{written_(a)}–{written_(b)}" for a, b in pairwise(edges.tolist())]
    return names, np.clip(np.searchsorted(edges, values, side="right") - 1, 0, MOST_FIELDS - 1)


def chosen_factor(found: Measured, wished: str | None, place: int) -> str:
    """A factor by its column, or the one at a place.

    Raises:
        UserMistakes: there is none.
    """
    names: Sequence[str] = list(found.factors)
    if wished is None and place < len(names):
        return names[place]
    if wished in names:
        return str(wished)
    found_ = "a heat map needs two factors" if wished is None else f"there is no factor {wished!r}"
    raise UserMistakes(Mistake("--x" if place == 0 else "--y", found_, instead_of(wished or "", names)))
