"""The benchmarks compare like with like: the same model, or the difference is known and bounded. Nothing is timed."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bench import contests, measure, mesa_model, ours, parts
from bench.measure import Sample, Spent, Task
from bench.rates import advice, monthly_probability, rates
from sim.experiment import Experiment

ROOT = Path(__file__).parents[2]
CLINICS, MONTHS, RUNS = 150, 24, 40
LIVELY = {"external_influence": 0.1, "peer_influence": 1.5, "abandonment_deep_medium": 0.2}
"""Rates at which two years show much: 0.35 in use and 0.1 given up."""
SURE = 3.5
"""Standard errors; with 25 months and two sides the chance of a false alarm is about 1 in 500, and seeds are fixed."""


@pytest.fixture(scope="module")
def engine() -> NDArray[np.float32]:
    """Reach of the engine's minimal model on the network that the peers get: ``(replicates, months + 1)``."""
    return ours.reach(lively(400))


def lively(replicates: int) -> Experiment:
    """The minimal model with much going on."""
    return ours.minimal(CLINICS, replicates, MONTHS, parameters=LIVELY)


def standard_error(*samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of a difference of means over replicates, month by month; a little more than 0 where nothing varies."""
    return np.sqrt(sum(sample.var(axis=0, ddof=1) / len(sample) for sample in samples)) + 1e-4


def test_mesa_runs_the_same_model(engine: NDArray[np.float32]) -> None:
    """Mesa's mean curve is ours, or a little earlier: late in a month's order agents see that month's starts."""
    ready = lively(1)
    graph, rate = advice(ready), rates(ready)
    mesa = np.array([mesa_model.reach(graph, rate, MONTHS, seed) for seed in range(RUNS)])
    error, mean = standard_error(mesa, engine), engine.mean(axis=0)
    a_month_later = np.append(mean[1:], 2 * mean[-1] - mean[-2])
    assert (mesa.mean(axis=0) >= mean - SURE * error).all()
    assert (mesa.mean(axis=0) <= a_month_later + SURE * error).all()


@pytest.mark.filterwarnings("ignore")  # NDlib's dependencies are old and say so
def test_ndlib_runs_the_same_model(engine: NDArray[np.float32], record_property: pytest.RecordProperty) -> None:
    """NDlib's mean curve is ours; there a clinic gives up at the earliest the month after its start."""
    if find_spec("ndlib") is None:
        record_property("left_out", "NDlib is not installed, so its model was not compared. Write `make bench`")
        return
    from bench import ndlib_model  # noqa: PLC0415 - only where it is installed

    ready = lively(1)
    graph, rate = advice(ready), rates(ready)
    ndlib = np.array([ndlib_model.reach(graph, rate, MONTHS, seed) for seed in range(RUNS)])
    error, mean = standard_error(ndlib, engine), engine.mean(axis=0)
    a_month_of_giving_up = 2 * monthly_probability(rate.abandonment) * mean  # twice, for the peers whom that brings
    assert (ndlib.mean(axis=0) >= mean - SURE * error).all()
    assert (ndlib.mean(axis=0) <= mean + SURE * error + a_month_of_giving_up).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_fused_loop_makes_the_engine_s_events(seed: int, record_property: pytest.RecordProperty) -> None:
    """Same seed, same draws, same events: the curves of every replicate are equal."""
    if find_spec("numba") is None:
        record_property("left_out", "numba is not installed, so the fused loop was not compared")
        return
    from bench import fused  # noqa: PLC0415 - needs numba

    ready = ours.minimal(300, 40, 48, seed=seed)
    np.testing.assert_array_equal(fused.loop(ready)(), ours.reach(ready))


def test_the_minimal_model_is_minimal() -> None:
    """Only outer influence, peers, start and abandonment run; nothing else can be switched off."""
    running = {part.name for part in ours.minimal(60, 1).parts.mechanisms}
    assert running == ours.MINIMAL


def test_every_mechanism_has_something_to_do() -> None:
    """In the full model every part of the month runs, and every stage is reached."""
    ready = ours.full(420, 6, 48)
    names = {part.name for part in [*ready.parts.mechanisms, *ready.parts.actors]}
    costs = parts.by_part(ready, "every_lever")
    assert set(costs) == names | {parts.OTHER}
    stages = ours.run(ready, "every_lever").stages
    assert (stages.max(axis=(1, 2)) > 0).all()


def test_regions_hold_the_clinics_wanted() -> None:
    """Any number of clinics is shared out whole."""
    for clinics in (1, 60, 1_200, 10_000, 1_000_000):
        assert sum(ours.regions(clinics).values()) == clinics


def test_turns_are_taken_and_counted() -> None:
    """Each round runs every task once, in order; what is done beforehand is given to what is timed."""
    heard: list[str] = []
    tasks = {
        "a": Task(lambda made: heard.append(f"a{made}"), lambda number: 10 * number),
        "b": Task(lambda number: heard.append(f"b{number}")),
    }
    runs = measure.alternated(tasks, 2)
    assert heard == ["a0", "b0", "a10", "b1"]
    assert {name: len(times) for name, times in runs.items()} == {"a": 2, "b": 2}


def test_time_of_another_process_counts_as_it_is_told() -> None:
    """What a task measured itself, elsewhere, is taken over."""
    told = Spent(3.0, 4.0)
    assert measure.spent(Task(lambda _: told)) == told


def test_samples_give_medians_and_ratios() -> None:
    """Ratios are taken round by round."""
    slow, fast = Sample((10.0, 40.0, 30.0)), Sample((1.0, 2.0, 3.0))
    assert (slow.median, slow.low, slow.high) == (30.0, 10.0, 40.0)
    assert slow.over(fast).values == (10.0, 20.0, 10.0)
    assert slow.over(Sample((2.0, 2.0))).values == (5.0, 20.0, 15.0)
    assert slow.per(10).values == (1.0, 4.0, 3.0)


def test_doctests_of_measuring() -> None:
    """The examples in the docstrings hold."""
    assert doctest.testmod(measure).failed == 0


def test_the_engine_runs_where_numba_is_missing() -> None:
    """The measurement without numba runs in a process of its own and gives its time."""
    command = [sys.executable, "-m", "bench.alone", "no_numba", "60", "4", "6"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["cpu"] > 0


def test_the_headline_keys_are_there() -> None:
    """The keys that latest.json promises, from samples alone."""
    from bench.__main__ import GOALS, machine, ratios  # noqa: PLC0415 - a script's module, read for its tables

    samples = {name: Sample((float(n + 1),)) for n, name in enumerate(["minimal", contests.BARE, "full"])}
    found = ratios(
        {**samples, "Mesa": Sample((600.0,)), "fused loop": Sample((0.5,))}, samples | {"Mesa": Sample((9.0,))}
    )
    assert found == {
        "minimal_vs_mesa_ensemble": 600.0,
        "minimal_vs_ndlib_ensemble": None,
        "minimal_vs_mesa_10k": 9.0,
        "no_numba_vs_mesa_ensemble": 300.0,
        "full_vs_fused": 6.0,
    }
    rest = {"growth_exponent_R", "growth_exponent_N", "growth_exponent_T", "peak_mb_1m_clinics"}
    assert set(GOALS) == set(found) | rest
    assert machine()["cores"] >= 1
    assert contests.Sizes().rounds * contests.Sizes().networks == 20
