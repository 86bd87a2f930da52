"""A faulty plugin never makes a result: it is named with its hook, its part, the month and what was wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from authors import mechanism, plugin
from builders import compared

from sim.errors import PluginFault
from sim.plugin_check import examine
from sim.plugin_host import calls, discovery
from studio.cli import main

FAULTS = [
    ("1 / 0", "", "", "raised ZeroDivisionError: division by zero"),
    ("spread.fit[0, 0] = np.nan", "", "fit", "left NaN in 'fit', which goes from 0 to 1"),
    ("spread.depth[:] = 2", "", "depth", "left 2 in 'depth', which goes from 0 to 1"),
    ("spread.fit = np.zeros((1, 3), np.float32)", "", "fit", "sets 'fit' to shape (1, 3) where (5, 20) belongs"),
    ("spread.fit = spread.fit.astype(np.float64)", "", "fit", "sets 'fit' to float64 where float32 belongs"),
    ("spread.depth[:] = 1", "depth", "", "writes to state that it does not declare"),
    ("spread.depth = spread.depth * 1", "depth", "", "writes 'depth' and does not declare it"),
    ("world.clinics.staff[:] = 1", "", "", "writes to state that it does not declare"),
    ("spread.stage = spread.stage", "stage", "stage", "sets 'stage', which is changed by move or advance"),
    ("spread.move(spread.at(Stage.AWARE), Stage.USING)", "stage", "", "calls move, which writes 'stage'"),
    ("spread.advantage", "", "", "reads 'advantage' and does not declare it"),
    ("spread.at(Stage.AWARE)", "", "", "reads 'stage' and does not declare it"),
    ("world.no_such_thing", "", "", "asks for 'no_such_thing'"),
    ("world.spend('cost_levers_sek', np.nan)", "", "amounts", "numbers that are not finite"),
    ("world.spend('coffee', 1.0)", "", "amounts", "books 'coffee', which nothing counts"),
    ("spread.influence('x', np.ones((3, 3), np.float32))", "", "influences", "sets 'influences' to shape (3, 3)"),
    ("np.random.random()", "", "", "draws from numpy.random.random"),
    ("np.random.default_rng(1)", "", "", "draws from numpy.random.default_rng"),
    ("random.random()", "", "", "draws from random.random"),
    ("while True: pass", "", "", "has run for more than 0.5 seconds"),
]


@pytest.mark.parametrize(("body", "reads", "writes", "found"), FAULTS, ids=[body for body, *_ in FAULTS])
def test_a_fault_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, reads: str, writes: str, found: str
) -> None:
    """Plugin, hook, part, month, what was wrong and the plugin's own line are told, and no result is made."""
    monkeypatch.setenv("INNOMOTOR_PLUGIN_SECONDS", "0.5")
    with plugin(tmp_path, mechanism(body, reads, writes)) as made, pytest.raises(PluginFault) as raised:
        compared(threads=2, plugins={made.name: {}})
    fault = raised.value
    assert (fault.plugin, fault.hook, fault.part, fault.month) == (made.name, "innomotor_mechanisms", "part", 2)
    assert found in fault.found
    left_behind = found.startswith("left") or "seconds" in found
    assert left_behind or f"package_{made.name}/__init__.py:" in fault.found


def test_drawing_elsewhere_is_no_fault(tmp_path: Path) -> None:
    """Only plugins are kept from the global generators, and only while they are at work."""
    with plugin(tmp_path, mechanism("pass")) as made:
        compared(plugins={made.name: {}})
    before = np.random.get_state()[1].copy()  # noqa: NPY002 that is the point
    np.random.random(700)  # noqa: NPY002
    assert not np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


GIVEN = "TEXT = Text(sv='x', en='x')\nMANY = lambda world: np.zeros(99)\n"
HOOKS = [
    ("import no_such_module", "import", "No module named 'no_such_module'"),
    ("@hookimpl\ndef innomotor_mechanism(): return []", "hooks", "unknown hook 'innomotor_mechanism'"),
    (
        "@hookimpl\ndef innomotor_mechanisms(): return ['x']",
        "innomotor_mechanisms",
        "where a list of Mechanism belongs",
    ),
    ("@hookimpl\ndef innomotor_mechanisms(): raise KeyError('x')", "innomotor_mechanisms", "raised KeyError"),
    ("@hookimpl\ndef innomotor_settings(): return dict", "innomotor_settings", "subclass of sim.api.Settings"),
    (
        "class M(Mechanism): pass\n@hookimpl\ndef innomotor_mechanisms(): return [M]",
        "innomotor_mechanisms",
        "M does not",
    ),
    (
        "@hookimpl\ndef innomotor_metrics(): return [Metric('m', TEXT, 'u', TEXT, MANY)]",
        "innomotor_metrics",
        "gave float64 of shape (99,) where (5,) numbers belong",
    ),
]


