"""Who takes advice from whom: directed ties within and across regions.

Every clinic names about as many others as the parameter `named_ties` says. Most are near it in the region's own small
world (a ring of clinics, Watts & Strogatz 1998, doi:10.1038/30918), a few are well-known clinics of the region, and the
rest are in other regions. Near or far, the more prestigious are named more often. Each choice is an addressed draw on
the clinics' own ids, so that a clinic more in one region leaves the ties inside another as they were.

`ties` says what a network is, `choice`, `within` and `across` how clinics name each other, `textbook` what comes from
networkx, `replicates` what a block of replicates has, and `cache` what need not be built twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.errors import Mistake, UserMistakes
from sim.network.across import ties_across
from sim.network.cache import kept
from sim.network.choice import Choice
from sim.network.replicates import Networks
from sim.network.textbook import everyone, from_networkx, named_in, textbook
from sim.network.ties import LAYERS, NATIONAL, PROFESSION, REFERRAL, REGION_LINE, SCALE, Network, Ties, weighted
from sim.network.within import ties_within, wanted_ties
from sim.population import Attributes, Population
from sim.scenario import Scenario

__all__ = [
    "LAYERS",
    "NATIONAL",
    "PROFESSION",
    "REFERRAL",
    "REGION_LINE",
    "SCALE",
    "Network",
    "Networks",
    "build",
    "from_networkx",
]

MOST_TIES = 50_000_000


def build(
    scenario: Scenario, population: Population, attributes: Attributes, parameters: Mapping[str, float]
) -> Network:
    """The network of a scenario.

    Args:
        scenario: its `network` names the generator and perhaps the mean number of ties; its seed addresses the draws.
        population: the clinics.
        attributes: their prestige, and who of them leads, `(clinics,)`.
        parameters: each parameter by name, single numbers.

    Raises:
        UserMistakes: the graph would be too large.
    """
    ties = scenario.network.ties
    named = parameters["named_ties"] if ties is None else ties
    generator = scenario.network.generator
    if generator == "complete":
        return weighted(everyone(population), population, attributes, parameters)
    if generator != "clinics":
        graph = textbook(generator, len(population), named, parameters["clustering"], scenario.seed)
        return weighted(named_in(graph, population), population, attributes, parameters)
    if min(named, len(population)) * len(population) > MOST_TIES:
        found = f"{named:g} ties of each of {len(population):,} clinics"
        raise UserMistakes(Mistake("network.ties", found, f"Give at most {MOST_TIES:,} ties in all"))
    choice = Choice.of(population, attributes, parameters, named, scenario.seed)
    return weighted(kept(choice, _named), population, attributes, parameters)


def _named(choice: Choice) -> Ties:
    """Whom every clinic names."""
    wanted = wanted_ties(choice)
    within = ties_within(choice, wanted.within)
    return within.and_(ties_across(choice, wanted.across, within)).sorted(len(choice.population))
