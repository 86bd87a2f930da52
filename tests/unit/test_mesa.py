"""The model is a Mesa model: its clinics are agents, and Mesa's own tools work on it."""

from __future__ import annotations

import mesa
import numpy as np
import pytest
from builders import model

from sim.actors import Actor
from sim.model import Clinic, SpreadModel
from sim.world import Stage


@pytest.fixture
def made() -> SpreadModel:
    """One world of forty clinics."""
    return model(replicates=1, clinics={"regions": {"Norrdal": 24, "Sörvik": 16}})


def test_the_model_is_mesas(made: SpreadModel) -> None:
    """A mesa.Model whose steps are counted, with actors that are Mesa agents."""
    assert isinstance(made, mesa.Model)
    made.step()
    assert made.steps == 1
    assert {actor.name for actor in made.agents if isinstance(actor, Actor)} == {"leadership", "innovation_support"}


def test_clinics_are_made_on_first_touch(made: SpreadModel) -> None:
    """No clinic agent exists until somebody asks; then they are one to a clinic, and the same at every call."""
    assert Clinic not in made.agents_by_type
    assert len(made.clinics) == 40
    assert made.clinics is made.clinics
    assert len(made.agents_by_type[Clinic]) == 40
    assert [clinic.place for clinic in made.clinics] == list(range(40))


def test_an_agent_set_sees_the_arrays(made: SpreadModel) -> None:
    """select, agg and get read what the arrays hold now, not what they held."""
    using = made.clinics.select(lambda clinic: clinic.in_use)
    assert len(using) == 2
    assert {clinic.region for clinic in using} == {"Norrdal"}
    assert using.agg("depth", np.mean) == pytest.approx(0.5)
    spread = made.world.spreads[0]
    spread.depth[0, 7] = 0.25
    spread.stage[0, 9] = Stage.BLOCKED
    clinics = list(made.clinics)
    assert clinics[7].depth == 0.25
    assert clinics[9].stage == "blocked"
    assert made.clinics.get("stage")[9] == "blocked"
    assert clinics[0].name == made.world.population.names[0]


def test_any_state_can_be_asked_for(made: SpreadModel) -> None:
    """By the name of the array, of an innovation or of the world, as a plain number."""
    made.step()
    clinic = list(made.clinics)[5]
    assert clinic.state("readiness") == pytest.approx(float(made.world.spreads[0].readiness[0, 5]))
    assert clinic.state("fatigue", "shared_notes") == float(made.world.fatigue[0, 5])
    assert clinic.state("mandate") == 0
    assert isinstance(clinic.state("champion"), bool)


def test_a_data_collector_collects(made: SpreadModel) -> None:
    """Mesa's collector, by model and by agent, agrees with the model's own record."""
    list(made.clinics)
    collector = mesa.DataCollector(
        model_reporters={"in_use": lambda m: len(m.clinics.select(lambda clinic: clinic.in_use))},
        agenttype_reporters={Clinic: {"stage": "stage"}},
    )
    collector.collect(made)
    for _ in range(24):
        made.step()
        collector.collect(made)
    frame = collector.get_model_vars_dataframe()
    reach = made.result().curves["reach"][0]
    np.testing.assert_allclose(frame["in_use"] / 40, reach, atol=1e-6)
    assert len(collector.get_agenttype_vars_dataframe(Clinic)) == 25 * 40


def test_one_replicate_is_a_row_of_the_ensemble(made: SpreadModel) -> None:
    """A model of a single world lives the months of replicate 0."""
    many = model(replicates=5, clinics={"regions": {"Norrdal": 24, "Sörvik": 16}})
    for _ in range(24):
        made.step()
        many.step()
    np.testing.assert_array_equal(made.world.spreads[0].stage[0], many.world.spreads[0].stage[0])
    np.testing.assert_array_equal(made.world.spreads[0].depth[0], many.world.spreads[0].depth[0])


def test_release_lets_go_of_arrays_and_agents(made: SpreadModel) -> None:
    """After it the model holds no world, no record and no agent."""
    list(made.clinics)
    made.step()
    made.release()
    assert not hasattr(made, "world")
    assert len(made.agents) == 0
    assert not made.records
