"""Which plugins the user trusts: name, version and source as they were when trust was given.

A plugin is code with the user's rights. `innomotor plugins trust` records what has been looked at; with
``INNOMOTOR_ONLY_TRUSTED`` in the environment (``--only-trusted``) no other plugin is loaded, nor one that has changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import platformdirs

from sim.errors import Mistake, UserMistakes
from sim.plugin_host.discovery import Plugin


def file() -> Path:
    """Where trust is recorded; ``INNOMOTOR_CONFIG`` in the environment names another folder."""
    folder = os.environ.get("INNOMOTOR_CONFIG")
    return (Path(folder) if folder else platformdirs.user_config_path("innomotor")) / "trusted_plugins.json"


def trust(plugin: Plugin) -> dict[str, str]:
    """Record a plugin as it is now."""
    entry = {"version": plugin.version, "source": plugin.source_hash}
    content = {**_recorded(), plugin.name: entry}
    place = file()
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_suffix(".making")
    beside.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    beside.replace(place)
    return entry


def trusted(plugin: Plugin) -> bool:
    """It comes with innomotor, or is as it was when trust was given."""
    if plugin.built_in:
        return True
    entry = _recorded().get(plugin.name)
    return entry is not None and entry == {"version": plugin.version, "source": plugin.source_hash}


def refuse_untrusted(plugins: Iterable[Plugin]) -> None:
    """Where only trusted plugins may run, tell those that are not.

    Raises:
        UserMistakes: one is not trusted, or has changed since.
    """
    if not os.environ.get("INNOMOTOR_ONLY_TRUSTED"):
        return
    known = _recorded()
    mistakes = [
        Mistake(
            f"plugins.{plugin.name}",
            f"{plugin.name!r} {'has changed since it was trusted' if plugin.name in known else 'is not trusted'}",
            f"Look at {plugin.source} and write `innomotor plugins trust {plugin.name}`, or leave it out",
        )
        for plugin in plugins
        if not trusted(plugin)
    ]
    if mistakes:
        raise UserMistakes(mistakes)


def _recorded() -> dict[str, Any]:
    try:
        content = json.loads(file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserMistakes(Mistake(str(file()), "cannot be read", "Delete it, and trust your plugins anew")) from error
    return content if isinstance(content, dict) else {}
