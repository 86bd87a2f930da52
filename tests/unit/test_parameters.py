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
from sim.parameters import inverse_cdf, parameters_of
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
