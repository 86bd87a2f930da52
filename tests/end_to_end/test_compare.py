"""One scenario under several regions' ways of working, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import experiment
from sim.errors import UserMistakes
from studio.cli import main
from studio.cli.compare import side_by_side

ASKED = """title: {sv: Delad anteckning, en: Shared note}
months: 24
replicates: 8
seed: 3
clinics: {regions: {Norrdal: 14, Sörvik: 10}}
innovations: {note: {begins: {region: Norrdal, clinics: 2}}}
strategies: {help: help_it_happen, let: let_it_happen}
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The scenario in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    file = Path("a.yaml")
    file.write_text(ASKED, encoding="utf-8")
    return file


def test_each_region_is_alone_in_its_strategy(asked: Path) -> None:
    """The scenario's own strategy is as it would be without any plugin; a region's is as with its plugin alone."""
    made = experiment.compare(side_by_side(asked, ["vasterbotten", "uppsala"], None, {}))
    assert list(made.strategies) == ["help", "vasterbotten", "uppsala"]
    alone = sim.run(asked, strategies=["help"], estimates="drawn").strategies["help"]
    np.testing.assert_array_equal(made.strategies["help"].curves["reach"], alone.curves["reach"])
    one = experiment.compare(side_by_side(asked, ["uppsala"], None, {})).strategies["uppsala"]
    np.testing.assert_array_equal(made.strategies["uppsala"].curves["reach"], one.curves["reach"])
    assert np.isnan(made.strategies["uppsala"].final["vasterbotten.visited"]).all()


@pytest.mark.parametrize(("lang", "said"), [("sv", "Västerbotten"), ("en", "Västerbotten")])
def test_the_command_writes_table_figure_and_report(
    asked: Path, capsys: pytest.CaptureFixture[str], lang: str, said: str
) -> None:
    """Regions are called by their names, in a report in the reader's language and as JSON."""
    regions = ["--regions", "vasterbotten,vastra_gotaland", "--out", f"r{lang}", "--lang", lang, "--json"]
    with pytest.raises(SystemExit) as end:
        main(["compare", str(asked), *regions, "--strategy", "let"])
    assert end.value.code == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found["strategies"]) == ["let", "vasterbotten", "vastra_gotaland"]
    report = Path(f"r{lang}/report.html").read_text(encoding="utf-8")
    assert said in report
    assert "Västra Götaland" in report
    assert list(Path(f"r{lang}/figures").glob("*.svg"))


@pytest.mark.parametrize(
    ("regions", "strategy", "found"),
    [(["nowhere"], None, "no plugin is called 'nowhere'"), (["uppsala"], "make", "there is no strategy 'make'")],
)
def test_what_is_not_there_is_told(asked: Path, regions: list[str], strategy: str | None, found: str) -> None:
    """An unknown region or strategy is told with what to write instead."""
    with pytest.raises(UserMistakes, match=found):
        side_by_side(asked, regions, strategy, {})


def test_all_regions_at_once_run_in_one_strategy(asked: Path) -> None:
    """The four regions write the same state; the order that the scenario gives them settles it."""
    names = ["uppsala", "ostergotland", "vastra_gotaland", "vasterbotten"]
    plugins = ", ".join(f"{name}: {{}}" for name in names)
    order = f"mechanisms: {{order: [core, {', '.join(names)}]}}"
    asked.write_text(f"{ASKED}plugins: {{{plugins}}}\n{order}\n", encoding="utf-8")
    made = sim.run(asked, months=12)
    assert all(np.isfinite(one.final["reach"]).all() for one in made.strategies.values())
