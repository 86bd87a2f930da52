"""Which plugins there are: those installed with an entry point, and one that is being written, without running them."""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import yaml

from sim.errors import Mistake, PluginFault, UserMistakes
from sim.evidence import Estimate, nearest
from sim.hookspecs import PROJECT
from sim.store import source_tree_hash


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that can be named in a scenario; its code has not run yet."""

    name: str
    point: EntryPoint
    distribution: str
    """The package that brings it, or "" for one that is not installed."""
    version: str

    @property
    def built_in(self) -> bool:
        """It comes with innomotor itself."""
        return self.distribution == PROJECT

    @property
    def file(self) -> Path:
        """Its module's file; found without running it.

        Raises:
            PluginFault: there is no such module.
        """
        first, *inner = self.point.module.split(".")
        known = sys.modules.get(self.point.module)
        if known is not None and getattr(known, "__file__", None):
            return Path(str(known.__file__))
        spec = PathFinder.find_spec(first) or importlib.util.find_spec(first)
        origin = Path(spec.origin) if spec is not None and spec.origin else None
        for step in inner:
            folder = origin.parent / step if origin is not None else None
            choices = [folder / "__init__.py", folder.with_suffix(".py")] if folder is not None else []
            origin = next((one for one in choices if one.is_file()), None)
        if origin is None:
            raise PluginFault(self.name, "entry point", f"there is no module {self.point.module!r}")
        return origin

    @property
    def is_package(self) -> bool:
        """Its source is a folder of its own."""
        return self.file.name == "__init__.py"

    @property
    def source(self) -> Path:
        """Its folder, or the file of a single module."""
        return self.file.parent if self.is_package else self.file

    @property
    def source_hash(self) -> str:
        """Of a package all its files, of a single module its own."""
        source = self.source
        return source_tree_hash(source) if self.is_package else sha256(source.read_bytes()).hexdigest()

    @property
    def about(self) -> str:
        """The first line of its documentation; read, not run."""
        try:
            said = ast.get_docstring(ast.parse(self.file.read_text(encoding="utf-8")))
        except (PluginFault, OSError, SyntaxError, UnicodeDecodeError):
            return ""
        return (said or "").strip().partition("\n")[0]

    def load(self) -> Any:
        """Its module, which runs its code."""
        return self.point.load()

    def words(self, language: str) -> Mapping[str, Mapping[str, str]]:
        """What it says in another language than English, from ``LANGUAGE.yaml`` beside its module.

        By kind (``mechanism``, ``parameter``, ``unit``, ``setting``, ``about``) and name; empty without the file.

        Raises:
            PluginFault: the file cannot be understood.
        """
        rows = self._beside(f"{language}.yaml")
        sound = all(isinstance(texts, dict) for kind, texts in rows.items() if kind != "about")
        if not sound or not isinstance(rows.get("about", ""), str):
            raise PluginFault(self.name, f"{language}.yaml", "has something else than texts by kind and name")
        about = {"about": {self.name: rows["about"]}} if "about" in rows else {}
        given = {kind: texts for kind, texts in rows.items() if kind != "about"}
        return {kind: {str(name): str(one) for name, one in texts.items()} for kind, texts in (given | about).items()}

    def _beside(self, name: str) -> dict[str, Any]:
        """A YAML file beside its module, empty where there is none.

        Raises:
            PluginFault: it is not readable as a mapping.
        """
        file = self.file.parent / name
        if not self.is_package or not file.is_file():
            return {}
        try:
            return dict(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {})
        except (yaml.YAMLError, TypeError, ValueError, OSError) as error:
            raise PluginFault(self.name, name, " ".join(str(error).split())) from error

    def estimates(self) -> Mapping[str, Estimate]:
        """The numbers in the ``parameters.yaml`` beside its module, by name; none for a single module.

        Raises:
            PluginFault: the file cannot be understood, or a number lacks its evidence.
        """
        try:
            return {str(name): Estimate(**row) for name, row in self._beside("parameters.yaml").items()}
        except (TypeError, ValueError) as error:
            raise PluginFault(self.name, "parameters.yaml", " ".join(str(error).split())) from error


def words(language: str) -> Mapping[str, Mapping[str, str]]:
    """What all plugins call their parts, numbers, units and settings in a language: kind, name, text.

    Numbers and settings are named ``plugin.name``, and what the plugin is ``about`` by the plugin's name.
    Read beside their code, which does not run; a file that cannot be understood is left to ``innomotor plugins check``.
    """
    return _words(language, tuple(installed().values()))


@cache
def _words(language: str, plugins: tuple[Plugin, ...]) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for plugin in plugins:
        try:
            told = plugin.words(language)
        except PluginFault:
            continue
        for kind, texts in told.items():
            inside = f"{plugin.name}." if kind in ("parameter", "setting") else ""
            found.setdefault(kind, {}).update({f"{inside}{name}": text for name, text in texts.items()})
    return found


WITHOUT = "INNOMOTOR_WITHOUT_PLUGINS"
"""Names in the environment, with commas: plugins that every scenario does without, whatever it says to them."""


def left_out() -> frozenset[str]:
    """The plugins that every scenario does without, in this process and those that it starts."""
    return frozenset(filter(None, os.environ.get(WITHOUT, "").split(",")))


_beside: dict[str, Plugin] = {}
"""Plugins that are being written: not installed, yet to be found."""


def installed() -> Mapping[str, Plugin]:
    """Every plugin by name.

    Raises:
        UserMistakes: two packages bring a plugin of the same name.
    """
    found: dict[str, Plugin] = {}
    mistakes = []
    for point in entry_points(group=PROJECT):
        dist = point.dist
        plugin = Plugin(point.name, point, dist.name if dist else "", dist.version if dist else "")
        other = found.setdefault(plugin.name, plugin)
        if (other.point.module, other.distribution) != (point.module, plugin.distribution):
            both = f"{other.distribution or other.point.module} and {plugin.distribution or point.module}"
            mistakes.append(
                Mistake(f"plugins.{plugin.name}", f"{both} both bring a plugin of this name", "Uninstall one of them")
            )
    if mistakes:
        raise UserMistakes(mistakes)
    return found | _beside


def named(name: str, place: str | None = None) -> Plugin:
    """The plugin of that name.

    Raises:
        UserMistakes: none is called so.
    """
    known = installed()
    if name in known:
        return known[name]
    meant = nearest(name, known)
    listed = ", ".join(sorted(known)) or "none is"
    remedy = f"Did you mean {meant!r}?" if meant else f"Install it, or take the name out; installed: {listed}."
    raise UserMistakes(Mistake(place or f"plugins.{name}", f"no plugin is called {name!r}", remedy))


@contextmanager
def beside(path: Path) -> Iterator[Plugin]:
    """A plugin in a folder with ``pyproject.toml``, to be found as if it were installed.

    Raises:
        UserMistakes: the folder does not say which plugin it holds.
    """
    name, module, version = _declared(path)
    root = next((str(place) for place in (path / "src", path) if (place / module.split(".")[0]).exists()), str(path))
    plugin = Plugin(name, EntryPoint(name, module, PROJECT), "", version)
    sys.path.insert(0, root)
    importlib.invalidate_caches()
    _beside[name] = plugin
    try:
        yield plugin
    finally:
        del _beside[name]
        sys.path.remove(root)


def _declared(path: Path) -> tuple[str, str, str]:
    """Name, module and version of the one plugin that a folder's pyproject.toml declares."""
    file = path / "pyproject.toml"
    remedy = f'Write [project.entry-points.{PROJECT}] and NAME = "MODULE"'
    try:
        project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    except OSError as error:
        raise UserMistakes(Mistake(str(path), "there is no pyproject.toml", "Name a plugin's folder")) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserMistakes(Mistake("pyproject.toml", str(error), "Mend it", str(file))) from error
    points = project.get("entry-points", {}).get(PROJECT, {})
    if len(points) != 1:
        raise UserMistakes(Mistake("project.entry-points", f"{len(points)} plugins are declared", remedy, str(file)))
    ((name, module),) = points.items()
    return str(name), str(module), str(project.get("version", ""))
