"""The commands that learn from figures and ask which assumptions matter, as a user meets them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCENARIO = """
months: 24
seed: 3
clinics: {regions: {Norrdal: 24, Sörvik: 16}}
estimates: fixed
innovations:
  notes: {begins: {region: Norrdal, clinics: 3}}
strategies: {help: help_it_happen, let: let_it_happen, make: make_it_happen}
uncertain: {champion_effect: {uniform: [1.0, 2.5]}}
goal: {sustained: 0.2, by_month: 24}
"""
FIGURES = "month;i_bruk_enheter\n" + "\n".join(f"{month};{3 + month // 3}" for month in (1, 2, 3, 4, 5, 8, 10, 12))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learning")
    (folder / "roll.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "roll.csv").write_text(FIGURES, encoding="utf-8")
    return folder


def innomotor(place, *words):
    environment = {**os.environ, "INNOMOTOR_STORE": str(place / "store")}
    command = [sys.executable, "-m", "studio.cli", *words]
    return subprocess.run(
        command,
        cwd=place,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**environment, "PYTHONPATH": str(ROOT)},
    )


def told(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def calibrated(place):
    return told(
        innomotor(
            place, "calibrate", "roll.yaml", "--observed", "roll.csv", "--simulations", "300", "--json", "--lang", "sv"
        )
    )


@pytest.fixture(scope="module")
def forecast(place):
    return told(innomotor(place, "forecast", "roll.yaml", "--observed", "roll.csv", "--simulations", "300", "--json"))


@pytest.fixture(scope="module")
def studied(place):
    words = ("sensitivity", "roll.yaml", "--trajectories", "2", "--base", "8", "--draws", "64", "--worlds", "1")
    return told(innomotor(place, *words, "--json", "--lang", "sv"))


def test_calibrate_tells_ranges_before_and_after(calibrated):
    """Every fitted parameter has a range before and after, how well it is known, and its check."""
    assert set(calibrated["parameters"]) == {"external_influence", "peer_influence", "ceiling", "champion_effect"}
    for one in calibrated["parameters"].values():
        assert one["after"]["p5"] <= one["after"]["p50"] <= one["after"]["p95"]
        assert one["known"] in ("weakly", "partly", "well")
        assert sum(one["check"]["ranks"]) == one["check"]["series"]
    assert calibrated["parameters"]["champion_effect"]["known"] == "weakly"
    assert {"region": None, "first_month": 6, "last_month": 7, "line": 7} in calibrated["observed"]["gaps"]


def test_what_the_figures_do_not_tell_is_said_in_words(calibrated):
    """The answer names the parameters of which the figures say nothing, and the gap is among the warnings."""
    assert any("nästan inget" in sentence for sentence in calibrated["answer"])
    assert any("månad 6 till 7" in warning for warning in calibrated["warnings"])


def test_forecast_tells_what_each_strategy_would_change(forecast):
    """Bands for every month, the chance of the goal, and paired differences with their cost."""
    assert forecast["from_month"] == 12
    assert list(forecast["strategies"]) == ["help", "let", "make"]
    for name, one in forecast["strategies"].items():
        assert len(one["curves"]["reach"]["median"]) == 25
        assert 0 <= one["goal_probability"] <= 1
        assert ("instead_of_going_on" in one) == (name != "help")
    assert forecast["strategies"]["let"]["instead_of_going_on"]["cost_sek"]["median"] < 0
    assert forecast["effective_sample_size"] > 10


def test_sensitivity_tells_what_decides(studied):
    """Screening, indices of outcomes and of the ranking, the map, the tornado and the value of asking."""
    assert studied["metric"] == "sustained"
    assert {"external_influence", "peer_influence"}.isdisjoint(studied["assumptions"])  # the scenario fixes them
    assert "champion_effect" in studied["assumptions"]
    assert {"lead", "help:reach", "make:net_benefit_sek"} <= set(studied["screening"])
    assert len(studied["map"]["best"]) == 7
    assert studied["tornado"]["bars"]
    assert studied["value_of_asking"]["all_sek"] >= 0


@pytest.mark.parametrize(
    ("kind", "figures"),
    [
        ("calibration", {"parameters", "fit", "check"}),
        ("forecast", {"forecast", "instead"}),
        ("sensitivity", {"screening", "indices", "map", "tornado"}),
    ],
)
def test_the_report_is_whole(place, calibrated, forecast, studied, kind, figures):
    """One page without a request to anywhere, its figures beside it, and a manifest that lists them."""
    folder = place / "results" / f"roll-{kind}"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|https?://", page)
    assert page.count("<img ") == len(list((folder / "figures").glob("*.svg")))
    assert figures <= {file.stem for file in (folder / "figures").glob("*.png")}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "result.json" in manifest["files"]
    assert all((folder / name).is_file() for name in manifest["files"])


def test_the_same_question_is_the_same_answer(place, forecast):
    """Asked again it comes from the store, to the last digit; with one thread as well."""
    words = ("forecast", "roll.yaml", "--observed", "roll.csv", "--simulations", "300", "--json", "--threads", "1")
    assert told(innomotor(place, *words)) == forecast


def test_mistakes_are_told_together_with_their_lines(place):
    """Exit code 2, one line for each mistake, no traceback, nothing written."""
    (place / "bad.csv").write_text("month,in_use\n1,0.1\n1,0.2\nx,7\n", encoding="utf-8")
    done = innomotor(place, "calibrate", "roll.yaml", "--observed", "bad.csv", "--out", "not_made")
    assert done.returncode == 2
    assert "bad.csv:4: month: 'x'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (place / "not_made").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("calibrate", "roll.yaml", "--observed", "none.csv"), "none.csv"),
        (
            ("calibrate", "roll.yaml", "--observed", "roll.csv", "--fit", "peer_influense"),
            "Did you mean 'peer_influence'?",
        ),
        (("forecast", "roll.yaml", "--observed", "roll.csv", "--strategy", "lett"), "Did you mean 'let'?"),
        (("forecast", "roll.yaml"), "--observed"),
        (("sensitivity", "roll.yaml", "--by", "beauty"), "beauty"),
    ],
)
def test_a_wrong_word_is_told(place, words, said):
    """Exit code 2 and what to write instead."""
    done = innomotor(place, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
