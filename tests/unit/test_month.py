"""The order of a month: by phase, within it by what must come before, otherwise by name."""

from __future__ import annotations

from itertools import permutations

import pytest

from sim.month import Mechanism, Phase, in_order


def part(name: str, phase: Phase, *after: str) -> type[Mechanism]:
    """A mechanism that does nothing."""
    return type(name, (Mechanism,), {"name": name, "phase": phase, "after": frozenset(after)})


def names(*parts: type[Mechanism]) -> list[str]:
    return [one.name for one in in_order(parts)]


def test_seven_phases_in_order() -> None:
    """Outer, steer, perceive, decide, work, settle, account."""
    assert [phase.name for phase in sorted(Phase)] == [
        "OUTER",
        "STEER",
        "PERCEIVE",
        "DECIDE",
        "WORK",
        "SETTLE",
        "ACCOUNT",
    ]


def test_phase_first_then_after_then_name() -> None:
    """Whatever order they come in, the month is the same."""
    parts = [
        part("d", Phase.OUTER),
        part("a", Phase.OUTER, "c"),
        part("c", Phase.OUTER),
        part("b", Phase.WORK, "z"),
        part("z", Phase.WORK),
    ]
    assert all(names(*order) == ["c", "a", "d", "z", "b"] for order in permutations(parts))


def test_a_mechanism_may_run_after_one_that_is_switched_off() -> None:
    """`after` orders those that are there; it does not demand them."""
    assert names(part("a", Phase.WORK, "gone"), part("b", Phase.WORK)) == ["a", "b"]


@pytest.mark.parametrize(
    "parts",
    [
        [part("a", Phase.WORK, "b"), part("b", Phase.WORK, "a")],
        [part("a", Phase.WORK, "a")],
        [part("a", Phase.WORK, "b"), part("b", Phase.WORK, "c"), part("c", Phase.WORK, "a"), part("d", Phase.WORK)],
        [part("a", Phase.OUTER, "b"), part("b", Phase.WORK)],
    ],
)
def test_a_circle_is_refused(parts: list[type[Mechanism]]) -> None:
    """Mechanisms that wait for each other, or for a later phase, have no order."""
    with pytest.raises(ValueError, match="no order exists among a"):
        in_order(parts)


def test_two_of_one_name_are_refused() -> None:
    """Two mechanisms of one name would draw the same random numbers."""
    with pytest.raises(ValueError, match="two mechanisms are named a"):
        in_order([part("a", Phase.WORK), part("a", Phase.OUTER)])


def test_no_mechanisms_no_month() -> None:
    """An empty month is a month."""
    assert names() == []


def test_a_mechanism_must_say_what_it_does() -> None:
    """The base class does nothing silently."""
    with pytest.raises(TypeError, match="must say what happens in a month"):
        part("a", Phase.WORK)()(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="must say what happens on entering it"):
        part("a", Phase.WORK)().enter(None, None)  # type: ignore[arg-type]
