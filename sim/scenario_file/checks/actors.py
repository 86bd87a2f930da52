"""What actors and strategies ask of one another: levers that nobody pays for."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from sim import evidence
from sim.actor_settings import Funder
from sim.errors import Mistake
from sim.scenario_file.checks.subject import Check
from sim.scenario_file.wording import instead_of, listed, shown
from sim.strategies import PURCHASABLE, Dose, schedule, yearly_bills


def levers_paid_for(check: Check) -> Iterator[Mistake]:
    """Levers that the funder does not pay for, or that cost more than any stage of the money holds."""
    funder, sizes = check.scenario.actors.funder, check.sizes()
    if funder is None or sizes is None:
        return
    most = max(grant.sek_per_year for grant in funder.stages)
    for name, strategy in check.scenario.strategies.items():
        plan = schedule(name, strategy, sum(sizes.values()), check.scenario.parameters)
        for place, step in enumerate(plan.steps):
            bills = _bills(check, step.dose, sum(sizes.values()), len(sizes))
            for lever in PURCHASABLE:
                if getattr(step.dose, lever) > getattr(Dose(), lever):
                    found, remedy = _unpaid(lever, bills.get(lever, 0.0), most, funder)
                    if found:
                        yield check.places.mistake(_where(check, name, place, lever), found, remedy)


def known_initiatives(check: Check) -> Iterator[Mistake]:
    """An order of initiatives that names none, or one that is not there."""
    functions, known = check.scenario.actors.support_functions, check.scenario.innovations
    if functions is None:
        return
    path = ("actors", "support_functions", "initiatives")
    if functions.discipline == "by_initiative" and not functions.initiatives:
        yield check.places.mistake(
            path[:2], "by_initiative without an order", f"Write initiatives: [{next(iter(known))}]"
        )
    for place, name in enumerate(functions.initiatives):
        if name not in known:
            yield check.places.mistake((*path, place), f"unknown innovation {shown(name)}", instead_of(name, known))


def _bills(check: Check, dose: Dose, clinics: int, regions: int) -> dict[str, Any]:
    """What each lever of a phase costs [SEK/year]."""
    prices = {name: one.value for name, one in evidence.defaults().items()} | dict(check.scenario.parameters)
    return yearly_bills(dose, SimpleNamespace(**prices), clinics, regions)


def _unpaid(lever: str, bill: float, most: float, funder: Funder) -> tuple[str, str]:
    """What is wrong with a lever, and what to write instead; two empty strings where it can be paid."""
    if funder.pays_for is not None and lever not in funder.pays_for:
        remedy = f"Add {lever} to pays_for of the funder, or set the lever to {1 if lever == 'visibility' else 0}"
        return f"nobody pays for {lever}; the funder pays for {listed(funder.pays_for)}", remedy
    if bill > most or most == 0:
        cost = f"{lever} alone costs {bill:_.0f} SEK a year" if bill else f"{lever} costs money"
        found = f"{cost}, and no stage of the funder has more than {most:_.0f}"
        return found, "Lower the lever, or give the funder more"
    return "", ""


def _where(check: Check, name: str, place: int, lever: str) -> tuple[Any, ...]:
    """Where the lever is written; where a preset brings it, the strategy or the phase."""
    strategy = check.scenario.strategies[name]
    path: tuple[Any, ...] = ("strategies", name)
    if strategy.phases is not None:
        path = (*path, "phases", place)
    return (*path, "levers", lever)
