"""The procurement: survey, qualification, bids, award; how it is asked decides who answers and how well it fits."""

from __future__ import annotations

import numpy as np
from scipy import stats

from plugins.ostergotland.settings import OstergotlandSettings
from sim.api import Bools, Floats, Mechanism, Phase, Spread, State, World

PREPARING, ASKING, AWARDED = range(3)


class Procurement(Mechanism):
    """What is to spread must first be bought: it takes its months, bids may fail to come, and staff may be uneasy.

    After preparing (needs are mapped, the market looked at) suppliers come as a Poisson number; each must-requirement
    loses one with the chance lost_per_must. Without a bid it begins anew. The best of n bids fits: the share
    best^(1/n) of what a procurement can win of the missing fit, more where there was a dialogue. Until the award nobody
    new starts. Few must-requirements unsettle a part of the own staff; that share fades while they are talked with, and
    holds starts back.
    """

    name = "ostergotland_procurement"
    phase = Phase.PERCEIVE
    after = frozenset({"start_hazard"})
    reads = frozenset({"ostergotland_awarded"})
    writes = frozenset(
        {"start_hazard", "fit", "amounts", "ostergotland_awarded", "ostergotland_bidders", "ostergotland_uneasy"}
    )
    adds = {
        "ostergotland_awarded": State("month of the contract, -1 before", -1, low=-1),
        "ostergotland_bidders": State("bids that met the requirements, -1 before", -1, low=-1),
        "ostergotland_uneasy": State("share of the own staff that is uneasy", low=0, high=1),
    }
    settings: OstergotlandSettings

    def prepare(self, world: World) -> None:
        """Nobody has been asked."""
        rows = (world.shape[0], 1)
        self._step = {one.name: np.zeros(rows, np.int8) for one in world.spreads}
        self._since = {one.name: np.full(rows, one.innovation.arrives_month) for one in world.spreads}
        self._uneasy = {one.name: np.zeros(rows, np.float32) for one in world.spreads}

    def __call__(self, world: World) -> None:
        """A month of asking, waiting or having bought."""
        for spread in world.present:
            self._go_on(world, spread)
            bought = self._step[spread.name] == AWARDED
            uneasy = self._uneasy[spread.name] * np.exp(-world.parameter("unease_fades") / 12)
            self._uneasy[spread.name] = uneasy.astype(np.float32)
            spread.ostergotland_uneasy = self._uneasy[spread.name]
            held = spread.start_hazard * (1 - uneasy) * bought
            spread.start_hazard = held.astype(np.float32)

    def _go_on(self, world: World, spread: Spread) -> None:
        """To the next step, where its months have passed."""
        way, name = self.settings.procurement, spread.name
        step, here = self._step[name], world.month - self._since[name]
        asks = (step == PREPARING) & (here >= np.round(world.parameter(f"{way}_prepare")))
        ends = (step == ASKING) & (here >= np.round(world.parameter(f"{way}_months")))
        if ends.any():
            self._open(world, spread, ends)
        step[asks] = ASKING
        self._since[name][asks | ends] = world.month
        if way == "user_stories" and asks.any():
            unsettled = world.parameter("unease")
            self._uneasy[name] = np.where(asks, unsettled, self._uneasy[name]).astype(np.float32)
        hours = world.parameter(f"{way}_hours") * (step != AWARDED) * world.parameter("support_wage")
        spread.add("cost_support_functions_sek", hours)

    def _open(self, world: World, spread: Spread, ends: Bools) -> None:
        """The bids that have come in: the best is taken, and where there is none all begins again."""
        way, name = self.settings.procurement, spread.name
        bids = self._bids(world, name)
        bought, step = ends & (bids > 0), self._step[name]
        step[bought], step[ends & ~bought] = AWARDED, PREPARING
        best = world.draws(f"best bid for {name}").uniform(world.addresses[0], 0, world.month)
        won = world.parameter("bid_fit") * best ** (1 / np.maximum(bids, 1))
        won = won * (1 + world.parameter("dialogue_more") * (way == "user_stories"))
        fit = spread.fit + (1 - spread.fit) * np.minimum(won, 1) * bought
        spread.fit = np.clip(fit, 0, 1).astype(np.float32)
        spread.ostergotland_awarded = np.where(bought, np.float32(world.month), spread.ostergotland_awarded)
        spread.ostergotland_bidders = np.where(bought, bids.astype(np.float32), spread.ostergotland_bidders)

    def _bids(self, world: World, name: str) -> Floats:
        """Suppliers that meet every must-requirement, were the bids opened now: ``(replicates, 1)``."""
        musts = world.parameter(f"{self.settings.procurement}_musts")
        rate = world.parameter("suppliers") * (1 - world.parameter("lost_per_must")) ** musts
        lot = world.draws(f"suppliers of {name}").uniform(world.addresses[0], 0, world.month)
        return np.asarray(stats.poisson.ppf(lot, rate), np.float32)
