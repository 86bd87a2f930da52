"""Reads a scenario safely and tells every mistake at once: file, line, place, what was found, what to write.

The order: bytes, the YAML guard, what the file extends, the models of ``scenario``, the clinics of a CSV, and last what
only the whole scenario can show (``_cross_checks``).
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim import evidence, safe_yaml
from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest
from sim.population import MOST_CLINICS, ClinicRow, canonical_region, known_regions, read_clinics_csv
from sim.safe_yaml import Document, dotted, shortened
from sim.scenario import EVENT_KINDS, Begins, CsvFile, Mandate, Preset, Scenario

MAX_EXTENDED = 8
"""Most files that a scenario may build on, one upon the other."""
MAX_BYTES = 16 * 2**30
"""Most memory that a run may need [bytes]: clinics x innovations x 200, and the results."""
MAX_CLINIC_MONTHS = 10**13
"""Most work that a run may ask for: clinics x months x replicates x innovations x strategies."""

_STATE_BYTES = 200
_RESULT_BYTES = 20 * 8
_OPTIONS = ("months", "replicates", "seed", "strategies")


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario and the files that it was read from."""

    scenario: Scenario
    """What the files say, with the values from the command line."""
    path: Path
    """The file as the user named it."""
    folder: Path
    """Where it lies; all that it names lies inside."""
    inputs: Mapping[str, str]
    """SHA-256 of every file that was read, by its path inside the folder."""
    clinics: tuple[ClinicRow, ...] | None = None
    """The user's own clinics, or None when the scenario names no CSV file."""


def read(path: str | Path, overrides: Mapping[str, Any] | None = None) -> ScenarioFile:
    """The scenario of a file and of those that it extends, checked as far as it can be without running it.

    Args:
        path: the YAML file.
        overrides: ``months``, ``replicates``, ``seed`` from the command line, and ``strategies``, names of those to
            keep; what is None or empty is not given.

    Raises:
        UserMistakes: every mistake in the files and the options, in the order of their lines.
    """
    chain = _chain(Path(path))
    options = _options(overrides or {})
    kept = options.pop("strategies", None)
    data = _merged_chain(chain) | options
    places = _Places(chain, data, frozenset(options))
    scenario, broken, mistakes = _validated(data, places)
    clinics, inputs = _clinics(scenario, broken, places, mistakes)
    kept_names = _kept_strategies(scenario, broken, kept, mistakes)
    mistakes += _cross_checks(_Check(scenario, places, broken, clinics, len(kept_names)))
    if mistakes:
        raise UserMistakes(_in_order(mistakes, chain))
    strategies = {name: one for name, one in scenario.strategies.items() if name in kept_names}
    inputs |= {places.inside(source.path): source.digest for source in chain}
    chosen = scenario.model_copy(update={"strategies": strategies})
    return ScenarioFile(chosen, chain[0].path, chain[0].path.parent, dict(sorted(inputs.items())), clinics)


def _in_order(mistakes: Iterable[Mistake], chain: tuple[_Source, ...]) -> list[Mistake]:
    """Each mistake once, by file and line; those of the command line last."""
    files = [source.label for source in chain]

    def order(mistake: Mistake) -> tuple[int, int]:
        return (files.index(mistake.file) if mistake.file in files else len(files), mistake.line or 0)

    return safe_yaml.at_most(sorted(dict.fromkeys(mistakes), key=order), files[0])


# Files


@dataclass(frozen=True)
class _Source:
    """One YAML file of a scenario."""

    label: str
    path: Path
    document: Document
    digest: str

    @property
    def data(self) -> dict[str, Any]:
        return self.document.data  # type: ignore[no-any-return]


def _chain(path: Path) -> tuple[_Source, ...]:
    """The scenario and the files that it builds on, nearest first."""
    chain = [_source(path, str(path))]
    seen = [_resolved(path)]
    while chain[-1].data.get("extends") is not None:
        source = chain[-1]
        line = source.document.value_lines[("extends",)]
        other = _named_file(source, ("extends",), path.parent)
        found = None
        if _resolved(other) in seen:
            found = f"{shortened(str(source.data['extends']))!r} builds on this file in turn"
        elif len(chain) > MAX_EXTENDED:
            found = f"more than {MAX_EXTENDED} files that build on one another"
        if found:
            raise UserMistakes(Mistake("extends", found, "Let it name a file that stands alone", source.label, line))
        chain.append(_source(other, str(other)))
        seen.append(_resolved(other))
    return tuple(chain)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path


def _source(path: Path, label: str) -> _Source:
    raw = _bytes(path, label)
    document = safe_yaml.load(raw, file=label)
    if not isinstance(document.data, dict):
        found = "the file is empty" if document.data is None else f"{_shown(document.data)} where sections belong"
        remedy = "Write a scenario: innovations: and strategies: are the least it needs"
        raise UserMistakes(Mistake("scenario", found, remedy, label, document.value_lines.get((), 1)))
    return _Source(label, path, document, hashlib.sha256(raw).hexdigest())


