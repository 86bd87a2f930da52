"""The must-requirements of the three-step prioritisation (A:4082-4182), in the order in which they are asked."""

from __future__ import annotations

GATES: tuple[str, ...] = (
    "clear_need",
    "clear_goal",
    "clear_value",
    "clinical_owner",
    "staff_willing_and_able",
    "manager_support",
    "escalation",
    "stakeholders",
    "prioritised",
    "ability",
    "support_adds_value",
)
"""Step 1: every one must hold."""

MAY_BE_BROUGHT_ABOUT = frozenset({"clear_need", "clear_goal", "clear_value"})
"""Those that may also be possible to establish by a date (A:4091-4097)."""

PRECONDITIONS: tuple[str, ...] = (
    "clear_need",
    "own_motor",
    "champions_and_leaders",
    "frees_time",
    "authority",
    "wants_to_spread",
    "receptive",
    "partnership",
    "perseverance",
)
"""Preconditions of a unit that succeeds (A:4605-4657)."""

PRINCIPLES: tuple[str, ...] = (
    "vision",
    "core_team",
    "collaboration",
    "cross_sector",
    "new_and_ongoing",
    "anchoring",
    "horizon_scanning",
    "long_term",
)
"""The eight working principles (B:1040-2002)."""

DIMENSIONS: tuple[str, ...] = ("culture", "policy", "infrastructure", "business_models", "technology")
"""The five system dimensions (B:2003-2565)."""
