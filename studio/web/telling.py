"""An answer as the pages take it: bands, one world's changes, key figures, paired differences, where clinics stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import monthly
from sim.metrics import SpreadResult
from studio.reports import answer, key_figures
from studio.reports.key_figures import Row
from studio.texts import Texts
from studio.web import places
from studio.web.runs import Answer

CURVES = ("reach", "sustained", "nominal", "abandoned")
EVERY_WORLD = ("reach", "sustained")
"""Curves that are told of every world, so that a page can show differences and distributions of any month."""
SHORT = ("reach", "nominal", "sustained", "abandoned", "months_to_50", "cost_sek", "clinic_hours", "equity_gap")
"""Key figures beside the stage; the comparison shows all."""


def payload(found: Answer, world: int | None, told: Texts) -> dict[str, Any]:
    """What the stage shows: bands and key figures of each strategy, and one world.

    Args:
        found: all worlds.
        world: which to show; None for the typical one.
        told: words.
    """
    scenario = found.experiment.scenario
    number = found.typical() if world is None else world % scenario.replicates
    return {
        "months": scenario.months,
        "start": scenario.start,
        "worlds": scenario.replicates,
        "world": number,
        "seed": scenario.seed,
        "strategies": {
            name: {
                "bands": {curve: _band(first_of(found, name).curves[curve]) for curve in CURVES},
                "changes": changes(found.states[name][number]),
            }
            for name in found.results
        },
        "table": _rows(key_figures.key_figures(found.comparison, told, SHORT)),
    }


def first_of(found: Answer, strategy: str) -> SpreadResult:
    """How it went with the innovation that the networks show: the first by name, where a scenario has several."""
    return found.results[strategy].innovations[min(found.experiment.scenario.innovations)]


def compared(found: Answer, world: int | None, told: Texts) -> dict[str, Any]:
    """The same with the curves of every world in per mille, the answer in sentences, and every pair of strategies.

    Args:
        found: all worlds.
        world: which to show; None for the typical one.
        told: words.
    """
    every = {name: {c: _per_mille(first_of(found, name).curves[c]) for c in EVERY_WORLD} for name in found.results}
    return {
        **payload(found, world, told),
        "every": every,
        "sentences": answer.sentences(found.comparison, told),
        "table": _rows(key_figures.key_figures(found.comparison, told)),
        "pairs": [
            {
                "columns": [f"{name} ({unit})" if unit else name for name, unit in table.columns],
                "rows": _rows(table.rows),
            }
            for table in key_figures.differences(found.comparison, told)
        ],
    }


def _rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of a table, as JSON."""
    return [
        {
            "heading": row.heading + (f" ({row.unit})" if row.unit else ""),
            "part": row.part,
            "cells": [[cell.middle, cell.range, cell.verdict, cell.is_open] for cell in row.cells],
        }
        for row in rows
    ]


def clinics(found: Answer) -> dict[str, Any]:
    """The clinics of a question: where they stand, what they are called, and who listens to whom."""
    experiment = found.experiment
    people = experiment.population
    ties = experiment.setting(np.arange(1)).network.of(0)
    spot = places.places(people)
    return {
        "regions": list(people.regions),
        "region": people.region.tolist(),
        "names": [str(name) for name in people.names],
        "x": [round(float(x), 4) for x in spot[:, 0]],
        "y": [round(float(y), 4) for y in spot[:, 1]],
        "labels": places.labels(people, spot),
        "ties": np.stack([ties.listeners, ties.adviser], axis=1).ravel().tolist(),
    }


def changes(states: NDArray[np.uint8]) -> list[list[int]]:
    """One world's changes of state, a list for each month: clinic, state, clinic, state …; month 0 tells all but none.

    Args:
        states: ``(months + 1, clinics)``.
    """
    before = np.zeros_like(states[0])
    told = []
    for now in states:
        moved = np.flatnonzero(now != before)
        told.append(np.stack([moved, now[moved]], axis=1).ravel().tolist())
        before = now
    return told


def _band(curves: NDArray[np.float32]) -> dict[str, list[float]]:
    """Median, 5 and 95 % of every month."""
    low, middle, high = monthly.quantiles(curves, (0.05, 0.5, 0.95))
    return {"low": _rounded(low), "median": _rounded(middle), "high": _rounded(high)}


def _per_mille(curves: NDArray[np.float32]) -> list[list[int]]:
    whole: list[list[int]] = np.rint(1000 * curves).astype(int).tolist()
    return whole


def _rounded(values: NDArray[Any]) -> list[float]:
    told: list[float] = np.round(values.astype(np.float64), 4).tolist()
    return told