def _bytes(path: Path, label: str) -> bytes:
    """What an ordinary file holds, at most as much as the guard accepts."""
    shown = shortened(label, 200)
    try:
        if path.is_dir():
            raise UserMistakes(Mistake("file", "it is a folder", "Write the name of a YAML file in it", shown))
        if not path.exists():
            raise UserMistakes(Mistake("file", "there is no such file", _other_file(path.parent, path.name), shown))
        if not path.is_file():
            raise UserMistakes(Mistake("file", "it is not an ordinary file", "Write the name of a YAML file", shown))
        with path.open("rb") as file:
            raw = file.read(safe_yaml.MAX_BYTES + 1)
    except PermissionError:
        found, remedy = "you may not read it", "Ask its owner for the right to read it, or copy it"
        raise UserMistakes(Mistake("file", found, remedy, shown)) from None
    except (OSError, ValueError):
        raise UserMistakes(Mistake("file", "it cannot be read", "Write the name of a YAML file", shown)) from None
    if len(raw) > safe_yaml.MAX_BYTES:
        raise UserMistakes(safe_yaml.too_large(shown))
    return raw


def _other_file(folder: Path, name: str) -> str:
    """Which file of the folder may have been meant."""
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.suffix in {".yaml", ".yml", ".csv"})
    except (OSError, ValueError):
        return "Check the name of the folder"
    meant = nearest(name, names)
    if meant:
        return f"Did you mean {meant!r}?"
    return f"Write one of the files there: {_listed(names)}" if names else "Check the name and the folder"


def _named_file(source: _Source, path: safe_yaml.Path, folder: Path) -> Path:
    """The file that a scenario names, inside the scenario's folder and beside the file that names it.

    Args:
        source: the file that names it.
        path: where the name stands in it.
        folder: the scenario's folder, which nothing may lead out of.
    """
    name = _at(source.data, path)

    def refused(found: str) -> UserMistakes:
        remedy = f"Write the name of a file in the scenario's own folder, such as {_EXAMPLES[str(path[-1])]}"
        return UserMistakes(Mistake(dotted(path), found, remedy, source.label, source.document.value_lines[path]))

    if not isinstance(name, str) or not name.strip():
        raise refused(f"{_shown(name)} where the name of a file belongs")
    unsafe = _unsafe(name)
    if unsafe:
        raise refused(f"{_shown(name)}, {unsafe}")
    file = source.path.parent / name.strip()
    if not _resolved(file).is_relative_to(_resolved(folder)):
        raise refused(f"{_shown(name)} leads out of the scenario's folder")
    return file


def _unsafe(name: str) -> str | None:
    """Why a name cannot be trusted to stay inside a folder, or None."""
    if "\0" in name or not name.isprintable():
        return "which has a character that cannot be seen"
    if name.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:", name):
        return "which is not a name inside the folder"
    if "\\" in name:
        return "which has a backslash"
    return "which leads upwards" if ".." in name.split("/") else None


