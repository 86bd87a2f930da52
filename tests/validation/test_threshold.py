"""With sharp thresholds and certain adoption the model is Granovetter's (doi:10.1086/226707) and Watts's (2002)."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from builders import BASS, NEUTRAL, everything_but, followed, model
from numpy.typing import NDArray

from sim.model import SpreadModel
from sim.world import Stage

SHARP, CERTAIN = 2.0**16, 1200.0
WIDTH = 0.001
"""A clinic whose log odds of exposure are this far below its threshold's never starts: 2^16 x 0.001 = 65 e-folds."""


def granovetter(start: NDArray[np.bool_], threshold: NDArray[np.float64], exposure: Any) -> NDArray[np.bool_]:
    """The fixed point: whoever's exposure exceeds the threshold joins, until nobody does."""
    active = start.copy()
    while True:
        joined = active | (exposure(active) > threshold)
        if (joined == active).all():
            return active
        active = joined


def shifted(threshold: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """Thresholds moved on the log-odds scale."""
    return 1 / (1 + (1 / threshold - 1) * np.exp(-by))


def world(seed: int, layers: tuple[float, float, float], network: dict[str, Any], **values: float) -> SpreadModel:
    """One replicate with 8 of 300 clinics in use, thresholds Beta(alpha, beta)."""
    weights = dict(zip(("layer_ties", "layer_region", "layer_all"), layers, strict=True))
    sharp = {"contagion_exponent": SHARP, "peer_influence": CERTAIN}
    return model(
        replicates=1,
        seed=seed,
        months=120,
        clinics={"regions": {"Norrdal": 300}},
        network=network,
        innovations={"shared_notes": {"begins": {"region": "Norrdal", "clinics": 8}}},
        parameters=NEUTRAL | weights | sharp | values,
        mechanisms=everything_but(*set(BASS) - {"outer_influence"}),
    )


def check(made: SpreadModel, exposure: Any) -> int:
    """The cascade ends where the reference does; gives how many are in use."""
    start = made.world.spreads[0].in_use[0].copy()
    assert start.sum() == 8
    threshold = made.world.attributes.threshold.astype(np.float64)
    expected = granovetter(start, threshold, exposure)
    for nearly in (shifted(threshold, -WIDTH), shifted(threshold, WIDTH)):
        assert (granovetter(start, nearly, exposure) == expected).all(), "choose a seed that is not on the edge"
    found = followed(made, 120).world.spreads[0].in_use[0]
    np.testing.assert_array_equal(found, expected)
    return int(found.sum())


@pytest.mark.parametrize("layers", [(0.0, 0.0, 1.0), (0.0, 1.0, 0.0)])
@pytest.mark.parametrize(("alpha", "beta"), [(0.9, 1.1), (2.0, 2.0), (1.0, 3.0)])
def test_cascade_in_full_mixing(layers: tuple[float, float, float], alpha: float, beta: float) -> None:
    """Where everybody hears of everybody, exactly those of Granovetter's fixed point join."""
    made = world(3, layers, {"generator": "none"}, threshold_alpha=alpha, threshold_beta=beta)
    check(made, lambda active: active.mean())


def test_some_cascades_run_and_some_stop() -> None:
    """Low thresholds carry a cascade through, high ones stop it at its start: both limits are met."""
    low = world(3, (0.0, 0.0, 1.0), {"generator": "none"}, threshold_alpha=0.3, threshold_beta=3.0)
    high = world(3, (0.0, 0.0, 1.0), {"generator": "none"}, threshold_alpha=8.0, threshold_beta=2.0)
    assert check(low, lambda active: active.mean()) > 290
    assert check(high, lambda active: active.mean()) < 12


def test_cascade_on_a_complete_graph_of_named_ties() -> None:
    """Named ties to everybody else are mixing without oneself."""
    made = world(5, (1.0, 0.0, 0.0), {"generator": "complete"})
    check(made, lambda active: (active.sum() - active) / (len(active) - 1))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("ties", [3, 10])
def test_cascade_on_a_random_graph(seed: int, ties: int) -> None:
    """On an Erdős-Rényi graph a clinic joins when the share of its neighbours that use it exceeds its threshold."""
    made = world(
        seed, (1.0, 0.0, 0.0), {"generator": "erdos_renyi", "ties": ties}, threshold_alpha=2.0, threshold_beta=6.0
    )
    matrix = nx.to_numpy_array(made.world.network.of(0).to_networkx(), weight=None)
    degree = np.maximum(matrix.sum(axis=1), 1)
    assert degree.mean() == pytest.approx(ties, rel=0.25)
    check(made, lambda active: matrix @ active / degree)


def test_nobody_joins_without_users() -> None:
    """A clinic nobody tells of stays as it is, however low its threshold: g(0) = 0."""
    made = world(1, (1.0, 0.0, 0.0), {"generator": "none"}, threshold_alpha=0.1, threshold_beta=5.0)
    assert (followed(made, 24).world.spreads[0].stage[0] == Stage.USING).sum() == 8
