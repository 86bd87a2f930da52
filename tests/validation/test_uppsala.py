"""Region Uppsala's ways work in the direction that the report tells, by as much as their parameters say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model

from sim.model import SpreadModel

QUICK = {
    "uppsala.finds_form": 12.0,
    "uppsala.real_need": 1.0,
    "uppsala.line_first": 0.0,
    "uppsala.applications": 0.0,
}
"""A prototype that nothing stops, so that the test alone is seen."""
NOTHING = {"evaluate": "nowhere"}


def alone(
    months: int, settings: dict[str, Any], parameters: dict[str, float] | None = None, **more: Any
) -> SpreadModel:
    """One strategy after some months, with the prototype not yet anywhere."""
    asked = {
        "innovations": {"prototype": {"attributes": {"compatibility": 0.4}}},
        "plugins": {"uppsala": settings},
        "parameters": {**QUICK, **(parameters or {})},
        "months": 60,
        **more,
    }
    return followed(model(**asked), months)


def test_with_everything_off_it_is_not_there() -> None:
    """With every way switched off the plugin changes no bit."""
    strategies = {
        "none": {"use": "let_it_happen"},
        "off": {"use": "let_it_happen", "plugins": {"uppsala": "off"}},
    }
    made = compared(plugins={"uppsala": NOTHING}, strategies=strategies)
    for curve, values in made.strategies["none"].curves.items():
        np.testing.assert_array_equal(values, made.strategies["off"].curves[curve])


def test_nobody_is_offered_it_before_the_report() -> None:
    """The prototype passes one step after another, and no clinic starts until it is reported."""
    made = alone(0, {}, {"external_influence": 0.5})
    spread, steps = made.world.spreads[0], []
    for _ in range(24):
        made.step()
        steps.append(spread.uppsala_step[:, 0].copy())
        waiting = spread.uppsala_step[:, 0] < 4
        assert spread.count[waiting][:, 3:].sum() == 0
    assert (np.diff(np.array(steps), axis=0) >= 0).all()
    assert (steps[-1] == 4).all()


def test_the_centre_gives_every_clinic_the_same_share_of_what_lacks() -> None:
    """Three tenths of the missing fit, everywhere and no more."""
    made, bare = alone(12, {}, {"known": 0.0}), alone(12, NOTHING, {"known": 0.0})
    before, after = (one.world.spreads[0].fit for one in (bare, made))
    np.testing.assert_allclose(after - before, 0.3 * (1 - before), atol=1e-5)


def test_a_clinic_fits_it_to_itself() -> None:
    """The host gains half as much again as at the centre, the others half of it."""
    made = alone(30, {"evaluate": "clinic"}, {"known": 0.0, "uppsala.host_slack": 0.04})
    bare = alone(30, NOTHING, {"known": 0.0})
    before, after = (one.world.spreads[0].fit for one in (bare, made))
    host = made.world.spreads[0].uppsala_host
    assert (host.sum(axis=1) == 1).all()
    gain = (after - before) / (1 - before)
    np.testing.assert_allclose(gain[host], 0.45, atol=1e-4)
    adapted = made.world.spreads[0].adapted
    np.testing.assert_allclose(gain[~host & ~adapted], 0.15, atol=1e-4)


def test_those_that_stand_before_it_are_tested_first() -> None:
    """With ten more in line and two tests a month the report comes five months later."""
    reported = {}
    for line in (20.0, 30.0):
        made = alone(36, {}, {"uppsala.line_first": line})
        reported[line] = made.world.spreads[0].uppsala_reported[:, 0]
    np.testing.assert_allclose(reported[30.0] - reported[20.0], 5)


def test_payment_brings_hosts() -> None:
    """Without payment fewer clinics can spare the time, so that the report comes later or never."""
    both = [
        alone(48, {"evaluate": "clinic", "compensation": paid}, {"uppsala.clinic_tests": 1.0}).world.spreads[0]
        for paid in (True, False)
    ]
    paid, unpaid = (np.where(one.uppsala_step[:, 0] == 4, one.uppsala_reported[:, 0], 99) for one in both)
    assert (paid <= unpaid).all()
    assert paid.mean() < unpaid.mean()


def test_findings_help_what_comes_later() -> None:
    """An innovation that arrives after three years fits better for the reports of others."""
    later = {"prototype": {"attributes": {"compatibility": 0.4}, "arrives_month": 36}}
    busy, idle = (
        alone(37, {}, {"uppsala.applications": rate, "uppsala.usability": 0.1}, innovations=later)
        for rate in (24.0, 0.0)
    )
    assert (busy.world.uppsala_findings > 30).all()
    assert (busy.world.spreads[0].fit >= idle.world.spreads[0].fit).all()
    assert busy.world.spreads[0].fit.mean() > idle.world.spreads[0].fit.mean() + 0.03


def test_shadowing_makes_needs_known_and_they_fade() -> None:
    """Two clinics a month are known; a year later less of it is, and a prototype that met no need meets one."""
    made = alone(1, {"shadowing": True})
    known = made.world.uppsala_need_known
    assert (known > 0).sum(axis=1).tolist() == [2] * made.world.shape[0]
    np.testing.assert_allclose(known.max(), 0.6)
    away = {
        on: alone(48, {"shadowing": on}, {"uppsala.real_need": 0.2}).world.spreads[0].uppsala_times_away.mean()
        for on in (True, False)
    }
    assert away[True] < away[False]


def test_training_raises_leadership_where_there_is_time() -> None:
    """Eight managers at a time; three modules in three months; without slack none comes."""
    made, bare = (alone(4, {"manager_training": on}, {"uppsala.training_slack": 0.02}) for on in (True, False))
    done = made.world.uppsala_trained
    assert (done.sum(axis=1) > 0).all()
    assert done.max() == 3
    gain = made.world.capability - bare.world.capability
    assert (gain >= -1e-6).all()
    assert gain.max() > 0.1


def test_dialogue_closes_in_on_what_the_method_can_give() -> None:
    """The shared view rises from 2, ever more slowly, and stays below 5; ownership follows."""
    made = alone(0, {"dialogue": True})
    views = []
    for _ in range(36):
        made.step()
        views.append(float(made.world.uppsala_shared_view[0, 0]))
    assert views[0] == pytest.approx(2.25)
    assert np.all(np.diff(views) >= 0)
    assert 3 < views[-1] < 5
