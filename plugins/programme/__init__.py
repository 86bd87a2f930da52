"""The programme behind an environment: staged money, support for the core team, and what is left when the money ends.

Vinnova's *Visionsdriven hälsa* paid five environments for five years. A scenario names this plugin beside an
environment's own. Every number is an estimate with a range unless its row in ``parameters.yaml`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plugins.programme.momentum import Programme
from plugins.programme.settings import ProgrammeSettings
from sim.api import Fact, Mechanism, Metric, Text, World, hookimpl


@hookimpl
def innomotor_settings() -> type[ProgrammeSettings]:
    """Stages, how they change, support and exit strategy."""
    return ProgrammeSettings


@hookimpl
def innomotor_mechanisms() -> Sequence[type[Mechanism]]:
    """The programme is one part."""
    return [Programme]


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """What has gathered, what is anchored, and what changes of stage have cost."""
    share = Text(sv="0–1", en="0–1")
    return [
        Metric(
            name="momentum",
            title=Text(sv="Samling kring miljön", en="Momentum"),
            unit=share,
            meaning=Text(
                sv="Hur långt aktörerna är samlade kring miljön vid periodens slut.",
                en="How far actors have gathered around the environment at the end.",
            ),
            of=lambda world: _of(world, "programme_momentum"),
            reads=frozenset({"programme_momentum"}),
            more_is_better=True,
        ),
        Metric(
            name="anchored",
            title=Text(sv="Förankrat hos permanenta aktörer", en="Anchored in permanent actors"),
            unit=share,
            meaning=Text(
                sv="Hur stor del som permanenta aktörer bär när pengarna har tagit slut.",
                en="How much permanent actors carry once the money has ended.",
            ),
            of=lambda world: _of(world, "programme_anchored"),
            reads=frozenset({"programme_anchored"}),
            more_is_better=True,
        ),
        Metric(
            name="months_lost",
            title=Text(sv="Månader förlorade i etappövergångar", en="Months lost to changes of stage"),
            unit=Text(sv="månader", en="months"),
            meaning=Text(
                sv="Kärnteamets tid som gick åt till att avsluta och söka på nytt.",
                en="The core team's time that went into closing and applying anew.",
            ),
            of=lambda world: _of(world, "programme_lost"),
            reads=frozenset({"programme_lost"}),
            more_is_better=False,
        ),
    ]


def _of(world: World, state: str) -> NDArray[np.float64]:
    """A state that is the same for all clinics: ``(replicates,)``."""
    values: NDArray[np.float64] = getattr(world, state)[:, 0].astype(np.float64)
    return values


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the evaluation tells must show in the plugin's own scenario."""
    return [
        Fact(
            id="seamless_keeps_momentum",
            claim=Text(
                sv="En hård etappövergång kostar kärnteamet mer än en månad jämfört med en sömlös.",
                en="A hard change of stage costs the core team more than a month compared with a seamless one.",
            ),
            source="B:302-306, B:2663-2671",
            metric="programme.months_lost",
            more="hard",
            less="seamless",
            least=1.0,
        ),
        Fact(
            id="without_exit_it_is_lost",
            claim=Text(
                sv="Utan överlämning från början finns mindre kvar när pengarna har tagit slut.",
                en="Without a handover from the start less is left once the money has ended.",
            ),
            source="B:283-288, B:1893-1895, B:1928-1933",
            metric="programme.momentum",
            more="seamless",
            less="no_exit",
        ),
    ]
