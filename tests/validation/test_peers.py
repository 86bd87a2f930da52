"""The same cases in NDlib's own models (Rossetti et al. 2018, doi:10.1007/s41060-017-0086-6): ensembles compared.

Its threshold model must agree clinic by clinic and month by month, in every world; SI and independent cascades in
distribution over worlds, by the two-sample Kolmogorov-Smirnov test and by how often each clinic is reached.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, ClassVar

import networkx as nx
import numpy as np
import pytest
from builders import BASS, NEUTRAL, everything_but, followed, model, source
from numpy.typing import NDArray
from scipy import stats

from sim import experiment
from sim.model import SpreadModel
from sim.month import Mechanism, Phase
from sim.plugin_host import Parts
from sim.world import Stage, World

pytestmark = pytest.mark.filterwarnings("ignore")  # NDlib's dependencies are old and say so
REFUSED = 1e-3
"""A seed is fixed, so a p value below this is a difference and no bad luck."""
TIES = {"layer_ties": 1.0, "layer_region": 0.0, "layer_all": 0.0}


@pytest.fixture(autouse=True)
def _ndlib(record_property: pytest.RecordProperty) -> None:
    """NDlib belongs to the dev extra; where it is missing the tests fail rather than pass unseen."""
    assert find_spec("ndlib"), "NDlib is not installed. Write pip install -e '.[dev]'"


def configured(kind: Any, graph: Any, first: list[int], **model_parameters: float) -> tuple[Any, Any]:
    """One of NDlib's models, and its settings with the first users."""
    from ndlib.models.ModelConfig import Configuration  # noqa: PLC0415

    config = Configuration()
    for name, value in model_parameters.items():
        config.add_model_parameter(name, value)
    config.add_model_initial_configuration("Infected", first)
    return kind(graph), config


def peers_only(**changes: Any) -> dict[str, Any]:
    """A scenario in which named ties are all that there is."""
    values = NEUTRAL | TIES | {"external_influence": 0.0} | changes.pop("parameters", {})
    return {"parameters": values, "mechanisms": everything_but(*set(BASS) - {"outer_influence"}), **changes}


@pytest.mark.parametrize("seed", range(8))
def test_threshold(seed: int) -> None:
    """With sharp thresholds the same clinics adopt in the same month as in NDlib's ThresholdModel."""
    from ndlib.models.epidemics import ThresholdModel  # noqa: PLC0415

    clinics, months = 250, 12
    made = model(
        replicates=1,
        seed=seed,
        months=months,
        clinics={"regions": {"Norrdal": clinics}},
        network={"generator": "erdos_renyi", "ties": 6},
        innovations={"x": {"begins": {"region": "Norrdal", "clinics": 12}}},
        **peers_only(
            parameters={
                "peer_influence": 1e7,
                "contagion_exponent": 2.0**16,
                "threshold_alpha": 2.0,
                "threshold_beta": 6.0,
            }
        ),
    )
    theirs, config = configured(
        ThresholdModel, made.world.network.of(0).to_networkx().to_undirected(), np.flatnonzero(in_use(made)[0]).tolist()
    )
    for clinic, threshold in enumerate(made.world.attributes.threshold.reshape(-1)):
        config.add_node_configuration("threshold", clinic, float(threshold))
    theirs.set_initial_status(config)
    theirs.iteration()
    for month in range(1, months + 1):
        theirs.iteration()
        followed(made, 1)
        joined = np.array([theirs.status[clinic] for clinic in range(clinics)], bool)
        np.testing.assert_array_equal(in_use(made)[0], joined, err_msg=f"month {month}")
    assert joined.sum() > 12


def in_use(made: SpreadModel) -> NDArray[np.bool_]:
    return made.world.spreads[0].in_use


