"""What a page asks: a scenario that comes with innomotor, or that was opened, with some values changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim import population, scenario_file
from sim.errors import Mistake, UserMistakes
from sim.scenario_file import ScenarioFile
from studio.cli import shipped

MOST_CELLS = 24_000_000
"""Clinics x months x worlds x strategies x innovations that one question on a page may take."""
MOST_WORLDS = 100
"""Possible worlds on a page; fewer where the scenario is large."""

SLIDERS = ("peer_influence", "external_influence", "effective_slack", "champion_share", "internalisation")
"""Parameters that the stage offers first, in plain words; the rest stand behind them."""

_CHANGEABLE = frozenset({"parameters", "innovations", "strategies", "events", "months", "replicates", "seed"})


@dataclass(frozen=True)
class Question:
    """A scenario and what a page wants otherwise."""

    path: Path
    changes: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The same for the same question."""
        said = json.dumps([str(self.path), self.changes], sort_keys=True, ensure_ascii=False)
        return sha256(said.encode()).hexdigest()

    def source(self) -> ScenarioFile:
        """The scenario, checked, with as many worlds as a page can wait for.

        Raises:
            UserMistakes: what is wrong with it, or that it is too large for a page.
        """
        changes = {"replicates": MOST_WORLDS, **self.changes}
        if "events" in changes:  # what the room lets happen comes on top of what the scenario says
            changes["events"] = [*(scenario_file.said(self.path).get("events") or ()), *changes["events"]]
        parameters = changes.get("parameters") or {}
        if parameters:  # what is set on the page is no longer drawn
            drawn = scenario_file.said(self.path).get("uncertain") or {}
            changes["uncertain"] = dict.fromkeys(drawn.keys() & parameters.keys())
        return _bounded(scenario_file.read(self.path, changes=changes))


def asked(content: Mapping[str, Any]) -> Question:
    """The question in a page's request.

    Args:
        content: ``scenario``, a name, and perhaps ``changes`` as a scenario file that extends it would say them.

    Raises:
        UserMistakes: no such scenario, or a change that pages cannot make.
    """
    changes = content.get("changes") or {}
    if not isinstance(changes, dict) or (unknown := changes.keys() - _CHANGEABLE):
        found = f"{', '.join(sorted(unknown)) if isinstance(changes, dict) else type(changes).__name__}"
        raise UserMistakes(Mistake("changes", found, f"Write some of {', '.join(sorted(_CHANGEABLE))}."))
    name = content.get("scenario")
    if not isinstance(name, str) or name not in names():
        raise UserMistakes(Mistake("scenario", f"there is no {name!r}", f"Write one of {', '.join(names())}."))
    return Question(names()[name], changes)


def names() -> dict[str, Path]:
    """The scenarios that come with innomotor, by name."""
    return shipped.all_by_name()


def _bounded(source: ScenarioFile) -> ScenarioFile:
    """The same with fewer worlds where it is large; refused where even ten are too many."""
    scenario = source.scenario
    clinics = len(population.build(scenario, source.clinics))
    cells = clinics * scenario.months * len(scenario.strategies) * len(scenario.innovations)
    most = MOST_CELLS // cells
    if most < 10:
        found = f"{cells:,} clinic-months in each possible world"
        raise UserMistakes(Mistake("scenario", found, "Choose a smaller one, or run it with `innomotor run`."))
    worlds = min(scenario.replicates, MOST_WORLDS, most)
    return replace(source, scenario=scenario.model_copy(update={"replicates": worlds}))
