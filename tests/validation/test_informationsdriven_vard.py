"""The reference group works in the direction that the evaluation tells, by as much as its numbers say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model

from sim.metrics import Comparison
from sim.model import SpreadModel

PLUGIN = "informationsdriven_vard"
REGIONS = {f"Region {number}": 4 for number in range(1, 22)}
FEW = {"members": ["Region 1", "Region 2", "Region 3", "Region 4"]}


def strategy(**settings: Any) -> dict[str, Any]:
    return {"use": "let_it_happen", "plugins": {PLUGIN: settings}}


def alone(months: int, settings: dict[str, Any], **changes: Any) -> SpreadModel:
    """One strategy after some months."""
    asked = {"plugins": {PLUGIN: {**FEW, **settings}}, "months": 96, "estimates": "fixed", "replicates": 12}
    return followed(model(**{**asked, "clinics": {"regions": REGIONS}, **changes}), months)


@pytest.fixture(scope="module")
def endings() -> Comparison:
    return compared(
        months=72,
        replicates=30,
        estimates="fixed",
        clinics={"regions": REGIONS},
        innovations={"support": {}},
        plugins={PLUGIN: {**FEW, "ends_month": 36}},
        strategies={
            "nobody": strategy(),
            "agency": strategy(takes_over="agency"),
            "deputies": strategy(takes_over="agency", deputies=True),
        },
    )


def gain(made: Comparison, metric: str, a: str, b: str) -> tuple[float, float]:
    """Mean paired difference and its standard error."""
    d = made.strategies[a].final[f"{PLUGIN}.{metric}"] - made.strategies[b].final[f"{PLUGIN}.{metric}"]
    return float(d.mean()), float(d.std(ddof=1) / np.sqrt(len(d)))


def test_from_few_to_all_within_the_project() -> None:
    """Of 21 regions four begin; with a facilitator nineteen or more are there in three years (B:1740-1742)."""
    members = alone(36, {}).world.informationsdriven_table[:, ::4].sum(axis=1)
    assert np.median(members) >= 19
    early = alone(3, {}).world.informationsdriven_table[:, ::4].sum(axis=1)
    assert np.median(early) <= 7


def test_when_nobody_takes_over_the_table_empties(endings: Comparison) -> None:
    """Three years after the end e^(-0.4 x 3) of the regions are left; with an agency nearly all are."""
    table = {name: made.final[f"{PLUGIN}.at_table"].mean() for name, made in endings.strategies.items()}
    before = alone(36, {}).world.informationsdriven_table[:, ::4].mean()
    assert table["nobody"] == pytest.approx(before * np.exp(-0.4 * 3), abs=0.08)
    assert table["agency"] > 0.95


def test_presence_is_not_depth(endings: Comparison) -> None:
    """With an agency nearly every region is at the table, and not a third of the possible depth is at home."""
    final = endings.strategies["agency"].final
    assert final[f"{PLUGIN}.at_table"].mean() > 0.95
    assert final[f"{PLUGIN}.depth_at_home"].mean() < 0.33


def test_deputies_keep_standing_and_deepen(endings: Comparison) -> None:
    """Two representatives keep more when one is replaced, and what they stand for goes deeper at home."""
    for metric in ("standing", "depth_at_home"):
        mean, error = gain(endings, metric, "deputies", "agency")
        assert mean > 2 * error


def test_a_shift_keeps_only_a_share() -> None:
    """A representative who is replaced leaves three tenths of the standing; with deputies two thirds."""
    for settings, kept in (({}, 0.3), ({"deputies": True}, 1 - 0.7 * 0.5)):
        made = alone(12, {**settings, "handbook": "none"})
        group = next(actor for actor in made.agents if getattr(actor, "name", "") == "national_network")
        group._shift[:] = -1
        before = group.standing.copy()
        group._replace(group.__dict__["_guard_view"])
        np.testing.assert_allclose(group.standing[before > 0] / before[before > 0], kept, rtol=1e-5)


def test_more_ask_than_are_helped() -> None:
    """Of those that ask at most eight are helped at a time, those first that have waited longest."""
    begun = {"support": {"begins": [{"region": f"Region {n}", "clinics": 4, "stage": "using"} for n in (1, 2, 3, 4)]}}
    made = alone(6, {}, innovations=begun)
    spread = made.world.spreads[0]
    helped = spread.informationsdriven_helped.sum(axis=1)
    assert (helped <= 6 * 8).all()
    assert (spread.informationsdriven_asked.sum(axis=1) > helped).all()
    outside = made.world.informationsdriven_table == 0
    assert (spread.informationsdriven_helped[outside & (spread.informationsdriven_asked == 0)] == 0).all()


def test_the_handbook_teaches_until_it_is_old() -> None:
    """Members' technical capability rises with it; a book without new editions teaches less in its fifth year."""
    level = {}
    for kind in ("none", "once", "editions"):
        made = alone(72, {"handbook": kind})
        level[kind] = np.broadcast_to(made.world.capability[1], made.world.shape).mean()
    assert level["editions"] > level["once"] > level["none"]


def test_the_care_map_shows_ongoing_work() -> None:
    """With the map the influence of other regions is higher by its weight times what is under way there."""
    begun = {"support": {"begins": [{"region": f"Region {n}", "clinics": 4, "stage": "using"} for n in (1, 2)]}}
    rate = {}
    for shown in (False, True):
        made = alone(1, {"care_map": shown}, innovations=begun)
        (rate[shown],) = (r for s, r in made.world.spreads[0].influences.items() if s.endswith("others"))
    # two of region 3's fellow members have all their clinics under way
    fellows = made.world.informationsdriven_table[:, ::4].sum(axis=1, keepdims=True) - 1
    third = np.flatnonzero(made.world.population.region == made.world.population.region_index("Region 3"))[:1]
    np.testing.assert_allclose((rate[True] - rate[False])[:, third], 0.08 * 2 / fellows, rtol=1e-4)


def test_without_its_coordinator_a_central_group_halts_and_a_decentralised_one_goes_on() -> None:
    """While the post is vacant members' own push goes on only where it does not depend on the coordinator."""
    leaves = [{"month": 12, "coordinator_leaves": {"months": 6}}]
    push = {}
    for own in (False, True):
        made = alone(14, {"decentralised": own}, events=leaves)
        (push[own],) = (r for s, r in made.world.spreads[0].influences.items() if s.endswith("home"))
    member = made.world.informationsdriven_table > 0
    np.testing.assert_allclose(push[False][member] / push[True][member], 0.4, rtol=1e-4)
