"""Reads a plan and the scenario that it varies, and tells every mistake at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim import evidence, safe_yaml
from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest
from sim.safe_yaml import Document, dotted
from sim.safe_yaml import Path as Place
from sim.scenario import Scenario
from sim.scenario_file.variants import Base, take_in, told_of
from sim.scenario_file.wording import instead_of, listed, shown
from sim.sweep import designs
from sim.sweep.plan import MOST_VARIANTS, Design, Factor, Plan, Range

_CHECKED = 200
"""Most values of one factor that are tried on the scenario before anything is computed."""


@dataclass(frozen=True)
class PlanFile:
    """A plan and what it varies."""

    plan: Plan
    base: Base
    path: Path
    """The file as the user named it."""
    places: Mapping[str, Place]
    """Where each factor stands in the scenario."""

    @property
    def variants(self) -> int:
        """How many variants there are."""
        return designs.size(self.plan)


def read(path: Path) -> PlanFile:
    """The plan of a file, with each factor's values tried on the scenario one by one.

    Raises:
        UserMistakes: every mistake in the plan; those of the scenario first, if it has any.
    """
    document = safe_yaml.load(_bytes(path), file=str(path))
    plan = _validated(document)
    told = _Told(document)
    base = _base(plan, path.parent, told)
    places = {name: place for name in plan.factors if (place := _place(name, base, told)) is not None}
    if not told.mistakes:
        _judge_values(plan, base, places, told)
    if told.mistakes:
        raise UserMistakes(safe_yaml.at_most(sorted(told.mistakes, key=lambda m: m.line or 0), str(path)))
    return PlanFile(plan, base, path, places)


@dataclass
class _Told:
    """Mistakes, each with its line in the plan."""

    document: Document

    def __post_init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def add(self, place: Place, found: str, remedy: str) -> None:
        self.mistakes.append(Mistake(dotted(place) or "plan", found, remedy, self.document.file, self.line(place)))

    def line(self, place: Place) -> int:
        while place and place not in self.document.key_lines and place not in self.document.value_lines:
            place = place[:-1]
        return self.document.key_lines.get(place, self.document.value_lines.get(place, 1))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        found = (
            "there is no such file" if isinstance(error, FileNotFoundError) else f"it cannot be read ({error.strerror})"
        )
        raise UserMistakes(Mistake("PLAN", found, "Write the name of a YAML file with a plan", str(path))) from None


def _validated(document: Document) -> Plan:
    if not isinstance(document.data, dict):
        raise UserMistakes(Mistake("plan", "no plan", "Write base: and factors: at least", document.file, 1))
    try:
        return Plan.model_validate(document.data)
    except ValidationError as error:
        told = _Told(document)
        for place, found, remedy in _explained(error, document.data):
            told.add(place, found, remedy)
    raise UserMistakes(dict.fromkeys(told.mistakes))


def _explained(error: ValidationError, data: Mapping[str, Any]) -> Iterator[tuple[Place, str, str]]:
    """Pydantic's verdict in plain words."""
    for one in error.errors(include_url=False):
        place = tuple(step for step in one["loc"] if _stands(data, one["loc"], step))
        kind, given = one["type"], one["input"]
        if kind == "extra_forbidden":
            known = Plan.model_fields if len(place) == 1 else _keys_of(place)
            yield place, f"unknown key {shown(str(place[-1]))}", instead_of(str(place[-1]), known)
        elif kind == "missing":
            name = str(one["loc"][-1])
            yield place, f"{name} is missing", f"Write {name}: {_EXAMPLES.get(name, '…')}"
        elif place[:1] == ("factors",) and len(place) == 2:
            found, remedy = _wrong_factor(given, one)
            if found:
                yield place, found, remedy
        elif kind == "value_error":
            found, _, remedy = str(one["ctx"]["error"]).partition(". ")
            yield place, found, remedy
        else:
            yield place, f"{shown(given)} does not fit here", f"{one['msg']}"


_EXAMPLES = {"base": "smallest.yaml", "factors": "{peer_influence: [0.3, 0.45, 0.6]}"}
_FACTOR = "Write a list such as [0.3, 0.5], or {uniform: [0.2, 0.6], steps: 5}"