def _merged_chain(chain: tuple[_Source, ...]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for source in reversed(chain):
        own = {key: value for key, value in source.data.items() if key != "extends"}
        data = merged(data, own) if len(chain) > 1 else own
    return data


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A section with what another says put on top: sections key by key, all else replaced, null takes the key away.

    >>> merged({"goal": {"reach": 0.5, "by_month": 12}, "seed": 1}, {"goal": {"reach": None, "sustained": 0.4}})
    {'goal': {'by_month': 12, 'sustained': 0.4}, 'seed': 1}
    """
    result = dict(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            under = result.get(key)
            result[key] = merged(under if isinstance(under, dict) else {}, value)
        else:
            result[key] = value
    return result


def _clinics(
    scenario: Scenario, broken: frozenset[str], places: _Places, mistakes: list[Mistake]
) -> tuple[tuple[ClinicRow, ...] | None, dict[str, str]]:
    """The rows of the user's own clinics and the digest of their file; its mistakes are added to the others."""
    regions = scenario.clinics.regions
    if "clinics" in broken or not isinstance(regions, CsvFile):
        return None, {}
    where = ("clinics", "regions", "csv")
    source, _ = places.source(where)
    try:
        path = _named_file(source, where, places.folder)
        if not path.is_file():
            found = f"there is no file {shortened(regions.csv)!r}"
            raise UserMistakes(places.mistake(where, found, _other_file(path.parent, path.name)))
        rows = read_clinics_csv(path, str(path))
        with path.open("rb") as file:
            return rows, {places.inside(path): hashlib.file_digest(file, "sha256").hexdigest()}
    except UserMistakes as told:
        mistakes += told.mistakes
    except OSError:
        mistakes.append(places.mistake(where, f"{shortened(regions.csv)!r} cannot be read", "Check who may read it"))
    return None, {}


# Options


def _options(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What the command line says in place of the file."""
    unknown = [name for name in overrides if name not in _OPTIONS]
    if unknown:
        allowed = _listed(f"--{name}" for name in _OPTIONS)
        raise UserMistakes(Mistake(f"--{name}", "no such option", f"Write one of {allowed}") for name in unknown)
    return {name: value for name, value in overrides.items() if value is not None and value not in ([], (), "")}


def _kept_strategies(scenario: Scenario, broken: frozenset[str], kept: Any, mistakes: list[Mistake]) -> frozenset[str]:
    """Names of the strategies to compare; unknown names are added to the mistakes."""
    known = frozenset(scenario.strategies)
    if kept is None or "strategies" in broken:
        return known
    names = [kept] if isinstance(kept, str) else [str(name) for name in kept]
    for name in names:
        if name not in known:
            found = f"unknown strategy {shortened(name)!r}"
            mistakes.append(Mistake("--strategies", found, _choice(name, scenario.strategies)))
    return frozenset(names) & known


# Places


@dataclass(frozen=True)
class _Places:
    """Where each part of the merged scenario is written."""

    chain: tuple[_Source, ...]
    data: dict[str, Any]
    options: frozenset[str]

    @property
    def folder(self) -> Path:
        return self.chain[0].path.parent

    def inside(self, path: Path) -> str:
        """A file's path inside the folder, with / between."""
        return path.relative_to(self.folder).as_posix()

    def written(self, path: Iterable[Any]) -> safe_yaml.Path:
        """The part of a path that the file has; steps that only the models know are left out."""
        within: Any = self.data
        steps: list[str | int] = []
        for step in path:
            if _has(within, step):
                within = within[step]
                steps.append(step)
        return tuple(steps)

    def source(self, path: safe_yaml.Path) -> tuple[_Source, int]:
        """The file and the line where something is written, or where the section is that lacks it."""
        for source in self.chain:
            document = source.document
            if path in document.value_lines:
                scalar = not isinstance(_at(document.data, path), dict | list)
                line = document.value_lines[path] if scalar else document.key_lines.get(path)
                return source, line or document.value_lines[path]
        return self.source(path[:-1])

    def mistake(self, path: Iterable[Any], found: str, remedy: str, *, key: str | None = None) -> Mistake:
        """A mistake at a path of the merged scenario; with a key, on the line of that key in the section."""
        steps = self.written(path)
        if steps and steps[0] in self.options:
            return Mistake(f"--{steps[0]}", found, remedy)
        source, line = self.source(steps if key is None else (*steps, key))
        if key is not None:
            line = source.document.key_lines.get((*steps, key), line)
        return Mistake(dotted(steps) or "scenario", found, remedy, source.label, line)


def _has(within: Any, step: Any) -> bool:
    if isinstance(within, dict):
        return step in within
    return isinstance(within, list) and isinstance(step, int) and step < len(within)


def _at(data: Any, path: safe_yaml.Path) -> Any:
    for step in path:
        data = data[step]
    return data


# The models' verdict in plain words

_STANDINS: Mapping[str, Any] = {"innovations": {"x": {}}, "strategies": {"x": {"use": "let_it_happen"}}}


def _validated(data: dict[str, Any], places: _Places) -> tuple[Scenario, frozenset[str], list[Mistake]]:
    """The scenario, the sections that are broken and stand at their defaults in it, and the mistakes in them."""
    try:
        return Scenario.model_validate(data), frozenset(), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    mistakes = [_translated(one, places) for one in _without_echoes(errors, places)]
    broken = frozenset(str(one["loc"][0]) for one in errors if one["loc"])
    sound = {key: value for key, value in data.items() if key not in broken}
    standins = {key: value for key, value in _STANDINS.items() if key in broken}
    return Scenario.model_validate(sound | standins), broken, mistakes


_BRANCHES: Mapping[tuple[str, str], str] = {
    ("clinics", "regions"): "sweden, a list such as [Östergötland, Kalmar], a map of names to numbers such as "
    "{Östergötland: 40}, or {csv: our_clinics.csv}",
    ("begins", "clinics"): "a number such as 8, or a list of names such as [Östergötland 01, Östergötland 02]",
    ("mandate", "scope"): "all, or a list of regions such as [Östergötland, Kalmar]",
}


def _without_echoes(errors: Iterable[Any], places: _Places) -> Iterator[Any]:
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
        form = _form(_at(places.data, path))
        same = [one for one in errors if _branch(one["loc"]) == branch]
        fitting = [one for one in same if str(one["loc"][len(branch)]).startswith(form) and one["type"] != "too_short"]
        if path not in told:
            told.add(path)
            yield from fitting or [{"type": "no_form", "loc": branch, "input": _at(places.data, path)}]


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
        return ("CsvFile",) if "csv" in value else ("dict[",)
    if isinstance(value, list):
        return ("tuple[",) if value else ()
    return ("constrained-int", "int") if isinstance(value, int) and not isinstance(value, bool) else ()


def _translated(error: Mapping[str, Any], places: _Places) -> Mistake:
    """One mistake for one of pydantic's errors."""
    location, kind = error["loc"], error["type"]
    path = places.written(location)
    if location[-1:] == ("[key]",):
        return _wrong_key(error, path, places)
    if kind == "no_form":
        return _no_form(path, location, error["input"], places)
    if kind == "missing" and isinstance(location[-1], str):
        return _missing(str(location[-1]), path, _schema_nodes(location, places.data), places)
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), path[:-1], _schema_nodes(location[:-1], places.data), places)
    return _wrong_value(error, path, places)


def _wrong_value(error: Mapping[str, Any], path: safe_yaml.Path, places: _Places) -> Mistake:
    if error["type"] == "value_error":
        found, _, remedy = str(error["ctx"]["error"]).partition(". ")
        return places.mistake(path, found, remedy)
    entry_missing = error["type"] == "missing"
    nodes = _schema_nodes(path if entry_missing else error["loc"], places.data)
    value = _at(places.data, path)
    choices = [str(choice) for node in nodes for choice in _choices_of(node)]
    if choices and isinstance(value, str):
        return places.mistake(path, f"unknown {_noun_of_value(path)} {_shown(value)}", _choice(value, choices))
    return places.mistake(path, _misfit(error, value), _hint(value, nodes) or f"Write {_fitting(nodes, path)}")


def _no_form(path: safe_yaml.Path, location: tuple[Any, ...], value: Any, places: _Places) -> Mistake:
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
    return places.mistake(path, f"{_shown(value)} does not fit here", remedy)


