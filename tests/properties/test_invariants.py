"""What holds in every scenario, whatever its regions, strategies, innovations, events and levers."""

from __future__ import annotations

from typing import Any

import numpy as np
from builders import compared, model, same, source
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import experiment
from sim.metrics import METRICS, PARTS, STAGES, Comparison, months_to
from sim.population import ClinicRow
from sim.scenario import Inclusion
from sim.strategies import Schedule
from sim.world import Stage

MONTHS = 14
UNKNOWN = {
    "support_end_month",
    "sustained_12_after_support",
    "sustained_24_after_support",
    "cost_per_sustained_sek",
    "cost_per_qaly_sek",
}
"""Metrics that a world may have no value of: support that does not end, nothing to divide the cost by."""

regions = st.dictionaries(st.sampled_from(["Norrdal", "Sörvik", "Österby"]), st.integers(1, 9), min_size=1, max_size=3)
share = st.floats(0, 1, width=32)
mandates = st.fixed_dictionaries(
    {},
    optional={
        "from_month": st.integers(0, 8),
        "deadline_month": st.integers(9, 10),
        "lift_month": st.integers(11, MONTHS),
        "monitoring": share,
    },
)
levers = st.fixed_dictionaries(
    {},
    optional={
        "visibility": st.floats(0, 3),
        "facilitators_fte": st.floats(0, 3),
        "protected_time": st.floats(0, 0.1),
        "training": st.floats(0, 4),
        "meeting_places": st.floats(0, 4),
        "early_adopter_investment": share,
        "reinvention": st.sampled_from(["free", "guided", "restricted"]),
        "support_priority": st.floats(0, 5),
        "inclusion": st.sampled_from([level.value for level in Inclusion]),
        "lead_by_example": share,
        "mandate": mandates,
        "remove_old_way": share,
        "transition_plan": st.booleans(),
    },
)
one_strategy = st.builds(
    lambda use, chosen: {"use": use, "levers": chosen},
    st.sampled_from(["let_it_happen", "help_it_happen", "make_it_happen", "phased"]),
    levers,
)
events = st.lists(
    st.one_of(
        st.builds(
            lambda m, c, n: {"month": m, "pandemic": {"capacity": c, "months": n}},
            st.integers(0, MONTHS - 1),
            share,
            st.integers(1, 9),
        ),
        st.builds(
            lambda m, plan: {"month": m, "funding_ends": {"transition_plan": plan}},
            st.integers(0, MONTHS - 1),
            st.booleans(),
        ),
        st.builds(lambda m, s: {"month": m, "champions_leave": {"share": s}}, st.integers(0, MONTHS - 1), share),
        st.builds(
            lambda m, s: {"month": m, "tailwind": {"salience": s, "months": 4}},
            st.integers(0, MONTHS - 1),
            st.floats(0, 5),
        ),
        st.builds(lambda m: {"month": m, "mandate_lifts": {}}, st.integers(0, MONTHS - 1)),
    ),
    max_size=3,
)
uncertain = st.lists(
    st.sampled_from(
        ["july_activity", "peer_influence", "slack_mean", "champion_share", "test_months", "ceiling", "known"]
    ),
    unique=True,
    max_size=3,
).map(lambda names: {name: {"uniform": RANGES[name]} for name in names})
RANGES = {
    "peer_influence": [0.3, 0.7],
    "slack_mean": [0.02, 0.1],
    "champion_share": [0.3, 0.8],
    "test_months": [1, 6],
    "july_activity": [0, 0.5],
    "ceiling": [0.5, 1],
    "known": [0.2, 1],
}


