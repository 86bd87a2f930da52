"""The store of answers: the same question is computed once, another question never gets its answer."""

from __future__ import annotations

import json

import builders
import numpy as np
import pytest

from sim import answers, evidence, experiment
from sim.store import shared


@pytest.fixture
def computed(monkeypatch):
    """How often something was computed."""
    calls = []
    compare = experiment.compare

    def counting(source, **more):
        calls.append(source)
        return compare(source, **more)

    monkeypatch.setattr(experiment, "compare", counting)
    return calls


def ask(**changes):
    more = {key: changes.pop(key) for key in ("fresh", "equal_budget") if key in changes}
    return answers.answer(builders.source(**{"months": 12, "replicates": 3, **changes}), threads=1, **more)


def test_the_same_question_is_computed_once(computed):
    """Asked again, the answer comes from the store, bit for bit, and says when it was computed."""
    several = {"innovations": {"b": {"begins": {"region": "Norrdal", "clinics": 2}}, "a": {}}}
    first, again = ask(**several), ask(**several)
    assert (len(computed), first.computed) == (1, None)
    assert again.computed is not None
    one, other = first.comparison, again.comparison
    assert (one.key, one.clinics, one.regions, one.grades) == (other.key, other.clinics, other.regions, other.grades)
    for name, result in one.strategies.items():
        assert builders.same(result, other.strategies[name])
        assert list(result.innovations) == list(other.strategies[name].innovations)
        assert all(
            builders.same(spread, other.strategies[name].innovations[i]) for i, spread in result.innovations.items()
        )
        for measure, values in result.final.items():  # what never happened is not what is not known
            np.testing.assert_array_equal(values, other.strategies[name].final[measure])
            assert values.dtype == other.strategies[name].final[measure].dtype
    assert json.dumps(one.summary()) == json.dumps(other.summary())


def test_fresh_computes_anew(computed):
    """With fresh the store is not asked."""
    ask()
    assert ask(fresh=True).computed is None
    assert len(computed) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 2},
        {"replicates": 4},
        {"parameters": {"peer_influence": 0.5}},
        {"strategies": {"let": {"use": "let_it_happen", "levers": {"training": 1}}}},
        {"equal_budget": 1e6},
    ],
)
def test_another_question_is_another_answer(computed, changes):
    """Whatever decides the answer is in the key."""
    ask()
    assert ask(**changes).computed is None
    assert len(computed) == 2


@pytest.mark.parametrize("what", ["parameters", "engine", "plugin"])
def test_a_changed_program_is_never_answered_from_an_old_run(computed, monkeypatch, what):
    """Other defaults, another line of the engine, another plugin's source: each is computed anew."""
    ask()
    if what == "parameters":
        monkeypatch.setattr(evidence, "digest", lambda: "other")
    elif what == "engine":
        monkeypatch.setattr("sim.store.key._engine_source", lambda: "other")
    else:
        source = [experiment.store.PluginSource("p", "1", "other")]
        monkeypatch.setattr("sim.plugin_host.sources_of", lambda _: source)
    assert ask().computed is None
    assert len(computed) == 2


def test_a_title_is_no_other_question(computed):
    """Labels are not part of the question; the answer has the new one."""
    ask()
    found = ask(title={"sv": "Ny", "en": "New"})
    assert found.computed is not None
    assert found.comparison.scenario.title.en == "New"


def test_a_damaged_answer_is_computed_anew(computed):
    """What does not hold what was written is not believed, and is replaced."""
    ask()
    part = next(shared.folder().rglob("*.npz"))
    part.write_bytes(part.read_bytes()[:-8] + b"12345678")
    assert ask().computed is None
    assert ask().computed is not None
    assert len(computed) == 2


def test_a_store_that_cannot_be_written_is_no_reason_to_fail(computed, monkeypatch, tmp_path):
    """Without a store everything is computed."""
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("INNOMOTOR_STORE", str(tmp_path / "file" / "below"))
    assert ask().computed is None
    assert ask().computed is None


def test_what_was_asked_for_longest_ago_is_let_go(computed, monkeypatch):
    """The store keeps its size."""
    ask()
    size = sum(path.stat().st_size for path in shared.folder().rglob("parts/*/*"))
    monkeypatch.setattr(shared, "MOST_BYTES", int(size * 1.5))
    ask(seed=2)
    assert ask(seed=2).computed is not None
    assert ask().computed is None


def test_equal_budget_comes_back(computed):
    """Factors and reasons are part of the answer."""
    two = {"strategies": {"let": "let_it_happen", "help": "help_it_happen"}}
    first, again = (ask(**two, equal_budget=True).comparison for _ in range(2))
    assert first.equal_budget == again.equal_budget
    assert len(computed) == 1