def _wrong_key(error: Mapping[str, Any], path: safe_yaml.Path, places: _Places) -> Mistake:
    """A name in a section whose keys are names."""
    key, parent = str(path[-1]), path[:-1]
    if error["type"] == "value_error":
        found, _, remedy = str(error["ctx"]["error"]).partition(". ")
        return places.mistake(parent, found, remedy, key=key)
    nodes = _schema_nodes(parent, places.data)
    known = [str(one) for node in nodes for rule in _flat(node.get("propertyNames", {})) for one in _choices_of(rule)]
    if known:
        return places.mistake(parent, f"unknown {_noun_of_key(parent)} {_shown(key)}", _choice(key, known), key=key)
    if error["type"] == "string_pattern_mismatch":
        return places.mistake(parent, f"the name {_shown(key)} does not fit here", _name_remedy(key), key=key)
    most = error.get("ctx", {}).get("max_length", 60)
    return places.mistake(parent, f"a name of {len(key)} characters", f"Write 1 to {most} characters", key=key)


def _unknown_key(key: str, path: safe_yaml.Path, nodes: list[dict[str, Any]], places: _Places) -> Mistake:
    known = [name for node in nodes for name in node.get("properties", {})] + ([] if path else ["extends"])
    remedy = _choice(key, known) if known else "Delete it; this section is empty, written {}"
    return places.mistake(path, f"unknown {_noun_of_key(path)} {_shown(key)}", remedy, key=key)


_EXAMPLES = {
    "region": "Östergötland",
    "clinics": "8",
    "by_month": "48",
    "month": "14",
    "months": "6",
    "capacity": "0.4",
    "salience": "0.2",
    "csv": "our_clinics.csv",
    "extends": "base.yaml",
    "sv": "Egenmonitorering",
    "en": "Self-monitoring",
    "innovations": "{self_monitoring: {begins: {region: Östergötland, clinics: 8}}}",
    "strategies": "{let: let_it_happen, help: help_it_happen}",
}


def _missing(key: str, path: safe_yaml.Path, nodes: list[dict[str, Any]], places: _Places) -> Mistake:
    meaning = next((node["description"] for node in nodes if "description" in node), "").rstrip(".")
    explained = f" ({meaning[:1].lower()}{meaning[1:]})" if meaning else ""
    found = f"the key {key!r} is missing{explained}"
    return places.mistake(path, found, f"Write {key}: {_EXAMPLES.get(key, '…')}, for instance")


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
    return f"{_shown(value)}{number} {verdict}"


def _hint(value: Any, nodes: list[dict[str, Any]]) -> str | None:
    """What was probably meant by text where a number belongs, or by a number where text belongs."""
    kinds = {str(node.get("type")) for node in nodes}
    if isinstance(value, str) and kinds & {"number", "integer"}:
        share = any(node.get("maximum", 2) <= 1 for node in nodes)
        return _meant_number(value, share=share, whole="number" not in kinds)
    free_text = "string" in kinds and not any(map(_choices_of, nodes))
    if isinstance(value, int | float) and free_text and not kinds & {"number", "integer"}:
        return f"Write it in quotation marks: '{shortened(str(value))}'"
    return None


def _meant_number(text: str, *, share: bool, whole: bool) -> str | None:
    """The number that a text was meant to be: a quoted one, a decimal comma, spaces between thousands, per cent."""
    tidy = re.sub(r"[\s\u00a0\u202f]", "", text)
    match = re.fullmatch(r"(-?[0-9]{1,15})(?:[.,]([0-9]{1,2}|[0-9]{4,15}))?(%?)", tidy)
    if match is None or (match[2] and whole) or (match[3] and not share):
        return None
    number = f"{match[1]}.{match[2]}" if match[2] else match[1]
    if match[3]:
        return f"Write {float(number) / 100:.6g}"
    how = ["with a decimal point"] if "," in tidy else []
    how += ["without spaces"] if tidy != text.strip() else []
    return f"Write {number} {' and '.join(how) or 'without quotation marks'}"


def _fitting(nodes: list[dict[str, Any]], path: safe_yaml.Path) -> str:
    """What may be written at a place, from its schema."""
    if path and path[-1] == "start":
        return "year and month, such as 2025-01"
    fits = [_fits(node) for node in nodes if node.get("type") != "null"]
    return " or ".join(dict.fromkeys(fits)) or "something else"


def _fits(node: Mapping[str, Any]) -> str:
    choices = _choices_of(node)
    if choices:
        return _listed(map(str, choices), "or")
    kind = str(node.get("type"))
    return _KINDS[kind](node) if kind in _KINDS else "something else"


def _fitting_text(node: Mapping[str, Any]) -> str:
    if "pattern" in node:
        return "small letters a-z, figures and _, beginning with a letter"
    return f"a text of 1 to {node['maxLength']} characters" if "maxLength" in node else "a text"


def _fitting_list(node: Mapping[str, Any]) -> str:
    if "prefixItems" in node:
        numbers = len(node["prefixItems"])
        return f"a list of {numbers} numbers, such as [{', '.join('123'[:numbers])}]"
    most = f" of {node.get('minItems', 0)} to {node['maxItems']} entries" if "maxItems" in node else ""
    return f"a list{most}, each entry after a -"


def _fitting_section(node: Mapping[str, Any]) -> str:
    if node.get("properties"):
        return f"a section with the keys {_listed(node['properties'])}"
    return f"a section of 1 to {node['maxProperties']} names" if "maxProperties" in node else "a section of key: value"


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "integer": lambda node: "a whole number" + _bounds(node),
    "number": lambda node: "a number" + _bounds(node),
    "boolean": lambda _: "true or false",
    "string": _fitting_text,
    "array": _fitting_list,
    "object": _fitting_section,
}


