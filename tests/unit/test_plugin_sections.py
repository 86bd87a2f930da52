"""What a scenario says to a plugin: typed, told with its line, changed by strategies, and in the key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from authors import mechanism, plugin
from builders import compared, same
from json_schema import accepts

import sim
from sim import safe_yaml, scenario_file
from sim.errors import PluginFault, UserMistakes
from sim.plugin_host import parts_of
from sim.plugin_host.discovery import Plugin
from sim.scenario_file import schema

CODE = """
class Inner(Settings):
    deep: Annotated[Whole, Field(ge=1, le=9)] = 1
    '''How deep.'''

class Own(Settings):
    hours: Annotated[Number, Field(ge=0)] = 10
    '''Hours to book.'''
    how: Literal["fast", "slow"] = "fast"
    '''How it is done.'''
    inner: Inner = Inner()
    '''More.'''

class Books(Mechanism):
    '''Books hours.'''
    name = "books"
    phase = Phase.ACCOUNT
    writes = frozenset({"amounts"})

    def __call__(self, world: World) -> None:
        '''Every month.'''
        rate = world.parameter("rate")[:, 0].astype(np.float64)
        world.spend("cost_levers_sek", np.broadcast_to(self.settings.hours * rate, world.shape[:1]))

@hookimpl
def innomotor_settings():
    return Own

@hookimpl
def innomotor_mechanisms(settings):
    return [Books] if settings.how == "fast" else []
"""
ROWS = """
hours: {value: 10, low: 0, high: 99, unit: hours, source: estimate}
rate: {value: 2, low: 1, high: 3, unit: SEK/hour, source: estimate}
"""
SCENARIO = """months: 4
replicates: 3
clinics: {regions: {Norrdal: 6, Sörvik: 5}}
innovations: {one: {}}
strategies:
  let: let_it_happen
  more: {use: let_it_happen, plugins: {NAME: {hours: 30}}}
  slow: {use: let_it_happen, plugins: {NAME: {how: slow}}}
  without: {use: let_it_happen, plugins: {NAME: off}}
