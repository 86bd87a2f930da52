"""Arms of an experiment: one strategy in one setting, run in so many worlds, and what is seen there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment import Cancelled, Experiment, prepare
from sim.model import SpreadModel
from sim.scenario import Scenario
from sim.scenario_file import ScenarioFile
from sim.world import Stage

NEVER = np.iinfo(np.int16).max
"""Month of what never happened."""

ORDINARY: Mapping[str, Any] = {
    "effort": {"trial_hours": 20, "adjust_hours": 24, "implement_hours": 100},
    "obstacles": {"it": 8, "legal": 2, "procurement": 5},
}
"""An ordinary innovation: every attribute half-way, as in the reference run of DECISIONS.md 8."""

LET, HELP, MAKE = "let_it_happen", "help_it_happen", "make_it_happen"

Months = NDArray[np.int16]


@dataclass(frozen=True)
class Arm:
    """One strategy in one setting. Equal arms are run once, whichever facts ask for them."""

    question: str
    """The scenario as canonical JSON, with the one strategy `arm`."""

    def source(self) -> ScenarioFile:
        """The same as if it had been read from a file."""
        scenario = Scenario.model_validate(json.loads(self.question))
        return ScenarioFile(scenario, Path("facts.yaml"), Path(), {}, {})

    @property
    def clinic_months(self) -> int:
        """About how much there is to compute, for the progress bar."""
        asked = json.loads(self.question)
        regions = asked["clinics"]["regions"]
        clinics = sum(regions.values()) if isinstance(regions, dict) else 1201
        return int(clinics * asked["months"] * asked["replicates"] * len(asked["innovations"]))

    def changed(self, parameters: Mapping[str, float], off: Iterable[str], worlds: float = 1.0) -> Arm:
        """The same with other defaults, with parts of the model switched off, and in a share of its worlds."""
        asked = json.loads(self.question)
        asked["replicates"] = max(2, round(worlds * asked["replicates"]))
        asked["parameters"] = {**parameters, **asked.get("parameters", {})}
        asked["mechanisms"] = {
            **asked.get("mechanisms", {}),
            "off": sorted({*off, *asked.get("mechanisms", {}).get("off", ())}),
        }
        return Arm(json.dumps(asked, sort_keys=True))


def arm(strategy: Any = LET, *, months: int = 60, replicates: int = 20, seed: int = 1, **sections: Any) -> Arm:
    """An arm: an ordinary innovation among all Swedish primary care centres, parameters at their defaults, fixed.

    Args:
        strategy: as in a scenario: a preset's name, or ``{"use": …, "levers": …}`` or ``{"phases": …}``.
        months: how long.
        replicates: in how many worlds; arms with the same seed share them.
        seed: of the draws.
        sections: of the scenario, such as ``parameters`` or ``events``; each replaces the section whole.
    """
    asked = {
        "months": months,
        "replicates": replicates,
        "seed": seed,
        "clinics": {"regions": "sweden"},
        "innovations": {"ordinary": ORDINARY},
        "estimates": "fixed",
        "strategies": {"arm": strategy},
        **sections,
    }
    return Arm(json.dumps(asked, sort_keys=True))


def ordinary(**changes: Any) -> dict[str, Any]:
    """The section ``innovations`` with the ordinary innovation, differently in some respect."""
    return {"ordinary": {**ORDINARY, **changes}}


@dataclass(frozen=True, eq=False)
class Seen:
    """What was seen in an arm, in the same worlds as in every other arm of its seed.

    Months are those after which something was first seen of the first innovation, `NEVER` otherwise, each
    ``(replicates, clinics)``.
    """

    curves: Mapping[str, NDArray[np.float32]]
    """The curves of the report, over all innovations: each ``(replicates, months + 1)``."""
    final: Mapping[str, NDArray[np.float64]]
    """The report's numbers at the end, over all innovations: each ``(replicates,)``."""
    started: Months
    """Began to test it, or complied with a mandate."""
    declined: Months
    committed: Months
    """Went on after the test, or complied with a mandate."""
    used: Months
    abandoned: Months
    fidelity: NDArray[np.float64]
    """Mean fidelity at the end of those that use it: ``(replicates,)``."""
    region: NDArray[np.int16]
    """Region of each clinic, `(clinics,)`."""
    staff: NDArray[np.float32]
    """`(replicates, clinics)`."""
    listeners: NDArray[np.int64]
    """How many take advice from each clinic, `(replicates, clinics)`."""

    @property
    def months(self) -> int:
        """How long it was followed."""
        return self.curve("reach").shape[1] - 1

    def curve(self, name: str) -> NDArray[np.float64]:
        """A curve of the report: ``(replicates, months + 1)``."""
        return self.curves[name].astype(np.float64)

    def at(self, name: str, month: int) -> NDArray[np.float64]:
        """A curve's value in a month: ``(replicates,)``."""
        return self.curve(name)[:, month]


