"""The reference table: parameters drawn from their ranges, and what each draw would have shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import ensemble, evidence, experiment, plugin_host, store
from sim.ensemble import Followed
from sim.errors import Mistake, UserMistakes
from sim.evidence import Estimate, nearest
from sim.experiment import Experiment, Progress
from sim.parameters import drawn_by_default, parameters_of
from sim.scenario import Distribution, Scenario
from sim.scenario_file import ScenarioFile, within_its_months
from sim.store import shared
from sim.store.shared import Kept

Floats = NDArray[np.float64]

ALWAYS_FITTED = ("external_influence", "peer_influence", "ceiling")
"""What a curve of adoption is made of (Bass p, q and m): fitted unless the scenario sets them."""
SIMULATIONS = 2000


@dataclass(frozen=True, eq=False)
class Fit:
    """What is to be fitted, ready to simulate."""

    source: ScenarioFile
    """The scenario with what is fitted among what it draws."""
    experiment: Experiment
    strategy: str
    """What was done while the figures were seen."""
    innovation: str
    names: tuple[str, ...]
    """The parameters that are fitted."""
    low: Floats
    high: Floats
    simulations: int

    @property
    def replicates(self) -> NDArray[np.int64]:
        """Numbers of the simulations."""
        return np.arange(self.simulations)


@dataclass(frozen=True, eq=False)
class Table:
    """Simulations with the parameters that they were made with."""

    parameters: Floats
    """Of the parameters that are fitted: ``(simulations, parameters)``."""
    followed: Followed
    """What each of them would have shown."""


def prepared(
    source: ScenarioFile,
    *,
    fit: Sequence[str] = (),
    strategy: str | None = None,
    innovation: str | None = None,
    simulations: int = SIMULATIONS,
    threads: int | None = None,
) -> Fit:
    """A scenario ready to be fitted.

    Args:
        source: the scenario.
        fit: parameters to fit; by default ``ALWAYS_FITTED`` and what the scenario itself draws.
        strategy: what was done while the figures were seen; by default the scenario's first.
        innovation: whose figures they are; by default the only one.
        simulations: how many.
        threads: how many blocks at once.

    Raises:
        UserMistakes: names that the scenario does not have.
    """
    scenario = source.scenario
    mistakes: list[Mistake] = []
    followed = _one_of(strategy, scenario.strategies, "--strategy", mistakes)
    several = list(scenario.innovations)
    if innovation is None and len(several) > 1:
        remedy = f"Write whose figures they are: --innovation {several[0]}"
        mistakes.append(Mistake("--innovation", f"the scenario has {len(several)} innovations", remedy))
    seen = _one_of(innovation, several, "--innovation", mistakes)
    names = tuple(dict.fromkeys(fit)) or _usual(scenario)
    known = {**evidence.defaults(), **plugin_host.estimates_of(scenario)}
    ranges = {name: _range(name, scenario, known, mistakes) for name in names}
    if mistakes:
        raise UserMistakes(mistakes)
    changed = scenario.model_copy(
        update={
            "parameters": {name: value for name, value in scenario.parameters.items() if name not in names},
            "uncertain": {**scenario.uncertain, **{name: one for name, one in ranges.items() if one is not None}},
            "replicates": simulations,
        }
    )
    chosen = replace(source, scenario=changed)
    bounds = np.array([one.bounds if one is not None else (0, 1) for one in ranges.values()])
    ready = experiment.prepare(chosen, threads)
    return Fit(chosen, ready, followed, seen, names, bounds[:, 0], bounds[:, 1], simulations)


def simulated(fit: Fit, months: int, progress: Progress | None = None) -> Table:
    """The reference table of a fit, from the store where it has been made before.

    Args:
        fit: what is fitted.
        months: how far to simulate.
        progress: told (months done, in all).
    """
    scenario = within_its_months(fit.source.scenario.model_copy(update={"months": months}))
    short = replace(fit.experiment, scenario=scenario)
    schedule = fit.experiment.schedules[fit.strategy]

    def made() -> Kept:
        parts = ensemble.followed(short, [schedule], fit.replicates, fit.innovation, progress)
        return Kept(parts[fit.strategy].arrays())

    kept = shared.remembered(key_of(fit, "reference table", months=months), made)
    plain = parameters_of(fit.source.scenario, fit.replicates, fit.experiment.parts.estimates).plain()
    values = np.stack([np.broadcast_to(plain[name], (fit.simulations, 1))[:, 0] for name in fit.names], axis=1)
    return Table(values, Followed.of_arrays(kept.arrays))


def key_of(fit: Fit, what: str, **rests_on: Any) -> str:
    """Content key of something made of a fit: whatever may change it changes the key."""
    content = store.content_key(fit.source.scenario, experiment.rests_on(fit.source))
    return shared.key_of(what, scenario=content, strategy=fit.strategy, innovation=fit.innovation, **rests_on)


def _one_of(given: str | None, known: Sequence[str] | Mapping[str, Any], option: str, mistakes: list[Mistake]) -> str:
    names = list(known)
    if given is None or given in names:
        return given or names[0]
    meant = nearest(given, names)
    remedy = f"Did you mean {meant!r}?" if meant else f"Write one of {', '.join(names)}"
    mistakes.append(Mistake(option, f"{given!r} is not in the scenario", remedy))
    return names[0]


def _usual(scenario: Scenario) -> tuple[str, ...]:
    by_default = drawn_by_default(scenario, plugin_host.estimates_of(scenario))
    own = [name for name in scenario.uncertain if name not in by_default]
    return tuple(dict.fromkeys([*(n for n in ALWAYS_FITTED if n not in scenario.parameters), *own]))


def _range(
    name: str, scenario: Scenario, known: Mapping[str, Estimate], mistakes: list[Mistake]
) -> Distribution | None:
    """What a parameter is drawn from: what the scenario says, else evenly from its range."""
    estimate = known.get(name)
    if name in scenario.uncertain and name not in scenario.parameters:
        return scenario.uncertain[name]
    if estimate is None or not estimate.used:
        meant = nearest(name, [one for one, row in known.items() if row.used])
        remedy = f"Did you mean {meant!r}?" if meant else "Write a name that `innomotor explain` lists"
        mistakes.append(Mistake("--fit", f"{name!r} is not a parameter", remedy))
    elif not estimate.low < estimate.high:
        mistakes.append(Mistake("--fit", f"{name!r} has no range", "Give it one under `uncertain:` in the scenario"))
    else:
        return Distribution(uniform=(estimate.low, estimate.high))
    return None
