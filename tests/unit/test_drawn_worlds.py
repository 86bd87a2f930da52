"""What shapes the network or a strategy's dose may be drawn like everything else: each world then has its own."""

from __future__ import annotations

from functools import cache as cache_of
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import compared, model, source
from numpy.testing import assert_array_equal

from sim import evidence, experiment, network
from sim.metrics import Comparison
from sim.network import Networks, cache
from sim.parameters import LAYER_WEIGHTS, parameters_of

REPLICATES = 3
EVERY_PRESET = {"help": "help_it_happen", "phased": "phased"}
SHAPING = (
    "named_ties",
    "ties_within_region",
    "clustering",
    "leader_share",
    "leader_weight",
    "not_invented_here",
    "prestige_pull",
    "national_share",
    "introduced_share",
)
DOSES = tuple(name for name in evidence.defaults() if name.startswith(("help_", "phased_")))


def question(**changes: Any) -> dict[str, Any]:
    """Two strategies in forty clinics for three years."""
    regions = {"regions": {"Norrdal": 25, "Sörvik": 15}}
    return {"clinics": regions, "months": 36, "replicates": REPLICATES, "strategies": EVERY_PRESET, **changes}


LARGER = {
    "clinics": {"regions": {"Norrdal": 90, "Sörvik": 60}},
    "months": 72,
    "innovations": {"shared_notes": {"begins": {"region": "Norrdal", "clinics": 9}}},
}


@cache_of
def default_worlds() -> Comparison:
    """The larger question with every parameter at its default."""
    return compared(**question(**LARGER))


def drawn(name: str) -> dict[str, Any]:
    """The whole range of evidence."""
    return {name: {"uniform": [evidence.defaults()[name].low, evidence.defaults()[name].high]}}


@pytest.mark.parametrize("name", [*SHAPING, *DOSES, "layer_ties"])
def test_a_world_with_a_drawn_value_is_the_world_with_that_value(name: str) -> None:
    """Replicate 1 of a drawn parameter is replicate 1 of the same question with the drawn value for all."""
    uncertain = drawn(name)
    given = source(**question(uncertain=uncertain)).scenario
    values = parameters_of(given, np.arange(REPLICATES))
    fixed = {layer: getattr(values, layer).max(axis=1)[-1] for layer in LAYER_WEIGHTS} if name in LAYER_WEIGHTS else {}
    fixed |= {name: float(getattr(values, name)[-1, 0])}
    world = compared(**question(uncertain=uncertain))
    same = compared(**question(parameters={key: float(value) for key, value in fixed.items()}))
    for strategy in EVERY_PRESET:
        for metric, outcome in world.strategies[strategy].final.items():
            assert_array_equal(outcome[-1], same.strategies[strategy].final[metric][-1], metric)


@pytest.mark.parametrize("name", [*SHAPING, *DOSES])
def test_a_drawn_value_matters(name: str) -> None:
    """The worlds differ from those with the default."""
    world = compared(**question(uncertain=drawn(name), **LARGER))
    default = default_worlds()
    assert any(
        (world.strategies[strategy].curves["reach"] != default.strategies[strategy].curves["reach"]).any()
        or (world.strategies[strategy].final["cost_sek"] != default.strategies[strategy].final["cost_sek"]).any()
        for strategy in EVERY_PRESET
    )


def test_a_world_is_the_same_in_whatever_block() -> None:
    """Drawn networks and doses do not depend on how the replicates are divided."""
    changes = question(uncertain={**drawn("named_ties"), **drawn("leader_share"), **drawn("help_protected_time")})
    whole = compared(**changes)
    single = experiment.prepare(source(**changes), threads=2, block_cells=1)
    results = single.run(list(single.schedules.values()))
    for strategy in EVERY_PRESET:
        for metric, outcome in whole.strategies[strategy].final.items():
            assert_array_equal(outcome, results[strategy].final[metric], metric)


def test_a_dose_is_scaled_in_every_world_alike() -> None:
    """Half the purchasable levers are half of what each world drew."""
    changes = question(uncertain=drawn("help_protected_time"))
    ready = experiment.prepare(source(**changes), threads=1)
    parameters = parameters_of(ready.scenario, np.arange(REPLICATES))
    full = ready.schedules["help"].in_replicates(parameters)
    half = ready.schedules["help"].scaled(0.5).in_replicates(parameters)
    assert full.steps[0].dose.protected_time.shape == (REPLICATES, 1)
    assert_array_equal(half.steps[0].dose.protected_time, full.steps[0].dose.protected_time / 2)


def test_only_the_ends_that_are_drawn_move() -> None:
    """Each world of `phased` comes to help in its own month."""
    rule = {"uncertain": {"phased_month_help": {"uniform": [6, 24]}}, "parameters": {"phased_reach_help": 0.25}}
    spread = model(strategy="phased", **question(**rule))
    world = spread.world
    months = []
    for month in range(30):
        spread.step()
        months.append((month, world.levers.facilitators_fte[:, 0] > 0))
    firsts = [next(month for month, on in months if np.broadcast_to(on, REPLICATES)[row]) for row in range(REPLICATES)]
    ends = world.schedule.steps[0].until.month[:, 0]
    assert firsts == np.ceil(ends).astype(int).tolist()
    assert len(set(firsts)) > 1


