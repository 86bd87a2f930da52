"""What a default rests on: value, plausible range, unit, evidence grade and source of every parameter."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

import yaml

Grade = Literal["A", "B", "C"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and what it rests on. "estimate" is a source; silence is not."""

    value: float
    low: float
    high: float
    unit: str
    source: str
    grade: Grade = "C"
    symbol: str = ""
    used: bool = True
    """False for what is kept as evidence only: nothing in the model reads it."""
    drawn: bool = True
    """False for what is chosen or was calibrated with others: it is drawn only where a scenario asks for it."""
    drawn_with: str = ""
    """The parameter whose draws it shares: both are low or high together."""

    def __post_init__(self) -> None:
        """Refuse a range that does not hold its value, and a missing source."""
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value} is outside its range {self.low} to {self.high}")
        if not self.source.strip() or not self.unit.strip():
            raise ValueError("an estimate needs a unit and a source; 'estimate' is a source")


@cache
def defaults() -> Mapping[str, Estimate]:
    """Every parameter of the model by name, from ``parameters.yaml`` beside this file."""
    rows = yaml.load(_file(), Loader=yaml.CSafeLoader)
    return MappingProxyType({name: Estimate(**row) for name, row in rows.items()})


def digest() -> str:
    """Hash of the file of defaults: a result that rests on other defaults has another key."""
    return hashlib.sha256(_file()).hexdigest()


@cache
def _file() -> bytes:
    return (files("sim") / "parameters.yaml").read_bytes()


def known_parameter(name: str) -> str:
    """The name itself, or ValueError with a suggestion when no parameter is called so.

    ``plugin.name`` is a plugin's; whether it has one of that name is seen where the plugin is known.
    """
    if "." in name:
        return name
    if name in defaults():
        if defaults()[name].used:
            return name
        raise ValueError(f"{name!r} is kept as evidence only; nothing in the model reads it. Leave it out")
    meant = nearest(name, defaults())
    advice = f"Did you mean {meant!r}?" if meant else "Write a name that `innomotor explain` lists"
    raise ValueError(f"unknown parameter {name!r}. {advice}")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one was probably meant to be, or None."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None
