"""Parameters that contradict one another, may not be drawn, or leave the range of their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim import evidence
from sim.errors import Mistake
from sim.parameters import LAYER_WEIGHTS
from sim.scenario_file.checks.subject import Check
from sim.scenario_file.wording import instead_of, listed


def fixed_and_drawn(check: Check) -> Iterator[Mistake]:
    """Parameters with one value and a distribution."""
    for name in check.scenario.uncertain:
        if name in check.scenario.parameters:
            found = f"{name} stands under parameters as well"
            yield check.places.mistake(("uncertain",), found, "Keep one of the two", key=name)
    if "named_ties" in check.scenario.parameters and check.scenario.network.ties is not None:
        found = "named_ties stands beside network: ties, which says the same"
        yield check.places.mistake(("parameters",), found, "Keep one of the two", key="named_ties")


def drawn_layer_weights(check: Check) -> Iterator[Mistake]:
    """Layer weights that may leave less than nothing to those that are not drawn."""
    drawn = {name: check.scenario.uncertain[name] for name in LAYER_WEIGHTS if name in check.scenario.uncertain}
    most = sum(distribution.bounds[1] for distribution in drawn.values())
    if most > 1 + 1e-6 and len(drawn) < len(LAYER_WEIGHTS):
        found = f"the layer weights {listed(drawn)} may sum to {most:g}, and all three sum to 1"
        yield check.places.mistake(("uncertain",), found, "Write lower values", key=next(iter(drawn)))


def layer_weights(check: Check) -> Iterator[Mistake]:
    """Layer weights that do not sum to 1."""
    given = check.scenario.parameters
    if not any(name in given for name in LAYER_WEIGHTS):
        return
    values = [given.get(name, evidence.defaults()[name].value) for name in LAYER_WEIGHTS]
    if abs(sum(values) - 1) > 1e-6:
        parts = ", ".join(f"{name} {value:g}" for name, value in zip(LAYER_WEIGHTS, values, strict=True))
        first = next(name for name in given if name in LAYER_WEIGHTS)
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
    known = {**evidence.defaults(), **check.estimates}.get(name)
    if known is None:  # of a plugin
        plugin, _, own = name.partition(".")
        found = f"there is no parameter {own!r} of a plugin {plugin!r} that the scenario uses"
        yield check.places.mistake(path[:1], found, instead_of(name, check.estimates), key=name)
        return
    beyond = [value for value in values if not known.low <= value <= known.high]
    if beyond:
        verb = "is" if len(beyond) == 1 else "are"
        found = f"{listed(f'{value:g}' for value in beyond)} {verb} outside the range {known.low:g} to {known.high:g}"
        remedy = f"Write {known.low:g} to {known.high:g} [{known.unit}]; source: {known.source}"
        yield check.places.mistake(path, found, remedy)
