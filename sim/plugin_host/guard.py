"""A plugin's mechanisms and actors as the model runs them: they see views, and what they leave behind is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from sim.hookspecs import Metric, Settings
from sim.month import Mechanism, State
from sim.plugin_host.calls import Call, Refused, at_work
from sim.views import Part, Undeclared, WorldView
from sim.world import Cells, Spread, World

Kind = TypeVar("Kind", bound=type[Any])


@dataclass(frozen=True, eq=False, slots=True)
class Owner:
    """The plugin that parts belong to, as one strategy has it."""

    plugin: str
    settings: Settings
    source: Path
    own: Mapping[str, State]
    """State that its mechanisms and actors add, by name."""
    estimates: frozenset[str]

    def part(self, name: str, reads: frozenset[str], writes: frozenset[str]) -> Part:
        """One of its parts."""
        return Part(self.plugin, name, frozenset(reads), frozenset(writes), self.own, self.estimates)


def guarded(kind: Kind, owner: Owner) -> Kind:
    """The same class, bound to its settings, seeing views instead of the world itself."""
    verbs: Mapping[str, Any] = _MECHANISM if issubclass(kind, Mechanism) else _ACTOR
    names = {verb: wrap(kind, owner) for verb, wrap in verbs.items()}
    body = {"__doc__": kind.__doc__, "__module__": kind.__module__, "settings": owner.settings, "plugin": owner.plugin}
    return cast("Kind", type(kind.__name__, (kind,), body | names))


@dataclass(frozen=True, slots=True)
class Measure:
    """A plugin's metric and whose it is."""

    metric: Metric
    owner: Owner
    off: bool = False
    """The strategy does without the plugin, and so without the number."""

    @property
    def name(self) -> str:
        """Under which it is reported."""
        return f"{self.owner.plugin}.{self.metric.name}"


def measured(measure: Measure, world: World) -> np.ndarray[Any, Any]:
    """A plugin's number for every replicate, NaN under a strategy without the plugin: ``(replicates,)``."""
    if measure.off:
        return np.full(world.shape[0], np.nan)
    metric, owner = measure.metric, measure.owner
    call = Call(owner.plugin, "innomotor_metrics", metric.name, world.month, owner.source)
    _add_state(owner, world)
    view = WorldView(world, owner.part(metric.name, metric.reads, frozenset()), set())
    with at_work(call):
        values = np.asarray(_refusing(metric.of, view))
        if values.shape != world.shape[:1] or values.dtype.kind not in "fiub":
            raise Refused(f"gave {values.dtype} of shape {values.shape} where {world.shape[:1]} numbers belong")
        if np.isnan(values).any():
            raise Refused("gave NaN")
        if not metric.name.startswith("months_to_") and np.isinf(values).any():
            raise Refused("gave a number that is not finite; what never happens is told by a metric months_to_…")
    return values.astype(np.float64)


def _view(part: Any, kind: Any, owner: Owner, world: World) -> WorldView:
    """The part's view of its world; made once."""
    known: WorldView | None = part.__dict__.get("_guard_view")
    if known is None or known._raw is not world:
        _add_state(owner, world)
        known = WorldView(world, owner.part(kind.name, kind.reads, kind.writes), set())
        part.__dict__["_guard_view"] = known
    return known


def _add_state(owner: Owner, world: World) -> None:
    """The state that the plugin adds, before its first part looks."""
    for name, state in owner.own.items():
        for holder in world.spreads if state.per_innovation else (world,):
            if name not in vars(holder):
                setattr(holder, name, np.full(world.shape, state.first, state.dtype))


def _run(part: Any, kind: Any, owner: Owner, hook: str, world: World, act: Callable[[WorldView], Any]) -> None:
    """Let it act, and look at what it leaves behind."""
    call = Call(owner.plugin, hook, kind.name, world.month, owner.source)
    with at_work(call):
        view = _view(part, kind, owner, world)
        outside = set(view._touched)  # it may send clinics to a stage that is its own
        _refusing(act, view)
        for holder, name in view._touched:
            _look(view._part, name, getattr(holder, name))
        view._touched.clear()
        view._touched.update(outside)


def _refusing(act: Callable[[WorldView], Any], view: WorldView) -> Any:
    try:
        return act(view)
    except Undeclared as error:
        raise Refused(str(error)).with_traceback(error.__traceback__) from None


def _look(part: Part, name: str, values: Any) -> None:
    """Refuse NaN and what lies outside the state's range."""
    if not isinstance(values, np.ndarray) or values.dtype == np.bool_:
        return
    low, high = part.bounds(name)
    least, most = values.min(), values.max()
    if least >= low and most <= high:
        return
    found = "NaN" if np.isnan(least) else f"{least if least < low else most:g}"
    raise Refused(f"left {found} in {name!r}, which goes from {low:g} to {high:g}")


def _mechanism_verb(verb: str, kind: Any, owner: Owner) -> Callable[..., None]:
    act = getattr(kind, verb)

    def acts(self: Any, world: World) -> None:
        _run(self, kind, owner, "innomotor_mechanisms", world, partial(act, self))

    return acts


def _enter(kind: Any, owner: Owner) -> Callable[..., None]:
    def enter(self: Any, spread: Spread, cells: Cells) -> None:
        _run(
            self,
            kind,
            owner,
            "innomotor_mechanisms",
            spread.world,
            lambda view: kind.enter(self, view.spread(spread), cells),
        )

    return enter


def _decide(kind: Any, owner: Owner) -> Callable[..., None]:
    def decide(self: Any, world: World) -> None:
        _run(self, kind, owner, "innomotor_actors", world, partial(kind.decide, self))

    return decide


def _make(kind: Any, owner: Owner) -> Callable[..., None]:
    def make(self: Any, model: Any, world: World) -> None:
        _run(self, kind, owner, "innomotor_actors", world, lambda view: kind.__init__(self, model, view))

    return make


_MECHANISM = {
    "prepare": partial(_mechanism_verb, "prepare"),
    "__call__": partial(_mechanism_verb, "__call__"),
    "enter": _enter,
}
_ACTOR = {"__init__": _make, "decide": _decide}