def run(arms: list[Arm], threads: int, progress: Callable[[int, int], None] | None = None) -> dict[Arm, Seen]:
    """What is seen in each of the arms; those that differ in the strategy alone share clinics and network.

    Args:
        arms: each is run once.
        threads: blocks of worlds at once.
        progress: told (clinic-months done, in all) now and then.
    """
    tally = _Tally(sum(one.clinic_months for one in arms), progress)
    with ThreadPoolExecutor(threads) as pool:
        jobs = {one: pool.submit(_seen, one, tally) for one in arms}
        try:
            return {one: job.result() for one, job in jobs.items()}
        except BaseException:
            tally.stop = True
            pool.shutdown(cancel_futures=True)
            raise


class _Tally:
    """Counts the clinic-months that are done, and passes on that all should stop."""

    def __init__(self, total: int, progress: Callable[[int, int], None] | None) -> None:
        self.total, self.progress, self.done, self.stop = total, progress, 0, False

    def add(self, clinic_months: int) -> None:
        if self.stop:
            raise Cancelled
        self.done += clinic_months
        if self.progress is not None:
            self.progress(min(self.done, self.total), self.total)


_FIRSTS = {
    "started": (Stage.TESTING, Stage.ABANDONED),
    "declined": (Stage.DECLINED, Stage.DECLINED),
    "committed": (Stage.ADJUSTING, Stage.ABANDONED),
    "used": (Stage.USING, Stage.ABANDONED),
    "abandoned": (Stage.ABANDONED, Stage.ABANDONED),
}


class _Eyes:
    """Watch what happens to every clinic for the first time."""

    def __init__(self, experiment: Experiment, tally: _Tally) -> None:
        worlds, shape = (
            experiment.scenario.replicates,
            (experiment.scenario.replicates, len(experiment.population.names)),
        )
        self.firsts = {name: np.full(shape, NEVER, np.int16) for name in _FIRSTS}
        self.fidelity = np.zeros(worlds)
        self.listeners = np.zeros(shape, np.int64)
        self.staff = np.zeros(shape, np.float32)
        self._last, self._tally = experiment.scenario.months, tally

    def __call__(self, model: SpreadModel, rows: slice, month: int) -> None:
        """Write down what is so for the first time, and at the ends what stays."""
        world, spread = model.world, model.world.spreads[0]
        for name, (first, last) in _FIRSTS.items():
            known = self.firsts[name][rows]
            known[spread.is_between(first, last) & (known == NEVER)] = month
        if month == 0:
            self.staff[rows] = world.attributes.staff
            self.listeners[rows] = [world.network.of(row).in_degree for row in range(world.shape[0])]
            return
        if month == self._last:
            use = spread.in_use
            self.fidelity[rows] = (spread.fidelity * use).sum(axis=1, dtype=np.float64) / np.maximum(use.sum(axis=1), 1)
        self._tally.add(world.shape[0] * world.shape[1] * len(world.spreads))


def _seen(one: Arm, tally: _Tally) -> Seen:
    """One arm in all its worlds."""
    experiment = prepare(one.source(), threads=1)
    eyes = _Eyes(experiment, tally)
    result = experiment.run(list(experiment.schedules.values()), watcher=eyes)["arm"]
    return Seen(
        result.curves,
        result.final,
        **eyes.firsts,
        fidelity=eyes.fidelity,
        region=experiment.population.region,
        staff=eyes.staff,
        listeners=eyes.listeners,
    )