def _bounds(node: Mapping[str, Any]) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    parts = [
        f"of at least {low}" if low is not None else "",
        f"above {above}" if above is not None else "",
        f"below {below}" if below is not None else "",
    ]
    return "".join(f" {part}" for part in [" and ".join(filter(None, parts))] if part)


def _name_remedy(key: str) -> str:
    plain = key.lower().translate(str.maketrans("åäöéü", "aaoeu"))
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_0123456789")
    rule = "Write small letters a-z, figures and _, beginning with a letter"
    return f"{rule}, such as {slug}" if slug else rule


def _choice(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word."""
    names = list(dict.fromkeys(known))
    meant = nearest(word, names) or nearest(word.lower().replace("-", "_").replace(" ", "_"), names)
    guess = f"Did you mean {meant!r}?" if meant else ""
    if len(names) <= 16:
        return f"{guess} Possible: {_listed(names)}".strip()
    return guess or f"Write one of {_listed(names)}"


def _listed(words: Iterable[str], last: str = "and", most: int = 24) -> str:
    names = [shortened(word) for word in words]
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _shown(value: Any) -> str:
    """A value as it may stand in a message."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{shortened(value)}'"
    if isinstance(value, dict):
        return "a section" if value else "an empty section"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    return shortened(str(value))


# The schema


@cache
def _model_schema() -> dict[str, Any]:
    """The models' schema, with the short forms that their validators accept."""
    whole = Scenario.model_json_schema()
    _allow_short_forms(whole["$defs"])
    return whole


def _flat(node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The forms that a part of the schema allows, references followed."""
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        told = {key: value for key, value in node.items() if key == "description"}
        yield from ({**form, **told} for form in _flat(_model_schema()["$defs"][name]))
    elif "anyOf" in node:
        for form in node["anyOf"]:
            yield from _flat(form)
    else:
        yield dict(node)


def _schema_nodes(location: Iterable[Any], data: Any) -> list[dict[str, Any]]:
    """The parts of the schema that speak of a location, as pydantic or the file writes it."""
    nodes = list(_flat(_model_schema()))
    for step in location:
        inner = [form for node in nodes for form in _inner(node, step, in_data=_has(data, step))]
        nodes = inner or nodes
        data = data[step] if _has(data, step) else data
    return nodes


def _inner(node: Mapping[str, Any], step: Any, *, in_data: bool) -> Iterator[dict[str, Any]]:
    if step in node.get("properties", {}):
        part = node["properties"][step]
        told = {"description": part["description"]} if "description" in part else {}
        yield from ({**told, **form} if "$ref" not in part else {**form, **told} for form in _flat(part))
    elif isinstance(step, int) and "prefixItems" in node:
        yield from _flat(node["prefixItems"][min(step, len(node["prefixItems"]) - 1)])
    elif isinstance(step, int) and "items" in node:
        yield from _flat(node["items"])
    elif isinstance(step, str) and in_data:
        for rule in (node.get("additionalProperties"), *node.get("patternProperties", {}).values()):
            if isinstance(rule, dict):
                yield from _flat(rule)


def _choices_of(node: Mapping[str, Any]) -> list[Any]:
    return list(node.get("enum", [])) + ([node["const"]] if "const" in node else [])


def schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors: what `read` accepts, with the short forms and ``extends``.

    A file that extends another may leave out whatever the other says, and takes a key away with null.
    """
    whole = copy.deepcopy(_model_schema())
    parts: dict[str, Any] = whole.pop("$defs")
    extends = {"type": "string", "title": "Extends", "description": "A scenario in the same folder to build on."}
    whole["properties"] = {"extends": {**extends, "type": "null"}, **whole["properties"]}
    changes = {f"{name}Change": _as_change(part) for name, part in parts.items()}
    change = _as_change(whole)
    change["properties"]["extends"] = extends
    change["required"] = ["extends"]
    definitions = {**parts, **changes, "Scenario": whole, "ScenarioChange": change}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "innomotor scenario",
        "description": whole.get("description", ""),
        "type": "object",
        "if": {"properties": {"extends": {"type": "string"}}, "required": ["extends"]},
        "then": {"$ref": "#/$defs/ScenarioChange"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": {name: _with_words_for_booleans(part) for name, part in definitions.items()},
    }


def _allow_short_forms(parts: dict[str, Any]) -> None:
    """Let the schema accept what the models' validators turn into the full form."""
    label = parts["Text"]["properties"]["sv"]
    text = {"type": "string", "minLength": label["minLength"], "maxLength": label["maxLength"]}
    parts["Text"] = _either(text, parts["Text"])
    parts["Strategy"] = _either({"$ref": "#/$defs/Preset"}, parts["Strategy"])
    begins = parts["Innovation"]["properties"]["begins"]
    parts["Innovation"]["properties"]["begins"] = _either({"$ref": "#/$defs/Begins"}, begins)


def _either(short: dict[str, Any], full: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {key: full[key] for key in ("title", "description", "default") if key in full}
    return {**told, "anyOf": [short, {key: value for key, value in full.items() if key not in told}]}


def _as_change(node: Any) -> Any:
    """A part of the schema where keys may be left out, or set to null to take them away; lists stay whole."""
    if not isinstance(node, dict):
        return node
    result = {key: value for key, value in node.items() if key not in {"required", "minProperties"}}
    if str(node.get("$ref", "")).startswith("#/$defs/"):
        result["$ref"] = node["$ref"] + "Change"
    if "anyOf" in node:
        result["anyOf"] = [_as_change(form) for form in node["anyOf"]]
    if "properties" in node:
        result["properties"] = {key: _or_null(part) for key, part in node["properties"].items()}
    for rule in ("additionalProperties", "patternProperties"):
        if isinstance(node.get(rule), dict):
            inner = node[rule]
            one = rule == "additionalProperties"
            result[rule] = _or_null(inner) if one else {pattern: _or_null(part) for pattern, part in inner.items()}
    return result


def _or_null(part: Any) -> dict[str, Any]:
    return _either({"type": "null"}, _as_change(part))


def _with_words_for_booleans(node: Any) -> Any:
    """Booleans may also be written yes, no, on and off."""
    if isinstance(node, list):
        return [_with_words_for_booleans(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "boolean":
        return _either({"enum": ["yes", "no", "on", "off"]}, node)
    return {key: _with_words_for_booleans(value) for key, value in node.items()}


# What only the whole scenario shows

_LAYERS = ("layer_ties", "layer_region", "layer_all")
_SHARED = ("named_ties", "ties_within_region", "clustering", "leader_share", "innovativeness_prestige")


@dataclass(frozen=True)
class _Check:
    """What the cross checks look at. A section that is broken stands at its defaults and is not judged."""

    scenario: Scenario
    places: _Places
    broken: frozenset[str]
    clinics: tuple[ClinicRow, ...] | None
    strategies: int

    def sizes(self) -> Mapping[str, int] | None:
        """Clinics in each region by canonical name, or None where that cannot be known."""
        regions = self.scenario.clinics.regions
        if "clinics" in self.broken or (isinstance(regions, CsvFile) and self.clinics is None):
            return None
        if isinstance(regions, CsvFile):
            return Counter(row.region for row in self.clinics or ())
        if isinstance(regions, str):
            return known_regions()
        if isinstance(regions, Mapping):
            return {_canonical(name): size for name, size in regions.items()}
        names = {_canonical(name) for name in regions}
        return {name: size for name, size in known_regions().items() if name in names}


def _cross_checks(check: _Check) -> list[Mistake]:
    """Every contradiction between the parts of a scenario."""
    return [mistake for needs, judge in _CHECKS if not check.broken & set(needs.split()) for mistake in judge(check)]


def _canonical(name: str) -> str:
    return canonical_region(name) or " ".join(name.split())


def _unknown_region(name: str, known: Iterable[str]) -> tuple[str, str]:
    """What to say of a region that is not there."""
    bare = re.sub(r"^region(en)?\s+|\s+län$", "", name.strip(), flags=re.IGNORECASE)
    names = list(known)
    meant = nearest(bare, names)
    remedy = f"Did you mean {meant!r}?" if meant else f"Write one of {_listed(names)}"
    return f"unknown region {_shown(name)}", remedy


def _listed_regions(check: _Check) -> Iterator[Mistake]:
    """Regions that do not exist, or stand twice."""
    regions, where = check.scenario.clinics.regions, ("clinics", "regions")
    if isinstance(regions, str | CsvFile):
        return
    if isinstance(regions, Mapping) and "csv" in regions:
        remedy = "Write the name of a CSV file, such as our_clinics.csv"
        yield check.places.mistake((*where, "csv"), f"{regions['csv']} does not fit here", remedy)
    seen: dict[str, str] = {}
    for place, name in enumerate(regions):
        region = _canonical(name)
        path, key = ((*where, place), None) if isinstance(regions, tuple) else (where, name)
        if region in seen:
            found = f"{_shown(name)} is the same region as {_shown(seen[region])} above"
            yield check.places.mistake(path, found, "Write each region once", key=key)
        seen[region] = name
        if isinstance(regions, tuple) and region not in known_regions():
            yield check.places.mistake(path, *_unknown_region(name, known_regions()))


def _named_regions(check: _Check) -> Iterator[Mistake]:
    """Regions that are named elsewhere but are not among the scenario's."""
    sizes = check.sizes()
    if sizes is None:
        return
    for path, name in _region_names(check):
        if _canonical(name) not in sizes:
            found, remedy = _unknown_region(name, sizes)
            if _canonical(name) in known_regions():
                found = f"{_shown(name)} is not among the scenario's regions"
                remedy = f"Add it under clinics: regions:, or write one of {_listed(sizes)}"
            yield check.places.mistake(path, found, remedy)


def _region_names(check: _Check) -> Iterator[tuple[tuple[Any, ...], str]]:
    for path, begins in _all_begins(check):
        yield (*path, "region"), begins.region
    for path, mandate in _all_mandates(check):
        if not isinstance(mandate.scope, str):
            yield from (((*path, "scope", place), name) for place, name in enumerate(mandate.scope))
    if "events" not in check.broken:
        for place, event in enumerate(check.scenario.events):
            if event.champions_leave is not None and event.champions_leave.region is not None:
                yield ("events", place, "champions_leave", "region"), event.champions_leave.region


def _all_begins(check: _Check) -> Iterator[tuple[tuple[Any, ...], Begins]]:
    if "innovations" in check.broken:
        return
    for name, innovation in check.scenario.innovations.items():
        for place, begins in enumerate(innovation.begins):
            yield ("innovations", name, "begins", place), begins


def _all_mandates(check: _Check) -> Iterator[tuple[tuple[Any, ...], Mandate]]:
    if "strategies" in check.broken:
        return
    for name, strategy in check.scenario.strategies.items():
        if strategy.levers is not None and strategy.levers.mandate is not None:
            yield ("strategies", name, "levers", "mandate"), strategy.levers.mandate
        for place, phase in enumerate(strategy.phases or ()):
            if phase.levers.mandate is not None:
                yield ("strategies", name, "phases", place, "levers", "mandate"), phase.levers.mandate


def _beginnings(check: _Check) -> Iterator[Mistake]:
    """More clinics than there are, clinics that are not there, and clinics that are named twice."""
    sizes = check.sizes()
    taken: Counter[tuple[str, str]] = Counter()
    named: set[tuple[str, str, str]] = set()
    for path, begins in _all_begins(check):
        region, innovation, where = _canonical(begins.region), path[1], (*path, "clinics")
        names = () if isinstance(begins.clinics, int) else begins.clinics
        for place, name in enumerate(names):
            if (innovation, region, name) in named:
                found = f"the clinic {_shown(name)} is named twice"
                yield check.places.mistake((*where, place), found, "Name each clinic once")
            named.add((innovation, region, name))
        if sizes is None or region not in sizes:
            continue
        before = taken[innovation, region]
        taken[innovation, region] += begins.clinics if isinstance(begins.clinics, int) else len(names)
        if before <= sizes[region] < taken[innovation, region]:
            found = f"{taken[innovation, region]} clinics begin, but {region} has {sizes[region]}"
            yield check.places.mistake(where, found, f"Write {sizes[region]} or fewer")
        yield from _unknown_clinics(check, region, names, where)


def _unknown_clinics(check: _Check, region: str, names: tuple[str, ...], where: tuple[Any, ...]) -> Iterator[Mistake]:
    if not names:
        return
    size = (check.sizes() or {}).get(region, 0)
    own = [row.name for row in check.clinics or () if row.region == region]
    width = max(2, len(str(size)))
    for place, name in enumerate(names):
        tidy = " ".join(name.split())
        number = tidy.removeprefix(f"{region} ")
        numbered = re.fullmatch(f"[0-9]{{{width}}}", number) is not None and 1 <= int(number) <= size
        if tidy in own if own else numbered and tidy != number:
            continue
        remedy = (
            f"Write names from {region} {1:0{width}d} to {region} {size:0{width}d}, or give your clinics in a CSV file"
        )
        remedy = _choice(tidy, own) if own else remedy
        yield check.places.mistake((*where, place), f"unknown clinic {_shown(name)} in {region}", remedy)


def _mandates(check: _Check) -> Iterator[Mistake]:
    """Deadlines and lifts that come before the mandate."""
    for path, mandate in _all_mandates(check):
        start = mandate.from_month
        for key, month in (("deadline_month", mandate.deadline_month), ("lift_month", mandate.lift_month)):
            if start is not None and month is not None and month < start:
                found = f"month {month} comes before from_month, {start}"
                yield check.places.mistake((*path, key), found, f"Write a month from {start} on")


def _phases(check: _Check) -> Iterator[Mistake]:
    """Phases without an end, a last phase with one, and phases within a phase."""
    for name, strategy in check.scenario.strategies.items():
        phases = strategy.phases or ()
        for place, phase in enumerate(phases):
            path, last = ("strategies", name, "phases", place), place == len(phases) - 1
            if phase.use is Preset.PHASED:
                remedy = "Write let_it_happen, help_it_happen or make_it_happen"
                yield check.places.mistake((*path, "use"), "phases within a phase", remedy)
            if phase.until is None and not last:
                remedy = "Write when the next phase takes over, such as until: {reach: 0.10}"
                yield check.places.mistake(path, "the phase has no until", remedy)
            if phase.until is not None and last:
                remedy = "Delete until, or add the phase that follows"
                yield check.places.mistake((*path, "until"), "the last phase lasts to the end", remedy)


def _until_events(check: _Check) -> Iterator[Mistake]:
    """Phases that wait for an event that never comes."""
    kinds = {event.kind for event in check.scenario.events}
    for name, strategy in check.scenario.strategies.items():
        for place, phase in enumerate(strategy.phases or ()):
            awaited = phase.until.event if phase.until is not None else None
            if awaited is None or awaited in kinds:
                continue
            path = ("strategies", name, "phases", place, "until", "event")
            if awaited in EVENT_KINDS:
                remedy = f"Add it under events:, such as - {{month: 36, {awaited}: …}}"
                yield check.places.mistake(path, f"the scenario has no event {awaited}", remedy)
            else:
                yield check.places.mistake(path, f"unknown event {_shown(awaited)}", _choice(awaited, EVENT_KINDS))


def _goal_month(check: _Check) -> Iterator[Mistake]:
    """A goal after the end."""
    goal, months = check.scenario.goal, check.scenario.months
    if goal is not None and goal.by_month > months:
        found = f"month {goal.by_month} comes after the end, {_months(check)}"
        yield check.places.mistake(("goal", "by_month"), found, f"Write {months} or less, or let months: be more")


def _event_months(check: _Check) -> Iterator[Mistake]:
    """Events after the end."""
    months = check.scenario.months
    for place, event in enumerate(check.scenario.events):
        if event.month >= months:
            found = f"month {event.month} comes after the last month, {months - 1} ({_months(check)}, counted from 0)"
            yield check.places.mistake(("events", place, "month"), found, f"Write {months - 1} or less")


def _months(check: _Check) -> str:
    return f"{'--months' if 'months' in check.places.options else 'months:'} {check.scenario.months}"


def _both_fixed_and_drawn(check: _Check) -> Iterator[Mistake]:
    """Parameters with one value and a distribution."""
    for name in check.scenario.uncertain:
        if name in check.scenario.parameters:
            found = f"{name} stands under parameters as well"
            yield check.places.mistake(("uncertain",), found, "Keep one of the two", key=name)
    if "named_ties" in check.scenario.parameters and check.scenario.network.ties is not None:
        found = "named_ties stands beside network: ties, which says the same"
        yield check.places.mistake(("parameters",), found, "Keep one of the two", key="named_ties")


def _drawn_but_shared(check: _Check) -> Iterator[Mistake]:
    """Parameters that cannot be drawn anew in every replicate."""
    for name in check.scenario.uncertain:
        if name in _SHARED:
            found = f"{name} cannot be drawn anew, for one network serves all replicates"
            yield check.places.mistake(("uncertain",), found, f"Write {name} under parameters with one value", key=name)
        if name in _LAYERS:
            found = f"{name} cannot be drawn alone, for the three layer weights sum to 1"
            remedy = f"Write {_listed(_LAYERS)} under parameters"
            yield check.places.mistake(("uncertain",), found, remedy, key=name)


def _layer_weights(check: _Check) -> Iterator[Mistake]:
    """Layer weights that do not sum to 1."""
    given = check.scenario.parameters
    if not any(name in given for name in _LAYERS):
        return
    values = [given.get(name, evidence.defaults()[name].value) for name in _LAYERS]
    if abs(sum(values) - 1) > 1e-6:
        parts = ", ".join(f"{name} {value:g}" for name, value in zip(_LAYERS, values, strict=True))
        first = next(name for name in given if name in _LAYERS)
        found = f"the layer weights sum to {sum(values):g} and not to 1 ({parts})"
        yield check.places.mistake(("parameters",), found, "Write all three so that they sum to 1", key=first)


def _ranges(check: _Check) -> Iterator[Mistake]:
    """Values that the evidence does not reach."""
    fixed = [] if "parameters" in check.broken else list(check.scenario.parameters.items())
    for name, value in fixed:
        yield from _outside(check, ("parameters", name), name, [value])
    drawn = {} if "uncertain" in check.broken else check.scenario.uncertain
    for name, distribution in drawn.items():
        yield from _outside(check, ("uncertain", name), name, distribution.bounds)


def _outside(check: _Check, path: tuple[str, str], name: str, values: Iterable[float]) -> Iterator[Mistake]:
    known = evidence.defaults()[name]
    beyond = [value for value in values if not known.low <= value <= known.high]
    if beyond:
        verb = "is" if len(beyond) == 1 else "are"
        found = f"{_listed(f'{value:g}' for value in beyond)} {verb} outside the range {known.low:g} to {known.high:g}"
        remedy = f"Write {known.low:g} to {known.high:g} [{known.unit}]; source: {known.source}"
        yield check.places.mistake(path, found, remedy)


def needed_bytes(clinics: int, months: int, replicates: int, innovations: int, strategies: int) -> int:
    """Memory that a run needs at the least: the state of one replicate, and the results of all [bytes]."""
    return clinics * innovations * _STATE_BYTES + replicates * months * _RESULT_BYTES * strategies


def _size(check: _Check) -> Iterator[Mistake]:
    """Runs that no computer at hand can hold or finish."""
    scenario, sizes = check.scenario, check.sizes()
    clinics = sum(sizes.values()) if sizes is not None else 1
    innovations, strategies = len(scenario.innovations), max(1, check.strategies)
    told = f"({clinics:_} clinics, {scenario.months} months, {scenario.replicates:_} replicates, "
    told += f"{innovations} innovations, {strategies} strategies)"
    if clinics > MOST_CLINICS:
        yield check.places.mistake(
            ("clinics", "regions"), f"{clinics:_} clinics", f"Write at most {MOST_CLINICS:_} in all"
        )
        return
    memory = needed_bytes(clinics, scenario.months, scenario.replicates, innovations, strategies)
    if memory > MAX_BYTES:
        found = f"the run needs {memory / 2**30:.0f} GiB of memory, more than {MAX_BYTES // 2**30} {told}"
        yield check.places.mistake(("replicates",), found, "Lower replicates, months, strategies or clinics")
    work = clinics * scenario.months * scenario.replicates * innovations * strategies
    if work > MAX_CLINIC_MONTHS:
        found = f"the run asks for {work:.1e} clinic-months, more than {MAX_CLINIC_MONTHS:.0e} {told}"
        yield check.places.mistake(("replicates",), found, _fewer_replicates(work, scenario.replicates))


def _fewer_replicates(work: int, replicates: int) -> str:
    fitting = replicates * MAX_CLINIC_MONTHS // work
    first = f"Write at most {fitting:_} replicates, or lower" if fitting else "Lower replicates and"
    return f"{first} months, strategies or clinics"


_CHECKS: tuple[tuple[str, Callable[[_Check], Iterator[Mistake]]], ...] = (
    # sections that must be sound for the verdict to hold, and the check
    ("clinics", _listed_regions),
    ("clinics", _named_regions),
    ("innovations", _beginnings),
    ("strategies", _mandates),
    ("strategies", _phases),
    ("strategies events", _until_events),
    ("goal months", _goal_month),
    ("events months", _event_months),
    ("parameters uncertain network", _both_fixed_and_drawn),
    ("uncertain", _drawn_but_shared),
    ("parameters", _layer_weights),
    ("", _ranges),
    ("clinics innovations strategies months replicates", _size),
)
