"""A portfolio's file: what is accepted, and how every mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from portfolio import file
from portfolio.balance import coverage, dimension_lights, principle_lights, suggested_colours
from portfolio.board import Criterion
from portfolio.hookspecs import Criteria
from portfolio.requirements import GATES
from sim.api import UserMistakes

SCENARIOS = Path(__file__).parents[2] / "scenarios"

SOUND = """
years: [2026, 2027]
criteria: {a: {weight: 100}, b: {weight: 50}}
groups: {g: {clinics: 4}}
initiatives:
  x: {scores: {a: 3, b: 4}, clinics: {g: 2}}
  y: {scores: {a: 2, b: {low: 1, likely: 2, high: 5}}, requires: [x]}
"""


def told(tmp_path: Path, text: str) -> list[str]:
    """The mistakes of a file, without its name."""
    path = tmp_path / "p.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserMistakes) as error:
        file.read(path)
    return [str(mistake).removeprefix(f"{path}:") for mistake in error.value.mistakes]


def test_a_sound_portfolio_is_read(tmp_path):
    """Short forms become what they stand for."""
    (tmp_path / "p.yaml").write_text(SOUND, encoding="utf-8")
    board = file.read(tmp_path / "p.yaml")
    assert board.initiatives["y"].requires == {"x": 0}
    assert board.initiatives["y"].scores["b"].mean == pytest.approx(8 / 3)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{a: {weight: 100}, b: {weight: 50}}", "{a: {weight: 0}, b: {weight: 0}}", "3: criteria: the weights sum to"),
        ("{a: {weight: 100}, b: {weight: 50}}", "{a: {rank: 1}, b: {weight: 5}}", "3: criteria: a with a rank, others"),
        ("{scores: {a: 3, b: 4}", "{scores: {a: 3}", "6: initiatives.x.scores: no score on b"),
        ("{low: 1, likely: 2, high: 5}", "{low: 3, likely: 2, high: 5}", "7: initiatives.y.scores.b: low 3"),
        ("clinics: {g: 2}", "cost: {fixed_sek: -3}", "6: initiatives.x.cost.fixed_sek: -3 is below zero"),
        ("clinics: {g: 2}", "requires: [y]", "6: initiatives.x.requires: x requires y requires x:"),
        ("clinics: {g: 2}", "requires: [x]", "6: initiatives.x.requires: x names itself"),
        ("clinics: {g: 2}", "excludes: [q]", "6: initiatives.x.excludes.1: there is no initiative 'q'"),
        ("clinics: {g: 2}", "clinics: {g: 5}", "6: initiatives.x.clinics.g: 5 clinics, but g has 4"),
        ("clinics: {g: 2}", "clinics: {h: 5}", "6: initiatives.x.clinics: there is no group of clinics 'h'"),
        ("clinics: {g: 2}", "gates: {clear_nead: yes}", "6: initiatives.x.gates: there is no requirement 'clear_nead'"),
        ("clinics: {g: 2}", "latest: 2020-Q1", "6: initiatives.x: it cannot start in any quarter of 2026-2027"),
        ("a: 3", "a: 9", "6: initiatives.x.scores.a: 9 is not on the scale 1-5"),
        ("a: 3", "a: '3,5'", "6: initiatives.x.scores.a: '3,5' does not fit here. Write 3.5 with a decimal point"),
        ("years: [2026, 2027]", "years: [2027, 2026]", "2: years: the years do not follow each other"),
        ("clinics: {g: 2}", "colour: red", "6: initiatives.x: unknown key 'colour'"),
        ("clinics: {g: 2}", "must: startd", "6: initiatives.x.must: unknown word 'startd'. Did you mean 'started'?"),
        ("{clinics: 4}", "{}", "4: groups.g: neither clinics nor a scenario"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path, before, after, expected):
    """Where it stands, what was found there, and what to write instead."""
    assert before in SOUND
    assert any(one.startswith(expected) for one in told(tmp_path, SOUND.replace(before, after))), told(
        tmp_path, SOUND.replace(before, after)
    )


def test_all_mistakes_are_told_at_once_and_in_order(tmp_path):
    """What is broken in one initiative hides nothing of another, nor makes it look wrong."""
    text = (
        SOUND.replace("a: 3", "a: x").replace("weight: 50", "weight: -5").replace("requires: [x]", "requires: [x, q]")
    )
    found = told(tmp_path, text)
    assert [int(one.partition(":")[0]) for one in found] == [3, 6, 7]


def test_limits_of_years_that_are_not_there_are_told(tmp_path):
    """A budget for a year outside the plan would be silently lost."""
    found = told(tmp_path, SOUND + "limits: {budget_sek: {2026: 5, 2031: 5}}\n")
    assert found == ["8: limits.budget_sek: 2031 is not among the years. Write some of 2026 and 2027."]


def test_the_guard_against_hostile_files_holds_here_too(tmp_path):
    """No anchors, no duplicate keys: the same guard as for scenarios."""
    assert "written twice" in told(tmp_path, SOUND + "years: [2026]\n")[0]
    assert "anchor" in told(tmp_path, SOUND.replace("[2026, 2027]", "&a [2026]"))[0]


def test_plugins_add_gates_criteria_and_value_models(tmp_path):
    """What a plugin brings is asked for and reckoned with; what the file says itself goes before."""
    (tmp_path / "p.yaml").write_text(
        SOUND.replace("a: 3, b: 4", "a: 3, b: 4, c: 5").replace("high: 5}", "high: 5}, c: 1"), encoding="utf-8"
    )
    added = Criteria(
        ("green_light",), {"c": Criterion(weight=30), "a": Criterion(weight=1)}, {"b": lambda s: ((s - 1) / 4) ** 2}
    )
    board = file.read(tmp_path / "p.yaml", lambda names: (added,))
    assert board.requirements == ("green_light",)
    assert board.criteria["a"].weight == 100
    assert board.criteria["c"].weight == 30
    scores, worth = np.array(board.criteria["b"].points()).T
    np.testing.assert_allclose(worth, ((scores - 1) / 4) ** 2, atol=1e-9)


@pytest.mark.parametrize("name", ["portfolio_exempelregion", "portfolio_visionsdriven_halsa"])
def test_a_shipped_portfolio_says_what_is_invented_or_read(name):
    """Both carry a note for every page, in both languages."""
    board = file.read(SCENARIOS / f"{name}.yaml")
    assert board.note is not None
    assert board.note.sv != board.note.en


def test_the_example_has_twelve_initiatives_and_every_kind_of_rule():
    """Decided, stopped, open and promised; prerequisite, exclusion, synergy of both signs; simulated and by hand."""
    board = file.read(SCENARIOS / "portfolio_exempelregion.yaml")
    every = board.initiatives.values()
    assert len(board.initiatives) == 12
    assert {one.benefit.scenario is not None for one in every} == {True, False}
    assert any(one.must for one in every)
    assert any(one.requires for one in every)
    assert any(one.excludes for one in every)
    assert {synergy.value > 0 for one in every for synergy in one.synergy.values()} == {True, False}
    assert all(set(one.gates) == set(GATES) for one in every if one.must is None)


def test_environments_are_judged_with_a_line_each_and_never_ranked():
    """Every judgement that has a colour says where it is read; there is nothing to rank."""
    board = file.read(SCENARIOS / "portfolio_visionsdriven_halsa.yaml")
    assert len(board.environments) == 5
    judged = [j for one in board.environments.values() for j in (*one.principles.values(), *one.dimensions.values())]
    assert all(one.reason and one.line for one in judged if one.colour != "not_judged")
    assert board.initiatives == {}


def test_a_principle_is_orange_when_two_have_had_difficulty():
    """National anchoring was hard for several, international not: the split principle shows both (B:1028-1033)."""
    lights = {
        one.label: one
        for one in principle_lights(file.read(SCENARIOS / "portfolio_visionsdriven_halsa.yaml").environments)
    }
    assert lights["anchoring__national"].colour == "orange"
    assert lights["anchoring__international"].colour == "green"
    assert len(lights["anchoring__international"].difficult) == 1
    assert len(lights) == 9


def test_dimensions_have_no_common_colour():
    """They show where the environments aimed, and nothing is made of it (B:2023-2026)."""
    lights = dimension_lights(file.read(SCENARIOS / "portfolio_visionsdriven_halsa.yaml").environments)
    assert {one.colour for one in lights} == {None}
    assert "atmp2030" in next(one for one in lights if one.label == "infrastructure").judged


def test_a_suggested_colour_follows_majority_and_veto(tmp_path):
    """Mostly green is green; one red forbids green; mostly red is red; nothing judged suggests nothing."""
    judged = """
preconditions:
  x: {clear_need: green, own_motor: green, frees_time: orange}
  y: {clear_need: green, own_motor: green, frees_time: red}
"""
    (tmp_path / "p.yaml").write_text(SOUND + judged, encoding="utf-8")
    assert suggested_colours(file.read(tmp_path / "p.yaml")) == {"x": "green", "y": "orange"}
    (tmp_path / "p.yaml").write_text(
        SOUND + "preconditions: {x: {clear_need: red, own_motor: red, frees_time: green}, y: {}}\n", encoding="utf-8"
    )
    assert suggested_colours(file.read(tmp_path / "p.yaml")) == {"x": "red", "y": "not_judged"}


def test_coverage_shows_the_root_causes_that_nobody_works_on():
    """A root cause of the whole portfolio stays in the list when none of the chosen works on it."""
    board = file.read(SCENARIOS / "portfolio_exempelregion.yaml")
    found = coverage(board, ["voice_dictation"])
    assert found.root_causes["ojämna flöden"] == ("voice_dictation",)
    assert found.root_causes["onödig antibiotika"] == ()
    assert found.groups["dental"] == ("voice_dictation",)
