"""Phase PERCEIVE: what a clinic hears and what it is ready for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from sim.kernels import loops
from sim.mechanisms.work import free_of_other_change, overload_scale
from sim.month import Mechanism, Phase
from sim.population import Attributes
from sim.scenario import Capability
from sim.world import Bools, Floats, Spread, Stage, World, as_rows, operand


class Awareness(Mechanism):
    """Clinics that do not know of it learn from visible results and from peers."""

    name = "awareness"
    phase = Phase.PERCEIVE
    after = frozenset({"peer_exposure"})
    reads = frozenset({"stage", "exposure", "visibility"})
    writes = frozenset({"stage"})

    def __call__(self, world: World) -> None:
        """Who learns of it this month."""
        p = world.parameters
        for spread in world.present:
            unaware = spread.at(Stage.UNAWARE)
            if not len(unaware):
                continue
            clock = spread.clock("aware")
            clock.wind_standing(unaware)
            base, by_peers = unaware.of(p.awareness_base * world.levers.visibility), unaware.of(p.awareness_peer)
            rate = base + by_peers * unaware.of(spread.exposure)
            spread.move(clock.run(unaware, rate / np.float32(12)), Stage.AWARE)


class OuterInfluence(Mechanism):
    """Influence from outside the clinics, the same for all: Bass's p."""

    name = "outer_influence"
    phase = Phase.PERCEIVE
    writes = frozenset({"influences"})

    def __call__(self, world: World) -> None:
        """k_p p [1/year]."""
        for spread in world.present:
            spread.influences["external"] = world.parameters.pipeline_external * world.parameters.external_influence


class OuterPressure(Mechanism):
    """Pressure rises with the share in use in the other regions (A:5538-5543), and with a tailwind."""

    name = "outer_pressure"
    phase = Phase.PERCEIVE
    reads = frozenset({"stage", "salience"})
    writes = frozenset({"influences"})

    def __call__(self, world: World) -> None:
        """k_o o_r O_r [1/year]."""
        p, sizes = world.parameters, np.diff(world.population.region_start)
        for spread in world.present:
            pressure = others_share(world.region_sums(spread.in_use), sizes) + world.salience
            rate = (p.pipeline_outer * p.outer_pressure * pressure).astype(np.float32)
            spread.influences["other_regions"] = world.by_region(rate)


class PeerExposure(Mechanism):
    """How much use a clinic hears of: named ties, its region, everybody; abandonment speaks against.

    x_i = w_T sum_j T_ij nu^(other region) v_j + w_R mean_region(v) + w_N mean_all(v), clipped to [0, 1], with
    v = o visible - beta abandoned and o = exp(w_o z_obs) visibility. Nominal use convinces nobody.
    """

    name = "peer_exposure"
    phase = Phase.PERCEIVE
    reads = frozenset({"stage", "nominal", "visibility", "meeting_places"})
    writes = frozenset({"exposure", "influences"})

    def prepare(self, world: World) -> None:
        """Nobody has heard anything."""
        self._of = {spread.name: _Heard(world, spread) for spread in world.spreads}

    def __call__(self, world: World) -> None:
        """What has changed since last month is told on."""
        for spread in world.present:
            heard = self._of[spread.name]
            heard.listen(world, spread)
            spread.exposure = heard.exposure(world)
            spread.influences["peers"] = self._influence(world, spread)

    def _influence(self, world: World, spread: Spread) -> Floats:
        """k_q q g(x) [1/year]; meeting places between clinics raise q."""
        p = world.parameters
        network = 1 + p.meeting_places_effect * world.levers.meeting_places
        g = contagion(spread.exposure, p.contagion_exponent, as_rows(world.attributes.threshold))
        return p.pipeline_peer * p.peer_influence * network * g


SPEAKING = (int(Stage.USING), int(Stage.SUSTAINED), int(Stage.ABANDONED))


