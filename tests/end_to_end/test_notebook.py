"""In a notebook: one import, one call, tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.metrics import CURVES, METRICS, Comparison

SMALLEST = Path(__file__).parents[2] / "scenarios" / "smallest.yaml"


@pytest.fixture(scope="module")
def made() -> Comparison:
    """The smallest scenario compared."""
    return sim.run(SMALLEST)


def test_one_call_gives_tables(made: Comparison) -> None:
    """Metrics by strategy, every replicate, and curves by month, as pandas tables."""
    table = made.table()
    assert set(table.index.get_level_values("strategy")) == {"let", "help", "make", "phased"}
    assert set(METRICS) <= set(table.index.get_level_values("metric"))
    assert list(table.columns) == ["median", "p5", "p25", "p75", "p95"]
    outcomes = made.outcomes()
    assert len(outcomes) == 4 * 20
    sorted_reach = np.sort(outcomes.loc["make", "reach"])
    assert table.loc[("make", "reach"), "median"] == pytest.approx(sorted_reach[9])
    curves = made.curve_table()
    assert len(curves) == 4 * len(CURVES) * 37
    assert curves.loc[("let", "reach", 36), "median"] == pytest.approx(table.loc[("let", "reach"), "median"])
    assert "<table" in made._repr_html_()  # what Jupyter shows


def test_a_call_may_change_the_scenario(made: Comparison) -> None:
    """Other replicates, months, seed and fewer strategies, by keyword; the strings of the docs work."""
    fewer = sim.run(str(SMALLEST), replicates=5, strategies=["help", "make"])
    assert list(fewer.strategies) == ["help", "make"]
    np.testing.assert_array_equal(fewer.strategies["help"].curves["reach"], made.strategies["help"].curves["reach"][:5])
    assert sim.run(SMALLEST, months=3, seed=2).strategies["let"].curves["reach"].shape == (20, 4)


def test_a_clinic_can_be_traced() -> None:
    """Why did this clinic wait? The trace is a table with a row for each month."""
    found = sim.trace(SMALLEST, "help", 0, "Norrdal 07")
    assert len(found.table()) == 37
    assert found.held_back()
    again = sim.trace(SMALLEST, "help", 0, "Norrdal 07")  # a second call is a call like the first
    assert again.changes == found.changes


def test_importing_runs_nothing() -> None:
    """The package offers what it names, and nothing else by accident."""
    assert set(sim.__all__) == {"run", "trace"}
    with pytest.raises(AttributeError, match="no attribute 'rum'"):
        _ = sim.rum