plugins:
  NAME:
    hours: 20
    inner: {deep: 2}
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The plugin, and a working folder for scenarios."""
    monkeypatch.chdir(tmp_path)
    with plugin(tmp_path, CODE, ROWS) as found:
        yield found


def written(made: Plugin, text: str) -> Path:
    """A scenario file that names the plugin."""
    file = Path("a.yaml")
    file.write_text(text.replace("NAME", made.name), encoding="utf-8")
    return file


def cost(made: Plugin, text: str) -> dict[str, float]:
    """What each strategy costs."""
    return {
        name: float(np.median(result.final["cost_levers_sek"]))
        for name, result in sim.run(written(made, text)).strategies.items()
    }


def test_settings_reach_the_mechanism_and_strategies_change_them(made: Plugin) -> None:
    """Four months at two SEK an hour; a strategy may say more, choose another way, or do without the plugin."""
    assert cost(made, f"{SCENARIO}estimates: fixed\n") == {"let": 160, "more": 240, "slow": 0, "without": 0}


def test_estimates_of_a_plugin_are_drawn_like_those_of_the_model(made: Plugin) -> None:
    """A number of grade C is drawn from its range unless the scenario says otherwise; what it sets itself is not."""
    drawn = sim.run(written(made, SCENARIO), replicates=40)
    rate = drawn.strategies["let"].final["cost_levers_sek"] / 80
    assert len(set(rate)) == 20  # two worlds for each draw
    assert rate.min() >= 1
    assert rate.max() <= 3
    assert f"{made.name}.rate" in drawn.summary_of_assumptions()["drawn"]
    assert drawn.grades[f"{made.name}.rate"] == "C"
    fixed = sim.run(written(made, f"{SCENARIO}parameters: {{NAME.rate: 3}}\n"))
    assert f"{made.name}.rate" not in fixed.summary_of_assumptions()["drawn"]


def test_a_parameter_of_a_plugin_is_set_and_drawn_like_any(made: Plugin) -> None:
    """`plugin.name` stands under parameters or uncertain; a draw is the same under every strategy."""
    assert cost(made, f"{SCENARIO}parameters: {{NAME.rate: 3}}\n")["let"] == 240
    drawn = sim.run(written(made, f"{SCENARIO}uncertain: {{NAME.rate: {{uniform: [1, 3]}}}}\n"))
    let, more = (drawn.strategies[name].final["cost_levers_sek"] for name in ("let", "more"))
    assert len(set(let)) > 1
    np.testing.assert_allclose(more, 1.5 * let)
    assert drawn.grades[f"{made.name}.rate"] == "uncertain"
    assert drawn.grades[f"{made.name}.hours"] == "C"


def test_every_mistake_is_told_with_its_line(made: Plugin) -> None:
    """Settings are told like the rest of the scenario: line, place, what was found, what to write."""
    text = SCENARIO.replace("hours: 20", "huors: 20").replace("deep: 2", "deep: 12").replace("hours: 30", "hours: -1")
    text += "parameters: {NAME.rat: 3, other.x: 1}\nuncertain: {NAME.rate: {uniform: [0, 9]}}\n"
    with pytest.raises(UserMistakes) as told:
        scenario_file.read(written(made, text.replace("how: slow", "how: slwo")))
    name = made.name
    possible = f"Possible: {name}.hours and {name}.rate."
    meant = f"Did you mean '{name}.rate'? {possible}"
    lines = (
        f"7: strategies.more.plugins.{name}.hours: -1 is too low. Write a number of at least 0.",
        f"8: strategies.slow.plugins.{name}.how: unknown word 'slwo'. Did you mean 'slow'? Possible: fast and slow.",
        f"12: plugins.{name}: unknown key 'huors'. Did you mean 'hours'? Possible: hours, how and inner.",
        f"13: plugins.{name}.inner.deep: 12 is too high. Write a whole number from 1 to 9.",
        f"14: parameters: there is no parameter 'rat' of a plugin '{name}' that the scenario uses. {meant}",
        f"14: parameters: there is no parameter 'x' of a plugin 'other' that the scenario uses. {possible}",
        f"15: uncertain.{name}.rate: 0 and 9 are outside the range 1 to 3. Write 1 to 3 [SEK/hour]; source: estimate.",
    )
    assert [str(mistake) for mistake in told.value.mistakes] == [f"a.yaml:{line}" for line in lines]


def test_a_plugin_that_is_not_there_is_told_with_its_line(made: Plugin) -> None:
    """Also one that only a strategy names."""
    text = SCENARIO.replace("without: {use: let_it_happen, plugins: {NAME:", "without: {use: phased, plugins: {nobody:")
    with pytest.raises(UserMistakes) as told:
        scenario_file.read(written(made, f"{text}  nowhere:\n"))
    assert [str(mistake).partition(". ")[0] for mistake in told.value.mistakes] == [
        "a.yaml:9: strategies.without.plugins: the scenario does not use a plugin 'nobody'",
        "a.yaml:14: plugins: no plugin is called 'nowhere'",
    ]


def test_what_is_said_to_a_plugin_is_part_of_the_question(made: Plugin) -> None:
    """Another setting makes another key; writing out a default does not."""
    key = sim.run(written(made, SCENARIO)).key
    assert sim.run(written(made, SCENARIO.replace("hours: 20", "hours: 20\n    how: fast"))).key == key
    assert sim.run(written(made, SCENARIO.replace("hours: 20", "hours: 21"))).key != key


def test_a_plugin_can_be_left_out_with_all_that_is_said_to_it(made: Plugin) -> None:
    """What remains is the same scenario without it, bit for bit."""
    text = f"{SCENARIO}parameters: {{NAME.rate: 3}}\n"
    left = sim.experiment.compare(scenario_file.read(written(made, text), without_plugins={made.name}))
    assert same(left.strategies["let"], left.strategies["without"])
    assert left.scenario.plugins == {}
    assert left.scenario.parameters == {}


def writer(name: str, extra: str = "") -> str:
    return (
        mechanism("spread.fit[:] = spread.fit", writes="fit")
        .replace('"part"', f'"{name}"')
        .replace("phase = Phase.ACCOUNT", f"phase = Phase.ACCOUNT\n    {extra}")
    )


def test_two_writers_without_an_order_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are named; an order on either side settles it, and so does switching one off."""
    monkeypatch.chdir(tmp_path)
    ask = "months: 3\nclinics: {regions: {A: 5}}\ninnovations: {one: {}}\nstrategies: {let: let_it_happen}\n"
    with plugin(tmp_path, writer("first")) as one, plugin(tmp_path, writer("second")) as two:
        file = Path("b.yaml")
        file.write_text(f"{ask}plugins: {{{one.name}: {{}}, {two.name}: {{}}}}\n", encoding="utf-8")
        with pytest.raises(UserMistakes, match=f"{one.name}'s 'first' and {two.name}'s 'second' both write fit"):
            sim.run(file)
        asked = file.read_text(encoding="utf-8")
        file.write_text(f"{asked}mechanisms: {{off: [first]}}\n", encoding="utf-8")
        sim.run(file)
        for order in ([one.name, two.name], [two.name, one.name]):
            file.write_text(f"{asked}mechanisms: {{order: [{', '.join(order)}]}}\n", encoding="utf-8")
            made = sim.run(file)
            parts = parts_of(made.scenario).mechanisms
            assert [part.plugin for part in parts if hasattr(part, "plugin")] == order
    after = writer("second", 'after = frozenset({"first"})')
    with plugin(tmp_path, writer("first")) as one, plugin(tmp_path, after) as two:
        file.write_text(f"{ask}plugins: {{{one.name}: {{}}, {two.name}: {{}}}}\n", encoding="utf-8")
        sim.run(file)


