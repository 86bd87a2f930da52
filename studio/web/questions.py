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
from studio.web import levers
from studio.web.opened import Opened

MOST_CELLS = 24_000_000
"""Clinics x months x worlds x strategies x innovations that one question on a page may take."""
MOST_CHANGES, MOST_MONTHS = 20, 1200
"""Levers that may be changed on the way in one question, and the last month in which."""
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
    pulled: tuple[Mapping[str, Any], ...] = ()
    """Levers changed on the way: ``month``, ``strategy``, ``lever``, ``dose`` of each."""
    equal_budget: bool = False
    """Whether the strategies are brought to the same lever budget."""

    @property
    def key(self) -> str:
        """The same for the same question."""
        said = [str(self.path), self.changes, self.pulled, self.equal_budget]
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def source(self) -> ScenarioFile:
        """The scenario, checked, with as many worlds as a page can wait for.

        Raises:
            UserMistakes: what is wrong with it, or that it is too large for a page.
        """
        return _bounded(scenario_file.read(self.path, changes={"replicates": MOST_WORLDS, **self.all_changes()}))

    def said(self) -> dict[str, Any]:
        """What a scenario file says that asks the same, as it would be written down."""
        return scenario_file.merged(scenario_file.said(self.path), self.all_changes())

    def all_changes(self) -> dict[str, Any]:
        """What differs from the file: events come on top of its own, and what is set is no longer drawn."""
        changes = dict(self.changes)
        if "events" in changes:
            changes["events"] = [*(scenario_file.said(self.path).get("events") or ()), *changes["events"]]
        parameters = changes.get("parameters") or {}
        drawn = (scenario_file.said(self.path).get("uncertain") or {}) if parameters else {}
        if shared := drawn.keys() & parameters.keys():
            changes["uncertain"] = dict.fromkeys(shared)
        if self.pulled:
            changes["strategies"] = self._strategies(changes)
        return changes

    def _strategies(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The strategies in which a lever is changed on the way."""
        scenario = scenario_file.read(self.path, changes=changes).scenario
        said = levers.said_of(scenario)
        lifts = [event.month for event in scenario.events if event.mandate_lifts is not None]
        found: dict[str, Any] = {}
        for one in sorted(self.pulled, key=lambda change: change["month"]):
            name, month = one["strategy"], one["month"]
            if name not in said:
                raise UserMistakes(Mistake("strategy", f"there is no {name!r}", f"Write one of {', '.join(said)}."))
            lifted = any(lift is not None and lift <= month for lift in lifts)
            said[name] = levers.changed(said[name], month, one["lever"], one["dose"], lifted)
            found[name] = {"use": None, "levers": None, **said[name]}
        return found


class Questions:
    """Scenarios that pages may ask about: those that come with innomotor, and those that were opened."""

    def __init__(self, opened: Opened) -> None:
        """Nothing has been asked.

        Args:
            opened: files that somebody opened.
        """
        self._opened = opened

    def asked(self, content: Mapping[str, Any]) -> Question:
        """The question in a page's request.

        Args:
            content: ``scenario``, a name; perhaps ``changes`` as a scenario file that extends it would say them, and
                ``equal_budget``.

        Raises:
            UserMistakes: no such scenario, or a change that pages cannot make.
        """
        changes = content.get("changes") or {}
        if not isinstance(changes, dict) or (unknown := changes.keys() - _CHANGEABLE):
            found = f"{', '.join(sorted(unknown)) if isinstance(changes, dict) else type(changes).__name__}"
            raise UserMistakes(Mistake("changes", found, f"Write some of {', '.join(sorted(_CHANGEABLE))}."))
        pulled = _pulled(content.get("levers") or [])
        return Question(self.path(content.get("scenario")), changes, pulled, content.get("equal_budget") is True)

    def path(self, name: object) -> Path:
        """The file behind a name.

        Raises:
            UserMistakes: there is none.
        """
        if isinstance(name, str):
            if (path := self._opened.get(name) or names().get(name)) is not None:
                return path
            if name.startswith("opened-"):
                found = "the file was opened before innomotor was started again"
                raise UserMistakes(Mistake("scenario", found, "Open it again on the first page."))
        raise UserMistakes(Mistake("scenario", f"there is no {name!r}", f"Write one of {', '.join(names())}."))


def _pulled(said: object) -> tuple[Mapping[str, Any], ...]:
    """Changes of levers, each with all that it needs."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "month": int,
        "strategy": str,
        "lever": str,
        "dose": (str, float, int, bool),
    }
    changes = said if isinstance(said, list) else [said]
    for one in changes:
        if not isinstance(one, dict) or not all(isinstance(one.get(key), kind) for key, kind in kinds.items()):
            raise UserMistakes(Mistake("levers", "an incomplete change", f"Write {', '.join(kinds)} for each."))
        if not 1 <= one["month"] <= MOST_MONTHS or len(changes) > MOST_CHANGES:
            raise UserMistakes(Mistake("levers", f"month {one['month']}", f"Write months from 1 to {MOST_MONTHS}."))
    return tuple(changes)


def names() -> dict[str, Path]:
    """The scenarios that come with innomotor, by name: the stories and the others."""
    return shipped.stories() | {
        name: path for name, path in shipped.all_by_name().items() if not name.startswith(("portfolio_", "sweep_"))
    }


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
