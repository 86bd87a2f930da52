"""A new plugin: an installable package that keeps every promise at once, to be changed from there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from sim.errors import Mistake, UserMistakes

_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")


def new(name: str, parent: Path) -> Path:
    """Write the package and give its folder.

    Args:
        name: the plugin's name in scenarios.
        parent: where the folder ``innomotor-NAME`` shall lie.

    Raises:
        UserMistakes: the name does not fit, or the folder is there already.
    """
    if not _NAME.fullmatch(name):
        remedy = "Write small letters a-z, figures and _, beginning with a letter, such as study_circles"
        raise UserMistakes(Mistake("NAME", f"the name {name!r} does not fit", remedy))
    folder = parent / f"innomotor-{name.replace('_', '-')}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        found = "is there already" if isinstance(error, FileExistsError) else f"cannot be made ({error.strerror})"
        raise UserMistakes(Mistake("NAME", f"{folder} {found}", "Choose another name or place")) from error
    words = {"name": name, "title": name.replace("_", " ").capitalize()}
    for path, content in _template(files("studio") / "plugin_template"):
        place = folder / path.removesuffix(".txt").replace("package/", f"innomotor_{name}/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(Template(content).substitute(words), encoding="utf-8")
    return folder


def _template(folder: Traversable, inside: str = "") -> Iterator[tuple[str, str]]:
    """The template's files, by their place in it."""
    for entry in folder.iterdir():
        place = f"{inside}{entry.name}"
        if entry.is_dir():
            yield from _template(entry, f"{place}/")
        elif entry.name == "gitignore.txt":
            yield ".gitignore", entry.read_text(encoding="utf-8")
        else:
            yield place, entry.read_text(encoding="utf-8")
