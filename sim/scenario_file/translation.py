"""The models' verdict in plain words: pydantic's errors as mistakes, each once and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from sim import safe_yaml
from sim.errors import Mistake
from sim.evidence import nearest
from sim.population import canonical_region
from sim.scenario import Scenario
from sim.scenario_file.fitting import hint, what_fits
from sim.scenario_file.json_schema import Forms, choices_of, scenario_forms
from sim.scenario_file.places import Places, at
from sim.scenario_file.wording import EXAMPLES, instead_of, shown
from sim.section import Incomplete


def validated(data: dict[str, Any], places: Places) -> tuple[Scenario, frozenset[str], list[Mistake]]:
    """The scenario, the sections that are broken and stand at their defaults in it, and the mistakes in them."""
    try:
        return Scenario.model_validate(data), frozenset(), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    judged = [one for one in errors if places.complete or not _may_stand_elsewhere(one)]
    mistakes = [_translated(one, places, scenario_forms()) for one in _without_echoes(judged, places)]
    broken = frozenset(str(one["loc"][0]) for one in errors if one["loc"])
    sound = {key: value for key, value in data.items() if key not in broken}
    standins = {key: value for key, value in _STANDINS.items() if key in broken}
    return Scenario.model_validate(sound | standins), broken, mistakes


_STANDINS: Mapping[str, Any] = {"innovations": {"x": {}}, "strategies": {"x": {"use": "let_it_happen"}}}

_BRANCHES: Mapping[tuple[str, str], str] = {
    ("clinics", "regions"): "sweden, a list such as [Östergötland, Kalmar], a map of names to numbers such as "
    "{Östergötland: 40}, or {csv: our_clinics.csv}",
    ("begins", "clinics"): "a number such as 8, or a list of names such as [Östergötland 01, Östergötland 02]",
    ("mandate", "scope"): "all, or a list of regions such as [Östergötland, Kalmar]",
}


def _without_echoes(errors: Iterable[Any], places: Places) -> Iterator[Any]:
    """The errors, but of a value that may have several forms only those that speak of the form it has."""
    told: set[safe_yaml.Path] = set()
    errors = list(errors)
    for error in errors:
        branch = _branch(error["loc"])
        if branch is None:
            if error["type"] != "too_short" or len(error["input"]) < error["ctx"]["min_length"]:
                yield error
            continue
        path = places.written(branch)
        form = _form(at(places.data, path))
        same = [one for one in errors if _branch(one["loc"]) == branch]
        fitting = [one for one in same if str(one["loc"][len(branch)]).startswith(form) and one["type"] != "too_short"]
        if path not in told:
            told.add(path)
            yield from fitting or [{"type": "no_form", "loc": branch, "input": at(places.data, path)}]


def _may_stand_elsewhere(error: Mapping[str, Any]) -> bool:
    """Whether something is lacking that the file which this one builds on may say; entries of a list are whole."""
    lacks = error["type"] == "missing" or isinstance(error.get("ctx", {}).get("error"), Incomplete)
    return lacks and not any(isinstance(step, int) for step in error["loc"])


def _branch(location: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The location of the value of several forms that an error lies in, or None."""
    names = [(place, step) for place, step in enumerate(location) if not isinstance(step, int)]
    for (_, first), (place, second) in pairwise(names):
        if (first, second) in _BRANCHES and place + 1 < len(location):
            return location[: place + 1]
    return None


def _form(value: Any) -> tuple[str, ...]:
    """How the name begins that pydantic gives to the form that a value has; nothing where it has none."""
    if isinstance(value, dict):
        if isinstance(value.get("plugin"), str):
            return ("PluginClinics",)
        return ("CsvFile",) if "csv" in value else ("dict[",)
    if isinstance(value, list):
        return ("tuple[",) if value else ()
    return ("constrained-int", "int") if isinstance(value, int) and not isinstance(value, bool) else ()


def section_mistakes(errors: Iterable[Any], where: safe_yaml.Path, places: Places, forms: Forms) -> list[Mistake]:
    """What is wrong in a section that another model judges.

    Args:
        errors: the model's verdict.
        where: the section's place in the scenario.
        places: where things stand.
        forms: what the scenario may say there.
    """
    return [_translated({**one, "loc": (*where, *one["loc"])}, places, forms) for one in errors]


def _translated(error: Mapping[str, Any], places: Places, forms: Forms) -> Mistake:
    """One mistake for one of pydantic's errors."""
    location, kind = error["loc"], error["type"]
    path = places.written(location)
    if location[-1:] == ("[key]",):
        return _wrong_key(error, path, places, forms)
    if kind == "no_form":
        return _no_form(path, location, error["input"], places)
    if kind == "missing" and isinstance(location[-1], str):
        return _missing(str(location[-1]), path, forms.nodes(location, places.data), places)
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), path[:-1], forms.nodes(location[:-1], places.data), places)
    return _wrong_value(error, path, places, forms)


