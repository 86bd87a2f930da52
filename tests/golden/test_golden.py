"""The smallest scenario gives what it gave: a change here is named in CHANGELOG.md, or it is a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim import experiment, scenario_file
from sim.metrics import Comparison, quantile

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("smallest.json")
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


def test_the_smallest_scenario_gives_what_it_gave(refresh_golden: bool) -> None:
    """Discrete outcomes of every strategy, and its medians; `make golden` writes them anew."""
    made = experiment.compare(scenario_file.read(ROOT / "scenarios" / "smallest.yaml"))
    found = results(made)
    if refresh_golden:
        GOLDEN.write_text(readable(found), encoding="utf-8")
    expected = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert list(found) == list(expected)
    for name, one in expected.items():
        assert found[name]["clinics_every_sixth_month"] == one["clinics_every_sixth_month"], name
        assert found[name]["median"] == one["median"], name