def _wrong_factor(given: Any, error: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with a factor's values; nothing where the other form is meant."""
    if isinstance(given, list | tuple):
        return ("an empty list", _FACTOR) if not given else ("", "")
    if isinstance(given, dict):
        if error["type"] != "value_error":
            return "", ""
        found, _, remedy = str(error["ctx"]["error"]).partition(". ")
        return f"an empty range: {found}" if "rising" in found else found, remedy
    return f"{shown(given)} where values belong", _FACTOR


def _stands(data: Any, location: tuple[Any, ...], step: Any) -> bool:
    """Whether a step of pydantic's location is one of the file's, not the name of a form."""
    within = data
    for one in location:
        if isinstance(within, dict) and one in within:
            if one is step or one == step:
                return True
            within = within[one]
        elif isinstance(within, list) and isinstance(one, int) and one < len(within):
            if one == step:
                return True
            within = within[one]
    return False


def _keys_of(place: Place) -> list[str]:
    return ["uniform", "triangular", "steps"] if place[0] == "factors" else ["curves", "every_months", "innovations"]


def _base(plan: Plan, folder: Path, told: _Told) -> Base:
    file = folder / plan.base
    if not file.resolve().is_relative_to(folder.resolve()):
        told.add(("base",), f"{shown(plan.base)} leads out of the plan's folder", "Put the scenario beside the plan")
        raise UserMistakes(told.mistakes)
    if not file.is_file():
        names = [one.name for one in folder.glob("*.yaml")]
        told.add(("base",), f"there is no file {shown(plan.base)}", instead_of(plan.base, names) if names else "")
        raise UserMistakes(told.mistakes)
    return take_in(file, {"months": plan.months, "replicates": plan.replicates, "strategies": plan.strategies})


def _place(name: str, base: Base, told: _Told) -> Place | None:
    """Where a factor stands in the scenario; None with a mistake where it stands nowhere."""
    parameters = {known for known, estimate in evidence.defaults().items() if estimate.used}
    if name in parameters:
        return ("parameters", name)
    first, *rest = name.split(".")
    if first in Scenario.model_fields and (rest or first in ("months", "seed", "replicates")):
        place: list[str | int] = [first]
        within: Any = base.data.get(first)
        for step in rest:
            entry = int(step) - 1 if isinstance(within, list) and step.isdigit() else step
            place.append(entry)
            within = _inside(within, entry)
        return tuple(place)
    meant = nearest(name, parameters)
    remedy = (
        f"Did you mean {meant!r}?" if meant else f"Write a parameter, or a place that begins with one of {_SECTIONS}"
    )
    told.add(("factors", name), f"{name!r} is no parameter", remedy)
    return None


_SECTIONS = listed(
    f"{name}." for name in Scenario.model_fields if name not in ("title", "start", "months", "replicates", "seed")
)


def _inside(within: Any, step: str | int) -> Any:
    if isinstance(within, dict):
        return within.get(step)
    return within[step] if isinstance(within, list) and isinstance(step, int) and 0 <= step < len(within) else None


def _judge_values(plan: Plan, base: Base, places: Mapping[str, Place], told: _Told) -> None:
    """Try every value of each factor on the scenario, the others as they are there."""
    for name, factor in plan.factors.items():
        if isinstance(factor, Range) and plan.design == "grid":
            if factor.steps is None or factor.triangular is not None:
                remedy = "Write {uniform: [low, high], steps: 5}, or a design such as latin_hypercube: 100"
                told.add(("factors", name), "a grid needs evenly spaced values", remedy)
                continue
        elif isinstance(factor, Range) and factor.steps is not None:
            told.add(("factors", name, "steps"), "a sampled design chooses the values itself", "Leave out steps")
        for place, value in _values(factor):
            try:
                base.with_values({places[name]: value})
            except UserMistakes as wrong:
                told.add(("factors", name, *place), told_of(wrong.mistakes[0]).rstrip("."), "")
                break
    if (count := designs.size(plan)) > MOST_VARIANTS:
        told.add(("factors",), f"{count:_} variants", f"Write fewer values; at most {MOST_VARIANTS:_} variants")
    elif not told.mistakes and isinstance(plan.design, Design):
        designs.combinations(plan)


def _values(factor: Factor) -> Iterator[tuple[Place, Any]]:
    """The values of a factor to be tried, and where each stands below it."""
    if isinstance(factor, Range):
        low, high = factor.bounds
        yield from ((("uniform",), low), (("uniform",), high))
        return
    for place, value in list(enumerate(factor))[:_CHECKED]:
        yield (place,), value
