"""The ranking of the initiatives, how robust it is, and which weight would change who is first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portfolio import scoring, smaa, weights
from portfolio.board import Portfolio
from portfolio.gates import GateCard, gate_cards

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Flip:
    """The nearest weight of one criterion, the others keeping their proportions, at which another comes first."""

    criterion: str
    weight: float
    """The weight it has."""
    turns_at: float | None
    """The weight at which the first place changes; None where no weight changes it."""
    then_first: str | None
    """Who comes first there."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """Initiatives in order of value; arrays follow ``names`` and ``criteria``."""

    names: tuple[str, ...]
    """Best first; ties are broken by bonus, then by name."""
    criteria: tuple[str, ...]
    cards: Mapping[str, GateCard]
    """Gates of every initiative, also of those that are not ranked."""
    weights: Floats
    """The board's weights, summing to 1: ``(criteria,)``."""
    values: Floats
    """Expected value on each criterion, 0 to 1: ``(initiatives, criteria)``."""
    bonus: tuple[int, ...]
    """Bonus points, shown apart."""
    interval: Floats
    """Overall value, 5 and 95 % of the draws: ``(initiatives, 2)``."""
    acceptability: Floats
    """Share of the draws in which an initiative gets a place: ``(initiatives, places)``."""
    central: Floats
    """Mean weights that put it first; NaN where none does: ``(initiatives, criteria)``."""
    confidence: Floats
    """How often it is first at those weights: ``(initiatives,)``."""
    winning: Floats
    """Share of the draws in which the row beats the column: ``(initiatives, initiatives)``."""
    entropy: float
    """How undecided the order is, 0 to 1."""
    flips: tuple[Flip, ...]
    """For each criterion, which weight would change who is first."""
    dominated_by: tuple[str | None, ...]
    """An initiative that is at least as good on every criterion and better on one."""
    draws: int
    """How many possible sets of weights and scores."""

    @property
    def value(self) -> Floats:
        """Overall expected value, 0 to 1: ``(initiatives,)``."""
        return self.values @ self.weights

    @property
    def expected_place(self) -> Floats:
        """Mean place over the draws, from 1: ``(initiatives,)``."""
        return self.acceptability @ np.arange(1, len(self.names) + 1)

    @property
    def first_error(self) -> Floats:
        """Standard error of the share of first places: ``(initiatives,)``."""
        return smaa.sampling_error(self.acceptability[:, :1].sum(axis=1), self.draws)


def ranked_names(portfolio: Portfolio) -> tuple[str, ...]:
    """Initiatives that are scored against each other: not stopped at a gate, and not already decided."""
    cards = gate_cards(portfolio)
    return tuple(sorted(name for name, card in cards.items() if card.verdict not in {"stopped", "decided"}))


def rank(portfolio: Portfolio) -> Ranking:
    """The initiatives in order of value, and how robust that order is.

    Args:
        portfolio: requirements, criteria, weights, initiatives.
    """
    cards = gate_cards(portfolio)
    names = ranked_names(portfolio)
    chosen = {name: portfolio.initiatives[name] for name in names}
    own = weights.given(portfolio.criteria)
    values = scoring.expected_values(list(chosen.values()), portfolio.criteria)
    bonus = [one.bonus.points for one in chosen.values()]
    order = np.array(
        sorted(range(len(names)), key=lambda i: (-round(float(values[i] @ own), 12), -bonus[i], names[i])), int
    )
    ordered = tuple(names[i] for i in order)
    drawn = scoring.drawn_values(
        {name: chosen[name] for name in ordered}, portfolio.criteria, portfolio.doubt, portfolio.seed
    )
    possible = weights.drawn(
        portfolio.doubt.weights, own, list(portfolio.criteria), portfolio.seed, portfolio.doubt.draws
    )
    value = smaa.overall(drawn, possible)
    centre = smaa.central_weights(smaa.first_place(value), possible) if names else np.empty((0, len(own)))
    acceptability = smaa.rank_acceptability(value)
    return Ranking(
        names=ordered,
        criteria=tuple(portfolio.criteria),
        cards=cards,
        weights=own,
        values=values[order],
        bonus=tuple(bonus[i] for i in order),
        interval=np.quantile(value, (0.05, 0.95), axis=0).T.astype(np.float64),
        acceptability=acceptability,
        central=centre,
        confidence=smaa.confidence_factors(drawn, centre),
        winning=smaa.pairwise_winning(value),
        entropy=smaa.entropy(acceptability),
        flips=flips(ordered, tuple(portfolio.criteria), values[order], own),
        dominated_by=dominated(ordered, values[order]),
        draws=portfolio.doubt.draws,
    )


def flips(names: tuple[str, ...], criteria: tuple[str, ...], values: Floats, own: Floats) -> tuple[Flip, ...]:
    """For each criterion the nearest weight at which another initiative comes first, the first being row 0.

    With weight w on the criterion and the others in proportion, value is w v + (1 - w) s, a straight line for each
    initiative, so the first place changes where two lines cross.
    """
    found = []
    for k, criterion in enumerate(criteria):
        rest = np.delete(own, k)
        share = rest / rest.sum() if rest.sum() > 0 else np.full(len(rest), 1 / max(len(rest), 1))
        others = np.delete(values, k, axis=1) @ share if len(rest) else np.zeros(len(names))
        crossings = [
            (abs(at - own[k]), float(at), names[j])
            for j in range(1, len(names))
            for at in _crossing(values[:, k], others, j)
        ]
        nearest = min(crossings, default=None)
        found.append(Flip(criterion, float(own[k]), *(nearest[1:] if nearest else (None, None))))
    return tuple(found)


def _crossing(on_criterion: Floats, others: Floats, j: int) -> list[float]:
    """Weight in [0, 1] at which the lines of row 0 and row j cross, if they do."""
    ahead, slope = others[0] - others[j], (on_criterion[0] - others[0]) - (on_criterion[j] - others[j])
    if slope == 0:
        return []
    at = -ahead / slope
    return [at] if 0 <= at <= 1 else []


def dominated(names: tuple[str, ...], values: Floats) -> tuple[str | None, ...]:
    """For each initiative the first other that is at least as good throughout and better somewhere."""

    def by(i: int) -> str | None:
        better = (values >= values[i]).all(axis=1) & (values > values[i]).any(axis=1)
        return names[int(np.argmax(better))] if better.any() else None

    return tuple(by(i) for i in range(len(names)))
