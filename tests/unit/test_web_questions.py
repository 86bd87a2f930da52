"""What pages ask and what they give back: levers on the way, opened files, files to take home, why a clinic waited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sim import scenario_file
from sim.errors import UserMistakes
from studio import texts
from studio.cli import shipped
from studio.web import handout, levers, runs, takeaway, telling, waiting
from studio.web.opened import MOST_KEPT, Opened
from studio.web.questions import Questions

FEW = {"replicates": 6, "months": 24}


@pytest.fixture
def questions() -> Questions:
    """What may be asked, with nothing opened."""
    return Questions(Opened())


def states(questions: Questions, **content: Any) -> dict[str, np.ndarray[Any, Any]]:
    asked = {"scenario": "smallest", **content, "changes": {**FEW, **content.get("changes", {})}}
    return dict(runs.answer(questions.asked(asked).source()).states)


def pull(month: int, strategy: str, lever: str, dose: Any) -> list[dict[str, Any]]:
    return [{"month": month, "strategy": strategy, "lever": lever, "dose": dose}]


@pytest.mark.parametrize(
    ("strategy", "lever", "dose"), [("help", "reinvention", "guided"), ("make", "remove_old_way", 1)]
)
def test_a_lever_that_stays_as_it_was_changes_nothing(
    questions: Questions, strategy: str, lever: str, dose: Any
) -> None:
    """Splitting a strategy in phases at a month gives the very same worlds, a mandate in force included."""
    before = states(questions)
    after = states(questions, levers=pull(8, strategy, lever, dose))
    assert (after[strategy] == before[strategy]).all()


def test_a_lever_changed_on_the_way_keeps_the_past(questions: Questions) -> None:
    """Months before are bit for bit as they were, those after are not, and the other strategies are untouched."""
    before, after = states(questions), states(questions, levers=pull(8, "let", "mandate", "decided"))
    assert (after["let"][:, :9] == before["let"][:, :9]).all()
    assert (after["let"] != before["let"]).any()
    assert all((after[name] == before[name]).all() for name in ("help", "make", "phased"))


def test_what_was_lifted_stays_lifted(questions: Questions) -> None:
    """A lever changed after the decision was lifted does not decide anew."""
    lifted = {"events": [{"month": 6, "mandate_lifts": {}}]}
    before = states(questions, changes=lifted)
    after = states(questions, changes=lifted, levers=pull(10, "make", "remove_old_way", 1))
    assert (after["make"] == before["make"]).all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"strategy": "phased", "lever": "training", "dose": 1, "month": 3}, "phases end by month"),
        ({"strategy": "help", "lever": "trainin", "dose": 1, "month": 3}, "there is no 'trainin'"),
        ({"strategy": "hlep", "lever": "training", "dose": 1, "month": 3}, "there is no 'hlep'"),
        ({"strategy": "help", "lever": "training", "dose": 1}, "incomplete"),
        ({"strategy": "help", "lever": "training", "dose": 99, "month": 3}, "training"),
        ({"strategy": "help", "lever": "training", "dose": 1, "month": 10**9}, "month"),
    ],
)
def test_a_lever_that_cannot_be_changed_is_refused(questions: Questions, change: dict[str, Any], told: str) -> None:
    """Each with what was found and what to write."""
    with pytest.raises(UserMistakes, match=told):
        questions.asked({"scenario": "smallest", "levers": [change]}).source()


def test_the_page_offers_levers_only_where_they_can_be_changed() -> None:
    """Strategies whose phases end by reach are left out."""
    scenario = scenario_file.read(shipped.all_by_name()["self_monitoring"]).scenario
    assert levers.changeable(scenario) == {"let": True, "help": True, "make": True, "phased": False}


# --- files that are opened -----------------------------------------------------------------------------------------


def test_an_opened_file_can_be_asked_for(questions: Questions) -> None:
    """With the list of its clinics beside it; the same files have the same name."""
    opened = Opened()
    text = shipped.all_by_name()["smallest"].read_text(encoding="utf-8")
    own = text.replace("{Norrdal: 24, Sörvik: 16}", "{csv: mine.csv}")
    rows = "region,clinic\n" + "".join(f"Norrdal,Enhet {i}\n" for i in range(9))
    name = opened.keep({"my.yaml": own, "mine.csv": rows})
    assert opened.keep({"my.yaml": own, "mine.csv": rows}) == name
    source = Questions(opened).asked({"scenario": name}).source()
    assert [row.region for row in source.clinics or ()] == ["Norrdal"] * 9
    with pytest.raises(UserMistakes, match="Open it again"):
        questions.asked({"scenario": name})


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"x.yaml": "title: [1"}, "x.yaml"),
        ({"x.yaml": "extends: ../../etc/passwd\n"}, "leads upwards"),
        ({"x.yaml": "a: &a 1\nb: *a\n"}, "x.yaml:1"),
        ({"../x.yaml": "title: x"}, "yaml"),
        ({"x.exe": "title: x"}, "Open files that end in"),
        ({"x.csv": "region,clinic\n"}, "no scenario among the files"),
        ({}, "no scenario among the files"),
        ({f"{i}.csv": "" for i in range(20)}, "20 files"),
    ],
)
def test_an_opened_file_passes_the_guard_or_not(files: dict[str, str], told: str) -> None:
    """Every mistake is told, without a folder that nobody knows, and nothing is kept."""
    opened = Opened()
    with pytest.raises(UserMistakes, match=told) as refused:
        opened.keep(files)
    assert "innomotor-opened" not in str(refused.value)
    assert not list(opened._folder.rglob("*.*"))


def test_only_so_many_opened_files_are_kept() -> None:
    """The one that was used the longest ago goes first."""
    opened = Opened()
    text = shipped.all_by_name()["smallest"].read_text(encoding="utf-8")
    names = [opened.keep({"x.yaml": f"{text}# {i}\n"}) for i in range(MOST_KEPT + 1)]
    assert opened.get(names[0]) is None
    assert opened.get(names[-1]) is not None


# --- what the room takes home ----------------------------------------------------------------------------------------


def test_the_scenario_taken_home_asks_the_same(questions: Questions, tmp_path: Path) -> None:
    """Read again it is the same scenario, with all that the room changed."""
    changes = {
        **FEW,
        "months": 48,
        "parameters": {"peer_influence": 0.5},
        "events": [{"month": 5, "champions_leave": {"share": 0.5}}],
    }
    question = questions.asked(
        {"scenario": "decree", "changes": changes, "levers": pull(12, "make", "facilitators_fte", 4)}
    )
    file = tmp_path / "home.yaml"
    file.write_bytes(takeaway.scenario(question))
    again = scenario_file.read(file)
    assert again.scenario.model_copy(update={"replicates": 6}) == question.source().scenario
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["events"][-1]["month"] == 5


def test_the_curves_taken_home_are_those_of_the_run(questions: Questions) -> None:
    """Every strategy, curve and month; decimal comma and semicolon in Swedish."""
    found = runs.answer(questions.asked({"scenario": "smallest", "changes": FEW}).source())
    swedish = takeaway.curves(found, {}, texts.load("sv")).decode("utf-8-sig").splitlines()
    english = takeaway.curves(found, {}, texts.load("en")).decode("utf-8-sig").splitlines()
    assert len(swedish) == len(english) == 1 + 4 * len(telling.CURVES) * 25
    last = next(line for line in reversed(english) if line.startswith("help,reach,24"))
    middle = np.quantile(found.results["help"].curves["reach"][:, 24], 0.5, method="inverted_cdf")
    assert float(last.split(",")[4]) == pytest.approx(middle, abs=5e-5)
    assert last.replace(".", ";").replace(",", ";").split(";") == next(
        line for line in reversed(swedish) if line.startswith("help;reach;24")
    ).replace(",", ";").split(";")


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_handout_is_two_pages(questions: Questions, language: texts.Language) -> None:
    """A PDF of two pages, the same from run to run, whatever the room did."""
    found = runs.answer(questions.asked({"scenario": "smallest", "changes": FEW}).source())
    content = {"done": ["$x$ <b>", "y" * 500]}
    made = handout.pdf(found, content, texts.load(language))
    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") + made.count(b"/Type /Page ") == 2
    assert made == handout.pdf(found, content, texts.load(language))


def test_why_a_clinic_waited_is_that_of_the_world_on_the_stage(questions: Questions) -> None:
    """The timeline's months are those in which the stage's state of the clinic changes."""
    question = questions.asked({"scenario": "smallest", "changes": FEW})
    found = runs.answer(question.source())
    world, seen = 3, found.states["help"][3]
    clinic = next(
        c for c in range(40) if (seen[:, c] % runs.CHAMPION == runs.STATES.index("using")).any() and not seen[0, c] % 8
    )
    told = waiting.told(question.source(), {"strategy": "help", "world": world, "clinic": clinic}, texts.load("sv"))
    first = int(np.argmax(np.isin(seen[:, clinic] % runs.CHAMPION, (2, 3, 4))))
    assert first in [one["month"] for one in told["timeline"]]
    assert told["timeline"][0] == {"month": 0, "text": "känner till"}
    assert told["advisers"]
    for wrong in ({"clinic": 40}, {"clinic": "x"}, {"world": 99}, {"strategy": "none"}, {"world": None}):
        with pytest.raises(UserMistakes):
            waiting.told(question.source(), {"strategy": "help", "world": 0, "clinic": 1, **wrong}, texts.load("sv"))


def test_at_an_equal_budget_the_states_are_those_of_the_scaled_strategies(questions: Questions) -> None:
    """What the networks show and what the tables say is one run."""
    asked = {"scenario": "coordinator", "equal_budget": True, "changes": {"replicates": 4, "months": 30}}
    question = questions.asked(asked)
    found = runs.answer(question.source(), equal_budget=question.equal_budget)
    assert found.comparison.equal_budget is not None
    assert any(factor != 1 for factor in found.comparison.equal_budget.factors.values())
    for name, result in found.results.items():
        used = np.isin(found.states[name] % runs.CHAMPION, (2, 3, 4)).mean(axis=2)
        assert np.allclose(used, result.curves["reach"], atol=1e-6)


def test_networks_and_curves_show_the_same_innovation(questions: Questions) -> None:
    """Where a scenario has several, both are of the first by name."""
    changes = {"replicates": 4}
    found = runs.answer(questions.asked({"scenario": "three_initiatives", "changes": changes}).source())
    for name, states in found.states.items():
        used = np.isin(states % runs.CHAMPION, (2, 3, 4)).mean(axis=2)
        assert np.allclose(used, telling.first_of(found, name).curves["reach"], atol=1e-6)
