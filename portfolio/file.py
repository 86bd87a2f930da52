"""Reads a portfolio: the same guard and messages as a scenario, and what only the whole portfolio can show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from portfolio.board import Criterion, Portfolio
from portfolio.checks import Known, wrongs
from portfolio.hookspecs import Criteria, ValueModel
from sim import reading
from sim.api import UserMistakes

Bring = Callable[[Sequence[str]], Sequence[Criteria]]
"""Gives what the named plugins add; raises UserMistakes for one that is not there."""


def nothing(names: Sequence[str]) -> Sequence[Criteria]:
    """No plugin adds anything."""
    return ()


def read(path: str | Path, bring: Bring = nothing) -> Portfolio:
    """The portfolio of a file, with what its plugins add.

    Args:
        path: the YAML file.
        bring: gives what plugins add.

    Raises:
        UserMistakes: every mistake in it: file, line, place, what was found, what to write.
    """
    board = reading.read(path, Portfolio, partial(_judged, bring=bring))
    return enriched(board, bring(board.plugins))


def enriched(portfolio: Portfolio, added: Sequence[Criteria]) -> Portfolio:
    """A portfolio with gates, criteria and value models of plugins; what the file says itself goes before."""
    gates = (*portfolio.requirements, *(gate for one in added for gate in one.gates))
    criteria = {name: criterion for one in added for name, criterion in one.criteria.items()} | portfolio.criteria
    for one in added:
        for name, model in one.value_models.items():
            if name in criteria and not criteria[name].value:
                criteria[name] = _tabulated(criteria[name], model)
    return portfolio.model_copy(update={"requirements": tuple(dict.fromkeys(gates)), "criteria": criteria})


def _tabulated(criterion: Criterion, model: ValueModel) -> Criterion:
    """A criterion whose value function follows a plugin's, at 41 scores over its scale."""
    scores = np.linspace(criterion.scale.low, criterion.scale.high, 41)
    worth = np.clip(model(scores), 0, 1)
    points = {f"{score:.12g}": float(one) for score, one in zip(scores, worth, strict=True)}
    return criterion.model_copy(update={"value": points})


def _judged(
    portfolio: Portfolio, written: Mapping[str, Any], broken: frozenset[str], bring: Bring
) -> Iterator[reading.Wrong]:
    def names(section: str) -> frozenset[str]:
        found = written.get(section)
        return frozenset(found) if isinstance(found, dict) else frozenset()

    try:
        added = bring(portfolio.plugins)
    except UserMistakes as told:
        yield from (reading.Wrong(("plugins",), one.found, one.remedy) for one in told.mistakes)
        added = ()
    whole = enriched(portfolio, added)
    known = Known(names("initiatives"), names("criteria") | frozenset(whole.criteria), names("groups"), broken)
    yield from wrongs(whole, known)
