"""Each organisational actor alone: its capacity, its rule, its cost, and that it is not there unless it is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import LET, compared, everything_but, followed, model, same, scenario
from numpy.typing import NDArray

from sim import scenario_file
from sim.actors.escalation import longest_first
from sim.actors.innovation_support import InnovationSupport
from sim.actors.national_network import NationalNetwork, use_of_others
from sim.errors import UserMistakes
from sim.mechanisms.support_queues import served
from sim.metrics import SpreadResult
from sim.model import SpreadModel
from sim.plugin_host.explanation import explain
from sim.plugin_host.parts import parts_of, without_replaced
from sim.world import Cells, Stage

REGIONS = {"Norrdal": 24, "Sörvik": 16}
WORLDS: dict[str, Any] = {
    "months": 36,
    "replicates": 40,
    "clinics": {"regions": REGIONS},
    "innovations": {
        "x": {"begins": {"region": "Norrdal", "clinics": 8, "stage": "sustained"}, "obstacles": {"it": 20}}
    },
    "parameters": {"external_influence": 0.07, "startup_probability": 0.38},
}


def spread(actors: dict[str, Any] | None = None, **changes: Any) -> SpreadResult:
    """Let it happen with these actors in the common worlds."""
    return compared(**WORLDS | {"actors": actors or {}} | changes).strategies["let"]


def clearly(more: NDArray[np.float64], less: NDArray[np.float64]) -> bool:
    """The paired difference is above 0 by three standard errors."""
    gain = more - less
    return bool(gain.mean() > 3 * gain.std(ddof=1) / np.sqrt(len(gain)))


def test_escalation_shortens_the_queue_and_costs_what_a_case_costs() -> None:
    """Where leadership takes up what is stuck clinics wait less, at 25,000 SEK a case."""
    waits = {"parameters": {"external_influence": 0.07, "support_it": 0.35}}
    slow, fast = spread(**waits), spread({"leadership": {"escalate_after": 2, "cases_per_month": 3}}, **waits)
    assert clearly(slow.final["queue_months"], fast.final["queue_months"])
    cases = fast.final["cost_levers_sek"] / 25_000
    np.testing.assert_allclose(cases, np.rint(cases))
    assert cases.any()


def test_those_that_have_waited_longest_come_first() -> None:
    """One place in the first world and two in the second go to the oldest cases."""
    cells = Cells(np.array([0, 1, 2, 4, 5, 7]), 4)
    chosen = longest_first(cells, np.array([3, 9, 4, 1, 8, 8]), np.array([1.0, 2.9]))
    assert chosen.flat.tolist() == [1, 5, 7]


def test_hours_go_to_the_first_in_rank() -> None:
    """Five hours in queue 0 finish the case of rank 1 and begin rank 2; queue 1 has hours of its own."""
    given = served(
        np.array([0, 0, 0, 1]), (np.array([2, 1, 3, 9]),), np.array([4, 3, 4, 2], np.float32),
        np.array([5, 10], np.float32),
    )  # fmt: skip
    assert given.tolist() == [2, 3, 0, 2]


def everywhere(hours: float, **changes: Any) -> dict[str, Any]:
    begins = [{"region": region, "clinics": clinics, "stage": "testing"} for region, clinics in REGIONS.items()]
    return {"begins": begins, "obstacles": {"it": hours}, **changes}


def queued(discipline: str, **innovations: Any) -> SpreadModel:
    """A model in which only queues run; everybody waits from month 0, and a function has 24 and 16 hours a month."""
    return model(
        clinics={"regions": REGIONS},
        innovations=innovations,
        actors={"support_functions": {"discipline": discipline, "initiatives": sorted(innovations)[::-1]}},
        mechanisms=everything_but("support_queues", "support_functions"),
        parameters={"support_it": 1.0},
        replicates=2,
    )


def test_first_come_first_served_is_the_queue_of_the_plain_model() -> None:
    """By tickets or by cases the same number of clinics is done in every month."""
    wait = {"x": everywhere(7)}
    plain = model(
        clinics={"regions": REGIONS}, innovations=wait, mechanisms=everything_but("obstacles"),
        parameters={"support_it": 1.0}, replicates=2,
    )  # fmt: skip
    cases = queued("first_come", **wait)
    for _ in range(9):
        counts = [followed(made, 1).world.spreads[0].count[:, Stage.USING].tolist() for made in (plain, cases)]
        assert counts[0] == counts[1]


def test_the_first_initiative_is_served_first() -> None:
    """By initiative the second by name, which stands first in the order, is done before the other begins."""
    made = followed(queued("by_initiative", a=everywhere(2), b=everywhere(2)), 2)
    a, b = made.world.spreads
    assert (b.count[:, Stage.USING] == 40).all()
    assert (a.count[:, Stage.USING] == 0).all()


def test_the_shortest_first_lets_more_through() -> None:
    """Cases of 1 hour are all done in the first month, though those of 9 hours came at the same time."""
    made = followed(queued("shortest_first", long=everywhere(9), short=everywhere(1)), 1)
    long, short = made.world.spreads
    assert (short.count[:, Stage.USING] == 40).all()
    assert (long.count[:, Stage.USING] == 0).all()


def test_early_involvement_shortens_the_wait_and_wastes_hours() -> None:
    """Clinics wait less after adjusting; functions have worked for those that then decline."""
    late, early = (spread({"support_functions": {"early_involvement": e}}) for e in (False, True))
    assert clearly(late.final["queue_months"], early.final["queue_months"])
    assert clearly(early.final["cost_support_functions_sek"], late.final["cost_support_functions_sek"])


def test_a_supplier_equips_no_more_than_it_can() -> None:
    """With one clinic a month no month sees more than one come to implementing, and some wait."""
    made = model(**WORLDS | {"actors": {"supplier": {"clinics_per_month": 1}}, "replicates": 10})
    one, most = made.world.spreads[0], 0
    for _ in range(36):
        begun = (one.stage >= Stage.IMPLEMENTING) & (one.stage <= Stage.ABANDONED)
        followed(made, 1)
        came = ((one.stage == Stage.IMPLEMENTING) & ~begun).sum(axis=1)
        most = max(most, int(came.max()))
    assert most == 1
    assert clearly(spread().final["reach"], spread({"supplier": {"clinics_per_month": 0.3}}).final["reach"])


def test_at_an_exit_point_the_supplier_leaves_where_too_few_use_it() -> None:
    """After it nobody else is introduced; where enough use it nothing changes."""
    point = {"month": 6, "least_reach": 0.9}
    left = model(**WORLDS | {"actors": {"supplier": {"clinics_per_month": 99, "exit_points": [point]}}})
    followed(left, 10)
    reached = left.world.spreads[0].count[:, Stage.IMPLEMENTING].copy()
    followed(left, 10)
    assert (left.world.spreads[0].count[:, Stage.IMPLEMENTING] <= reached).all()
    stays = {"supplier": {"clinics_per_month": 99, "exit_points": [{"month": 6, "least_reach": 0.0}]}}
    assert same(spread(stays), spread())


def network(made: SpreadModel) -> NationalNetwork:
    """The actor."""
    return next(agent for agent in made.agents if isinstance(agent, NationalNetwork))


def test_regions_join_a_network_with_a_steward() -> None:
    """From one of eight members nearly all come in five years, few in the first; without a steward none does."""
    regions = {"clinics": {"regions": {f"Region {letter}": 3 for letter in "ABCDEFGH"}}, "innovations": {"x": {}}}
    shares = {}
    for steward in (True, False):
        settings = {"members": ["Region A"], "steward": steward}
        made = model(**regions, actors={"national_network": settings}, months=60, replicates=30)
        first = network(followed(made, 12)).members.mean()
        shares[steward] = float(first), float(network(followed(made, 48)).members.mean())
    assert shares[False] == (1 / 8, 1 / 8)
    assert shares[True][0] < 0.6
    assert shares[True][1] > 0.9


def test_ties_come_by_meetings_and_fade() -> None:
    """With m meetings a year n approaches m w / 12 / (1 - 2^(-1/12)) at a half-life of a year, as a geometric sum."""
    made = model(actors={"national_network": {"members": ["Norrdal", "Sörvik"], "meetings_per_year": 6}}, months=120)
    ties = network(followed(made, 120)).ties
    fading = 2 ** (-1 / 12)
    np.testing.assert_allclose(ties, 0.5 * 0.1 * (1 - fading**120) / (1 - fading), rtol=1e-5)


def test_members_hear_of_each_other() -> None:
    """Each hears the mean share of the other members, one alone or outside hears nothing."""
    use = use_of_others(np.array([[2, 4, 6, 8]]), np.array([[True, True, True, False]]), np.array([10, 10, 10, 10]))
    np.testing.assert_allclose(use, [[0.5, 0.4, 0.3, 0.0]])


def test_a_national_network_carries_it_to_other_regions() -> None:
    """With meetings more clinics of the region where it has not begun use it; a year of a steward costs a million."""
    meets = {"national_network": {"members": list(REGIONS), "meetings_per_year": 12}}
    ends = {}
    for name, actors in (("alone", {}), ("together", meets)):
        made = followed(model(**WORLDS | {"actors": actors, "replicates": 120}), 36)
        ends[name] = made.world.spreads[0].in_use[:, 24:].mean(axis=1)
    assert clearly(ends["together"], ends["alone"])
    cost = spread(meets, months=12).final["cost_levers_sek"]
    np.testing.assert_allclose(cost, 1_000_000 + 12 * 100_000, rtol=1e-5)


def test_a_study_convinces_where_it_was_made() -> None:
    """After two years those that have not begun see an advantage 0.1 higher in that region and 0.02 elsewhere."""
    quiet = everything_but("academia")
    begins = {"x": {"begins": {"region": "Norrdal", "clinics": 8}}}
    actors = {"academia": {"least_clinics": 8, "months": 24}}
    made = followed(
        model(clinics={"regions": REGIONS}, innovations=begins, actors=actors, mechanisms=quiet, months=25), 25
    )
    one = made.world.spreads[0]
    outside = ~one.in_use
    np.testing.assert_allclose(one.advantage[:, :24][outside[:, :24]], 0.6, rtol=1e-5)
    np.testing.assert_allclose(one.advantage[:, 24:], 0.52, rtol=1e-5)
    assert one.amounts["cost_levers_sek"].tolist() == [3_000_000] * 5


def test_patients_make_the_need_plain() -> None:
    """With panels readiness is (need' / need)^(1/8) times what it was, and a panel costs 150,000 SEK a year."""
    made = followed(model(actors={"patients": {}}), 1)
    plain = followed(model(), 1)
    need = made.world.attributes.need
    expected = plain.world.spreads[0].readiness * ((need + 0.2 * (1 - need)) / need) ** (1 / 8)
    np.testing.assert_allclose(made.world.spreads[0].readiness, np.minimum(expected, 1), rtol=1e-4)
    cost = spread({"patients": {}}, months=12, replicates=2).final["cost_levers_sek"]
    np.testing.assert_allclose(cost, 2 * 150_000, rtol=1e-5)


@pytest.mark.parametrize(
    "actors",
    [
        {"leadership": {"cases_per_month": 0}},
        {"supplier": {"clinics_per_month": 1000}},
        {"academia": {"studies": 0}},
    ],
)
def test_an_actor_without_capacity_or_limit_changes_nothing(actors: dict[str, Any]) -> None:
    """Bit for bit the plain model."""
    few = {"replicates": 4}
    assert same(spread(actors, **few), spread(**few))


@pytest.mark.parametrize(
    "actors",
    [
        {"leadership": {}},
        {"support_functions": {"discipline": "most_ready", "early_involvement": True}},
        {"national_network": {"members": ["Norrdal"]}},
        {"supplier": {"clinics_per_month": 0.7}},
        {"academia": {"least_clinics": 4, "months": 6}},
        {"patients": {"share": 0.5}},
    ],
    ids=lambda actors: next(iter(actors)),
)
def test_an_actor_does_not_depend_on_the_block(actors: dict[str, Any]) -> None:
    """The first two of six worlds end alike, whether or not the others are there."""
    together, alone = (
        followed(model(**WORLDS | {"actors": actors, "replicates": rows}), 30).world.spreads[0] for rows in (6, 2)
    )
    np.testing.assert_array_equal(together.stage[:2], alone.stage)
    np.testing.assert_array_equal(together.depth[:2], alone.depth)


def test_mistakes_about_actors_are_told_with_their_lines(tmp_path: Path) -> None:
    """Unknown regions, innovations and disciplines, and capacities below 0."""
    file = tmp_path / "asked.yaml"
    file.write_text(
        "strategies: {let: let_it_happen}\ninnovations: {x: {}}\nactors:\n  supplier: {clinics_per_month: 3}\n"
        "  national_network: {members: [Östergötlan]}\n"
        "  support_functions:\n    discipline: by_initiative\n    initiatives: [y]\n",
        encoding="utf-8",
    )
    with pytest.raises(UserMistakes) as caught:
        scenario_file.read(file)
    told = [str(one).removeprefix(f"{tmp_path}/") for one in caught.value.mistakes]
    assert [one.split(":")[1] for one in told] == ["5", "8"]
    assert "Did you mean 'Östergötland'" in told[0]
    assert "unknown innovation 'y'" in told[1]


class OtherSupport(InnovationSupport):
    """A plugin's own innovation support."""

    replaces = True


class SecondSupport(InnovationSupport):
    """One that takes the name and does not say so."""


def test_a_plugin_may_replace_an_actor_when_it_says_so() -> None:
    """The built-in one makes room for it; two of one name without that are refused, naming the remedy."""
    there = parts_of(scenario()).actors
    assert InnovationSupport not in without_replaced(there, [OtherSupport])
    assert without_replaced(there, []) == there
    with pytest.raises(UserMistakes, match="replaces = True"):
        without_replaced(there, [SecondSupport])


def test_the_explanation_tells_what_a_scenario_may_add() -> None:
    """Every actor and mechanism that does not run, with a sentence; none that does."""
    told = explain(scenario(actors={"patients": {}}), {})
    asleep, awake = {name for name, _ in told.asleep}, {part[0] for _, parts in told.month for part in parts}
    assert {"supplier", "learning", "wrong_pocket"} <= asleep
    assert "patients" in awake
    assert not asleep & awake


def test_the_plain_model_has_two_actors() -> None:
    """Leadership and innovation support; the others come when they are named."""
    made = model(strategies=LET)
    assert sorted(agent.name for agent in made.agents if hasattr(agent, "decide")) == [
        "innovation_support",
        "leadership",
    ]