def _wrong_value(error: Mapping[str, Any], path: safe_yaml.Path, places: Places, forms: Forms) -> Mistake:
    if error["type"] == "value_error":
        found, _, remedy = str(error["ctx"]["error"]).partition(". ")
        return places.mistake(path, found, remedy)
    entry_missing = error["type"] == "missing"
    nodes = forms.nodes(path if entry_missing else error["loc"], places.data)
    value = at(places.data, path)
    choices = [str(choice) for node in nodes for choice in choices_of(node)]
    if choices and isinstance(value, str):
        return places.mistake(path, f"unknown {_noun_of_value(path)} {shown(value)}", instead_of(value, choices))
    return places.mistake(path, _misfit(error, value), hint(value, nodes) or f"Write {what_fits(nodes, path)}")


def _no_form(path: safe_yaml.Path, location: tuple[Any, ...], value: Any, places: Places) -> Mistake:
    names = [step for step in location if not isinstance(step, int)]
    forms = _BRANCHES[(names[-2], names[-1])]
    remedy = f"Write {forms}"
    if isinstance(value, str):
        region = canonical_region(value)
        meant = nearest(value.lower(), [forms.split(",")[0]])
        if region and names[-1] != "clinics":
            remedy = f"Write it as a list: [{region}]"
        elif meant and names[-1] != "clinics":
            remedy = f"Did you mean {meant!r}? Else write {forms}"
    return places.mistake(path, f"{shown(value)} does not fit here", remedy)


def _wrong_key(error: Mapping[str, Any], path: safe_yaml.Path, places: Places, forms: Forms) -> Mistake:
    """A name in a section whose keys are names."""
    key, parent = str(path[-1]), path[:-1]
    if error["type"] == "value_error":
        found, _, remedy = str(error["ctx"]["error"]).partition(". ")
        return places.mistake(parent, found, remedy, key=key)
    nodes = forms.nodes(parent, places.data)
    known = [
        str(one) for node in nodes for rule in forms.flat(node.get("propertyNames", {})) for one in choices_of(rule)
    ]
    if known:
        return places.mistake(parent, f"unknown {_noun_of_key(parent)} {shown(key)}", instead_of(key, known), key=key)
    if error["type"] == "string_pattern_mismatch":
        return places.mistake(parent, f"the name {shown(key)} does not fit here", _name_remedy(key), key=key)
    most = error.get("ctx", {}).get("max_length", 60)
    return places.mistake(parent, f"a name of {len(key)} characters", f"Write 1 to {most} characters", key=key)


def _unknown_key(key: str, path: safe_yaml.Path, nodes: list[dict[str, Any]], places: Places) -> Mistake:
    known = [name for node in nodes for name in node.get("properties", {})] + ([] if path else ["extends"])
    remedy = instead_of(key, known) if known else "Delete it; this section is empty, written {}"
    return places.mistake(path, f"unknown {_noun_of_key(path)} {shown(key)}", remedy, key=key)


def _missing(key: str, path: safe_yaml.Path, nodes: list[dict[str, Any]], places: Places) -> Mistake:
    meaning = next((node["description"] for node in nodes if "description" in node), "").rstrip(".")
    explained = f" ({meaning[:1].lower()}{meaning[1:]})" if meaning else ""
    found = f"the key {key!r} is missing{explained}"
    return places.mistake(path, found, f"Write {key}: {EXAMPLES.get(key, '…')}, for instance")


_NOUNS = {
    "levers": "lever",
    "attributes": "attribute",
    "capability": "capability",
    "demands": "capability",
    "obstacles": "support function",
}


def _noun_of_key(parent: safe_yaml.Path) -> str:
    return _NOUNS.get(str(parent[-1]), "key") if parent else "key"


def _noun_of_value(path: safe_yaml.Path) -> str:
    if path[-1] == "use" or path[:-1] == ("strategies",):
        return "preset"
    return "stage" if path[-1] == "stage" else "word"


_MISFITS = {
    "greater_than": "is too low",
    "greater_than_equal": "is too low",
    "less_than": "is too high",
    "less_than_equal": "is too high",
    "string_too_long": "is too long",
    "too_long": "is too long",
    "missing": "is too short",
    "string_too_short": "is empty",
    "too_short": "is too short",
}


def _misfit(error: Mapping[str, Any], value: Any) -> str:
    """What is wrong with a value, in a few words."""
    if value is None:
        return "there is no value"
    verdict = _MISFITS.get(error["type"], "does not fit here")
    number = (
        f" of {len(value)}" if isinstance(value, list) and value and verdict in {"is too long", "is too short"} else ""
    )
    return f"{shown(value)}{number} {verdict}"


def _name_remedy(key: str) -> str:
    plain = key.lower().translate(str.maketrans("åäöéü", "aaoeu"))
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_0123456789")
    rule = "Write small letters a-z, figures and _, beginning with a letter"
    return f"{rule}, such as {slug}" if slug else rule
