"""Each lever and event alone moves what it should, costs what it should, and does nothing before it is on.

Differences are paired by replicate: with common random numbers forty worlds of forty clinics are enough.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model, outcome, same
from numpy.typing import NDArray

from sim.metrics import SpreadResult

WORLDS: dict[str, Any] = {
    "months": 60,
    "replicates": 40,
    "clinics": {"regions": {"Norrdal": 24, "Sörvik": 16}},
    "innovations": {
        "x": {
            "begins": {"region": "Norrdal", "clinics": 4},
            "attributes": {"relative_advantage": 0.6},
            "obstacles": {"it": 20},
            "benefit": {"staff_hours_per_month": 10},
        }
    },
    "parameters": {"external_influence": 0.06},
}


def spread(levers: dict[str, Any] | None = None, **changes: Any) -> SpreadResult:
    """Let it happen with these levers in the common worlds."""
    return outcome(levers, **WORLDS | changes)


@cache
def nothing() -> SpreadResult:
    """Let it happen."""
    return spread()


def gain(metric: str, more: SpreadResult, less: SpreadResult | None = None) -> NDArray[np.float64]:
    """Paired differences."""
    difference: NDArray[np.float64] = more.final[metric] - (less or nothing()).final[metric]
    return difference


def clearly(difference: NDArray[np.float64]) -> bool:
    """Above 0 by three standard errors of the paired mean."""
    return bool(difference.mean() > 3 * difference.std(ddof=1) / np.sqrt(len(difference)))


@pytest.mark.parametrize(
    ("levers", "metric", "priced"),
    [
        ({"visibility": 2.5}, "reach", True),
        ({"facilitators_fte": 2}, "reach", True),
        ({"facilitators_fte": 2}, "sustained", True),
        ({"protected_time": 0.05}, "sustained", True),
        ({"training": 4}, "reach", True),
        ({"meeting_places": 4}, "reach", True),
        ({"early_adopter_investment": 0.5}, "reach", True),
        ({"transition_plan": True}, "sustained", True),
        ({"remove_old_way": 1}, "sustained", True),
        ({"mandate": {}}, "reach", True),
        ({"mandate": {}}, "nominal", True),
        ({"mandate": {}}, "reported", True),
    ],
)
def test_a_lever_moves_what_it_should(levers: dict[str, Any], metric: str, priced: bool) -> None:
    """Paired with doing nothing the metric rises clearly, and a lever with a price costs."""
    result = spread(levers)
    assert clearly(gain(metric, result))
    assert (gain("cost_levers_sek", result) > 0).all() == priced


@pytest.mark.parametrize(
    ("levers", "metric"), [({"lead_by_example": 1}, "reach"), ({"inclusion": "ownership"}, "sustained")]
)
def test_a_weak_lever_shows_in_more_worlds(levers: dict[str, Any], metric: str) -> None:
    """Leaders' example and inclusion act through readiness alone: a few per cent, seen in 300 worlds; both cost."""
    many = {"replicates": 300}
    result = spread(levers, **many)
    assert clearly(gain(metric, result, spread(**many)))
    assert result.final["cost_levers_sek"].mean() > 0


@pytest.mark.parametrize(
    ("levers", "months"),
    [
        ({"visibility": 1.5}, 12 * 2 * 50_000),
        ({"facilitators_fte": 2}, 12 * 2 * 900_000),
        ({"training": 2}, 12 * 2 * 20_000 * 40),
        ({"meeting_places": 1}, 12 * 2 * 150_000),
        ({"early_adopter_investment": 0.5}, 12 * 20 * 15_000),
        ({"lead_by_example": 0.5}, 12 * 2 * 50_000),
        ({"support_priority": 0.5}, 12 * 0.7 * 40 * 12 * 0.5 * 550),
        ({"transition_plan": True}, 12 * 2 * 150_000),
        ({"mandate": {"monitoring": 0.5}}, 12 * (2 * 200_000 + 0.5 * 40 * 6_000)),
        ({"mandate": {"scope": ["Norrdal"], "monitoring": 0}}, 12 * 0.6 * 2 * 200_000),
        ({"mandate": {"from_month": 6, "lift_month": 9, "monitoring": 0}}, 3 * 2 * 200_000),
        ({"reinvention": "guided"}, 0),
    ],
)
def test_a_lever_costs_its_price(levers: dict[str, Any], months: float) -> None:
    """A year of each lever at its price [SEK x 12, since prices are by the year]; computed by hand from the table."""
    result = spread(levers, months=12, replicates=2)
    np.testing.assert_allclose(result.final["cost_levers_sek"], months / 12, rtol=1e-5, atol=1e-3)


