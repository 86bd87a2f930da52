"""Where things stand: the files of a scenario, and the file and line of every part of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import safe_yaml
from sim.errors import Mistake
from sim.safe_yaml import Document, dotted


@dataclass(frozen=True)
class Source:
    """One YAML file of a scenario."""

    label: str
    """Its name as messages tell it."""
    path: Path
    """Where it is read from."""
    document: Document
    """What it says, and on which lines."""
    digest: str
    """SHA-256 of its bytes."""

    @property
    def data(self) -> dict[str, Any]:
        """Its sections."""
        return self.document.data


@dataclass(frozen=True)
class Places:
    """Where each part of the merged scenario is written."""

    chain: tuple[Source, ...]
    """The scenario and the files that it builds on, nearest first."""
    data: dict[str, Any]
    """What they say together, and the options."""
    options: frozenset[str]
    """Keys that the command line gives."""
    complete: bool = True
    """False where a file that it builds on could not be read, so that what seems to be missing may stand there."""

    @property
    def folder(self) -> Path:
        """Where the scenario lies."""
        return self.chain[0].path.parent

    def inside(self, path: Path) -> str:
        """A file's path inside the folder, with / between."""
        return path.relative_to(self.folder).as_posix()

    def written(self, path: Iterable[Any]) -> safe_yaml.Path:
        """The part of a path that the file has; steps that only the models know are left out."""
        within: Any = self.data
        steps: list[str | int] = []
        for step in path:
            if has(within, step):
                within = within[step]
                steps.append(step)
        return tuple(steps)

    def source(self, path: safe_yaml.Path) -> tuple[Source, int]:
        """The file and the line where something is written, or where the section is that lacks it."""
        for source in self.chain:
            document = source.document
            if path in document.value_lines:
                scalar = not isinstance(at(document.data, path), dict | list)
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


def at(data: Any, path: safe_yaml.Path) -> Any:
    """What stands at a path that is there."""
    for step in path:
        data = data[step]
    return data


def has(within: Any, step: Any) -> bool:
    """Whether a section has that key, or a list that entry."""
    if isinstance(within, dict):
        return step in within
    return isinstance(within, list) and isinstance(step, int) and step < len(within)
