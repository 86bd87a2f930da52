"""A strategy that sets in later: every month that it names moves."""

from __future__ import annotations

from sim.scenario import Levers, Phase, Preset, Strategy, Until


def later(strategy: Strategy, months: int) -> Strategy:
    """The same strategy, so many months later; until then it lets things happen.

    Args:
        strategy: as the scenario has it.
        months: how much later; 0 changes nothing.
    """
    if months == 0:
        return strategy
    waiting = Phase(use=Preset.LET, until=Until(month=months))
    if strategy.phases is not None:
        own = tuple(_moved(phase, months) for phase in strategy.phases)
    elif strategy.use is Preset.PHASED:
        return strategy  # it waits for reach by itself
    else:
        own = (_moved(Phase(use=strategy.use or Preset.LET, levers=strategy.levers or Levers()), months),)
    return strategy.model_copy(update={"use": None, "levers": None, "phases": (waiting, *own)})


def _moved(phase: Phase, months: int) -> Phase:
    until = phase.until
    if until is not None and until.month is not None:
        until = until.model_copy(update={"month": until.month + months})
    return phase.model_copy(update={"until": until, "levers": _moved_levers(phase.levers, months)})


def _moved_levers(levers: Levers, months: int) -> Levers:
    if levers.mandate is None:
        return levers
    named = ("from_month", "deadline_month", "lift_month")
    moved = {name: month + months for name in named if (month := getattr(levers.mandate, name)) is not None}
    return levers.model_copy(update={"mandate": levers.mandate.model_copy(update=moved)})