def test_priority_at_support_functions_shortens_the_queue() -> None:
    """With half as much capacity again tickets are done sooner."""
    many = {"external_influence": 2.0}
    slow = spread(parameters=many)
    fast = spread({"support_priority": 1}, parameters=many)
    assert clearly(-gain("queue_months", fast, slow))


def test_reinvention_trades_fidelity_for_fit() -> None:
    """Free adaptation gives more fit and less fidelity than restricted; it costs nothing."""
    ends = {}
    for kind in ("free", "guided", "restricted"):
        chosen = {"one": {"use": "let_it_happen", "levers": {"reinvention": kind}}}
        made = followed(model(**WORLDS | {"strategies": chosen, "replicates": 10}), 60)
        one = made.world.spreads[0]
        ends[kind] = [float(values[one.adapted].mean()) for values in (one.fit, one.fidelity, one.ownership)]
    assert ends["guided"][0] > ends["free"][0] > ends["restricted"][0]
    assert [ends[kind][1] for kind in ("free", "guided", "restricted")] == pytest.approx([0.9, 0.95, 1.0])
    assert ends["restricted"][2] < ends["free"][2]


@pytest.mark.parametrize(
    "levers",
    [
        {"visibility": 3},
        {"facilitators_fte": 3},
        {"protected_time": 0.1},
        {"training": 4},
        {"meeting_places": 4},
        {"early_adopter_investment": 1},
        {"reinvention": "restricted"},
        {"support_priority": 5},
        {"inclusion": "ownership"},
        {"lead_by_example": 1},
        {"mandate": {}},
        {"remove_old_way": 1},
        {"transition_plan": True},
    ],
)
def test_a_lever_does_nothing_before_it_is_on(levers: dict[str, Any]) -> None:
    """Up to the month in which the phase with the lever begins nothing differs, and afterwards something does."""
    phases = [{"until": {"month": 20}}, {"levers": levers}]
    changes = {**WORLDS, "replicates": 5, "months": 40}
    late = compared(**{**changes, "strategies": {"one": {"phases": phases}}}).strategies["one"]
    never = outcome(**changes)
    assert same(late, never, months=20)
    assert not same(late, never)


# --- mandate ------------------------------------------------------------------------------------------------------


def test_a_mandate_acts_in_its_regions() -> None:
    """Reach by decree where the mandate holds; elsewhere only as far as others hear of it."""
    chosen = {"one": {"use": "let_it_happen", "levers": {"mandate": {"scope": ["Norrdal"]}}}}
    made = followed(model(**WORLDS | {"strategies": chosen}), 60)
    one = made.world.spreads[0]
    assert not one.nominal[:, 24:].any()
    inside, outside = one.in_use[:, :24].mean(axis=1), one.in_use[:, 24:].mean(axis=1)
    assert clearly(inside - outside)


def test_the_lift_lets_nominal_use_go() -> None:
    """After the lift use in name only is given up, and what is reported falls to what is in use."""
    held = spread({"mandate": {}})
    lifted = spread({"mandate": {"lift_month": 36}})
    assert same(held, lifted, months=36)
    assert clearly(gain("nominal", held, lifted))
    assert clearly(gain("abandoned", lifted, held))
    np.testing.assert_array_equal(lifted.curves["reported"][:, -1], lifted.curves["reach"][:, -1])
    assert (held.curves["reported"] >= held.curves["reach"]).all()
    assert (held.curves["reported"] > held.curves["reach"]).any()


def test_a_deadline_pushes_those_that_have_not_begun() -> None:
    """After the deadline the mandate's hazard is higher; before it nothing differs."""
    plain, pressed = spread({"mandate": {}}), spread({"mandate": {"deadline_month": 12}})
    assert same(plain, pressed, months=12)
    assert clearly((pressed.curves["reach"] - plain.curves["reach"])[:, 24].astype(float))


def test_monitoring_holds_units_back_from_giving_up() -> None:
    """A mandate that nobody follows does not prevent abandonment; monitoring costs more."""
    followed_up, alone = spread({"mandate": {"monitoring": 1}}), spread({"mandate": {"monitoring": 0}})
    assert clearly(gain("abandoned", alone, followed_up))
    assert (gain("cost_levers_sek", followed_up, alone) > 0).all()


