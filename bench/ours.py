"""The minimal and the full model, built and run through the engine's public door: `experiment.prepare`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import builtin, experiment, plugin_host
from sim.experiment import Experiment
from sim.metrics import StrategyResult
from sim.model import SpreadModel
from sim.population import known_regions
from sim.scenario import Scenario
from sim.scenario_file import ScenarioFile

MINIMAL = frozenset({"outer_influence", "peer_exposure", "start_hazard", "start", "abandonment"})
"""Outer influence, peer influence on named ties, and abandonment: what any model of spread on a network has."""
ALWAYS = frozenset({"leadership"})
"""Parts that cannot be switched off."""

SAME_FOR_ALL = {
    "pipeline_external": 1.0,  # without tests and delays there is nothing to make up for
    "pipeline_peer": 1.0,
    "layer_ties": 1.0,
    "layer_region": 0.0,
    "layer_all": 0.0,
    "negative_word_of_mouth": 0.0,
    "innovativeness_spread": 0.0,
    "ceiling": 1.0,
    "abandonment_deep_medium": 0.05,
}
"""Parameters under which Mesa and NDlib can run the very same model: rates at Bass's measured values, ties only."""

STRATEGIES = ("let", "help", "make", "every_lever")


def regions(clinics: int) -> dict[str, int]:
    """So many clinics over the Swedish regions, in the regions' own proportions; empty regions are left out."""
    known = known_regions()
    edges = np.rint(np.cumsum([0, *known.values()]) / sum(known.values()) * clinics).astype(int)
    sizes = zip(known, np.diff(edges).tolist(), strict=True)
    return {name: size for name, size in sizes if size}


def minimal(
    clinics: int,
    replicates: int,
    months: int = 60,
    *,
    seed: int = 1,
    threads: int = 1,
    parameters: Mapping[str, float] | None = None,
) -> Experiment:
    """The minimal model, made ready to run; ``parameters`` replace some of those in `SAME_FOR_ALL`."""
    question = {
        "months": months,
        "replicates": replicates,
        "seed": seed,
        "clinics": {"regions": regions(clinics)},
        "innovations": {"shared_notes": {}},
        "strategies": {"let": "let_it_happen"},
        "parameters": {**SAME_FOR_ALL, **(parameters or {})},
    }
    parts = plugin_host.parts_of(Scenario.model_validate(question))
    off = {part.name for part in [*parts.mechanisms, *parts.actors]} - MINIMAL - ALWAYS
    return _prepared({**question, "mechanisms": {"off": sorted(off)}}, threads)


