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
from sim.metrics import SpreadResult
from sim.model import SpreadModel
from sim.scenario import Scenario
from sim.scenario_file import ScenarioFile
from sim.world import Spread, Stage

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
    """`(clinics,)` or `(replicates, clinics)`."""
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
        jobs = []
        try:
            for one in arms:
                experiment = prepare(one.source(), threads=1)
                blocks = [pool.submit(_watched, experiment, block, tally) for block in experiment.blocks()]
                jobs.append((one, experiment, blocks))
            return {one: _joined(experiment, [b.result() for b in blocks]) for one, experiment, blocks in jobs}
        except BaseException:
            tally.stop = True
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


def _watched(experiment: Experiment, block: NDArray[np.int64], tally: _Tally) -> dict[str, Any]:
    """One block of worlds to its end."""
    setting = experiment.setting(block)
    model = SpreadModel(setting, experiment.schedules["arm"], experiment.parts)
    spread = model.world.spreads[0]
    firsts = {name: np.full(model.world.shape, NEVER, np.int16) for name in _FIRSTS}
    _look(spread, firsts, 0)
    for month in range(1, experiment.scenario.months + 1):
        model.step()
        _look(spread, firsts, month)
        tally.add(model.world.shape[0] * model.world.shape[1] * len(model.world.spreads))
    use = spread.in_use
    fidelity = (spread.fidelity * use).sum(axis=1, dtype=np.float64) / np.maximum(use.sum(axis=1), 1)
    staff = setting.attributes.staff
    listeners = np.stack([setting.network.of(row).in_degree for row in range(len(block))])
    seen = {**firsts, "fidelity": fidelity, "staff": staff, "listeners": listeners, "result": model.result()}
    model.release()
    return seen


def _look(spread: Spread, firsts: dict[str, Months], month: int) -> None:
    """Write down what is so for the first time."""
    for name, (first, last) in _FIRSTS.items():
        new = spread.is_between(first, last) & (firsts[name] == NEVER)
        firsts[name][new] = month


def _joined(experiment: Experiment, blocks: list[dict[str, Any]]) -> Seen:
    """The blocks of an arm as one."""
    every = {name: np.concatenate([block[name] for block in blocks]) for name in (*_FIRSTS, "fidelity")}
    shared = {name: _by_world([block[name] for block in blocks]) for name in ("staff", "listeners")}
    results: list[SpreadResult] = [block["result"] for block in blocks]
    curves = {name: np.concatenate([one.curves[name] for one in results]) for name in results[0].curves}
    return Seen(curves, **every, **shared, region=experiment.population.region)


def _by_world(blocks: list[NDArray[Any]]) -> NDArray[Any]:
    """What all worlds share once, what each has for itself by world."""
    return blocks[0] if blocks[0].ndim == 1 else np.concatenate(blocks)