@pytest.mark.parametrize(("code", "hook", "found"), HOOKS, ids=[found for *_, found in HOOKS])
def test_a_faulty_hook_is_named(tmp_path: Path, code: str, hook: str, found: str) -> None:
    """What a plugin answers is looked at before anybody uses it."""
    with plugin(tmp_path, GIVEN + code) as made, pytest.raises(PluginFault) as raised:
        compared(months=2, plugins={made.name: {}})
    assert (raised.value.plugin, raised.value.hook) == (made.name, hook)
    assert found in raised.value.found


def test_an_unexplained_number_is_a_fault(tmp_path: Path) -> None:
    """A row of parameters.yaml without a source is refused."""
    rows = "effect: {value: 1, low: 0, high: 2, unit: share, source: ''}"
    with (
        plugin(tmp_path, mechanism("pass"), rows) as made,
        pytest.raises(PluginFault, match="needs a unit and a source"),
    ):
        compared(months=2, plugins={made.name: {}})


BROKEN = [
    ("world._raw.fatigue[:] = 1", "", "", "declares", "part changes 'fatigue' and does not declare it"),
    ("spread.fit[:] = spread.fit.mean()", "", "fit", "any_block", "one replicate at a time gives another"),
    ("spread.fit[:] = time.time_ns() % 1000 / 1000", "", "fit", "repeats", "two runs differ"),
    ("Mechanism.__call__.__globals__['PhaseX'] = 0.37", "", "", "sources", "0.37 stands in Part"),
    ("np.sin(np.zeros((400 * (world.shape[1] > 999), 10**5)))", "", "", "cost", "of the model's own cost"),
    ("1 / 0", "", "", "runs", "month 2: raised ZeroDivisionError"),
]


@pytest.mark.parametrize(("body", "reads", "writes", "promise", "found"), BROKEN, ids=[one[3] for one in BROKEN])
def test_a_broken_promise_is_named(
    tmp_path: Path, body: str, reads: str, writes: str, promise: str, found: str
) -> None:
    """`check` finds what a run does not see, and calls the promise by its name."""
    with plugin(tmp_path, mechanism(body, reads, writes)) as made:
        verdict = examine(made, only={promise})
    broken = {one.name: one.found for one in verdict.promises if not one.kept}
    assert not verdict.kept
    assert found in broken[promise]


def test_off_must_be_off(tmp_path: Path) -> None:
    """A plugin that changes the model when it is loaded is found out, though all its parts are switched off."""
    code = mechanism("pass")
    patch = "import sim.mechanisms.outer as o\nkept = o.Season.__call__\no.Season.__call__ = lambda self, world: None\n"
    with plugin(tmp_path, patch + code) as made:
        try:
            verdict = examine(made, only={"off_is_off"})
        finally:
            sys.modules["sim.mechanisms.outer"].Season.__call__ = sys.modules[f"package_{made.name}"].kept
    assert {one.name for one in verdict.promises if not one.kept} >= {"off_is_off"}


ASKED = """months: 4
replicates: 2
clinics: {regions: {Norrdal: 6}}
innovations: {one: {}}
strategies: {let: let_it_happen}
plugins: {NAME: {}}
"""
SWEEP = "base: a.yaml\nfactors: {peer_influence: [0.3, 0.4]}\n"
COMMANDS = [
    (["run", "a.yaml", "--out", "r", "--json", "--skip-faulty"], "raise KeyError", True),
    (["--skip-faulty", "sweep", "plan.yaml", "--out", "s", "--json", "--yes", "--workers", "1"], "1 / 0", True),
    (["explain", "--skip-faulty", "a.yaml", "--json"], "", False),
    (["validate", "a.yaml", "--json", "--skip-faulty"], "", False),
]


@pytest.mark.parametrize(
    ("arguments", "body", "runs"), COMMANDS, ids=lambda one: one[0] if isinstance(one, list) else ""
)
def test_any_command_goes_on_without_a_faulty_plugin(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    body: str,
    runs: bool,
) -> None:
    """--skip-faulty stands anywhere; the plugin is named on stderr, and without the flag the command ends with 1."""
    for name in ("INNOMOTOR_SKIP_FAULTY", discovery.WITHOUT):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(calls, "when_stuck", calls.when_stuck)
    monkeypatch.chdir(tmp_path)
    code = mechanism(body) if runs else "@hookimpl\ndef innomotor_settings(): return dict"
    with plugin(tmp_path, code) as made:
        Path("a.yaml").write_text(ASKED.replace("NAME", made.name), encoding="utf-8")
        Path("plan.yaml").write_text(SWEEP, encoding="utf-8")
        if arguments[0] == "run" or not runs:
            assert ended([one for one in arguments if one != "--skip-faulty"]) == 1
            assert f"plugin '{made.name}'" in capsys.readouterr().err
            assert not Path("r").exists()
        assert ended(arguments) == 0
        said = capsys.readouterr()
    assert f"without {made.name}" in said.err
    assert json.loads(said.out)
    assert not runs or made.name in next(Path().glob("[rs]/*n*.json")).read_text(encoding="utf-8")


def ended(arguments: list[str]) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)
