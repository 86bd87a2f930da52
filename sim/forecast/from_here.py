"""Strategies from now on: what was done until a month, and another strategy thereafter."""

from __future__ import annotations

from collections.abc import Mapping

from sim import evidence
from sim.errors import Mistake, UserMistakes
from sim.scenario import Levers, Phase, Preset, Scenario, Strategy, Until


def strategies_from(scenario: Scenario, followed: str, month: int) -> dict[str, Strategy]:
    """Every strategy of a scenario, as it would be if it took over in a month; the one that is followed stays.

    Months that a strategy names are those of the scenario: what it would have done before the month it takes over, it
    does at once.

    Args:
        scenario: the scenario.
        followed: the strategy until then.
        month: first month of the new strategy.

    Raises:
        UserMistakes: strategies that differ in their plugins, so that another one would have another past.
    """
    apart = [name for name, one in scenario.strategies.items() if one.plugins]
    drawn = [
        name for name in ("phased_month_help", "phased_reach_help", "phased_reach_make") if name in scenario.uncertain
    ]
    mistakes = [
        *(
            Mistake(
                f"strategies.{name}.plugins",
                "another past than the strategy that is followed",
                "Set the plugins for the whole scenario, so that only what comes differs",
            )
            for name in apart
        ),
        *(
            Mistake(
                f"uncertain.{name}", "a phase that ends in each world at another time", "Set it under `parameters:`"
            )
            for name in drawn
        ),
    ]
    if mistakes:
        raise UserMistakes(mistakes)
    until_now = [_cut(phase, month) for phase in phases_of(scenario.strategies[followed], scenario.parameters)]
    found = {followed: scenario.strategies[followed]}
    for name, strategy in scenario.strategies.items():
        if name != followed:
            then = phases_of(strategy, scenario.parameters)
            found[name] = Strategy(title=strategy.title, phases=(*until_now, *then))
    return found


def phases_of(strategy: Strategy, parameters: Mapping[str, float]) -> tuple[Phase, ...]:
    """A strategy as phases, whichever way it is written.

    Args:
        strategy: as in the scenario.
        parameters: those that the scenario sets.
    """
    if strategy.phases is not None:
        return strategy.phases
    levers = strategy.levers or Levers()
    if strategy.use is not Preset.PHASED:
        return (Phase(use=strategy.use or Preset.LET, levers=levers),)

    def dose(name: str) -> float:
        return parameters.get(name, evidence.defaults()[name].value)

    first = Until(month=int(dose("phased_month_help")), reach=dose("phased_reach_help"))
    return (
        Phase(use=Preset.LET, until=first),
        Phase(use=Preset.HELP, levers=levers, until=Until(reach=dose("phased_reach_make"))),
        Phase(use=Preset.MAKE, levers=levers),
    )


def _cut(phase: Phase, month: int) -> Phase:
    """The phase, ended in a month at the latest."""
    until = phase.until or Until(month=month)
    last = month if until.month is None else min(until.month, month)
    return phase.model_copy(update={"until": until.model_copy(update={"month": last})})
