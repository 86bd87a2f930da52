"""Rounds: a director walks the wards, and what is seen is remembered. Uses every hook; everything is invented."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from sim.api import (
    Actor,
    Clinic,
    Fact,
    Figure,
    Levers,
    Mechanism,
    Metric,
    Phase,
    Preset,
    Settings,
    State,
    Strategy,
    Text,
    Whole,
    World,
    hookimpl,
)


class RoundsSettings(Settings):
    """Section ``rounds`` of a scenario."""

    wards_per_month: Annotated[Whole, Field(ge=0, le=50)] = 2
    """Clinics that the director walks each month."""


class Director(Actor):
    """Walks some clinics every month, those that have not been walked first."""

    name = "rounds_director"
    after = ("leadership",)
    reads = frozenset({"rounds_walked"})
    writes = frozenset({"rounds_walked", "amounts"})
    adds: ClassVar = {"rounds_walked": State("times walked", per_innovation=False, low=0)}
    settings: RoundsSettings

    def decide(self, world: World) -> None:
        """This month's walk."""
        chosen = world.lowest(
            world.rounds_walked + world.uniform("walk", world.month),
            self.settings.wards_per_month,
            among=np.ones(world.shape, bool),
        )
        world.rounds_walked = (world.rounds_walked + chosen).astype(np.float32)
        price = world.parameter("walk_hours") * world.parameter("wage")
        world.spend("cost_clinic_hours_sek", price[:, 0].astype(np.float64) * chosen.sum(axis=1))


class Seen(Mechanism):
    """What has been seen by a director is more one's own."""

    name = "rounds_seen"
    phase = Phase.PERCEIVE
    before = frozenset({"readiness"})
    reads = frozenset({"rounds_walked"})
    writes = frozenset({"ownership"})

    def __call__(self, world: World) -> None:
        """Ownership rises while somebody looks."""
        rate = world.parameter("seen_ownership") / 12
        for spread in world.present:
            gain = rate * (world.rounds_walked > 0)
            spread.ownership = np.minimum(spread.ownership + gain, 1).astype(np.float32)


@hookimpl
def innomotor_settings() -> type[RoundsSettings]:
    """How many clinics are walked."""
    return RoundsSettings


@hookimpl
def innomotor_regions() -> Mapping[str, Sequence[Clinic]]:
    """A hospital and the valley around it."""
    return {
        "Sjukhuset": [Clinic(f"Avdelning {number}", staff=30) for number in range(1, 11)],
        "Dalen": [Clinic(f"Mottagning {number}") for number in range(1, 9)],
    }


@hookimpl
def innomotor_mechanisms() -> Sequence[type[Mechanism]]:
    """One."""
    return [Seen]


@hookimpl
def innomotor_actors() -> Sequence[type[Actor]]:
    """One."""
    return [Director]


@hookimpl
def innomotor_strategies() -> Mapping[str, Strategy]:
    """Letting it happen, with a champion appointed in every fifth clinic."""
    return {"carried": Strategy(use=Preset.LET, levers=Levers(early_adopter_investment=0.2))}


@hookimpl
def innomotor_metrics(settings: RoundsSettings) -> Sequence[Metric]:
    """Walks in all."""
    text = Text(sv="Rundor", en="Rounds")
    return [
        Metric(
            name="walks",
            title=text,
            unit=Text(sv="rundor per enhet", en="walks per clinic"),
            meaning=Text(sv="Rundor per enhet.", en="Walks for each clinic."),
            of=lambda world: world.rounds_walked.mean(axis=1, dtype=np.float64),
            reads=frozenset({"rounds_walked"}),
        )
    ]


@hookimpl
def innomotor_figures() -> Sequence[Figure]:
    """Walks by strategy."""

    def draw(axes: Any, results: Mapping[str, Mapping[str, Any]], language: str) -> None:
        axes.bar(list(results), [np.nan_to_num(final["rounds.walks"]).mean() for final in results.values()])

    title = Text(sv="Rundor", en="Rounds")
    return [Figure("walks", title, Text(sv="Rundor per enhet och strategi.", en="Walks by clinic and strategy."), draw)]


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """Walks cost hours."""
    claim = Text(sv="Rundor tar tid.", en="Rounds take time.")
    return [Fact("walks_take_time", claim, "estimate", "cost_clinic_hours_sek", more="carried", less="alone")]