def full(
    clinics: int,
    replicates: int,
    months: int = 60,
    *,
    innovations: int = 1,
    ties: float | None = None,
    threads: int = 1,
    said: Mapping[str, Any] | None = None,
) -> Experiment:
    """The full model, made ready to run under each of `STRATEGIES`: every mechanism has something to do.

    ``said`` replaces sections of the scenario.
    """
    names = [f"self_monitoring_{number}" for number in range(innovations)]
    question = {
        "months": months,
        "replicates": replicates,
        "seed": 2025,
        "clinics": {"regions": regions(clinics)},
        "network": {} if ties is None else {"ties": ties},
        "innovations": {name: _self_monitoring(clinics) for name in names},
        "strategies": _strategies(months),
        "events": [
            {"month": months // 4, "pandemic": {"capacity": 0.4, "months": max(1, months // 10)}},
            {"month": months // 2, "champions_leave": {"share": 0.1}},
        ],
        "parameters": {"known": 0.7},  # so that awareness has something to do
        "uncertain": {
            "internalisation": {"uniform": [0.0, 0.5]},
            "peer_influence": {"triangular": [0.24, 0.45, 0.70]},
            "effective_slack": {"uniform": [0.3, 0.9]},
            "superficial_share": {"uniform": [0.10, 0.65]},
        },
    }
    return _prepared(question | dict(said or {}), threads)


def with_everybody(clinics: int, replicates: int, months: int = 60) -> Experiment:
    """The full model with every actor, every mechanism that is asked for, and innovations that meet all there is."""
    meets = {
        "requires": ["first"],
        "threatens": 0.3,
        "pocket": {"cost_borne": 1, "gain_kept": 0.5},
        "company": {},
        "existing_network": 0.3,
        "measured": 0.5,
    }
    asked = [part.name for part in builtin.innomotor_mechanisms() if not part.by_default]
    said = {
        "innovations": {"first": _self_monitoring(clinics), "second": {**_self_monitoring(clinics), **meets}},
        "mechanisms": {"on": asked},
        "actors": {
            **{name: {} for name in ("leadership", "innovation_support", "support_functions", "academia", "patients")},
            "national_network": {"members": ["Skåne"]},
            "supplier": {"clinics_per_month": clinics / 20},
            "funder": {"stages": [{"sek_per_year": 1e9, "months": months}]},
        },
    }
    return full(clinics, replicates, months, said=said)


def _self_monitoring(clinics: int) -> dict[str, Any]:
    """As in the scenario of the same name, begun in one clinic of 150."""
    return {
        "begins": {"region": "Skåne", "clinics": max(1, clinics // 150)},
        "attributes": {"relative_advantage": 0.6, "compatibility": 0.4, "complexity": 0.6, "observability": 0.4},
        "demands": {"technical_regulatory": 0.3, "change_leadership": 0.3, "measurement": 0.2},
        "effort": {"trial_hours": 40, "adjust_hours": 60, "implement_hours": 240},
        "obstacles": {"it": 16, "legal": 4, "procurement": 12},
        "benefit": {"staff_hours_per_month": 30, "qaly_per_year": 0.4},
        "cost": {"licence_sek_per_month": 4000},
    }


def _strategies(months: int) -> dict[str, Any]:
    """Let, help, make; and a third of the months each of let, help, and make with help's levers."""
    help_levers = {"facilitators_fte": 21, "protected_time": 0.01, "training": 1, "transition_plan": True}
    return {
        "let": "let_it_happen",
        "help": "help_it_happen",
        "make": "make_it_happen",
        "every_lever": {
            "phases": [
                {"use": "let_it_happen", "until": {"month": max(1, months // 3)}},
                {"use": "help_it_happen", "until": {"month": max(2, 2 * months // 3)}},
                {"use": "make_it_happen", "levers": help_levers},
            ]
        },
    }


def _prepared(question: dict[str, Any], threads: int) -> Experiment:
    scenario = Scenario.model_validate(question)
    source = ScenarioFile(scenario=scenario, path=Path("bench.yaml"), folder=Path(), inputs={}, sources={})
    return experiment.prepare(source, threads=threads)


def run(ready: Experiment, strategy: str | None = None) -> StrategyResult:
    """The result of one strategy, by default the first."""
    chosen = ready.schedules[strategy or next(iter(ready.schedules))]
    return ready.run([chosen])[chosen.name]


def reach(ready: Experiment) -> NDArray[np.float32]:
    """The reach of the first strategy: ``(replicates, months + 1)``."""
    return run(ready).curves["reach"]


def model(ready: Experiment, strategy: str, replicates: Sequence[int] | None = None) -> SpreadModel:
    """A block of the experiment as a model at the start of month 0; by default all replicates in one block."""
    rows = np.arange(ready.scenario.replicates) if replicates is None else np.asarray(replicates)
    return SpreadModel(ready.setting(rows), ready.schedules[strategy], ready.parts)


def followed(model: SpreadModel) -> StrategyResult:
    """What a model gives after all its months; it is used up."""
    for _ in range(model.world.scenario.months):
        model.step()
    result = model.result()
    model.release()
    return result


def clinic_months(ready: Experiment) -> int:
    """Size of a run of one strategy: replicates x clinics x innovations x months."""
    scenario = ready.scenario
    return scenario.replicates * len(ready.population) * len(scenario.innovations) * scenario.months
