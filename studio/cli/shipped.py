"""Scenarios that come with innomotor, found by name."""

from __future__ import annotations

from pathlib import Path

from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest

_SUFFIXES = (".yaml", ".yml")


def found(name: str) -> Path:
    """The file that the user means: a path, or the name of a shipped scenario with or without folder and suffix.

    Raises:
        UserMistakes: there is neither.
    """
    path = Path(name)
    if path.exists() or path.is_symlink():
        return path
    shipped = all_by_name()
    short = path.name.removesuffix(".yaml").removesuffix(".yml")
    folder = path.parent.as_posix()
    if folder in (".", "scenarios") and not path.is_absolute() and short in shipped and path.suffix in ("", *_SUFFIXES):
        return shipped[short]
    if folder in (".", "stories", "scenarios/stories") and short in stories() and path.suffix in ("", *_SUFFIXES):
        return stories()[short]
    meant = nearest(short, shipped)
    come_with = ", ".join(sorted(shipped)) or "none"
    remedy = (
        f"Did you mean {meant!r}?" if meant else f"Write a file's path, or one that comes with innomotor: {come_with}."
    )
    raise UserMistakes(Mistake("SCENARIO", f"there is no file {name!r}", remedy))


def all_by_name() -> dict[str, Path]:
    """The scenarios that come with innomotor, by name."""
    return {place.stem: place for place in sorted(_folder().glob("*.yaml"))}


def stories() -> dict[str, Path]:
    """The stories for the workshop, by name."""
    return {place.stem: place for place in sorted((_folder() / "stories").glob("*.yaml"))}


def _folder() -> Path:
    """The scenarios in the installed package, or in the source tree beside it."""
    package = Path(__file__).resolve().parents[1]
    return next((place for place in (package / "scenarios", package.parent / "scenarios") if place.is_dir()), package)