def test_some_never_comply() -> None:
    """With everybody obeying at once all but epsilon start, and of those with no readiness lacking none is nominal."""
    values = {"mandate_effect": 1200.0, "mandate_floor": 1.0, "non_compliance": 0.15}
    values |= {"external_influence": 0.0, "peer_influence": 0.0, "outer_pressure": 0.0}
    chosen = {"one": {"use": "let_it_happen", "levers": {"mandate": {}}}}
    changes = {**WORLDS, "strategies": chosen, "parameters": values, "months": 12, "innovations": {"x": {}}}
    made = followed(model(**changes), 12)
    one = made.world.spreads[0]
    begun = one.stage >= 3
    clinics = begun.size
    share = begun.mean()
    assert abs(share - 0.85) < 4 * np.sqrt(0.85 * 0.15 / clinics)


# --- events -------------------------------------------------------------------------------------------------------


def test_bought_support_ends_with_the_funding() -> None:
    """After funding ends nothing is paid; with a transition plan half goes on, and less is lost."""
    bought = {"facilitators_fte": 2, "protected_time": 0.05, "training": 1}
    whole = spread(bought)
    ended = spread(bought, events=[{"month": 24, "funding_ends": {}}])
    planned = spread(bought, events=[{"month": 24, "funding_ends": {"transition_plan": True}}])
    assert same(whole, ended, months=24)
    assert same(whole, planned, months=24)
    assert clearly(gain("reach", whole, ended))
    assert clearly(gain("sustained", planned, ended))
    costs = [result.final["cost_levers_sek"].mean() for result in (ended, planned, whole)]
    assert costs == sorted(costs)
    short = spread({"facilitators_fte": 2}, events=[{"month": 24, "funding_ends": {}}])
    np.testing.assert_allclose(short.final["cost_levers_sek"], 24 / 12 * 2 * 900_000, rtol=1e-6)


def test_a_lever_plan_keeps_support_as_the_event_would() -> None:
    """The transition-plan lever counts as a plan when funding ends."""
    plan = {"facilitators_fte": 2, "transition_plan": True}
    ended = spread(plan, events=[{"month": 24, "funding_ends": {}}], replicates=3)
    paid = 2 * 2 * 900_000 + 3 * 0.5 * 2 * 900_000 + 5 * 2 * 150_000
    np.testing.assert_allclose(ended.final["cost_levers_sek"], paid, rtol=1e-6)


def test_a_pandemic_takes_time_and_it_comes_back() -> None:
    """Fewer hours for change while it lasts and somewhat after; less is rooted at the end."""
    events = [{"month": 6, "pandemic": {"capacity": 0.2, "months": 12}}]
    hit = spread(events=events)
    assert same(hit, nothing(), months=6)
    assert clearly(-gain("reach", hit))
    made = followed(model(**WORLDS | {"events": events, "replicates": 1}), 18)
    usual = made.world.attributes.slack
    np.testing.assert_allclose(made.world.slack[0], usual * 0.2, rtol=1e-5)
    followed(made, 42)  # 3.5 years at .6 a year: e^-2.1 of the loss is left, (1 - .05)^42 by monthly steps
    np.testing.assert_allclose(made.world.slack[0], usual * (1 - 0.8 * 0.95**42), rtol=1e-4)


def test_when_champions_leave_shallow_use_is_given_up() -> None:
    """Use is lost when its champions go; documents and structure absorb a part."""
    events = [{"month": 12, "champions_leave": {"share": 1}}]
    plan = {"transition_plan": True}
    lost = spread(events=events)
    assert same(lost, nothing(), months=12)
    assert clearly(-gain("reach", lost))
    absorbed = gain("sustained", spread(plan), spread(plan, events=events)).mean()
    assert gain("sustained", nothing(), lost).mean() > absorbed


def test_champions_leave_in_their_region_only() -> None:
    """Elsewhere they stay, also when the region's name is written out."""
    regions = {"Skåne": 30, "Uppsala": 30}
    changes = {"clinics": {"regions": regions}, "innovations": {"x": {}}, "replicates": 20}
    stay = model(**changes)
    gone = model(**changes, events=[{"month": 0, "champions_leave": {"region": "Region Skåne"}}])
    for made in (stay, gone):
        made.month = tuple(part for part in made.month if getattr(part, "name", "") == "events")
        made.step()
    before, after = (made.world.spreads[0].champion for made in (stay, gone))
    assert not after[:, :30].any()
    np.testing.assert_array_equal(after[:, 30:], before[:, 30:])


def test_tailwind_speeds_the_start_while_it_blows() -> None:
    """Salience adds outer pressure for its months only."""
    blown = spread(events=[{"month": 6, "tailwind": {"salience": 10, "months": 24}}])
    assert same(blown, nothing(), months=6)
    assert clearly((blown.curves["reach"] - nothing().curves["reach"])[:, 36].astype(float))
