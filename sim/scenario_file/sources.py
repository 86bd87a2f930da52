"""Reads the files of a scenario: its bytes, what it extends, its clinics, and nothing outside its folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim import safe_yaml
from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest
from sim.population import ClinicRow, read_clinics_csv
from sim.safe_yaml import dotted, shortened
from sim.scenario import CsvFile, Scenario
from sim.scenario_file.places import Places, Source, at
from sim.scenario_file.wording import EXAMPLES, listed, shown

MAX_EXTENDED = 8
"""Most files that a scenario may build on, one upon the other."""


def read_chain(path: Path) -> tuple[tuple[Source, ...], tuple[Mistake, ...]]:
    """The scenario and the files that it builds on, nearest first; and what is wrong with the next, which ends it.

    Raises:
        UserMistakes: the scenario itself cannot be read.
    """
    chain = [read_source(path, str(path))]
    try:
        while chain[-1].data.get("extends") is not None:
            chain.append(_extended(chain, path.parent))
    except UserMistakes as told:
        return tuple(chain), told.mistakes
    return tuple(chain), ()


def _extended(chain: list[Source], folder: Path) -> Source:
    """The file that the last of these builds on."""
    source = chain[-1]
    line = source.document.value_lines[("extends",)]
    other = _named_file(source, ("extends",), folder)
    found = None
    if _resolved(other) in [_resolved(one.path) for one in chain]:
        found = f"{shortened(str(source.data['extends']))!r} builds on this file in turn"
    elif len(chain) > MAX_EXTENDED:
        found = f"more than {MAX_EXTENDED} files that build on one another"
    if found:
        raise UserMistakes(Mistake("extends", found, "Let it name a file that stands alone", source.label, line))
    try:
        return read_source(other, str(other))
    except UserMistakes as told:  # what concerns the file as a whole is told where its name stands
        name = shortened(str(source.data["extends"]))
        raise UserMistakes(
            one if one.line else Mistake("extends", f"{name!r}: {one.found}", one.remedy, source.label, line)
            for one in told.mistakes
        ) from None


def merged_chain(chain: tuple[Source, ...]) -> dict[str, Any]:
    """What the files say together, each on top of the one that it extends."""
    data: dict[str, Any] = {}
    for source in reversed(chain):
        own = {key: value for key, value in source.data.items() if key != "extends"}
        data = merged(data, own) if len(chain) > 1 else own
    return data


def merged(base: Mapping[str, Any], change: Mapping[str, Any], path: tuple[str, ...] = ()) -> dict[str, Any]:
    """A section with what another says put on top: sections key by key, all else replaced, null takes the key away.

    What is one value though it has keys, the regions and each distribution, is replaced whole.

    >>> merged({"goal": {"reach": 0.5, "by_month": 12}, "seed": 1}, {"goal": {"reach": None, "sustained": 0.4}})
    {'goal': {'by_month': 12, 'sustained': 0.4}, 'seed': 1}
    """
    result = dict(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and not _one_value((*path, key)):
            under = result.get(key)
            result[key] = merged(under if isinstance(under, dict) else {}, value, (*path, key))
        else:
            result[key] = value
    return result


def _one_value(path: tuple[str, ...]) -> bool:
    """Whether the mapping at that path is one value, not a section of several."""
    return path == ("clinics", "regions") or (len(path) == 2 and path[0] == "uncertain")


def read_clinics(
    scenario: Scenario, broken: frozenset[str], places: Places, mistakes: list[Mistake]
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


def read_source(path: Path, label: str) -> Source:
    """One YAML file: its sections, and on which lines they stand."""
    raw = _bytes(path, label)
    document = safe_yaml.load(raw, file=label)
    if not isinstance(document.data, dict):
        found = "the file is empty" if document.data is None else f"{shown(document.data)} where sections belong"
        remedy = "Write a scenario: innovations: and strategies: are the least it needs"
        raise UserMistakes(Mistake("scenario", found, remedy, label, document.value_lines.get((), 1)))
    return Source(label, path, document, hashlib.sha256(raw).hexdigest())


def _bytes(path: Path, label: str) -> bytes:
    """What an ordinary file holds, at most as much as the guard accepts."""
    name = shortened(label, 200)
    try:
        if path.is_dir():
            raise UserMistakes(Mistake("file", "it is a folder", "Write the name of a YAML file in it", name))
        if not path.exists():
            raise UserMistakes(Mistake("file", "there is no such file", _other_file(path.parent, path.name), name))
        if not path.is_file():
            raise UserMistakes(Mistake("file", "it is not an ordinary file", "Write the name of a YAML file", name))
        with path.open("rb") as file:
            raw = file.read(safe_yaml.MAX_BYTES + 1)
    except PermissionError:
        found, remedy = "you may not read it", "Ask its owner for the right to read it, or copy it"
        raise UserMistakes(Mistake("file", found, remedy, name)) from None
    except (OSError, ValueError):
        raise UserMistakes(Mistake("file", "it cannot be read", "Write the name of a YAML file", name)) from None
    if len(raw) > safe_yaml.MAX_BYTES:
        raise UserMistakes(safe_yaml.too_large(name))
    return raw


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path


def _named_file(source: Source, path: safe_yaml.Path, folder: Path) -> Path:
    """The file that a scenario names, inside the scenario's folder and beside the file that names it.

    Args:
        source: the file that names it.
        path: where the name stands in it.
        folder: the scenario's folder, which nothing may lead out of.
    """
    name = at(source.data, path)

    def refused(found: str) -> UserMistakes:
        remedy = f"Write the name of a file in the scenario's own folder, such as {EXAMPLES[str(path[-1])]}"
        return UserMistakes(Mistake(dotted(path), found, remedy, source.label, source.document.value_lines[path]))

    if not isinstance(name, str) or not name.strip():
        raise refused(f"{shown(name)} where the name of a file belongs")
    unsafe = _unsafe(name)
    if unsafe:
        raise refused(f"{shown(name)}, {unsafe}")
    file = source.path.parent / name.strip()
    if not _resolved(file).is_relative_to(_resolved(folder)):
        raise refused(f"{shown(name)} leads out of the scenario's folder")
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


def _other_file(folder: Path, name: str) -> str:
    """Which file of the folder may have been meant."""
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.suffix in {".yaml", ".yml", ".csv"})
    except (OSError, ValueError):
        return "Check the name of the folder"
    meant = nearest(name, names)
    if meant:
        return f"Did you mean {meant!r}?"
    return f"Write one of the files there: {listed(names)}" if names else "Check the name and the folder"
