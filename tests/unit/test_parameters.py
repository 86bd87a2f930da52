"""Every default says what it rests on, and is read by the model exactly when it says so."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from builders import model, scenario
from scipy import stats

import sim
from sim import evidence
from sim.parameters import (
    ALWAYS_DRAWN,
    LAYER_WEIGHTS,
    drawn_by_default,
    inverse_cdf,
    parameters_of,
    with_estimates_drawn,
)
from sim.scenario import Distribution, SupportFunctionName
from sim.strategies import REINVENTION

DEFAULTS = evidence.defaults()
BUILT = {
    *(f"support_{name}" for name in SupportFunctionName),
    *(f"reinvention_{kind}_{effect}" for kind in REINVENTION for effect in ("fit", "fidelity")),
}
"""Names that the model puts together from a prefix and a choice."""


def read_names() -> set[str]:
    """Every attribute, string and prefix of an f-string in the engine's code."""
    found: set[str] = set()
    for path in sorted(Path(sim.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


READ = read_names()


@pytest.mark.parametrize("name", sorted(name for name, one in DEFAULTS.items() if one.used))
def test_a_used_parameter_is_read(name: str) -> None:
    """Some line of the engine names it, or builds its name from a prefix that stands in the code."""
    if name in BUILT:
        assert {"support_", "reinvention_"} & {part for part in READ if name.startswith(part) and part}
    else:
        assert name in READ


@pytest.mark.parametrize("name", sorted(name for name, one in DEFAULTS.items() if not one.used))
def test_evidence_that_nothing_reads_says_so(name: str) -> None:
    """A parameter marked as unused is named nowhere in the engine, and a scenario may not set it."""
    assert name not in READ
    with pytest.raises(ValueError, match="nothing in the model reads it"):
        evidence.known_parameter(name)


def test_what_is_built_from_a_prefix_exists() -> None:
    """Every support function and kind of reinvention has its parameters."""
    assert set(DEFAULTS) >= BUILT


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_a_default_rests_on_something(name: str) -> None:
    """Value inside a range that is a range, a unit, a grade and a source; grades A and B cite more than "estimate"."""
    one = DEFAULTS[name]
    assert one.low <= one.value <= one.high
    assert one.low < one.high
    assert one.unit.strip()
    assert one.symbol.strip()
    assert one.source.strip()
    assert one.grade in {"A", "B", "C"}
    assert one.grade == "C" or one.source.strip() != "estimate"


def test_the_defaults_are_those_of_the_file() -> None:
    """Without overrides every parameter that is used has its default, once for all replicates."""
    parameters = parameters_of(scenario(), np.arange(3)).plain()
    assert set(parameters) == {name for name, one in DEFAULTS.items() if one.used}
    assert all(parameters[name] == pytest.approx(DEFAULTS[name].value, rel=1e-6) for name in parameters)


def test_an_override_is_what_the_model_reads() -> None:
    """What the scenario sets is in force; what it draws differs between replicates and stays in its range."""
    drawn = scenario(parameters={"wage": 400.0}, uncertain={"peer_influence": {"uniform": [0.3, 0.6]}})
    parameters = parameters_of(drawn, np.arange(50))
    assert parameters.wage.tolist() == [[400.0]]
    assert parameters.peer_influence.shape == (50, 1)
    assert 0.3 <= parameters.peer_influence.min() < parameters.peer_influence.max() <= 0.6
    np.testing.assert_array_equal(parameters_of(drawn, np.array([7])).peer_influence, parameters.peer_influence[7:8])
    with pytest.raises(AttributeError, match="there is no parameter 'wages'"):
        _ = parameters.wages


@pytest.mark.parametrize(
    ("given", "frozen"),
    [
        ({"uniform": (2.0, 5.0)}, stats.uniform(2, 3)),
        ({"triangular": (0.24, 0.45, 0.7)}, stats.triang((0.45 - 0.24) / 0.46, 0.24, 0.46)),
        ({"triangular": (0.0, 0.0, 1.0)}, stats.triang(0, 0, 1)),
        ({"triangular": (0.0, 1.0, 1.0)}, stats.triang(1, 0, 1)),
    ],
)
def test_distributions_are_scipys(given: dict[str, tuple[float, ...]], frozen: stats.rv_continuous) -> None:
    """The inverse distribution function against scipy's, ends included."""
    u = np.linspace(0, 1, 101)
    np.testing.assert_allclose(inverse_cdf(Distribution(**given), u), frozen.ppf(u), atol=1e-12)


def test_a_two_piece_distribution_has_its_default_in_the_middle() -> None:
    """Half of the mass on each side, each half a triangle that is highest at the median (scipy's triang)."""
    u = np.linspace(0, 1, 101)
    low, middle, high = 0.0, 0.1, 0.5
    below = stats.triang(1, low, middle - low).ppf(np.minimum(2 * u, 1))
    above = stats.triang(0, middle, high - middle).ppf(np.maximum(2 * u - 1, 0))
    found = inverse_cdf(Distribution(two_piece=(low, middle, high)), u)
    np.testing.assert_allclose(found, np.where(u < 0.5, below, above), atol=1e-12)
    assert (found[0], found[50], found[-1]) == pytest.approx((low, middle, high))
    at_the_end = inverse_cdf(Distribution(two_piece=(0.0, 1.0, 1.0)), u)
    assert (at_the_end[50:] == 1).all()
    assert at_the_end[49] < 1


KEPT = {
    "pipeline_external": "calibrated",
    "pipeline_peer": "calibrated",
    "pipeline_outer": "calibrated",
    "known": "p already contains awareness",
    "qaly_threshold": "a value, not a fact",
    **{name: "a dose" for name in DEFAULTS if name.startswith(("help_", "phased_"))},
}
"""Estimates that stay at their defaults, and why."""


def test_estimates_are_drawn_by_default() -> None:
    """All of grade C that the model reads, save those named above; what the scenario says itself stays as it is."""
    said = scenario(parameters={"wage": 400.0}, uncertain={"depth_decay": {"uniform": [0.1, 0.2]}})
    found = with_estimates_drawn(said)
    expected = {n for n, one in DEFAULTS.items() if one.grade == "C" and one.used} - KEPT.keys() - {"wage"}
    assert found.uncertain.keys() == expected | {"abandonment_after_lift"}
    assert found.uncertain["depth_decay"] == said.uncertain["depth_decay"]
    assert drawn_by_default(found) == found.uncertain.keys() - {"depth_decay"}
    assert with_estimates_drawn(found).uncertain == found.uncertain


def test_what_use_never_shows_is_drawn_whatever_is_said_of_estimates() -> None:
    """With fixed estimates three remain, unless the scenario sets them."""
    fixed = scenario(estimates="fixed")
    assert set(with_estimates_drawn(fixed).uncertain) == set(ALWAYS_DRAWN)
    set_there = scenario(estimates="fixed", parameters={"internalisation": 0.1})
    assert "internalisation" not in with_estimates_drawn(set_there).uncertain


def test_a_draw_of_the_parameters_is_tried_in_two_worlds() -> None:
    """Replicates 2k and 2k + 1 share their parameters, whichever replicates are asked for."""
    drawn = with_estimates_drawn(scenario())
    values = parameters_of(drawn, np.arange(8)).depth_decay[:, 0]
    np.testing.assert_array_equal(values[0::2], values[1::2])
    assert len(set(values)) == 4
    np.testing.assert_array_equal(parameters_of(drawn, np.array([5])).depth_decay[:, 0], values[5:6])


TOGETHER = [
    ("effective_slack_mandated", "effective_slack"),
    ("effective_slack", "effective_slack_protected"),
    ("relapse_depth", "sustained_depth"),
    ("begin_depth_using", "begin_depth_sustained"),
    ("reinvention_restricted_fit", "reinvention_free_fit"),
    ("reinvention_free_fit", "reinvention_guided_fit"),
    ("reinvention_restricted_fidelity", "reinvention_guided_fidelity"),
    ("reinvention_guided_fidelity", "reinvention_free_fidelity"),
]


@pytest.mark.parametrize(("less", "more"), TOGETHER)
def test_what_is_more_stays_more_in_every_draw(less: str, more: str) -> None:
    """Parameters of one kind rise and fall together: bought time is never kept worse than ordinary slack."""
    drawn = parameters_of(with_estimates_drawn(scenario()), np.arange(0, 2000, 2)).plain()
    assert (drawn[less] <= drawn[more]).all()


def test_drawn_layer_weights_sum_to_one() -> None:
    """However they are drawn, the three weights share one ear; a scenario that sets them has them fixed."""
    drawn = parameters_of(with_estimates_drawn(scenario()), np.arange(200)).plain()
    total = sum(drawn[name] for name in LAYER_WEIGHTS)
    np.testing.assert_allclose(np.broadcast_to(total, (200, 1)), 1, atol=1e-6)
    given = dict(zip(LAYER_WEIGHTS, (0.2, 0.3, 0.5), strict=True))
    assert not with_estimates_drawn(scenario(parameters=given)).uncertain.keys() & {*LAYER_WEIGHTS}


def test_the_multipliers_of_the_hazard_have_mean_one() -> None:
    """At month 0 without levers h has the mean k_p p m: every multiplier is 1 on average over the clinics."""
    made = model(
        replicates=400,
        clinics={"regions": {"Norrdal": 300}},
        innovations={"x": {}},
        mechanisms={"off": ["season"]},
        months=1,
    )
    for part in made.month:
        part(made.world)
        if getattr(part, "name", None) == "start_hazard":
            break
    expected = 1.5 * 0.02 * 0.85
    hazard = made.world.spreads[0].start_hazard.astype(np.float64).mean(axis=1)
    error = hazard.std(ddof=1) / np.sqrt(len(hazard))
    assert abs(hazard.mean() - expected) < stats.norm.isf(5e-5) * error
    assert error < 0.01 * expected
