"""A complete outside plugin: every hook through the door, and installed with pip where innomotor is."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import scenario_file
from sim.hookspecs import Hooks
from sim.plugin_check import PROMISES, examine
from sim.plugin_host import discovery
from sim.plugin_host.discovery import Plugin
from studio import texts
from studio.reports import key_figures
from studio.reports.pictures import pictures

ROOT = Path(__file__).parents[2]
OUTSIDE = Path(__file__).parent / "outside_plugin"
README = ROOT / "plugins" / "README.md"
SCENARIO = OUTSIDE / "innomotor_rounds" / "scenario.yaml"


@pytest.fixture
def rounds() -> Iterator[Plugin]:
    """The plugin, found without being installed."""
    with discovery.beside(OUTSIDE) as plugin:
        yield plugin


def test_every_hook_does_what_it_says(rounds: Plugin) -> None:
    """Regions, strategies, an actor, a mechanism, a metric and a figure of the plugin are all in the answer."""
    asked = scenario_file.read(SCENARIO).scenario
    made = sim.run(SCENARIO)
    assert made.clinics == 18
    assert made.regions == ("Dalen", "Sjukhuset")
    levers = asked.strategies["more"].levers
    assert levers is not None
    assert (levers.early_adopter_investment, levers.training) == (0.2, 1)
    walks = {name: result.final["rounds.walks"] for name, result in made.strategies.items()}
    np.testing.assert_allclose(walks["carried"], 2 * 12 / 18)
    np.testing.assert_allclose(walks["more"], 5 * 12 / 18)
    assert np.isnan(walks["alone"]).all()
    assert made.summary()["strategies"]["more"]["rounds.walks"]["median"] == pytest.approx(60 / 18)
    apart = made.summary()["differences"]["carried-more"]["rounds.walks"]
    assert apart["median"] == pytest.approx(-36 / 18)
    assert apart["probability_positive"] == 0
    assert "rounds.walks" not in made.summary()["differences"]["carried-alone"]
    swedish = texts.load("sv")
    table = key_figures.differences(made, swedish)[-1]
    assert table.columns == (("Rundor", "rundor per enhet"),)
    assert [row.cells[0].middle for row in table.rows] == ["−2", "–", "–"]
    assert ("Rundor", "rundor per enhet") in [(row.heading, row.unit) for row in key_figures.key_figures(made, swedish)]
    drawn = pictures(made, swedish)[-1]
    assert (drawn.name, drawn.heading) == ("rounds_walks", "Rundor")
    assert [round(bar.get_height(), 3) for bar in drawn.figure.axes[0].patches[:2]] == [1.333, 3.333]


def test_it_keeps_every_promise(rounds: Plugin) -> None:
    """An outside plugin is held to the same contract as one that comes with innomotor."""
    verdict = examine(rounds)
    assert [one for one in verdict.promises if not one.kept] == []


def test_hooks_that_use_the_hook_page_are_all_used(rounds: Plugin) -> None:
    """The plugin leaves out no hook, so that none is untried."""
    source = rounds.file.read_text(encoding="utf-8")
    assert set(re.findall(r"def (innomotor_\w+)", source)) == {n for n in vars(Hooks) if n.startswith("innomotor_")}


def test_the_page_names_every_hook_with_its_signature() -> None:
    """plugins/README.md says what each hook is given and answers, and names every promise."""
    page = README.read_text(encoding="utf-8")
    for name, hook in vars(Hooks).items():
        if name.startswith("innomotor_"):
            signature = inspect.signature(hook)
            given = ", ".join(parameter for parameter in signature.parameters if parameter != "self")
            first = (hook.__doc__ or "").strip().partition("\n")[0]
            assert f"| `{name}({given})` | `{signature.return_annotation}` | {first} |" in page
    told = re.findall(r"^\| `([a-z_]+)` \|", page.partition("## Promises")[2], flags=re.MULTILINE)
    assert told == list(PROMISES)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command in a new environment that has innomotor and what it depends on, and nothing else."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    binaries = folder / "venv" / "bin"
    python = binaries / "python"
    found = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    shared = [sysconfig.get_path("purelib"), str(ROOT)]
    (Path(found) / "shared.pth").write_text("\n".join(shared) + "\n", encoding="utf-8")
    for command, module in (("innomotor", "studio.cli"), ("pip", "pip"), ("pytest", "pytest")):
        (binaries / command).write_text(f'#!/bin/sh\nexec "{python}" -m {module} "$@"\n', encoding="utf-8")
        (binaries / command).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "INNOMOTOR"))}
    environment = {**kept, "PATH": f"{binaries}:{os.environ['PATH']}", "INNOMOTOR_CONFIG": str(folder / "config")}
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "LC_ALL": "C.UTF-8"}

    def run(command: str, **more: str) -> subprocess.CompletedProcess[str]:
        shell = ["bash", "-ec", command]
        return subprocess.run(
            shell, cwd=folder, env={**environment, **more}, text=True, capture_output=True, check=False
        )

    return run


def right(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that went well has printed."""
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_installed_with_pip_it_is_there(fresh: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A built wheel brings code, parameters and scenario; it is listed, trusted, run, and refused when changed."""
    right(fresh(f"cp -r {OUTSIDE} source && pip install --quiet --no-deps ./source"))
    listed = {one["name"]: one for one in json.loads(right(fresh("innomotor plugins list --json")))["plugins"]}
    assert (listed["rounds"]["version"], listed["rounds"]["trusted"]) == ("2.3.0", False)
    assert listed["vasterbotten"] == {**listed["vasterbotten"], "version": version("innomotor"), "trusted": True}
    installed = "$(python -c 'import innomotor_rounds; print(innomotor_rounds.__path__[0])')"
    run = f"innomotor run {installed}/scenario.yaml --out result --replicates 3 --json --only-trusted"
    refused = fresh(run)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "'rounds' is not trusted" in refused.stderr
    right(fresh("innomotor plugins trust rounds"))
    done = fresh(f"{run} --trace-hooks")
    assert json.loads(right(done))["strategies"]["more"]["rounds.walks"]["median"] > 1
    assert "innomotor_mechanisms [hook]" in done.stderr
    assert "finish innomotor_actors" in done.stderr
    changed = fresh(f"echo '# changed' >> {installed}/__init__.py && {run}")
    assert "'rounds' has changed since it was trusted" in changed.stderr


def test_the_tutorial_works_as_it_is_written(fresh: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Every command of the ten minutes, and the change in between; the new plugin's own tests pass as well."""
    tutorial = README.read_text(encoding="utf-8").partition("## A plugin in ten minutes")[2].partition("\n## ")[0]
    blocks = re.findall(r"```(bash|python)\n(.*?)```", tutorial, flags=re.DOTALL)
    assert [language for language, _ in blocks] == ["bash", "bash", "bash", "python", "bash"]
    module = "innomotor-study-circles/innomotor_study_circles/__init__.py"
    for language, block in blocks:
        if language == "bash":
            right(fresh(block))
            continue
        right(fresh("pytest innomotor-study-circles -c innomotor-study-circles/pyproject.toml -p no:cacheprovider"))
        folder = Path(right(fresh("pwd")).strip())
        text = (folder / module).read_text(encoding="utf-8")
        line = re.search(r"^( *)gain = .*$", text, flags=re.MULTILINE)
        assert line is not None
        new = "\n".join(line[1] + one for one in block.strip().splitlines())
        (folder / module).write_text(text.replace(line[0], new), encoding="utf-8")


FAULTY = "import time\nfrom sim.api import *\n"
STUCK = """class Part(Mechanism):
    '''Never ends.'''
    name = "part"
    phase = Phase.OUTER

    def __call__(self, world):
        '''Catches whatever would end it.'''
        while world.month == 1:
            try:
                time.sleep(10)
            except BaseException:
                pass
"""


def test_a_plugin_that_cannot_be_stopped_is_left_behind(
    fresh: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """The watchdog names it and ends the process; with --skip-faulty the command starts anew without it."""
    scenario = """months: 3
replicates: 2
clinics: {regions: {Norrdal: 5}}
innovations: {one: {}}
strategies: {let: let_it_happen}
plugins: {stuck: {}}
"""
    folder = Path(
        right(fresh("innomotor plugins new stuck >&2 && pip install -q --no-deps -e innomotor-stuck && pwd")).strip()
    )
    (folder / "a.yaml").write_text(scenario, encoding="utf-8")
    hook = "\n@hookimpl\ndef innomotor_mechanisms():\n    return [Part]\n"
    module = folder / "innomotor-stuck" / "innomotor_stuck" / "__init__.py"
    module.write_text(f'"""Stuck."""\n{FAULTY}{STUCK}{hook}', encoding="utf-8")
    quick = {"INNOMOTOR_PLUGIN_SECONDS": "0.2", "INNOMOTOR_PLUGIN_GRACE": "0.5"}
    ended = fresh("innomotor run a.yaml --out r", **quick)
    assert ended.returncode == 1
    named = "plugin 'stuck': innomotor_mechanisms, part, month 1: has run for more than 0.2 seconds"
    assert named in ended.stderr
    assert not (folder / "r").exists()
    done = fresh("innomotor run a.yaml --out r --skip-faulty --json", **quick)
    assert "Goes on without stuck" in done.stderr
    assert named in done.stderr
    assert json.loads(right(done))["replicates"] == 2
    manifest = json.loads((folder / "r" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["provenance"]["skipped_plugins"] == ["stuck"]
    shutil.rmtree(folder / "r")