class _Heard:
    """What has been heard of one innovation so far, in exact whole numbers."""

    def __init__(self, world: World, spread: Spread) -> None:
        rows, regions = world.shape[0], len(world.population.regions)
        z = attribute_score(spread.innovation.attributes.observability)
        self._seen = np.exp(world.parameters.observability_weight * z)
        """How visible use is where nobody makes it more so."""
        self._told = np.zeros(world.shape, np.int8)
        self._ties = np.zeros((2, *world.shape), np.int32)
        self._regions = np.zeros((2, rows, regions), np.int64)

    def listen(self, world: World, spread: Spread) -> None:
        """Take in who uses it now, and who has abandoned it."""
        network = world.network
        loops().listen(
            spread.stage,
            spread.nominal,
            SPEAKING,
            self._told,
            self._ties,
            self._regions,
            world.population.region,
            network.start,
            network.listeners,
            network.weight,
        )

    def exposure(self, world: World) -> Floats:
        """x: ``(replicates, clinics)``."""
        p = world.parameters
        loud = self._seen * world.levers.visibility
        x = np.empty(world.shape, np.float32)
        weights = (p.negative_word_of_mouth, p.layer_ties, p.layer_region, p.layer_all)
        loops().exposure(self._ties, self._regions, world.population.region_start, loud, *weights, x)
        return x


def genuine_use(spread: Spread) -> Bools:
    """Use that can be seen to be real: ``(replicates, clinics)``."""
    return spread.in_use & ~spread.nominal


def attribute_score(attribute: float) -> np.float32:
    """An attribute from 0 to 1 in standard deviations: (attribute - 1/2) / 0.2."""
    return np.float32((attribute - 0.5) / 0.2)


def contagion(x: Floats, exponent: Floats, threshold: Floats) -> Floats:
    """g(x), the shape of contagion: exponent 1 is simple (Bass), infinite is a threshold (Granovetter).

    g(x) = x^a / (x^a + tau^(a-1) (1-x)^a) with tau = theta / (1 - theta); g(0) = 0, g(1) = 1.

    Args:
        x: exposure, ``(replicates, clinics)``.
        exponent: a >= 1, ``(1 or replicates, 1)``.
        threshold: theta in (0, 1), ``(clinics,)`` or with replicates.
    """
    if (exponent == 1).all():
        return x
    with np.errstate(divide="ignore", over="ignore"):
        odds = np.log(x) - np.log1p(-x)
        shifted = exponent * odds - (exponent - 1) * np.log(threshold / (1 - threshold))
        g: Floats = 1 / (1 + np.exp(-shifted))
    return g.astype(np.float32)


class Training(Mechanism):
    """Training raises the capabilities that the innovations demand, in every clinic, while it goes on."""

    name = "training"
    phase = Phase.PERCEIVE
    reads = frozenset({"training", "capability"})
    writes = frozenset({"capability"})

    def __call__(self, world: World) -> None:
        """A month's gain."""
        level = world.levers.training
        if not level.any():
            return
        gain = world.parameters.training_rate * level / np.float32(12)
        wanted = {k for spread in world.present for k in demands(spread)}
        rows = max(world.capability.shape[1], len(gain))  # one where all replicates train alike
        capability = np.array(np.broadcast_to(world.capability, (len(Capability), rows, world.shape[1])))
        for k in sorted(wanted):
            np.minimum(capability[k] + gain, 1, out=capability[k])
        world.capability = capability


def demands(spread: Spread) -> Mapping[int, float]:
    """Weight of each demanded capability by its position; they sum to 1."""
    chosen = spread.innovation.demands or dict.fromkeys(Capability, 1.0)
    whole = sum(chosen.values())
    return {list(Capability).index(k): weight / whole for k, weight in chosen.items()}


class Readiness(Mechanism):
    """R = commitment^1/2 x efficacy^1/2, multiplicative as Weiner (2009) has it: what is lacking limits.

    commitment = (need advantage manager_support ownership)^1/4 (1 - fatigue) (1 - b M); efficacy is the weighted
    harmonic mean of the demanded capabilities, so that the weakest limits. Slack is not in R: it acts on hours.
    """

    name = "readiness"
    phase = Phase.PERCEIVE
    after = frozenset({"training"})
    reads = frozenset({"advantage", "ownership", "fatigue", "capability", "efficacy", "mandate", "lead_by_example"})
    writes = frozenset({"efficacy", "readiness", "reference_readiness"})

    def prepare(self, world: World) -> None:
        """R̄, the mean of ordinary clinics at month 0 without levers, which later months are measured against."""
        for spread in world.spreads:
            self._learn(world, spread)
            usual = first_readiness(world, spread, world.reference.attributes)
            spread.reference_readiness = usual.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
            spread.readiness = first_readiness(world, spread, world.attributes)

    def _learn(self, world: World, spread: Spread) -> None:
        """Efficacy for this innovation."""
        self._capability = world.capability
        spread.efficacy = efficacy(world.capability, demands(spread))

    def __call__(self, world: World) -> None:
        """This month's readiness."""
        p, a = world.parameters, world.attributes
        if world.capability is not self._capability:
            for spread in world.spreads:
                self._learn(world, spread)
        support = as_rows(a.manager_support)
        lead = p.lead_by_example_effect * world.levers.lead_by_example
        if lead.any():
            support = support + lead * (1 - support)
        energy = (world.fatigue, 1 - p.backlash * world.mandate)
        for spread in world.present:
            out = np.empty(world.shape, np.float32)
            operands = (as_rows(a.need), support, spread.advantage, spread.ownership, *energy, spread.efficacy)
            loops().readiness(*map(operand, operands), out)
            spread.readiness = out


