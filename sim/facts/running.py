"""All facts, and how they are run: every arm once, whichever facts ask for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from sim.facts import arms, curves, observed, reports, strategies, units
from sim.facts.fact import Fact, Outcome

Progress = Callable[[int, int], None]


def _collected() -> Mapping[str, Fact]:
    """Every fact of the modules, in the order of facts.csv."""
    from sim.facts.fact import claims  # noqa: PLC0415

    found = [one for module in (curves, strategies, units, reports, observed) for one in vars(module).values()]
    by_id = {one.claim.id: one for one in found if isinstance(one, Fact)}
    return MappingProxyType({number: by_id[number] for number in claims() if number in by_id})


FACTS: Mapping[str, Fact] = _collected()
"""Every fact that is run, by id."""


def outcomes(
    facts: Iterable[Fact] | None = None,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    parameters: Mapping[str, float] | None = None,
    off: Iterable[str] = (),
    worlds: float = 1.0,
) -> list[Outcome]:
    """What the experiments show.

    Args:
        facts: which; by default all.
        threads: blocks of worlds at once; by default as many as there are cores. The result is the same.
        progress: told (clinic-months done, in all) now and then.
        parameters: values that differ in every arm that does not set them itself, to see which facts notice.
        off: mechanisms to switch off in every arm, for the same purpose.
        worlds: share of the replicates, for a quick look.
    """
    chosen = list(FACTS.values() if facts is None else facts)
    asked = {
        one.claim.id: {name: a.changed(parameters or {}, off, worlds) for name, a in one.arms.items()} for one in chosen
    }
    every = list(dict.fromkeys(a for its in asked.values() for a in its.values()))
    seen = arms.run(every, threads or os.cpu_count() or 1, progress)
    return [_outcome(one, {name: seen[a] for name, a in asked[one.claim.id].items()}) for one in chosen]


def _outcome(one: Fact, seen: Mapping[str, arms.Seen]) -> Outcome:
    return Outcome(one.claim, tuple(one.judge(seen)), min(len(arm.fidelity) for arm in seen.values()))