def test_draws_of_a_plugin_shift_nobody_elses(tmp_path: Path) -> None:
    """A plugin that draws and does nothing with it leaves every bit as it was."""
    with plugin(tmp_path, mechanism("spread.draws('x').uniform(*world.addresses)")) as made:
        with_it = compared(plugins={made.name: {}}).strategies["let"]
    assert same(with_it, compared().strategies["let"])


def test_the_schema_knows_the_sections_of_plugins(made: Plugin) -> None:
    """Settings are explained to editors; a strategy may change them or do without; a misspelt one is refused."""
    known = schema([made.name])
    for text, right in (
        (SCENARIO, True),
        (SCENARIO.replace("hours: 20", "huors: 20"), False),
        (SCENARIO.replace("how: slow", "how: slowly"), False),
        (SCENARIO.replace("{deep: 2}", "{deep: x}"), False),
        (SCENARIO.replace("slow: {use: let_it_happen", "slow: {use: other.strategy"), True),
    ):
        said = text.replace("NAME", made.name)
        assert accepts(known, safe_yaml.load(said, file="a.yaml").data, known) is right
    section = known["$defs"][f"{made.name}Settings"]["properties"]
    assert section["hours"]["description"] == "Hours to book."


def test_faulty_plugins_are_skipped_from_a_notebook(tmp_path: Path) -> None:
    """`sim.run(..., skip_faulty=True)` goes on without it, warns, and the result says so; else the fault is raised."""
    text = "months: 4\nreplicates: 2\nclinics: {regions: {Norrdal: 6}}\ninnovations: {one: {}}\n"
    text += "strategies: {let: let_it_happen}\nplugins: {NAME: {}}\n"
    with plugin(tmp_path, mechanism("1 / 0")) as faulty:
        file = tmp_path / "a.yaml"
        file.write_text(text.replace("NAME", faulty.name), encoding="utf-8")
        with pytest.raises(PluginFault):
            sim.run(file)
        with pytest.warns(UserWarning, match="ZeroDivisionError"):
            done = sim.run(file, skip_faulty=True)
    assert done.provenance["skipped_plugins"] == [faulty.name]
    assert done.scenario.plugins == {}
