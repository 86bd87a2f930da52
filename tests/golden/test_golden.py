"""Three small scenarios give what they gave: a change here is named in CHANGELOG.md, or it is a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim import experiment, kernels, scenario_file
from sim.metrics import Comparison, quantile

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
FOLLOWED = ("reach", "sustained", "nominal", "abandoned")


def results(made: Comparison) -> dict[str, Any]:
    """Medians to 6 digits, and how many clinics over all replicates were where in every sixth month."""
    found: dict[str, Any] = {}
    for name, result in made.strategies.items():
        medians = {metric: quantile(values, 0.5) for metric, values in result.final.items()}
        counts = {
            curve: [round(float(share) * made.clinics) for share in result.curves[curve].sum(axis=0)[::6]]
            for curve in FOLLOWED
        }
        found[name] = {
            "median": {metric: float(f"{x:.6g}") if x < float("inf") else None for metric, x in medians.items()},
            "clinics_every_sixth_month": counts,
        }
        if len(result.innovations) > 1:
            found[name]["reach_of_each"] = {
                innovation: [round(float(share) * made.clinics) for share in one.curves["reach"].sum(axis=0)[::6]]
                for innovation, one in result.innovations.items()
            }
    return found


def readable(found: dict[str, Any]) -> str:
    """JSON with each list on one line."""
    lines = []
    for name, one in found.items():
        parts = ",\n".join(
            f"    {json.dumps(part)}: {{\n"
            + ",\n".join(f"      {json.dumps(k)}: {json.dumps(v)}" for k, v in values.items())
            + "\n    }"
            for part, values in one.items()
        )
        lines.append(f"  {json.dumps(name)}: {{\n{parts}\n  }}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (ROOT / "scenarios" / "smallest.yaml", "smallest.json"),
        (HERE / "three_innovations.yaml", "three_innovations.json"),
        (ROOT / "plugins" / "vasterbotten" / "scenario.yaml", "vasterbotten.json"),
    ],
    ids=["smallest", "three_innovations", "vasterbotten"],
)
def test_a_scenario_gives_what_it_gave(asked: Path, answer: str, refresh_golden: bool) -> None:
    """Discrete outcomes of every strategy, and its medians; `make golden` writes them anew."""
    kernels.loops()  # compiled ones, however small the question; test_kernels.py tells that their twins give the same
    found = results(experiment.compare(scenario_file.read(asked)))
    if refresh_golden:
        (HERE / answer).write_text(readable(found), encoding="utf-8")
    expected = json.loads((HERE / answer).read_text(encoding="utf-8"))
    assert list(found) == list(expected)
    for name, one in expected.items():
        assert found[name].keys() == one.keys(), name
        for part, values in one.items():
            assert found[name][part] == values, f"{name}: {part}"