def first_readiness(world: World, spread: Spread, clinics: Attributes) -> Floats:
    """R of clinics at month 0 without levers: ``(1 or replicates, clinics)``."""
    capability = clinics.capability if clinics.capability.ndim > 2 else clinics.capability[:, None, :]
    return readiness(
        as_rows(clinics.need),
        spread.advantage[:, :1],
        as_rows(clinics.manager_support),
        world.parameters.ownership_start,
        np.ones((1, 1), np.float32),
        efficacy(capability, demands(spread)),
    )


def readiness(
    need: Floats, advantage: Floats, support: Floats, ownership: Floats, energy: Floats, able: Floats
) -> Floats:
    """R, each factor 0-1 and broadcasting to (replicates, clinics); Weiner 2009, doi:10.1186/1748-5908-4-67."""
    rested = np.zeros((1, 1), np.float32)
    operands = [operand(factor) for factor in (need, support, advantage, ownership, rested, energy, able)]
    out = np.empty(np.broadcast_shapes(*(factor.shape for factor in operands)), np.float32)
    loops().readiness(*operands, out)
    return out


def efficacy(capability: Floats, weights: Mapping[int, float]) -> Floats:
    """Weighted harmonic mean of the demanded capabilities: a weak link limits.

    Args:
        capability: ``(capabilities, 1 or replicates, clinics)``.
        weights: by position of the capability; they sum to 1.
    """
    lacking = np.zeros((1, 1), np.float32)
    for k, weight in weights.items():
        lacking = lacking + np.float32(weight) / np.maximum(capability[k], np.float32(0.01))
    return np.float32(1) / lacking