def test_susceptible_infected() -> None:
    """On a complete graph a clinic starts with 1 - (1 - b)^users, b = 1 - e^{-q / (12 (n - 1))}: NDlib's SIModel."""
    from ndlib.models.epidemics import SIModel  # noqa: PLC0415

    clinics, worlds, months, q = 80, 400, (8, 16, 26), 3.0
    made = model(
        replicates=worlds,
        months=months[-1],
        clinics={"regions": {"Norrdal": clinics}},
        network={"generator": "complete"},
        innovations={"x": {"begins": {"region": "Norrdal", "clinics": 2}}},
        **peers_only(parameters={"peer_influence": q}),
    )
    ours = [in_use(made).sum(axis=1)]
    ours += [in_use(followed(made, 1)).sum(axis=1) for _ in range(months[-1])]
    np.random.seed(7)  # noqa: NPY002 - NDlib draws from the global generator
    graph, theirs = nx.complete_graph(clinics), []
    for _ in range(250):
        one, config = configured(SIModel, graph, [0, 1], beta=float(-np.expm1(-q / 12 / (clinics - 1))), tp_rate=1)
        one.set_initial_status(config)
        theirs.append([step["node_count"][1] for step in one.iteration_bunch(months[-1] + 1, node_status=False)])
    for month in months:
        found = stats.ks_2samp(ours[month], np.array(theirs)[:, month])
        assert found.pvalue > REFUSED, f"month {month}: {found}"
        assert ours[month].std() > 1  # there is a distribution to compare


class OneMonth(Mechanism):
    """Use lasts for one month in which others hear of it, and is then over: an independent cascade."""

    name = "one_month"
    phase = Phase.SETTLE
    reads: ClassVar[frozenset[str]] = frozenset({"stage"})
    writes: ClassVar[frozenset[str]] = frozenset({"stage"})

    def __call__(self, world: World) -> None:
        """Those that have been heard of fall silent."""
        for spread in world.present:
            cells = spread.at(Stage.USING)
            spread.move(cells.only(spread.months_here(cells) > 0), Stage.ABANDONED)


def test_independent_cascades() -> None:
    """With use that is heard of for one month each tie has one chance, 1 - e^{-q w / 12}: NDlib's cascades."""
    from ndlib.models.epidemics import IndependentCascadesModel  # noqa: PLC0415

    clinics, worlds, runs, months, q = 150, 500, 300, 60, 24.0
    asked = source(
        replicates=worlds,
        months=months,
        clinics={"regions": {"Norrdal": 90, "Sörvik": 60}},
        innovations={"x": {"begins": {"region": "Norrdal", "clinics": ["Norrdal 01", "Norrdal 02", "Norrdal 03"]}}},
        **peers_only(parameters={"peer_influence": q, "negative_word_of_mouth": 0.0, "begin_depth_using": 1.0}),
    )
    ready = experiment.prepare(asked, threads=1)
    parts = Parts([*ready.parts.mechanisms, OneMonth], ready.parts.actors)
    made = SpreadModel(ready.setting(np.arange(worlds)), ready.schedules["let"], parts)
    advice = made.world.network.of(0).to_networkx()
    first = np.flatnonzero(in_use(made)[0]).tolist()
    assert len(first) == 3
    made.world.spreads[0].since[:, first] = -1  # they have begun before, and fall silent after the first month
    reached = followed(made, months).world.spreads[0].stage >= Stage.USING
    np.random.seed(11)  # noqa: NPY002 - NDlib draws from the global generator
    theirs = np.zeros((runs, clinics), bool)
    for run in range(runs):
        one, config = configured(IndependentCascadesModel, advice.reverse(), first)
        for i, j, weight in advice.edges(data="weight"):
            config.add_edge_configuration("threshold", (j, i), float(-np.expm1(-q * weight / 12)))
        one.set_initial_status(config)
        one.iteration_bunch(months, node_status=False)
        theirs[run] = [one.status[clinic] > 0 for clinic in range(clinics)]
    sizes = stats.ks_2samp(reached.sum(axis=1), theirs.sum(axis=1))
    assert sizes.pvalue > REFUSED, sizes
    assert theirs.sum(axis=1).std() > 5
    often = np.stack([reached.sum(axis=0), theirs.sum(axis=0)])
    pooled = often.sum(axis=0) / (worlds + runs)
    some = (pooled > 0.02) & (pooled < 0.98)
    z = (often[0] / worlds - often[1] / runs)[some] / np.sqrt(pooled * (1 - pooled) * (1 / worlds + 1 / runs))[some]
    # who is reached hangs together within a cascade, but the largest of many z scores does not exceed Bonferroni's
    assert np.abs(z).max() < stats.norm.isf(REFUSED / 2 / some.sum())
    assert some.sum() > 50