def test_layer_weights_sum_to_one_whatever_is_drawn() -> None:
    """One drawn: the others share the rest as they did. All drawn: each its share."""
    one = parameters_of(source(uncertain=drawn("layer_region")).scenario, np.arange(50))
    assert np.allclose(one.layer_ties + one.layer_region + one.layer_all, 1)
    assert np.allclose(one.layer_ties / one.layer_all, 0.5 / 0.2)
    every = parameters_of(
        source(uncertain={name: {"uniform": [0.1, 0.9]} for name in LAYER_WEIGHTS}).scenario, np.arange(50)
    )
    assert np.allclose(every.layer_ties + every.layer_region + every.layer_all, 1)
    assert np.ptp(every.layer_all) > 0.1


def test_networks_lie_one_after_the_other() -> None:
    """The listeners of a clinic in a row are those of that row's network."""
    world = model(**question(uncertain=drawn("named_ties"))).world
    ties, clinics = world.network, world.shape[1]
    for row in range(REPLICATES):
        own = ties.of(row)
        for column in (0, 7, clinics - 1):
            at = row * clinics + column
            places = slice(int(ties.start[at]), int(ties.start[at + 1]))
            there = slice(int(own.listeners_start[column]), int(own.listeners_start[column + 1]))
            assert_array_equal(ties.listeners[places], own.listeners[there])
            assert_array_equal(ties.weight[places], own.weight[there])


# --- what need not be chosen twice ------------------------------------------------------------------------------------


def choices(**changes: Any) -> network.choice.Choice:
    """What the ties of a question rest on."""
    ready = experiment.prepare(source(**question(**changes)), threads=1)
    parameters = {name: estimate.value for name, estimate in evidence.defaults().items()} | ready.scenario.parameters
    named = ready.scenario.network.ties or parameters["named_ties"]
    return network.choice.Choice.of(ready.population, ready.attributes, parameters, named, ready.scenario.seed)


def test_the_key_holds_everything_that_ties_rest_on() -> None:
    """The same choice has the same key, another seed, number or clinic another; weights play no part."""
    keys = [
        cache.content_key(choices(**changes))
        for changes in (
            {},
            {"seed": 2},
            {"clinics": {"regions": {"Norrdal": 25, "Sörvik": 16}}},
            {"network": {"ties": 5}},
            *({"parameters": {name: 0.5 * evidence.defaults()[name].value + 0.01}} for name in SHAPING[1:3]),
            *({"parameters": {name: 0.5 * evidence.defaults()[name].value}} for name in SHAPING[6:]),
            {"parameters": {"leader_share": 0.2}},
        )
    ]
    assert len(set(keys)) == len(keys)
    assert cache.content_key(choices()) == keys[0] == cache.content_key(choices(parameters={"leader_weight": 0.5}))


def test_ties_of_many_clinics_are_read_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chosen once; a spoilt file is chosen anew and replaced; the oldest files go when there are too many."""
    monkeypatch.setenv(cache.FOLDER, str(tmp_path))
    monkeypatch.setattr(cache, "WORTH_A_FILE", 1)
    times: list[int] = []
    choice = choices()

    def fresh() -> network.Ties:
        cache._memory.clear()
        return cache.kept(choice, choose)

    def choose(choice: network.choice.Choice) -> network.Ties:
        times.append(1)
        return network._named(choice)

    first, second = fresh(), fresh()
    file = next(tmp_path.rglob("*.npz"))
    assert len(times) == 1
    for one, other in zip(first, second, strict=True):
        assert_array_equal(one, other)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    assert_array_equal(fresh().adviser, first.adviser)
    assert len(times) == 2
    file.write_bytes(b"")
    assert_array_equal(fresh().adviser, first.adviser)
    monkeypatch.setattr(cache, "MOST_ON_DISK", 1)
    choice = choices(seed=5)
    fresh()
    assert not file.exists()
    assert len(list(tmp_path.rglob("*"))) == 2, "one folder and the newest file, no remains"


def test_nothing_is_kept_on_disk_when_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty INNOMOTOR_CACHE, or a folder that cannot be written, costs time and nothing else."""
    monkeypatch.setattr(cache, "WORTH_A_FILE", 1)
    for folder in ("", str(tmp_path / "file" / "below")):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv(cache.FOLDER, folder)
        cache._memory.clear()
        assert len(cache.kept(choices(), network._named).listener)
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


def test_memory_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more is kept in memory than allowed, and at least the latest."""
    monkeypatch.setattr(cache, "MOST_IN_MEMORY", 1)
    for seed in (1, 2, 3):
        cache.kept(choices(seed=seed), network._named)
    assert len(cache._memory) == 1


def test_one_network_is_shared_where_nothing_behind_it_is_drawn() -> None:
    """No copies are made."""
    ready = experiment.prepare(source(**question(uncertain=drawn("peer_influence"))), threads=1)
    assert ready.network is not None
    assert ready.setting(np.arange(2)).network is ready.network
    assert isinstance(ready.network, Networks)