class StartHazard(Mechanism):
    """At which rate would this clinic start, if every test succeeded on average?

    h = (k_p p + k_q q g(x) + k_o o_r O) m exp(sum w z) <(R/R̄)^rho HR_c^champion e^(sigma z) u(free/need)> HR_f L(n)
    season, with <...> of mean 1 in ordinary clinics at month 0 without levers.
    """

    name = "start_hazard"
    phase = Phase.PERCEIVE
    after = frozenset({"outer_influence", "outer_pressure", "peer_exposure", "readiness"})
    reads = frozenset(
        {
            "stage",
            "eligible",
            "advantage",
            "influences",
            "readiness",
            "reference_readiness",
            "champion",
            "mandate",
            "facilitated",
            "facilitation_hazard_ratio",
            "free_hours",
            "under_way",
            "protected_time",
            "season",
        }
    )
    writes = frozenset({"start_hazard"})

    def prepare(self, world: World) -> None:
        """What never changes in a clinic, divided by the mean of ordinary clinics at month 0."""
        self._lasting = {spread.name: self._lasting_factor(world, spread) for spread in world.spreads}

    def __call__(self, world: World) -> None:
        """This month's hazard [1/year]."""
        for spread in world.present:
            parts = self.parts(world, spread)
            out = np.empty(world.shape, np.float32)
            loops().start_hazard(
                spread.stage,
                int(Stage.AWARE),
                *(operand(parts[name]) for name in ("influence", "lasting", "readiness", "reference", "exponent")),
                spread.champion,
                *(operand(parts[name]) for name in ("champion", "free_hours", "hours_wanted")),
                spread.facilitated,
                *(operand(parts[name]) for name in ("facilitation", "other_adoptions", "season")),
                out,
            )
            spread.start_hazard = out

    def parts(self, world: World, spread: Spread) -> dict[str, Floats]:
        """What the hazard is made of, each broadcasting to (replicates, clinics); what does not run is neutral."""
        p, running = world.parameters, world.running
        one = np.ones((1, 1), np.float32)
        effect = one
        if "champions" in running:
            effect = p.champion_effect + (p.champion_effect_mandated - p.champion_effect) * world.mandate
        return {
            "influence": reduce(np.add, spread.influences.values()) if spread.influences else 0 * one,
            "lasting": self._lasting[spread.name],
            "readiness": spread.readiness,
            "reference": spread.reference_readiness,
            "exponent": p.readiness_exponent,
            "champion": effect,
            "free_hours": world.free_hours,
            "hours_wanted": hours_wanted(world, spread),
            "facilitation": spread.facilitation_hazard_ratio,
            "other_adoptions": self._alongside(world) if len(world.spreads) > 1 else one,
            "season": world.season,
        }

    def _alongside(self, world: World) -> Floats:
        """L(n) = 1 / (1 + n / n0), with n adoptions under way already: ``(replicates, clinics)``."""
        return np.float32(1) / (1 + world.under_way.astype(np.float32) / overload_scale(world))

    def factors(self, world: World, spread: Spread) -> dict[str, Floats]:
        """The hazard [1/year] of those that are aware as a product of causes, for a reader: each broadcasts."""
        parts, kernel = self.parts(world, spread), loops()
        return {
            "influence": parts["influence"],
            "clinic_and_innovation": parts["lasting"],
            "readiness": kernel.power(operand(parts["readiness"] / parts["reference"]), parts["exponent"]),
            "champion": np.where(spread.champion, parts["champion"], np.float32(1)),
            "time": 1 - kernel.exp(operand(-(parts["free_hours"] / parts["hours_wanted"]))),
            "facilitation": np.where(spread.facilitated, parts["facilitation"], np.float32(1)),
            "other_adoptions": parts["other_adoptions"],
            "season": parts["season"],
        }

    def _lasting_factor(self, world: World, spread: Spread) -> Floats:
        """m, attributes and innovativeness over the mean of <...> in ordinary clinics: ``(replicates, clinics)``."""
        p, a = world.parameters, spread.innovation.attributes
        appeal = np.exp(
            p.relative_advantage_weight * attribute_score(a.relative_advantage)
            + p.compatibility_weight * attribute_score(a.compatibility)
            + p.simplicity_weight * attribute_score(1 - a.complexity)
            + p.trialability_weight * attribute_score(a.trialability)
        )
        eager = np.exp(p.innovativeness_spread * as_rows(world.attributes.innovativeness))
        clinics, ordinary = world.reference.attributes, world.reference.parameters
        usual = eager
        if "readiness" in world.running:
            ready = first_readiness(world, spread, clinics)
            usual = usual * power(ready / spread.reference_readiness, p.readiness_exponent)
        if "champions" in world.running:
            usual = usual * (1 + ordinary.champion_share * (p.champion_effect - 1))
        if "work" in world.running:
            free = free_of_other_change(
                ordinary, ordinary.effective_slack, as_rows(clinics.slack) * as_rows(clinics.hours)
            )
            usual = usual * (1 - loops().exp(operand(-(free / hours_wanted(world, spread)))))
        mean = usual.mean(axis=1, keepdims=True, dtype=np.float64)
        lasting: Floats = (appeal * eager / mean).astype(np.float32)
        return lasting * spread.eligible


def power(base: Floats, exponent: Floats) -> Floats:
    """base^exponent for a base that is 0 or more."""
    raised: Floats = loops().power(operand(base), operand(exponent))
    return raised


def others_share(users: NDArray[np.int64], sizes: NDArray[np.int64]) -> Floats:
    """O_r, mean share in use over the other regions: ``(replicates, regions)`` to the same; 0 for a lone region."""
    share = users / sizes
    others = max(share.shape[1] - 1, 1)
    pressure: Floats = ((share.sum(axis=1, keepdims=True) - share) / others).astype(np.float32)
    return np.maximum(pressure, 0)


def hours_wanted(world: World, spread: Spread) -> Floats:
    """What a new start would need [hours/month]: all its hours over the months in which it must fit."""
    effort = spread.innovation.effort
    hours = np.float32(effort.trial_hours + effort.adjust_hours + effort.implement_hours)
    return np.maximum(hours / world.parameters.need_months, np.float32(1e-3))
