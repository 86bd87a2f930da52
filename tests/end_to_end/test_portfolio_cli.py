"""`innomotor portfolio rank | choose | test | voi --json`: one object of the promised shape, as the README says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portfolio import file
from portfolio.requirements import GATES
from sim.errors import UserMistakes
from studio.forecasts import SimulatedForecast

SCENARIOS = Path(__file__).parents[2] / "scenarios"

PORTFOLIO = f"""
title: Small
years: [2026, 2027]
horizon_years: 3
limits: {{budget_sek: 4_000_000, facilitators_fte: 3}}
doubt: {{draws: 400}}
groups: {{all: {{scenario: smallest.yaml}}}}
criteria: {{a: {{weight: 100}}, b: {{weight: 40}}}}
initiatives:
  simulated:
    gates: {json.dumps(dict.fromkeys(GATES, "yes"))}
    scores: {{a: {{low: 3, likely: 4, high: 5}}, b: 3}}
    cost: {{fixed_sek: 100_000}}
    benefit: {{scenario: smallest.yaml}}
    strategies: [let, help]
  by_hand:
    gates: {json.dumps(dict.fromkeys(GATES, "yes"))}
    scores: {{a: 2, b: {{low: 1, likely: 3, high: 5}}}}
    cost: {{fixed_sek: 500_000, change_hours_per_clinic: 30}}
    benefit:
      per_year: {{qaly: {{low: 0, likely: 1, high: 3}}, saved_sek: {{low: 0, likely: 90_000, high: 400_000}}}}
      ramp: {{bass: {{p: 0.05, q: 0.5}}}}
    clinics: {{all: 20}}
    earliest: 2026-Q2
  stopped: {{gates: {{clear_need: no}}}}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a small portfolio and a short scenario."""
    folder = tmp_path_factory.mktemp("portfolio")
    shutil.copy(SCENARIOS / "smallest.yaml", folder / "base.yaml")
    (folder / "smallest.yaml").write_text(
        "extends: base.yaml\nmonths: 18\nreplicates: 6\ngoal: null\n", encoding="utf-8"
    )
    (folder / "p.yaml").write_text(PORTFOLIO, encoding="utf-8")
    return folder


def told(place: Path, *words: str) -> dict:
    """What a command prints as JSON."""
    command = [sys.executable, "-m", "studio.cli", "portfolio", *words, "--json"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_rank_has_the_promised_shape(place):
    """Ranked, stopped and undefined are told apart; shares of first places sum to 1."""
    found = told(place, "rank", "p.yaml")
    assert all(one["interval"][0] <= one["value"] <= one["interval"][1] for one in found["ranking"])
    assert list(found) == [
        *("portfolio", "seed", "draws", "weights", "ranking", "entropy", "weight_that_changes_first", "not_ranked"),
        "to_find_out",
    ]
    assert set(found["ranking"][0]) == {
        *("name", "place", "value", "values", "bonus", "gates", "first", "first_error", "expected_place", "confidence"),
        *("central_weights", "acceptability", "dominated_by", "interval"),
    }
    assert sum(one["first"] for one in found["ranking"]) == pytest.approx(1)
    assert found["not_ranked"] == {"stopped": "stopped"}


def test_a_changed_weight_is_tried_without_changing_the_file(place):
    """What if a criterion weighed more: the weights follow, and one that is not there is told."""
    before = (place / "p.yaml").read_bytes()
    usual, changed = told(place, "rank", "p.yaml"), told(place, "rank", "p.yaml", "--weight", "a=900")
    assert changed["weights"]["a"] > usual["weights"]["a"]
    assert sum(changed["weights"].values()) == pytest.approx(1)
    assert (place / "p.yaml").read_bytes() == before
    command = [sys.executable, "-m", "studio.cli", "portfolio", "rank", "p.yaml", "--weight", "zz=1", "--weight", "a=x"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 2
    assert "there is no criterion 'zz'" in done.stderr
    assert "'a=x'" in done.stderr


def test_choose_has_the_promised_shape_and_says_from_where(place):
    """The gap is there, every limit with its use, and where each adoption comes from."""
    found = told(place, "choose", "p.yaml", "--draws", "20")
    assert list(found) == [
        *("portfolio", "seed", "value", "gap", "chosen", "resources", "frontier", "five_percent", "robustness")
    ]
    assert found["gap"] <= 1e-4
    assert all(one["used"] <= one["limit"] * (1 + 1e-6) for one in found["resources"])
    assert {one["adoption_from"] for one in found["chosen"]} <= {"simulation", "bass"}
    assert set(found["robustness"]["initiatives"]) == {"simulated", "by_hand"}


def test_test_has_the_promised_shape(place):
    """Every round with its loads by group, and how it ended."""
    found = told(place, "test", "p.yaml")
    assert list(found) == ["portfolio", "ending", "rounds"]
    assert found["ending"] in {"agrees", "goes_round", "out_of_rounds"}
    for one in found["rounds"]:
        assert set(one) == {"chosen", "value", "gap", "adoption_kept", "overloads", "loads"}
        assert len(one["loads"]["all"]["asked_hours"]) == 8


def test_voi_has_the_promised_shape(place):
    """What each unknown is worth, never more than knowing all about its initiative."""
    found = told(place, "voi", "p.yaml")
    limited = ("evpi_within_limits_sek", "evpi_within_limits_error_sek")
    assert list(found) == [
        *("portfolio", "threshold_sek_per_qaly", "evpi_all_sek"),
        *(*limited, "unknowns", "initiatives"),
    ]
    for one in found["unknowns"]:
        assert 0 <= one["within_limits_sek"] <= found["evpi_within_limits_sek"] + 1e-6
        assert 0 <= one["evppi_sek"] <= found["initiatives"][one["initiative"]]["evpi_sek"] + 1e-6


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("strategies: [let, help]", "strategies: [let, halp]", "has no strategy 'halp'"),
        ("benefit: {scenario: smallest.yaml}", "benefit: {scenario: missing.yaml}", "there is no file 'missing.yaml'"),
        ("benefit: {scenario: smallest.yaml}", "benefit: {scenario: ../p.yaml}", "leads out of the portfolio's folder"),
        ("benefit: {scenario: smallest.yaml}", "benefit: {scenario: broken.yaml}", "broken.yaml:1: months"),
        (
            "earliest: 2026-Q2",
            "must: decided\n    excludes: [simulated]\n    requires: [simulated]",
            "both required and excluded",
        ),
    ],
)
def test_a_mistake_in_what_is_simulated_is_told(place, before, after, expected):
    """A wrong strategy, file or scenario is told with where it stands, before anything runs."""
    (place / "broken.yaml").write_text(
        "months: -3\ninnovations: {x: {}}\nstrategies: {let: let_it_happen}\n", encoding="utf-8"
    )
    assert before in PORTFOLIO
    (place / "wrong.yaml").write_text(PORTFOLIO.replace(before, after), encoding="utf-8")
    with pytest.raises(UserMistakes) as error:
        SimulatedForecast(file.read(place / "wrong.yaml"), place)
    assert expected in str(error.value)


def test_a_users_mistake_ends_with_exit_code_two(place):
    """No traceback, nothing on stdout."""
    (place / "bad.yaml").write_text(PORTFOLIO.replace("weight: 100", "weight: -1"), encoding="utf-8")
    command = [sys.executable, "-m", "studio.cli", "portfolio", "rank", "bad.yaml", "--json"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("bad.yaml:8: criteria.a.weight: -1 is too low")
