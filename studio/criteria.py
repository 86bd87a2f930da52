"""What plugins add to a portfolio: gates, criteria and value models, through the portfolio's own hook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points

import pluggy

from portfolio.hookspecs import PROJECT, Criteria, Hooks
from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest


def brought(names: Sequence[str]) -> list[Criteria]:
    """What the named plugins add, in the order of their names.

    Raises:
        UserMistakes: a named plugin is not installed.
    """
    installed = {point.name: point for point in entry_points(group=PROJECT)}
    if missing := [name for name in names if name not in installed]:
        raise UserMistakes(_not_installed(name, installed) for name in missing)
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    for name in sorted(names, reverse=True):  # pluggy calls the last registered first
        manager.register(installed[name].load(), name=name)
    return list(manager.hook.innomotor_criteria())


def _not_installed(name: str, installed: Mapping[str, object]) -> Mistake:
    meant = nearest(name, installed)
    remedy = (
        f"Did you mean {meant!r}?"
        if meant
        else f"Install it, or take it out; installed: {', '.join(installed) or 'none'}"
    )
    return Mistake("plugins", f"no plugin is called {name!r}", remedy)
