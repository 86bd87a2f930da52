"""Region Östergötland's ways work in the direction that the report tells, by as much as their parameters say."""

from __future__ import annotations

from typing import Any

import numpy as np
from builders import compared, followed, model

from sim.model import SpreadModel
from sim.world import Stage

NOTHING = {
    "ecosystem": "as_it_is",
    "procurement": "none",
    "unit_support": False,
    "focus_months": 0,
    "pilot_status": False,
    "maintenance_owner_month": None,
}
BEGUN = {"flow": {"begins": {"region": "Norrdal", "clinics": 6}, "attributes": {"compatibility": 0.4}}}


def alone(
    months: int, settings: dict[str, Any], parameters: dict[str, float] | None = None, **more: Any
) -> SpreadModel:
    """One strategy after some months, with six clinics that have begun."""
    asked = {
        "innovations": BEGUN,
        "plugins": {"ostergotland": {**NOTHING, **settings}},
        "parameters": parameters or {},
        "months": 60,
        **more,
    }
    return followed(model(**asked), months)


def test_with_everything_off_it_is_not_there() -> None:
    """With every way switched off the plugin changes no bit."""
    off = {"use": "let_it_happen", "plugins": {"ostergotland": "off"}}
    made = compared(plugins={"ostergotland": NOTHING}, strategies={"none": "let_it_happen", "off": off})
    for curve, values in made.strategies["none"].curves.items():
        np.testing.assert_array_equal(values, made.strategies["off"].curves[curve])


def test_the_weakest_part_is_built_and_the_others_wear() -> None:
    """Weakest first the weakest part rises; actors first it wears down, by a tenth a year."""
    weakest = {
        way: [float(alone(months, {"ecosystem": way}).world.ostergotland_weakest[0, 0]) for months in (1, 13)]
        for way in ("weakest_first", "actors_first")
    }
    assert weakest["weakest_first"][1] > weakest["weakest_first"][0]
    worn = weakest["actors_first"][1] / weakest["actors_first"][0]
    np.testing.assert_allclose(worn, np.exp(-0.1), rtol=1e-4)


def test_nobody_starts_before_the_contract_which_takes_its_months() -> None:
    """Four months of preparing and seven of asking; where no bid comes it begins anew."""
    made = alone(11, {"procurement": "user_stories"}, {"ostergotland.suppliers": 12.0})
    spread = made.world.spreads[0]
    assert (spread.ostergotland_awarded == -1).all()
    begun = spread.is_between(Stage.TESTING, Stage.ABANDONED)
    assert (begun.sum(axis=1) == 6).all()
    made.step()
    assert (spread.ostergotland_awarded == 11).mean() > 0.9
    none = alone(40, {"procurement": "classic"}, {"ostergotland.suppliers": 2.0, "ostergotland.lost_per_must": 0.12})
    assert (none.world.spreads[0].ostergotland_awarded == -1).any()


def test_stories_bring_more_bids_and_a_better_fit_but_later_and_with_unease() -> None:
    """Classic is five months sooner where a bid comes; with forty musts an eighth of the suppliers is left."""
    strategies = {
        way: {"use": "let_it_happen", "plugins": {"ostergotland": {"procurement": way}}}
        for way in ("user_stories", "classic")
    }
    made = compared(
        plugins={"ostergotland": NOTHING}, strategies=strategies, innovations=BEGUN, months=60, replicates=80
    ).strategies
    bids = {way: one.final["ostergotland.bidders"].mean() for way, one in made.items()}
    award = {way: np.minimum(one.final["ostergotland.months_to_award"], 61) for way, one in made.items()}
    assert bids["user_stories"] > 2 * bids["classic"]
    assert award["classic"].min() == 6
    assert award["user_stories"].min() == 11
    assert (award["classic"] > 6).mean() > (award["user_stories"] > 11).mean()  # no bid: it begins anew
    uneasy = {way: alone(12, {"procurement": way}).world.spreads[0].ostergotland_uneasy.max() for way in made}
    np.testing.assert_allclose(uneasy["user_stories"], 0.3 * np.exp(-8 / 12), rtol=1e-4)
    assert uneasy["classic"] == 0


def test_support_learns_the_unit_and_reaches_as_many_as_it_has_hours_for() -> None:
    """At most six units a month; what is known of them rises while they are supported."""
    made = alone(1, {"unit_support": True}, innovations={"flow": {"begins": {"region": "Norrdal", "clinics": 10}}})
    known = made.world.spreads[0].ostergotland_known
    assert (known > 0).sum(axis=1).tolist() == [6] * made.world.shape[0]
    np.testing.assert_allclose(known.max(), 1 - np.exp(-2 / 12), rtol=1e-5)


def test_a_focus_recruits_while_it_is_new() -> None:
    """More have started with a focus after a year, and its newness is gone when it ends."""
    reach = {}
    for months in (0, 12):
        made = alone(12, {"focus_months": months}, {"external_influence": 0.1}, replicates=60)
        reach[months] = (made.world.spreads[0].stage > 2).sum()
        if months:
            np.testing.assert_allclose(made.world.spreads[0].ostergotland_focus, np.exp(-11 / 12), rtol=1e-5)
            made.step()
            assert made.world.spreads[0].ostergotland_focus.max() == 0
    assert reach[12] > reach[0]


def test_what_is_seen_as_a_pilot_takes_no_deeper_root_until_something_shows() -> None:
    """Depth stays below its ceiling; an owner from the start wears the belief down by six tenths a year."""
    still = {"ostergotland.own_shows": 0.2, "ostergotland.near_shows": 0.2}
    seen, owned = (
        alone(36, {"pilot_status": True, "maintenance_owner_month": month}, still).world.spreads[0]
        for month in (None, 0)
    )
    ceiling = 0.5 + 0.5 * (1 - seen.ostergotland_pilot)
    assert (seen.depth <= ceiling + 1e-5).all()
    ratio = owned.ostergotland_pilot[~owned.in_use].mean() / seen.ostergotland_pilot[~seen.in_use].mean()
    assert ratio < 1.2 * np.exp(-0.6 * 3)
    assert owned.depth[owned.in_use].mean() > seen.depth[seen.in_use].mean()
