"""Every plugin that comes with innomotor keeps every promise of the contract; there are no exceptions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from builders import compared

import plugins
from sim.plugin_check import PROMISES, examine
from sim.plugin_host import discovery

FOLDERS = sorted(
    folder.name for folder in Path(plugins.__file__).parent.iterdir() if (folder / "__init__.py").is_file()
)
ORDER = ("vasterbotten", "uppsala", "ostergotland", "vastra_gotaland", "antibiotikasmart", "nollvision_undernaring")
"""Regions before environments, where two would change the same state in one phase."""


def test_every_folder_is_a_plugin_and_every_built_in_plugin_a_folder() -> None:
    """What lies in plugins/ can be named in a scenario."""
    assert sorted(name for name, plugin in discovery.installed().items() if plugin.built_in) == FOLDERS


@pytest.mark.parametrize("name", FOLDERS)
def test_it_keeps_every_promise(name: str) -> None:
    """`innomotor plugins check NAME` finds nothing broken; its cost is told and not asserted, for a busy machine."""
    verdict = examine(discovery.named(name))
    assert [promise for promise in verdict.promises if not promise.kept and promise.name != "cost"] == []
    assert verdict.nanoseconds > 0
    assert [promise.name for promise in verdict.promises] == list(PROMISES)


def test_all_of_them_run_at_once() -> None:
    """A scenario may name every plugin that comes with innomotor, with what the core adds around an innovation."""
    around = {"company": {}, "pocket": {"gain_kept": 0.5}, "threatens": 0.2, "existing_network": 0.3, "measured": 0.8}
    made = compared(
        months=18,
        innovations={"one": {"begins": {"region": "Norrdal", "clinics": 2}, "obstacles": {"it": 4}, **around}},
        plugins={name: {} for name in FOLDERS},
        mechanisms={
            "on": ["share_of_use", "pilot_status", "local_results", "adaptation_returns", "learning"],
            "order": [*ORDER, *(name for name in FOLDERS if name not in ORDER)],
        },
        strategies={"let": "let_it_happen", "help": "help_it_happen"},
    )
    for result in made.strategies.values():
        assert {name.partition(".")[0] for name in result.final if "." in name} == set(FOLDERS)
        assert all(np.isfinite(curve).all() for curve in result.curves.values())
