"""Parameters that contradict one another, may not be drawn, or leave the range of their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim import evidence
from sim.errors import Mistake
from sim.network import SHARED_BY_REPLICATES
from sim.scenario_file.checks.subject import Check
from sim.scenario_file.wording import listed

_LAYERS = ("layer_ties", "layer_region", "layer_all")
_DOSES = ("help_", "phased_")


def fixed_and_drawn(check: Check) -> Iterator[Mistake]:
    """Parameters with one value and a distribution."""
    for name in check.scenario.uncertain:
        if name in check.scenario.parameters:
            found = f"{name} stands under parameters as well"
            yield check.places.mistake(("uncertain",), found, "Keep one of the two", key=name)
    if "named_ties" in check.scenario.parameters and check.scenario.network.ties is not None:
        found = "named_ties stands beside network: ties, which says the same"
        yield check.places.mistake(("parameters",), found, "Keep one of the two", key="named_ties")


def drawn_but_shared(check: Check) -> Iterator[Mistake]:
    """Parameters that cannot be drawn anew in every replicate."""
    for name in check.scenario.uncertain:
        if name in SHARED_BY_REPLICATES:
            found = f"{name} cannot be drawn anew, for one network serves all replicates"
            yield check.places.mistake(("uncertain",), found, f"Write {name} under parameters with one value", key=name)
        if name in _LAYERS:
            found = f"{name} cannot be drawn alone, for the three layer weights sum to 1"
            remedy = f"Write {listed(_LAYERS)} under parameters"
            yield check.places.mistake(("uncertain",), found, remedy, key=name)


def drawn_doses(check: Check) -> Iterator[Mistake]:
    """Parameters that say how much a strategy gives, and are not something uncertain."""
    for name in check.scenario.uncertain:
        if name.startswith(_DOSES):
            found = f"{name} is a dose that a strategy chooses, not something uncertain"
            remedy = "Write it under parameters, or the lever in the strategy"
            yield check.places.mistake(("uncertain",), found, remedy, key=name)


def layer_weights(check: Check) -> Iterator[Mistake]:
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


def ranges(check: Check) -> Iterator[Mistake]:
    """Values that the evidence does not reach."""
    fixed = [] if "parameters" in check.broken else list(check.scenario.parameters.items())
    for name, value in fixed:
        yield from _outside(check, ("parameters", name), name, [value])
    drawn = {} if "uncertain" in check.broken else check.scenario.uncertain
    for name, distribution in drawn.items():
        yield from _outside(check, ("uncertain", name), name, distribution.bounds)


def _outside(check: Check, path: tuple[str, str], name: str, values: Iterable[float]) -> Iterator[Mistake]:
    known = evidence.defaults()[name]
    beyond = [value for value in values if not known.low <= value <= known.high]
    if beyond:
        verb = "is" if len(beyond) == 1 else "are"
        found = f"{listed(f'{value:g}' for value in beyond)} {verb} outside the range {known.low:g} to {known.high:g}"
        remedy = f"Write {known.low:g} to {known.high:g} [{known.unit}]; source: {known.source}"
        yield check.places.mistake(path, found, remedy)
