"""Small scenarios and worlds for the tests, made without a file, so that ranges of evidence do not bind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim import builtin, experiment
from sim.metrics import Comparison, SpreadResult
from sim.model import SpreadModel
from sim.population import ClinicRow
from sim.scenario import Scenario
from sim.scenario_file import ScenarioFile

LET = {"let": "let_it_happen"}
BASS = ("outer_influence", "peer_exposure", "start_hazard", "start")
"""The mechanisms that are left when the model is Bass's, or with a high exponent Granovetter's."""
NEUTRAL = {
    "pipeline_external": 1.0,
    "pipeline_peer": 1.0,
    "innovativeness_spread": 0.0,
    "leader_weight": 0.0,
    "not_invented_here": 1.0,
    "ceiling": 1.0,
}
"""Parameters that leave the start hazard to influence alone."""


def scenario(**changes: Any) -> Scenario:
    """Twenty clinics in two regions, one innovation, two years; ``changes`` replace whole sections."""
    return Scenario.model_validate(
        {
            "months": 24,
            "replicates": 5,
            "seed": 1,
            "clinics": {"regions": {"Norrdal": 12, "Sörvik": 8}},
            "innovations": {"shared_notes": {"begins": {"region": "Norrdal", "clinics": 2}, "obstacles": {"it": 8}}},
            "strategies": LET,
            **changes,
        }
    )


def source(rows: Iterable[ClinicRow] | None = None, **changes: Any) -> ScenarioFile:
    """The same as if it had been read from a file, with the user's own clinics if given."""
    return ScenarioFile(
        scenario=scenario(**changes),
        path=Path("built.yaml"),
        folder=Path(),
        inputs={},
        sources={},
        clinics=None if rows is None else tuple(rows),
    )


def compared(rows: Iterable[ClinicRow] | None = None, threads: int = 1, **changes: Any) -> Comparison:
    """The strategies compared."""
    return experiment.compare(source(rows, **changes), threads=threads)


def outcome(levers: Mapping[str, Any] | None = None, **changes: Any) -> SpreadResult:
    """One strategy's result: let it happen, with these levers."""
    one = {"one": {"use": "let_it_happen", "levers": dict(levers or {})}}
    return compared(**{"strategies": one, **changes}).strategies["one"]


def model(replicates: int | None = None, strategy: str | None = None, **changes: Any) -> SpreadModel:
    """A model at the start of month 0: the first strategy (or the one named) in the first replicates."""
    ready = experiment.prepare(source(**changes), threads=1)
    name = strategy or next(iter(ready.schedules))
    rows = np.arange(replicates or ready.scenario.replicates)
    return SpreadModel(ready.setting(rows), ready.schedules[name], ready.parts)


def everything_but(*running: str) -> dict[str, list[str]]:
    """The section that switches off every mechanism and actor except these."""
    names = {part.name for part in [*builtin.innomotor_mechanisms(), *builtin.innomotor_actors()]} - {"leadership"}
    unknown = set(running) - names
    assert not unknown, f"no mechanism is called {unknown}"
    return {"off": sorted(names - set(running))}


def same(a: SpreadResult, b: SpreadResult, months: int | None = None) -> bool:
    """Bit for bit the same: every curve and stage up to a month, and without one every final number as well."""
    until = slice(None if months is None else months + 1)
    curves = all(np.array_equal(a.curves[name][:, until], b.curves[name][:, until]) for name in a.curves)
    stages = np.array_equal(a.stages[:, :, until], b.stages[:, :, until])
    return (
        curves
        and stages
        and (months is not None or all(np.array_equal(a.final[n], b.final[n], equal_nan=True) for n in a.final))
    )


def followed(model: SpreadModel, months: int) -> SpreadModel:
    """The model some months later."""
    for _ in range(months):
        model.step()
    return model
