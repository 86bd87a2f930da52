"""Any file of frozen models, read as safely as a scenario: the guard, the models, every mistake with its line.

For what is no scenario, such as a portfolio. What only the whole file can show is judged by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim import safe_yaml
from sim.errors import Mistake, UserMistakes
from sim.scenario_file.json_schema import Forms, with_words_for_booleans
from sim.scenario_file.places import Places, at, has
from sim.scenario_file.sources import read_source
from sim.scenario_file.translation import section_mistakes

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[Any, ...]


@dataclass(frozen=True)
class Wrong:
    """Something to mend, and where it is written."""

    path: tuple[str | int, ...]
    """Keys, and places in lists from 0, from the top of the file."""
    found: str
    remedy: str
    key: str | None = None
    """A key of the section at the path that is itself what is wrong."""


Judge = Callable[[Any, Mapping[str, Any], frozenset[str]], Iterable[Wrong]]
"""Judges the whole: the model without what is broken, all that is written, names of the sections with broken parts."""


def read(path: str | Path, kind: type[Model], judge: Judge) -> Model:
    """What a YAML file says, as a model.

    Args:
        path: the file.
        kind: the model of the whole file; every key may be left out, or ``judge`` tells that it is missing.
        judge: finds what only the whole can show.

    Raises:
        UserMistakes: every mistake, in the order of the lines.
    """
    source = read_source(Path(path), str(path))
    places = Places((source,), source.data, frozenset())
    model, mistakes, broken = _modelled(kind, places)
    mistakes += [
        places.mistake(one.path, one.found, one.remedy, key=one.key) for one in judge(model, source.data, broken)
    ]
    if mistakes:
        told = sorted(dict.fromkeys(mistakes), key=lambda one: one.line or 0)
        raise UserMistakes(safe_yaml.at_most(told, str(path)))
    return model


def schema(kind: type[BaseModel], title: str, short: Mapping[str, Callable[[dict[str, Any]], Any]]) -> dict[str, Any]:
    """JSON Schema of the files that `read` accepts, for editors.

    Args:
        kind: the model of the whole file.
        title: of the schema.
        short: by name of a model, its schema with the short forms that its validators accept.
    """
    whole = kind.model_json_schema()
    whole["$defs"] |= {name: changed(whole["$defs"][name]) for name, changed in short.items()}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    told: dict[str, Any] = with_words_for_booleans({**whole, **head})
    return told


def _modelled(kind: type[Model], places: Places) -> tuple[Model, list[Mistake], frozenset[str]]:
    """The model, without the entries that are broken; the mistakes in them; the sections that they are in."""
    try:
        return kind.model_validate(places.data), [], frozenset()
    except ValidationError as error:
        errors = error.errors(include_url=False)
    mistakes = section_mistakes(_of_one_form(errors, places), (), places, Forms(kind.model_json_schema()))
    sound = _without({one["loc"][:2] for one in errors}, places.data)
    try:
        model = kind.model_validate(sound)
    except ValidationError:  # the whole does not hold without what is broken
        raise UserMistakes(mistakes) from None
    return model, mistakes, frozenset(str(one["loc"][0]) for one in errors if one["loc"])


def _of_one_form(errors: Sequence[Any], places: Places) -> list[Any]:
    """The errors, but of a value that may have several forms only those that speak of the form it has."""
    groups: dict[Location, list[Any]] = {}
    for error in errors:
        groups.setdefault(_value_of(error["loc"], places), []).append(error)
    return [one for path, group in groups.items() for one in _fitting(path, group, places)]


def _value_of(location: Location, places: Places) -> Location:
    """The location up to the first step that only the models know: the value that may have several forms."""
    within: Any = places.data
    for place, step in enumerate(location):
        if not has(within, step):
            return location[:place] if place < len(location) - 1 else location
        within = within[step]
    return location


def _fitting(path: Location, group: list[Any], places: Places) -> list[Any]:
    """Of one value's errors those of its form; the first where it has none of the forms."""
    longer = [one for one in group if len(one["loc"]) > len(path) and has_at(places.data, path)]
    if len(longer) < 2:
        return group
    value = at(places.data, path)
    start = ("dict",) if isinstance(value, dict) else ("tuple", "list") if isinstance(value, list) else ()
    own = [one for one in longer if start and str(one["loc"][len(path)]).startswith(start)]
    return own or [{**longer[0], "loc": path}]


def has_at(data: Any, path: Location) -> bool:
    """Whether something stands at a path."""
    for step in path:
        if not has(data, step):
            return False
        data = data[step]
    return True


def _without(broken: set[Location], data: Mapping[str, Any]) -> dict[str, Any]:
    """What is written, without the broken entries of sections and without the broken single values."""
    sound: dict[str, Any] = {}
    for key, value in data.items():
        parts = {location[1] for location in broken if len(location) == 2 and location[0] == key}
        if isinstance(value, dict) and parts and (key,) not in broken:
            sound[key] = {name: one for name, one in value.items() if name not in parts}
        elif not parts and (key,) not in broken:
            sound[key] = value
    return sound
