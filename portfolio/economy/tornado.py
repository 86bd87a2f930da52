"""One-way sensitivity: each input at its low and high end, the others as expected (Briggs et al. 2012)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """What one input does to the result."""

    input: str
    low: float
    """Value of the input at its low end (exceeded 95 times in 100)."""
    high: float
    """Value at its high end."""
    at_low: float
    """Result with the input at its low end."""
    at_high: float
    """Result with the input at its high end."""
    flips: bool
    """Whether the result changes sign between them, so that the decision does."""

    @property
    def span(self) -> float:
        """How far the result moves."""
        return abs(self.at_high - self.at_low)


def bars(result: Callable[[Mapping[str, float]], float], ends: Mapping[str, tuple[float, float]]) -> tuple[Bar, ...]:
    """A bar for each input, the longest first.

    Args:
        result: of given inputs, the others as expected; above zero means yes.
        ends: low and high end of each input.
    """
    usual = result({})
    made = []
    for name, (low, high) in ends.items():
        at_low, at_high = result({name: low}), result({name: high})
        flips = min(at_low, at_high, usual) < 0 < max(at_low, at_high, usual)
        made.append(Bar(name, low, high, at_low, at_high, flips))
    return tuple(sorted(made, key=lambda bar: (-bar.span, bar.input)))
