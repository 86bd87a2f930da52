"""What each clinic is like at the start: addressed draws that all replicates share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions import Parameter, beta, beta_by_mean, correlated, lognormal
from sim.population.structure import Population
from sim.randomness import Draws, identity
from sim.scenario import Capability, Scenario


@dataclass(frozen=True, eq=False)
class Attributes:
    """What each clinic is like at the start.

    Each array is `(clinics,)`, or `(replicates, clinics)` where a parameter behind it is drawn in every replicate.
    """

    staff: NDArray[np.float32]
    """Persons."""
    hours: NDArray[np.float32]
    """Staff-hours per month."""
    capability: NDArray[np.float32]
    """The six capabilities in the order of `Capability`, 0 to 1, `(6, clinics)` or `(6, replicates, clinics)`."""
    threshold: NDArray[np.float32]
    """Network threshold, 0.02 to 0.98 [share of peers]."""
    slack: NDArray[np.float32]
    """Share of staff hours free for change."""
    need: NDArray[np.float32]
    """Felt need, 0 to 1."""
    manager_support: NDArray[np.float32]
    """Support of the clinic's own manager, 0 to 1."""
    prestige: NDArray[np.float32]
    """Log prestige, standard normal, always `(clinics,)`."""
    innovativeness: NDArray[np.float32]
    """Standard normal, correlated with log prestige."""
    leader: NDArray[np.bool_]
    """Opinion leaders: those of most prestige in each region."""

    def in_rows(self, rows: NDArray[np.intp]) -> Attributes:
        """The same with chosen rows, where there are several: those of the draw that each replicate tries."""
        chosen = {}
        for name, values in vars(self).items():
            several = values.ndim > (2 if name == "capability" else 1) and values.shape[-2] > 1
            chosen[name] = np.ascontiguousarray(values[..., rows, :]) if several else values
        return Attributes(**chosen)


def attributes(population: Population, scenario: Scenario, parameters: Mapping[str, Parameter]) -> Attributes:
    """What each clinic is like: inverse distribution functions at addressed quantiles that all replicates share.

    Args:
        population: the clinics.
        scenario: its seed, and the means of the capabilities that it sets.
        parameters: each parameter by name, a number or `(replicates, 1)`.
    """

    def normal(*labels: str) -> NDArray[np.float64]:
        return Draws(scenario.seed, "population", *labels).normal(clinic=population.clinic_id)

    attitude = parameters["attitude_concentration"]
    staff = _given_or_drawn(
        population.given_staff, lognormal(normal("staff"), parameters["staff_median"], parameters["staff_spread"])
    )
    slack = 2 * parameters["slack_mean"] * beta_by_mean(normal("slack"), 0.5, parameters["slack_concentration"])
    prestige = normal("prestige")
    return Attributes(
        staff=_single(staff),
        hours=_single(staff * parameters["hours_per_staff"]),
        capability=_capabilities(normal, scenario.clinics.capability, parameters),
        threshold=_single(
            np.clip(beta(normal("threshold"), parameters["threshold_alpha"], parameters["threshold_beta"]), 0.02, 0.98)
        ),
        slack=_single(_given_or_drawn(population.given_slack, slack)),
        need=_single(beta_by_mean(normal("need"), parameters["need_mean"], attitude)),
        manager_support=_single(beta_by_mean(normal("manager_support"), parameters["manager_support_mean"], attitude)),
        prestige=_single(prestige),
        innovativeness=_single(correlated(prestige, normal("innovativeness"), parameters["innovativeness_prestige"])),
        leader=_leaders(population, prestige, scenario.seed, parameters["leader_share"]),
    )


def _single(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)


def _given_or_drawn(given: NDArray[np.float64] | None, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    return drawn if given is None else np.where(np.isnan(given), drawn, given)


def _capabilities(
    normal: Callable[..., NDArray[np.float64]], means: Mapping[Capability, float], parameters: Mapping[str, Parameter]
) -> NDArray[np.float32]:
    """The six capabilities: a Gaussian copula with the same correlation between any two, Beta margins."""
    shared = normal("capability")
    concentration = parameters["capability_concentration"]
    levels = [
        beta_by_mean(
            correlated(shared, normal("capability", name), np.sqrt(parameters["capability_correlation"])),
            means.get(name, parameters["capability_mean"]),
            concentration,
        ).astype(np.float32)
        for name in Capability
    ]
    return np.stack(np.broadcast_arrays(*levels))


def _leaders(population: Population, prestige: NDArray[np.float64], seed: int, share: Parameter) -> NDArray[np.bool_]:
    """The clinics of most prestige in each region: the share of them, a part of one by an addressed draw."""
    by_region = np.array([identity(name) for name in population.regions], dtype=np.uint64)
    part = Draws(seed, "population", "leaders").uniform(clinic=by_region)
    count = np.floor(share * np.diff(population.region_start) + part)
    by_prestige = np.lexsort((-prestige, population.region))
    rank = np.empty(len(population), dtype=np.int64)
    rank[by_prestige] = np.arange(len(population)) - population.region_start[population.region]
    leader: NDArray[np.bool_] = rank < count[..., population.region]
    return leader
