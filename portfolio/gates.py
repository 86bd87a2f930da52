"""Gates: what stops an initiative, and what has to be found out. Nothing is scored away (A:4082-4182, step 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from portfolio.board import Portfolio
from portfolio.initiative import GateAnswer, Initiative
from portfolio.requirements import GATES

Verdict = Literal["passed", "promised", "open", "stopped", "decided"]
"""All yes; some by a date; some unknown; some no; already decided, so not asked."""

_UNKNOWN = GateAnswer(answer="unknown")


@dataclass(frozen=True)
class GateCard:
    """How one initiative stands at the gates."""

    verdict: Verdict
    """The worst of the answers."""
    answers: Mapping[str, GateAnswer]
    """Every must-requirement in order; what the file leaves out is unknown."""

    def those(self, answer: str) -> tuple[str, ...]:
        """The requirements with that answer: yes, no, unknown or by."""
        return tuple(name for name, one in self.answers.items() if one.answer == answer)

    @property
    def may_proceed(self) -> bool:
        """Whether nothing stops it; what is open is to be found out."""
        return self.verdict != "stopped"


def gate_cards(portfolio: Portfolio) -> dict[str, GateCard]:
    """How every initiative stands, by name, at the built-in requirements and the board's own."""
    required = requirements(portfolio)
    return {name: gate_card(one, required) for name, one in portfolio.initiatives.items()}


def requirements(portfolio: Portfolio) -> tuple[str, ...]:
    """The must-requirements in force, in the order in which they are asked."""
    return (*GATES, *(name for name in portfolio.requirements if name not in GATES))


def gate_card(initiative: Initiative, required: Sequence[str] = GATES) -> GateCard:
    """How an initiative stands at the must-requirements.

    Args:
        initiative: with its answers.
        required: the requirements that every initiative has to meet.
    """
    answers = {name: initiative.gates.get(name, _UNKNOWN) for name in required}
    if initiative.must is not None:
        return GateCard("decided", answers)
    given = {one.answer for one in answers.values()}
    verdicts: tuple[tuple[str, Verdict], ...] = (("no", "stopped"), ("unknown", "open"), ("by", "promised"))
    return GateCard(next((verdict for answer, verdict in verdicts if answer in given), "passed"), answers)
