"""Plugins and the built-in parts come in by one door, and what is switched off does not run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from builders import compared, everything_but, model, scenario

from sim import builtin, plugin_host
from sim.errors import UserMistakes
from sim.hookspecs import PROJECT, hookimpl
from sim.month import Mechanism, Phase
from sim.plugin_host import discovery
from sim.views import WorldView


class Countdown(Mechanism):
    """Counts the months that it saw."""

    name = "countdown"
    phase = Phase.ACCOUNT
    writes = frozenset({"amounts"})

    def __call__(self, world: WorldView) -> None:
        """One more."""
        world.spend("cost_levers_sek", np.float64(1000.0))


class Plugin:
    """What an outside author would write."""

    @hookimpl
    def innomotor_mechanisms(self) -> list[type[Mechanism]]:
        """One mechanism."""
        return [Countdown]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A plugin `counting`, as if it were installed; gives the file that it is said to live in."""
    file = tmp_path / "counting_plugin.py"
    file.write_text("STEP = 1000\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    point = SimpleNamespace(name="counting", load=Plugin, module=file.stem, dist=None)
    monkeypatch.setattr(discovery, "entry_points", lambda group: [point] if group == PROJECT else [])
    return file


def test_the_built_in_parts_come_through_pluggy() -> None:
    """The core is a plugin among others, and every mechanism of the month is one that it gave."""
    manager = plugin_host.Host(()).manager
    assert manager.get_plugin(plugin_host.CORE) is builtin
    parts = plugin_host.parts_of(scenario())
    assert set(parts.mechanisms) == {m for m in builtin.innomotor_mechanisms() if m.wanted(scenario())}
    assert [actor.name for actor in parts.actors][:2] == ["leadership", "innovation_support"]


def test_a_changed_plugin_is_another_question(installed: Path) -> None:
    """The key holds the source of the plugins that the scenario names, and of no other."""
    named = {"months": 2, "plugins": {"counting": None}}
    before, without = compared(**named).key, compared(months=2).key
    assert compared(**named).key == before != without
    installed.write_text("STEP = 2000\n", encoding="utf-8")
    assert compared(**named).key != before
    assert compared(months=2).key == without


def test_a_named_plugin_takes_part(installed: Path) -> None:
    """A plugin that the scenario names runs; one that is installed and not named does not."""
    without = compared(months=5).strategies["let"].final["cost_levers_sek"]
    with_it = compared(months=5, plugins={"counting": None}).strategies["let"].final["cost_levers_sek"]
    np.testing.assert_allclose(with_it - without, 5000.0)


def test_a_plugin_may_be_switched_off_like_any_part(installed: Path) -> None:
    """The names of a plugin's mechanisms are known to `mechanisms: off`."""
    off = compared(months=5, plugins={"counting": None}, mechanisms={"off": ["countdown"]})
    assert (off.strategies["let"].final["cost_levers_sek"] == 0).all()


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({"plugins": {"countin": None}}, "plugins.countin", "Did you mean 'counting'?"),
        ({"plugins": {"xyz": None}}, "plugins.xyz", "installed: counting"),
        ({"mechanisms": {"off": ["fatige"]}}, "mechanisms.off", "Did you mean 'fatigue'?"),
        ({"mechanisms": {"off": ["qqq"]}}, "mechanisms.off", "abandonment, academia"),
        ({"mechanisms": {"off": ["leadership"]}}, "mechanisms.off", "there is no mechanism 'leadership'"),
    ],
)
def test_what_is_unknown_is_named_with_a_remedy(
    installed: Path, changes: dict[str, Any], place: str, says: str
) -> None:
    """A misspelt plugin or mechanism is the user's mistake, told with what was meant."""
    with pytest.raises(UserMistakes) as raised:
        plugin_host.parts_of(scenario(**changes))
    (mistake,) = raised.value.mistakes
    assert mistake.place == place
    assert says in str(mistake)


def test_all_mistakes_at_once(installed: Path) -> None:
    """Two unknown mechanisms are told together."""
    with pytest.raises(UserMistakes) as raised:
        plugin_host.parts_of(scenario(mechanisms={"off": ["aaa", "bbb"]}))
    assert len(raised.value.mistakes) == 2


def test_off_means_off() -> None:
    """What is switched off is not in the month, and what it would have changed stays as it was."""
    made = model(mechanisms={"off": ["fatigue", "champions"]})
    assert not {"fatigue", "champions"} & made.world.running
    nothing = model(mechanisms=everything_but())
    for _ in range(24):
        nothing.step()
    spread = nothing.world.spreads[0]
    assert spread.in_use.sum(axis=1).tolist() == [2] * 5
    assert not nothing.world.fatigue.any()


@pytest.mark.parametrize("name", sorted({m.name for m in builtin.innomotor_mechanisms()} | {"innovation_support"}))
def test_every_part_can_be_switched_off(name: str) -> None:
    """Without any one part the month still runs, under help and make, and shares stay shares."""
    made = compared(
        months=9,
        strategies={"help": "help_it_happen", "make": "make_it_happen"},
        mechanisms={"off": [name]},
        replicates=2,
    )
    for result in made.strategies.values():
        assert ((result.stages >= 0) & (result.stages <= 1)).all()
        seen = {metric: values for metric, values in result.final.items() if not metric.endswith("_after_support")}
        assert not any(np.isnan(values).any() for values in seen.values())


def test_without_work_hours_do_not_bind() -> None:
    """Where nobody counts hours, tests and adjustments take their minimum months and the innovation takes root."""
    hasty = {"external_influence": 5.0, "startup_probability": 0.38}
    changes: dict[str, Any] = {"months": 60, "parameters": hasty, "replicates": 10}
    bound, free = (compared(mechanisms={"off": off}, **changes).strategies["let"] for off in ([], ["work"]))
    assert free.final["reach"].mean() > 0.5
    assert free.final["sustained"].mean() >= bound.final["sustained"].mean()
    assert (free.final["clinic_hours"] == 0).all()


def test_the_explanation_names_every_part_and_parameter() -> None:
    """Every mechanism stands in its phase, with a sentence on what it does."""
    asked = scenario(strategies={"help": "help_it_happen"}, parameters={"wage": 400})
    explained = plugin_host.explain(asked, {})
    named = {name: sentence for _, parts in explained.month for name, sentence, _, _ in parts}
    assert {m.name for m in builtin.innomotor_mechanisms() if m.wanted(asked)} <= set(named)
    assert all(sentence.endswith((".", "?", ":")) or sentence for sentence in named.values())
    assert [phase for phase, _ in explained.month] == [
        phase.name for phase in Phase if phase.name in dict(explained.month)
    ]
    origin = {name: where for name, _, where, _ in explained.parameters}
    assert origin["wage"] == "scenario"
    assert origin["support_wage"] == "default"
