"""Need finding by shadowing: what care needs becomes known, clinic by clinic, and is forgotten."""

from __future__ import annotations

import numpy as np

from plugins.uppsala.state import NEED_KNOWN
from sim.api import Mechanism, Phase, World


class NeedFinding(Mechanism):
    """Somebody follows the work in a few clinics a month, and knows afterwards what is needed there; practice moves on.

    n' = (1 - n) share where it is shadowed this month, -fade n elsewhere. What is known on average raises the chance
    that a prototype meets a real need.
    """

    name = "uppsala_need_finding"
    phase = Phase.OUTER
    reads = frozenset({"uppsala_need_known"})
    writes = frozenset({"uppsala_need_known", "amounts"})
    adds = NEED_KNOWN

    def __call__(self, world: World) -> None:
        """This month's clinics: those that are known least."""
        known = world.uppsala_need_known
        turn = known + world.parameter("turn_noise") * world.uniform("turn", world.month)
        rank = np.argsort(np.argsort(turn, axis=1, kind="stable"), axis=1, kind="stable")
        there = rank < np.round(world.parameter("shadowed"))
        faded = known * np.exp(-world.parameter("need_fades") / 12)
        fresh = faded + (1 - faded) * world.parameter("shadow_share") * there
        world.uppsala_need_known = np.clip(fresh, 0, 1).astype(np.float32)
        hours = world.parameter("shadow_hours") * world.parameter("support_wage")
        world.spend("cost_levers_sek", hours * there.sum(axis=1, keepdims=True))
