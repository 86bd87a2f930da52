"""Who decides every month in the scenario, and what else it counts on beside the ordinary model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim import plugin_host
from sim.actor_settings import Actors
from sim.scenario import Innovation, Mechanisms, Scenario
from studio.reports import words
from studio.texts import Texts


@dataclass(frozen=True, slots=True)
class Acting:
    """A part of the model that this scenario runs and others may not."""

    name: str
    does: str
    here: str
    """What the scenario says of it."""


def actors(scenario: Scenario, texts: Texts) -> list[Acting]:
    """Every actor that decides, in the order in which they do."""
    names = texts.family("actor")
    return [
        Acting(names.get(actor.name, actor.name), _does(actor, texts), _here(actor.name, scenario, texts))
        for actor in plugin_host.parts_of(scenario).actors
    ]


def asked_for(scenario: Scenario, texts: Texts) -> list[str]:
    """What the mechanisms do that run since the scenario asks for them, or says what an innovation meets."""
    silent = scenario.model_copy(
        update={"actors": Actors(), "mechanisms": Mechanisms(), "innovations": {"any": Innovation()}, "plugins": {}}
    )
    ordinary = {part.name for part in plugin_host.parts_of(silent).mechanisms}
    return [_does(part, texts) for part in plugin_host.parts_of(scenario).mechanisms if part.name not in ordinary]


def _does(part: type[Any], texts: Texts) -> str:
    return texts.of_model("mechanism", part.name, (part.__doc__ or part.name).strip().splitlines()[0])


def _here(name: str, scenario: Scenario, texts: Texts) -> str:
    """What the scenario says of an actor, in a sentence; nothing for those that do as they always do."""
    settings = getattr(scenario.actors, "leadership" if name == "escalation" else name, None)
    if name == "leadership" or settings is None:
        return ""
    said = {key: words.plain(value, texts) for key, value in settings.model_dump().items() if _is_number(value)}
    said |= {"stages": words.plain(len(getattr(settings, "stages", ())), texts)}
    said |= {"members": words.plain(len(getattr(settings, "members", ())), texts)}
    if name == "patients":
        said["share"] = words.short_percent(settings.share, texts)
    choice = getattr(settings, "rule", getattr(settings, "discipline", ""))
    return texts(f"actor_here.{name}", **said, choice=texts(f"actor_choice.{choice}") if choice else "")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
