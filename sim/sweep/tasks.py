"""A sweep: its plan with all that decides the answer, cut into tasks; the same wherever its folder is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim import experiment, population, store
from sim.errors import InnomotorError, Mistake, UserMistakes
from sim.executor import Task
from sim.safe_yaml import Path as Place
from sim.scenario_file import ScenarioFile
from sim.scenario_file.variants import Base
from sim.sweep import designs
from sim.sweep.designs import Combinations
from sim.sweep.plan import Plan
from sim.sweep.plan_file import PlanFile

PLAN = "plan.json"
"""The file that says which sweep a folder belongs to; it is written first and never changed."""
TASK_CLINIC_MONTHS = 8_000_000
"""Size that a task is cut to: a few seconds of one core, so that handing it out costs nothing beside."""
MOST_VARIANTS_IN_TASK = 64


@dataclass(frozen=True)
class Cell:
    """A part of a variant: some of its replicates."""

    variant: int
    first: int
    """First replicate."""
    replicates: int
    """How many."""


@dataclass(frozen=True)
class Sweep:
    """A plan, what it varies and what the answer rests on."""

    plan: Plan
    base: Base
    places: Mapping[str, Place]
    rests_on: Mapping[str, Any]
    """Versions, plugins, seed: as in ``store.provenance``."""
    cut: tuple[int, int]
    """Variants of a task, and replicates of a cell."""

    @cached_property
    def key(self) -> str:
        """The same plan of the same scenario by the same program has the same key."""
        content = self.plain()
        content.pop("label")
        keyed = {name: value for name, value in content["rests_on"].items() if name != "python"}
        return hashlib.sha256(store.canonical({**content, "rests_on": keyed})).hexdigest()

    @cached_property
    def variants(self) -> Combinations:
        """Which values each variant has."""
        return designs.combinations(self.plan)

    @cached_property
    def replicates(self) -> int:
        """Replicates of each variant."""
        return self.base.with_values({}).scenario.replicates

    @cached_property
    def columns(self) -> dict[str, str]:
        """Each factor's column in the table of variants: the end of its name that no other factor has."""
        return dict(zip(self.plan.factors, short_names(list(self.plan.factors)), strict=True))

    def values(self, variant: int) -> dict[str, Any]:
        """The factors' values in a variant."""
        return dict(zip(self.plan.factors, self.variants.levels(variant), strict=True))

    def scenario(self, variant: int) -> ScenarioFile:
        """A variant's scenario."""
        return self.base.with_values({self.places[name]: value for name, value in self.values(variant).items()})

    def __len__(self) -> int:
        """How many tasks there are."""
        return -(-designs.size(self.plan) // self.cut[0]) * self._parts

    def tasks(self, folder: Path, shard: tuple[int, int] = (0, 1)) -> Iterator[Task]:
        """The tasks, one after the other.

        Args:
            folder: where their results are to be written.
            shard: which of how many; only every so-manieth is given.
        """
        place = str(folder.resolve())
        return (
            Task(self.task_key(number), {"folder": place, "sweep": self.key, "task": number})
            for number in range(shard[0], len(self), shard[1])
        )

    def task_key(self, number: int) -> str:
        """A task's key: 64 hexadecimal digits."""
        return hashlib.sha256(f"{self.key}/{number}".encode()).hexdigest()

    def cells(self, number: int) -> list[Cell]:
        """What a task computes."""
        group, part = divmod(number, self._parts)
        variants, replicates = self.cut
        first = part * replicates
        count = min(replicates, self.replicates - first)
        last = min((group + 1) * variants, designs.size(self.plan))
        return [Cell(variant, first, count) for variant in range(group * variants, last)]

    @property
    def _parts(self) -> int:
        return -(-self.replicates // self.cut[1])

    def plain(self) -> dict[str, Any]:
        """The sweep as JSON."""
        return {
            "plan": self.plan.model_dump(mode="json"),
            **self.base.plain(),
            "places": {name: list(place) for name, place in self.places.items()},
            "rests_on": dict(self.rests_on),
            "cut": list(self.cut),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Sweep:
        """The sweep that ``plain`` gave."""
        places = {name: tuple(place) for name, place in plain["places"].items()}
        plan = Plan.model_validate(plain["plan"])
        return cls(plan, Base.of(plain), places, plain["rests_on"], (plain["cut"][0], plain["cut"][1]))


def short_names(names: Sequence[str]) -> list[str]:
    """The shortest ends of dotted names that tell them apart, as names of columns.

    >>> short_names(["peer_influence", "innovations.a.effort.trial_hours", "innovations.b.effort.trial_hours"])
    ['peer_influence', 'a_effort_trial_hours', 'b_effort_trial_hours']
    """
    found = []
    for name in names:
        steps = name.split(".")
        others = [other.split(".") for other in names if other != name]
        ends = (steps[-length:] for length in range(1, len(steps) + 1))
        end = next((end for end in ends if all(other[-len(end) :] != end for other in others)), steps)
        column = "_".join(end).replace(" ", "_")
        found.append(f"{column}_" if column in _TAKEN else column)
    return found


_TAKEN = ("variant", "strategy", "innovation", "replicate", "month")


def sweep_of(file: PlanFile) -> Sweep:
    """A plan as a sweep, cut into tasks."""
    source = file.base.with_values({})
    scenario = source.scenario
    clinics = len(population.build(scenario, source.clinics).clinic_id)
    one_replicate = clinics * scenario.months * len(scenario.innovations) * len(scenario.strategies)
    replicates = min(scenario.replicates, max(1, TASK_CLINIC_MONTHS // one_replicate))
    parts = -(-scenario.replicates // replicates)
    variants = 1 if parts > 1 else TASK_CLINIC_MONTHS // (one_replicate * scenario.replicates)
    most = max(1, min(MOST_VARIANTS_IN_TASK, file.variants // 16))
    cut = (max(1, min(variants, most)), -(-scenario.replicates // parts))
    return Sweep(file.plan, file.base, file.places, experiment.rests_on(source), cut)


def written(folder: Path) -> Sweep:
    """The sweep that a folder belongs to.

    Raises:
        UserMistakes: it belongs to none, or to one of a newer version.
    """
    try:
        plain = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UserMistakes(Mistake("DIR", f"{folder} holds no sweep", "Name a folder that a sweep made")) from None
    if plain.get("schema_version", 0) > store.LEDGER_SCHEMA:
        found = f"{folder} was written by a newer innomotor"
        raise UserMistakes(Mistake("DIR", found, "Install that version, or choose another folder"))
    return Sweep.of(plain["sweep"])


def same_program(sweep: Sweep) -> None:
    """Refuse to compute with other code than the sweep was begun with.

    Raises:
        InnomotorError: what differs.
    """
    source = sweep.base.with_values({})
    now = experiment.rests_on(source)
    differing = [name for name, value in sweep.rests_on.items() if name != "python" and now.get(name) != value]
    if differing:
        raise InnomotorError(
            f"The sweep was begun with another {', '.join(differing)}; its results would be mixed. "
            "Use the same version, or choose another folder."
        )
