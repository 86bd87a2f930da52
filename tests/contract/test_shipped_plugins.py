"""Every plugin that comes with innomotor keeps every promise of the contract; there are no exceptions."""

from __future__ import annotations

from pathlib import Path

import pytest

import plugins
from sim.plugin_check import PROMISES, examine
from sim.plugin_host import discovery

FOLDERS = sorted(
    folder.name for folder in Path(plugins.__file__).parent.iterdir() if (folder / "__init__.py").is_file()
)


def test_every_folder_is_a_plugin_and_every_built_in_plugin_a_folder() -> None:
    """What lies in plugins/ can be named in a scenario."""
    assert sorted(name for name, plugin in discovery.installed().items() if plugin.built_in) == FOLDERS


@pytest.mark.parametrize("name", FOLDERS)
def test_it_keeps_every_promise(name: str) -> None:
    """`innomotor plugins check NAME` finds nothing broken."""
    verdict = examine(discovery.named(name))
    assert [promise for promise in verdict.promises if not promise.kept] == []
    assert [promise.name for promise in verdict.promises] == list(PROMISES)
