"""What only running shows: faults, hidden changes, and bits that depend on what they should not depend on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import experiment
from sim.facts.of_plugins import OUTCOMES, outcomes_of, recorded_of
from sim.facts.recorded import UNKNOWN
from sim.metrics import SpreadResult
from sim.model import SpreadModel
from sim.plugin_check.question import Question, smallest
from sim.plugin_host.calls import seconds
from sim.scenario import Mechanisms
from sim.scenario_file import ScenarioFile
from sim.world import Spread, World

MOST = 1.0
"""A plugin may cost as much as the whole model, no more."""
_KEPT_BY_MOVE = frozenset({"since", "count", "under_way", "start_hazard"})


class Runs:
    """What a scenario gives under its strategies."""

    def __init__(self, source: ScenarioFile, block_cells: int = experiment.BLOCK_CELLS) -> None:
        """Run it in one thread.

        Args:
            source: the scenario.
            block_cells: size of a block.
        """
        ready = experiment.prepare(source, threads=1, block_cells=block_cells)
        self.results = ready.run(list(ready.schedules.values()))

    def differs(self, other: Runs) -> str | None:
        """The first strategy and number that is not the same, bit for bit; None where all are."""
        for name, result in self.results.items():
            for what, values in _arrays(result).items():
                if not np.array_equal(values, _arrays(other.results[name])[what], equal_nan=True):
                    return f"{what} under {name}"
        return None


def _arrays(result: SpreadResult) -> Mapping[str, Any]:
    return {**result.final, **{f"the curve of {name}": curve for name, curve in result.curves.items()}}


def faults(question: Question) -> Iterator[str]:
    """Nothing, where it runs; a fault is raised."""
    Runs(question.source)
    Runs(smallest({question.plugin.name: {}}))
    return iter(())


def undeclared(question: Question) -> Iterator[str]:
    """State that changes while a part is at work that does not say so."""
    ready = experiment.prepare(question.source, threads=1)
    setting = ready.setting(np.arange(min(3, question.source.scenario.replicates)))
    told: set[tuple[str, str]] = set()
    for schedule in ready.schedules.values():
        model = SpreadModel(setting, schedule, ready.parts)
        owners = {state for mechanism in model.mechanisms if mechanism.stage is not None for state in mechanism.writes}
        model.month = [_watched(part, told, owners) if _of_plugin(part) else part for part in model.month]
        for _ in range(question.source.scenario.months):
            model.step()
        model.release()
    return (f"{part} changes {name!r} and does not declare it" for part, name in sorted(told))


def _of_plugin(part: Any) -> bool:
    return hasattr(getattr(part, "__self__", part), "plugin")


def _watched(part: Any, told: set[tuple[str, str]], owners: Set[str]) -> Any:
    """The part, told on when it changes more than it says; where it sends a clinic on, the stage's owner acts."""
    owner = getattr(part, "__self__", part)
    allowed = owner.writes | (_KEPT_BY_MOVE | owners if "stage" in owner.writes else frozenset())

    def act(world: World) -> None:
        before = _state(world)
        part(world)
        after = _state(world)
        told.update(
            (owner.name, name)
            for key, (name, values) in after.items()
            if name not in allowed and (key not in before or not _same(before[key][1], values))
        )

    return act


def _state(world: World) -> dict[tuple[int, str], tuple[str, Any]]:
    """Every array and number of the world and its innovations, copied."""
    holders: tuple[World | Spread, ...] = (world, *world.spreads)
    return {
        (number, name): (name, value.copy() if isinstance(value, np.ndarray) else value)
        for number, holder in enumerate(holders)
        for name, value in vars(holder).items()
        if isinstance(value, np.ndarray | np.generic | bool | int | float)
    }


def _same(a: Any, b: Any) -> bool:
    return np.array_equal(np.broadcast_to(a, np.shape(b)) if np.size(a) == 1 else a, b)


def not_repeated(question: Question) -> list[str]:
    """What two runs do not agree on."""
    found = Runs(question.source).differs(Runs(question.source))
    return [f"two runs differ in {found}"] if found else []


def depends_on_blocks(question: Question) -> list[str]:
    """What changes when every replicate is a block of its own."""
    found = Runs(question.source).differs(Runs(question.source, block_cells=1))
    return [f"one replicate at a time gives another {found}"] if found else []


def not_off(question: Question, before: Runs) -> list[str]:
    """What is left of it when it is switched off."""
    name, off = question.plugin.name, tuple(question.its_parts())
    source = smallest({name: {}})
    parts_off = source.scenario.model_copy(update={"mechanisms": Mechanisms(off=off)})
    silent = Runs(ScenarioFile(parts_off, source.path, source.folder, {}, {}))
    checks = {
        "with all its parts switched off": before.differs(silent),
        "once it has been loaded, in a scenario without it": before.differs(Runs(question.without_plugin())),
    }
    return [f"{when}, {found} is another" for when, found in checks.items() if found]


def not_shown(question: Question) -> Iterator[str]:
    """Claims of the plugin that its own scenario, run whole, does not show; and records that are no longer so."""
    known = recorded_of(question.plugin)
    for outcome in outcomes_of(question.plugin, threads=1):
        number, interval = outcome.claim.id, outcome.deciding.interval
        seen = f"{outcome.deciding.en} is {interval.effect:.3g} ({interval.low:.3g} to {interval.high:.3g})"
        if not outcome.passed and number not in known:
            yield f"{number} does not show: {seen}"
        elif number in known and known[number].passed != outcome.passed:
            yield f"{number} is recorded otherwise in {OUTCOMES}: {seen}"
        elif not outcome.passed and UNKNOWN in (
            known[number].remark.get("en", UNKNOWN),
            known[number].remark.get("sv"),
        ):
            yield f"{number} is recorded as not shown, without a remark why"


@dataclass(frozen=True, slots=True)
class Cost:
    """What the plugin's parts take."""

    nanoseconds: float
    """Per clinic-month [ns]."""
    ratio: float
    """Beside the whole model without them."""

    @property
    def sentence(self) -> str:
        """In words."""
        return (
            f"{self.nanoseconds:.0f} ns per clinic-month, {self.ratio:.2f} of the model's own cost (at most {MOST:g})"
        )


def cost(question: Question) -> Cost:
    """The cost on 12,000 clinics in all, for two years, in one thread: the least of three tries, for a busy machine."""
    name = question.plugin.name
    source = smallest({name: {}}, clinics=1000)
    ready = experiment.prepare(source, threads=1)
    ready.run(list(ready.schedules.values())[:1])  # compiled and in cache
    scenario = source.scenario
    clinic_months = 1500 * scenario.replicates * scenario.months * len(scenario.strategies)

    def tried() -> Cost:
        before, start = seconds().get(name, 0.0), time.process_time()
        ready.run(list(ready.schedules.values()))
        whole, own = time.process_time() - start, seconds().get(name, 0.0) - before
        return Cost(1e9 * own / clinic_months, own / max(whole - own, 1e-9))

    return min((tried() for _ in range(3)), key=lambda one: one.ratio)