@st.composite
def innovations(draw: st.DrawFn, sizes: dict[str, int]) -> dict[str, Any]:
    """One to three innovations, some of them begun somewhere, some late."""
    made = {}
    for name in ["alpha", "beta", "gamma"][: draw(st.integers(1, 3))]:
        region = draw(st.sampled_from(sorted(sizes)))
        stage = draw(st.sampled_from(["testing", "implementing", "using", "sustained"]))
        begins = {"region": region, "clinics": draw(st.integers(1, sizes[region])), "stage": stage}
        made[name] = {
            "begins": begins if draw(st.booleans()) else [],
            "arrives_month": draw(st.sampled_from([0, 0, 5])),
            "attributes": {"complexity": draw(share), "relative_advantage": draw(share)},
            "effort": {
                "trial_hours": draw(st.sampled_from([0, 5, 20])),
                "implement_hours": draw(st.sampled_from([0, 60])),
            },
            "obstacles": draw(st.dictionaries(st.sampled_from(["it", "legal"]), st.floats(0, 20), max_size=2)),
            "benefit": {"staff_hours_per_month": 10, "qaly_per_year": 0.1},
            "cost": {"licence_sek_per_month": 500, "start_sek": 2000},
        }
    return made


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Sections of a small scenario with one or two strategies."""
    sizes = draw(regions)
    return {
        "months": MONTHS,
        "replicates": draw(st.integers(1, 4)),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "start": draw(st.sampled_from(["2025-01", "2025-06"])),
        "clinics": {"regions": sizes},
        "innovations": draw(innovations(sizes)),
        "strategies": {"one": draw(one_strategy), "two": draw(one_strategy)},
        "events": draw(events),
        "uncertain": draw(uncertain),
        # adoption in these few months, so that late stages are reached
        "parameters": {"external_influence": 0.5, "sustained_months": 3, "implementation_rate": 3.0},
    }


@given(questions())
@settings(max_examples=12)
def test_shares_are_shares_and_sums_add_up(question: dict[str, Any]) -> None:
    """Shares lie in [0, 1], stages sum to all clinics, nominal is part of reach, costs are the sum of their parts."""
    for result in compared(**question).strategies.values():
        for one in [result, *result.innovations.values()]:
            unknown = {metric for metric, values in one.final.items() if np.isnan(values).any()}
            assert unknown <= UNKNOWN
            assert not any(np.isnan(values).any() for values in [*one.curves.values(), one.stages])
            assert set(one.final) == {*METRICS, *PARTS, *UNKNOWN}
            assert all((curve >= 0).all() for curve in one.curves.values())
            assert all((curve <= 1 + 1e-6).all() for name, curve in one.curves.items())
            np.testing.assert_allclose(one.stages.sum(axis=0), 1, atol=1e-5)
            group = dict(zip(STAGES, one.stages, strict=True))
            assert all((values >= 0).all() for values in group.values())
            in_use = group["using"] + group["sustained"] + group["using_in_name"]
            np.testing.assert_allclose(in_use, one.curves["reach"], atol=1e-6)
            np.testing.assert_allclose(group["using_in_name"], one.curves["nominal"], atol=1e-6)
            assert (one.curves["nominal"] <= one.curves["reach"] + 1e-6).all()
            assert (one.curves["reported"] >= one.curves["reach"] - 1e-6).all()
            costs = [one.final[name] for name in PARTS if name.startswith("cost_")]
            assert all((cost >= 0).all() for cost in costs)
            np.testing.assert_allclose(np.sum(costs, axis=0), one.final["cost_sek"], rtol=1e-9)
            net = one.final["benefit_sek"] + 500_000 * one.final["qaly"] - one.final["cost_sek"]
            np.testing.assert_allclose(one.final["net_benefit_sek"], net, rtol=1e-6, atol=1)
            for percent in (10, 50, 80):
                expected = months_to(one.curves["reach"], percent / 100)
                np.testing.assert_array_equal(one.final[f"months_to_{percent}"], expected)
        parts = [innovation.final["cost_sek"] for innovation in result.innovations.values()]
        np.testing.assert_allclose(np.sum(parts, axis=0), result.final["cost_sek"], rtol=1e-9)


@given(questions())
@settings(max_examples=8)
def test_the_state_is_sound_in_every_month(question: dict[str, Any]) -> None:
    """Counts equal the stages, depth and fatigue lie in [0, 1], who uses in name only uses, who waits has not begun."""
    made = model(**question)
    world = made.world
    for _ in range(MONTHS):
        made.step()
        under_way = np.zeros(world.shape, np.int64)
        for spread in world.spreads:
            counted = np.stack([np.bincount(row, minlength=len(Stage)) for row in spread.stage])
            np.testing.assert_array_equal(counted, spread.count)
            for state in (spread.depth, spread.fit, spread.fidelity, spread.ownership, spread.advantage, world.fatigue):
                assert ((state >= 0) & (state <= 1)).all()
            assert not (spread.nominal & (spread.stage != Stage.USING)).any()
            assert not (spread.champion & spread.champion_lost).any()
            assert (spread.depth[spread.stage <= Stage.BLOCKED] == 0).all()
            assert (np.asarray(spread.start_hazard) >= 0).all()
            assert ((spread.exposure >= 0) & (spread.exposure <= 1)).all()
            under_way += (spread.stage >= Stage.TESTING) & (spread.stage <= Stage.USING)
        if len(world.spreads) > 1:
            np.testing.assert_array_equal(under_way, world.under_way)
        assert ((world.capability > 0) & (world.capability <= 1)).all()
        assert (world.slack >= 0).all()
        assert ((world.mandate >= 0) & (world.mandate <= 1)).all()


@given(questions(), st.integers(1, 3), st.integers(1, 60))
@settings(max_examples=8)
def test_neither_threads_nor_blocks_matter(question: dict[str, Any], threads: int, cells: int) -> None:
    """The same bits for any number of threads and any size of block."""
    question["replicates"] = 5
    whole = experiment.prepare(source(**question), threads=1)
    parted = experiment.prepare(source(**question), threads=threads, block_cells=cells)
    schedules = list(whole.schedules.values())
    a, b = whole.run(schedules), parted.run(schedules)
    assert all(same(a[name], b[name]) for name in a)
    assert all(same(a[name].innovations[i], b[name].innovations[i]) for name in a for i in a[name].innovations)


@given(questions())
@settings(max_examples=5)
def test_a_replicate_does_not_depend_on_how_many_there_are(question: dict[str, Any]) -> None:
    """Replicates 0 to 4 of 20 are replicates 0 to 4 of 5."""
    few = compared(**{**question, "replicates": 5})
    many = compared(**{**question, "replicates": 20})
    for name, result in few.strategies.items():
        other = many.strategies[name]
        for curve, values in result.curves.items():
            np.testing.assert_array_equal(values, other.curves[curve][:5])
        for metric, values in result.final.items():
            np.testing.assert_array_equal(values, other.final[metric][:5])


@given(questions())
@settings(max_examples=6)
def test_a_strategy_does_not_depend_on_the_others(question: dict[str, Any]) -> None:
    """Alone, or named in another order, a strategy gives the same."""
    both = compared(**question)
    first, second = question["strategies"].items()
    turned = compared(**{**question, "strategies": dict([second, first])})
    alone = compared(**{**question, "strategies": dict([second])})
    assert same(both.strategies["two"], turned.strategies["two"])
    assert same(both.strategies["two"], alone.strategies["two"])
    assert list(turned.strategies) == ["two", "one"]


@given(questions(), events.filter(bool))
@settings(max_examples=8)
def test_an_event_leaves_earlier_months_as_they_were(question: dict[str, Any], more: list[dict[str, Any]]) -> None:
    """Up to the month of an event everything is as it is without it, bit for bit."""
    without = compared(**{**question, "events": []})
    with_them = compared(**{**question, "events": more})
    first = min(event["month"] for event in more)
    for name, result in without.strategies.items():
        assert same(result, with_them.strategies[name], months=first)


@given(questions(), levers, st.integers(0, MONTHS))
@settings(max_examples=8)
def test_strategies_are_one_until_their_levers_differ(
    question: dict[str, Any], later: dict[str, Any], month: int
) -> None:
    """Two strategies that first differ in a month are the same up to that month."""
    base = question["strategies"]["one"]
    first = {**base, "until": {"month": month}}
    if base["use"] == "phased":
        first = {"use": "let_it_happen", "levers": base["levers"], "until": {"month": month}}
    other = {"phases": [first, {"use": "let_it_happen", "levers": later}]}
    same_then = {"phases": [{name: value for name, value in first.items() if name != "until"}]}
    result = compared(**{**question, "strategies": {"a": same_then, "b": other}}).strategies
    assert same(result["a"], result["b"], months=month)


@given(questions(), st.randoms(use_true_random=False))
@settings(max_examples=5)
def test_the_order_of_regions_does_not_matter(question: dict[str, Any], chance: Any) -> None:
    """Regions of a map in another order are the same regions."""
    names = list(question["clinics"]["regions"])
    chance.shuffle(names)
    turned = {"regions": {name: question["clinics"]["regions"][name] for name in names}}
    assert_same_comparison(compared(**question), compared(**{**question, "clinics": turned}))


@given(questions(), st.permutations(range(12)))
@settings(max_examples=5)
def test_the_order_of_the_users_rows_does_not_matter(question: dict[str, Any], order: list[int]) -> None:
    """The rows of a file of clinics may stand in any order."""
    rows = [ClinicRow("Norrdal" if k % 3 else "Sörvik", f"clinic {k}", staff=10.0 + k) for k in range(12)]
    for innovation in question["innovations"].values():
        if innovation["begins"]:
            innovation["begins"] |= {"region": "Norrdal", "clinics": 2}
    question["clinics"] = {"regions": {"csv": "clinics.csv"}}
    turned = [rows[place] for place in order]
    assert_same_comparison(compared(rows, **question), compared(turned, **question))


@given(questions())
@settings(max_examples=6)
def test_an_innovation_that_never_arrives_changes_nothing(question: dict[str, Any]) -> None:
    """One that comes after the end leaves the curves of the others as they were, under every strategy."""
    ghost = {"arrives_month": MONTHS + 1}
    for name, result in compared(**question).strategies.items():
        beside = compared(**{**question, "innovations": {**question["innovations"], "zeta": ghost}}).strategies[name]
        for innovation, alone in result.innovations.items():
            if len(question["innovations"]) == 1:
                assert same(alone, beside.innovations[innovation], months=MONTHS)
            else:
                np.testing.assert_array_equal(alone.curves["reach"], beside.innovations[innovation].curves["reach"])
        assert not beside.innovations["zeta"].curves["reach"].any()


def test_compliance_in_name_is_use_and_nothing_else() -> None:
    """Under a mandate and a strong own will at once, who complies in name only is USING, not tested as well."""
    question: dict[str, Any] = {"strategies": {"make": "make_it_happen"}, "parameters": {"external_influence": 3.0}}
    made = model(**question, replicates=100)
    seen = 0
    for _ in range(12):
        made.step()
        spread = made.world.spreads[0]
        assert not (spread.nominal & (spread.stage != Stage.USING)).any()
        seen += np.count_nonzero(spread.nominal)
    assert seen > 0


def test_drawn_season_does_not_depend_on_the_block() -> None:
    """With the season drawn in every replicate, a replicate alone gives the bits of the whole run."""
    question: dict[str, Any] = {
        "uncertain": {"july_activity": {"uniform": [0.0, 0.5]}, "holiday_activity": {"uniform": [0.4, 1.0]}},
        "replicates": 12,
        "months": 36,
    }
    whole = experiment.prepare(source(**question), threads=1)
    parted = experiment.prepare(source(**question), threads=1, block_cells=1)
    schedules = list(whole.schedules.values())
    assert same(whole.run(schedules)["let"], parted.run(schedules)["let"])


def test_one_clinic_in_one_world() -> None:
    """The smallest scenario runs: one clinic, one replicate, under every preset."""
    presets = {name: name for name in ("let_it_happen", "help_it_happen", "make_it_happen", "phased")}
    question: dict[str, Any] = {"clinics": {"regions": {"Norrdal": 1}}, "innovations": {"x": {}}, "strategies": presets}
    hasty = {"external_influence": 5.0}
    both = compared(**question, replicates=2, months=60, parameters=hasty).strategies
    for name, result in compared(**question, replicates=1, months=60, parameters=hasty).strategies.items():
        np.testing.assert_array_equal(result.curves["reach"], both[name].curves["reach"][:1])
        assert result.curves["reach"].max() == 1


def test_the_random_scenarios_reach_every_stage() -> None:
    """A scenario of this kind passes through all stages, so that the properties above speak of something."""
    question: dict[str, Any] = {
        "months": 60,
        "replicates": 20,
        "strategies": {"make": {"use": "make_it_happen", "levers": {"mandate": {"from_month": 20, "lift_month": 40}}}},
        "parameters": {"external_influence": 0.5, "sustained_months": 3, "known": 0.5},
    }
    stages = compared(**question).strategies["make"].stages.max(axis=(1, 2))
    assert (stages > 0).all(), dict(zip(STAGES, stages, strict=True))


def test_schedules_are_what_was_asked_for() -> None:
    """Every strategy of a scenario becomes one schedule of the same name."""
    schedules = experiment.prepare(source(strategies={"a": "phased", "b": "let_it_happen"})).schedules
    assert {name: (type(one), len(one.steps)) for name, one in schedules.items()} == {
        "a": (Schedule, 3),
        "b": (Schedule, 1),
    }


def assert_same_comparison(a: Comparison, b: Comparison) -> None:
    """Every strategy and innovation the same, bit for bit."""
    assert list(a.strategies) == list(b.strategies)
    for name, result in a.strategies.items():
        assert same(result, b.strategies[name])
        assert all(same(one, b.strategies[name].innovations[i]) for i, one in result.innovations.items())
